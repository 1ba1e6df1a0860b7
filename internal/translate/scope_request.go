package translate

import (
	"github.com/google/cel-go/checker"
	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apiservercel "k8s.io/apiserver/pkg/cel"
)

// requestType declares what match conditions see of an AdmissionRequest, which
// is what they see of it in the API server.
func requestType() *apiservercel.DeclType {
	text, texts := apiservercel.StringType, apiservercel.NewListType(apiservercel.StringType, -1)
	gvk := object("kubernetes.GroupVersionKind", map[string]*apiservercel.DeclType{
		"group": text, "version": text, "kind": text,
	})
	gvr := object("kubernetes.GroupVersionResource", map[string]*apiservercel.DeclType{
		"group": text, "version": text, "resource": text,
	})
	user := object("kubernetes.UserInfo", map[string]*apiservercel.DeclType{
		"username": text, "uid": text, "groups": texts,
		"extra": apiservercel.NewMapType(text, texts, -1),
	})
	return object("kubernetes.AdmissionRequest", map[string]*apiservercel.DeclType{
		"kind": gvk, "resource": gvr, "subResource": text,
		"requestKind": gvk, "requestResource": gvr, "requestSubResource": text,
		"name": text, "namespace": text, "operation": text,
		"userInfo": user, "dryRun": apiservercel.BoolType, "options": apiservercel.DynType,
	})
}

func object(name string, types map[string]*apiservercel.DeclType) *apiservercel.DeclType {
	fields := make(map[string]*apiservercel.DeclField, len(types))
	for field, t := range types {
		fields[field] = apiservercel.NewDeclField(field, t, false, nil, nil)
	}
	return apiservercel.NewObjectType(name, fields)
}

// activation binds the variables. Fields of the request that nobody knows are
// absent, so that asking for them is an error and not an empty answer.
func (v *Variables) activation() map[string]any {
	v = v.filled()
	return map[string]any{
		"object":    orNull(v.Object),
		"oldObject": orNull(v.OldObject),
		"request":   requestMap(v.Request),
	}
}

func orNull(m map[string]any) any {
	if m == nil {
		return nil
	}
	return m
}

// requestMap has what the API server's conditions see: text that is empty is absent
// there, so that request.subResource has to be asked for with has().
func requestMap(r *admissionv1.AdmissionRequest) map[string]any {
	m := map[string]any{}
	if r == nil {
		return m
	}
	m["kind"] = kindMap(r.Kind)
	m["resource"] = resourceMap(r.Resource)
	m["operation"] = string(r.Operation)
	m["dryRun"] = r.DryRun != nil && *r.DryRun
	setText(m, "name", r.Name)
	setText(m, "namespace", r.Namespace)
	setText(m, "subResource", r.SubResource)
	setText(m, "requestSubResource", r.RequestSubResource)
	if r.RequestKind != nil {
		m["requestKind"] = kindMap(*r.RequestKind)
	}
	if r.RequestResource != nil {
		m["requestResource"] = resourceMap(*r.RequestResource)
	}
	if r.UserInfo.Username != "" {
		m["userInfo"] = userMap(r.UserInfo)
	}
	return m
}

func userMap(user authenticationv1.UserInfo) map[string]any {
	m := map[string]any{"username": user.Username}
	setText(m, "uid", user.UID)
	if len(user.Groups) > 0 {
		m["groups"] = user.Groups
	}
	if len(user.Extra) > 0 {
		extra := map[string]any{}
		for key, values := range user.Extra {
			extra[key] = []string(values)
		}
		m["extra"] = extra
	}
	return m
}

func setText(m map[string]any, key, value string) {
	if value != "" {
		m[key] = value
	}
}

func kindMap(k metav1.GroupVersionKind) map[string]any {
	return map[string]any{"group": k.Group, "version": k.Version, "kind": k.Kind}
}

func resourceMap(r metav1.GroupVersionResource) map[string]any {
	return map[string]any{"group": r.Group, "version": r.Version, "resource": r.Resource}
}

// anySize estimates costs without knowing how large anything is.
type anySize struct{}

func (anySize) EstimateSize(checker.AstNode) *checker.SizeEstimate { return nil }

func (anySize) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil
}
