package translate_test

import (
	"fmt"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
	registrationv1 "k8s.io/api/admissionregistration/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authentication/user"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/test/rig/conditions"
)

// widget is a request about one, as the API server has it and as the webhook does.
func widget(subresource, name, namespace string, who user.DefaultInfo) (admission.Attributes, *translate.Variables) {
	kind := metav1.GroupVersionKind{Group: "example.org", Version: "v1", Kind: "Widget"}
	resource := metav1.GroupVersionResource{Group: "example.org", Version: "v1", Resource: "widgets"}
	content := map[string]any{"apiVersion": "example.org/v1", "kind": "Widget", "metadata": map[string]any{"name": "a"}}
	o := &unstructured.Unstructured{Object: content}
	extra := map[string]authenticationv1.ExtraValue{}
	for key, values := range who.Extra {
		extra[key] = values
	}
	asked := &admissionv1.AdmissionRequest{
		Kind: kind, RequestKind: &kind, Resource: resource, RequestResource: &resource,
		SubResource: subresource, RequestSubResource: subresource, Name: name, Namespace: namespace, Operation: admissionv1.Update,
		UserInfo: authenticationv1.UserInfo{Username: who.Name, UID: who.UID, Groups: who.Groups, Extra: extra},
	}
	return admission.NewAttributesRecord(o, o, schema.GroupVersionKind(kind), namespace, name,
			schema.GroupVersionResource(resource), subresource, admission.Update, &metav1.UpdateOptions{}, false, &who),
		&translate.Variables{Object: content, OldObject: content, Request: asked}
}

func TestMatchConditionsSeeWhatTheAPIServersSee(t *testing.T) {
	t.Parallel()
	expressions := []string{
		"has(request.subResource)", "has(request.requestSubResource)", "has(request.name)", "has(request.namespace)",
		"has(request.requestKind)", "has(request.requestResource)", "has(request.dryRun)", "has(request.operation)",
		"has(request.userInfo.uid)", "has(request.userInfo.groups)", "has(request.userInfo.extra)",
		`request.subResource == ""`, `request.subResource == "scale"`, `request.name == "a"`, `request.namespace == ""`,
		`request.userInfo.groups == []`, `"staff" in request.userInfo.groups`, `request.userInfo.extra.a == ["b"]`,
		`request.kind.group == "example.org"`, "request.dryRun", "object == oldObject",
	}
	for _, row := range []struct {
		reason                       string
		subresource, name, namespace string
		user                         user.DefaultInfo
	}{
		{"all is there", "scale", "a", "apps", user.DefaultInfo{Name: "ada", UID: "1", Groups: []string{"staff"}, Extra: map[string][]string{"a": {"b"}}}},
		{"what is empty is absent", "", "", "", user.DefaultInfo{Name: "ada"}},
	} {
		theirs, ours := widget(row.subresource, row.name, row.namespace, row.user)
		for _, expression := range expressions {
			matcher := conditions.Compile([]registrationv1.MatchCondition{{Name: "c", Expression: expression}})
			want, wantErr := matcher.Asks(t.Context(), theirs)
			p, errs := compilePolicy(policyFrom(t, fmt.Sprintf("jurisdictions: {blocked: [CN]}\nmatch: {matchConditions: [{name: c, expression: '%s'}]}", expression)))
			if len(errs) > 0 {
				t.Fatalf("%s: %v", expression, errs)
			}
			got, err := p.Covers(&residency.Object{Version: "v1", Resource: "pods", Variables: ours})
			if got != want || (err == nil) != (wantErr == nil) {
				t.Errorf("%s: %s: got %t, %v; the API server says %t, %v", row.reason, expression, got, err, want, wantErr)
			}
			if err != nil && !strings.Contains(err.Error(), "no such key") {
				t.Errorf("%s: %s: %v", row.reason, expression, err)
			}
		}
	}
}
