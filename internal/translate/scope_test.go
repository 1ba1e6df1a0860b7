package translate_test

import (
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

func TestCovers(t *testing.T) {
	t.Parallel()
	in := func(labels map[string]string) *residency.Namespace {
		return &residency.Namespace{Name: "apps", Labels: labels}
	}
	live := map[string]string{"stage": "live"}
	old := &translate.Variables{OldObject: map[string]any{"metadata": map[string]any{"labels": map[string]any{"stage": "live"}}}}
	const byNamespace, byObject = "{namespaceSelector: {matchLabels: {stage: live}}}", "{objectSelector: {matchLabels: {stage: live}}}"
	const widgets = `{resources: [{apiGroups: [example.org], apiVersions: [v1], resources: [widgets]}]}`
	const noWidgets = `{excludeResources: [{apiGroups: [example.org, ray.io], resources: [widgets, rayclusters]}]}`
	const both = `{resources: [{apiGroups: [example.org], resources: [widgets]}], excludeResources: [{apiGroups: [example.org], resources: [widgets]}]}`
	for _, row := range []struct {
		reason, match string
		object        residency.Object
		want          bool
	}{
		{"built in", "", residency.Object{Group: "apps", Version: "v1", Resource: "deployments"}, true},
		{"in any version", "", residency.Object{Group: "apps", Version: "v1beta2", Resource: "deployments"}, true},
		{"scale", "", residency.Object{Group: "apps", Version: "v1", Resource: "deployments", Subresource: "scale"}, true},
		{"scale of a replication controller", "", residency.Object{Version: "v1", Resource: "replicationcontrollers", Subresource: "scale"}, true},
		{"scale of a known custom resource", "", residency.Object{Group: "leaderworkerset.x-k8s.io", Version: "v1", Resource: "leaderworkersets", Subresource: "scale"}, true},
		{"containers that are added later", "", residency.Object{Version: "v1", Resource: "pods", Subresource: "ephemeralcontainers"}, true},
		{"resources that are changed in place", "", residency.Object{Version: "v1", Resource: "pods", Subresource: "resize"}, true},
		{"annotations are written through its status", "", residency.Object{Group: "apps", Version: "v1", Resource: "deployments", Subresource: "status"}, true},
		{"scheduling", "", residency.Object{Version: "v1", Resource: "pods", Subresource: "binding"}, false},
		{"a Namespace", "", residency.Object{Version: "v1", Resource: "namespaces"}, true},
		{"a Namespace by its status", "", residency.Object{Version: "v1", Resource: "namespaces", Subresource: "status"}, true},
		{"a Namespace by its finalizers", "", residency.Object{Version: "v1", Resource: "namespaces", Subresource: "finalize"}, true},
		{"another group's deployments", "", residency.Object{Group: "example.org", Version: "v1", Resource: "deployments"}, false},
		{"a kind that is named", widgets, residency.Object{Group: "example.org", Version: "v1", Resource: "widgets"}, true},
		{"its scale", widgets, residency.Object{Group: "example.org", Version: "v1", Resource: "widgets", Subresource: "scale"}, true},
		{"its status comes along", widgets, residency.Object{Group: "example.org", Version: "v1", Resource: "widgets", Subresource: "status"}, true},
		{"another version of it", widgets, residency.Object{Group: "example.org", Version: "v2", Resource: "widgets"}, false},
		{"a kind that nobody knows", "", residency.Object{Group: "example.org", Version: "v1", Resource: "widgets"}, false},
		{"a kind that holds Pods by its definition", "", residency.Object{Group: "example.org", Version: "v1", Resource: "widgets", HoldsPods: true}, true},
		{"one that is left out", noWidgets, residency.Object{Group: "example.org", Version: "v1", Resource: "widgets", HoldsPods: true}, false},
		{"its scale", noWidgets, residency.Object{Group: "example.org", Version: "v1", Resource: "widgets", Subresource: "scale", HoldsPods: true}, false},
		{"one beside it", noWidgets, residency.Object{Group: "example.org", Version: "v1", Resource: "gadgets", HoldsPods: true}, true},
		{"a kind that is known and left out", noWidgets, residency.Object{Group: "ray.io", Version: "v1", Resource: "rayclusters", Subresource: "scale"}, false},
		{"who is named and left out is named", both, residency.Object{Group: "example.org", Version: "v1", Resource: "widgets", HoldsPods: true}, true},
		{"an ordinary Secret", "", residency.Object{Version: "v1", Resource: "secrets"}, false},
		{"a marked Secret", "", residency.Object{Version: "v1", Resource: "secrets", APIKey: true}, true},
		{"a Secret with a named key", "{apiKeys: [KEY]}", residency.Object{Version: "v1", Resource: "secrets", DataKeys: []string{"a", "KEY"}}, true},
		{"a Secret with a key of another case", "{apiKeys: [KEY]}", residency.Object{Version: "v1", Resource: "secrets", DataKeys: []string{"key"}}, false},
		{"the right namespace", byNamespace, residency.Object{Version: "v1", Resource: "pods", Namespace: in(live)}, true},
		{"the wrong namespace", byNamespace, residency.Object{Version: "v1", Resource: "pods", Namespace: in(nil), Labels: live}, false},
		{"no namespace", byNamespace, residency.Object{Group: "serving.kserve.io", Version: "v1alpha1", Resource: "clusterservingruntimes"}, true},
		{"a Namespace by its own labels", byNamespace, residency.Object{Version: "v1", Resource: "namespaces", Labels: live}, true},
		{"a Namespace without the label", byNamespace, residency.Object{Version: "v1", Resource: "namespaces"}, false},
		{"a namespace by its name", "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: apps}}}", residency.Object{Version: "v1", Resource: "pods", Namespace: in(nil)}, true},
		{"the right object", byObject, residency.Object{Version: "v1", Resource: "pods", Labels: live}, true},
		{"the wrong object", byObject, residency.Object{Version: "v1", Resource: "pods", Namespace: in(live)}, false},
		{"an object that had the label", byObject, residency.Object{Operation: residency.Update, Version: "v1", Resource: "pods", Variables: old}, true},
	} {
		spec := "jurisdictions: {blocked: [CN]}\n"
		if row.match != "" {
			spec += "match: " + row.match
		}
		p, errs := compilePolicy(policyFrom(t, spec))
		if len(errs) > 0 {
			t.Fatalf("%s: %v", row.reason, errs)
		}
		if got, err := p.Covers(&row.object); got != row.want || err != nil {
			t.Errorf("%s: Covers = %t, %v; want %t", row.reason, got, err, row.want)
		}
	}
}

func TestMatchConditions(t *testing.T) {
	t.Parallel()
	vars := &translate.Variables{
		Object: map[string]any{
			"metadata": map[string]any{"name": "web", "labels": map[string]any{"a": "b"}},
			"spec":     map[string]any{"replicas": int64(3)},
		},
		Request: &admissionv1.AdmissionRequest{
			Kind:      metav1.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"},
			Operation: admissionv1.Create,
			UserInfo:  authenticationv1.UserInfo{Username: "ada", Groups: []string{"staff"}},
		},
	}
	big := make([]any, 5000)
	for i := range big {
		big[i] = "x"
	}
	huge := &translate.Variables{Object: map[string]any{"list": big}}
	const squared = `object.list.all(a, object.list.all(b, object.list.all(c, a == b && b == c)))`
	for _, row := range []struct {
		reason      string
		expressions []string
		variables   any
		want        bool
		err         string
	}{
		{"true", []string{"true"}, vars, true, ""},
		{"one is false", []string{"true", "false"}, vars, false, ""},
		{"the object", []string{`object.metadata.labels["a"] == "b"`, "object.spec.replicas > 2"}, vars, true, ""},
		{"nothing before", []string{"oldObject == null"}, vars, true, ""},
		{"the request", []string{`request.kind.kind == "Deployment" && request.operation == "CREATE"`}, vars, true, ""},
		{"the user", []string{`request.userInfo.username == "ada" && "staff" in request.userInfo.groups`}, vars, true, ""},
		{"nobody knows the user", []string{`request.userInfo.username != "ada"`}, huge, false, "match condition"},
		{"asking whether it is known", []string{`!has(request.userInfo)`}, huge, true, ""},
		{"a field that is not there", []string{"object.spec.size > 2"}, vars, false, "no such key"},
		{"a false one outweighs a failing one", []string{"object.spec.size > 2", "false"}, vars, false, ""},
		{"the libraries of the API server", []string{`quantity("1Gi").isGreaterThan(quantity("1Mi")) && isURL("https://example.org")`}, vars, true, ""},
		{"too costly", []string{squared}, huge, false, "cost"},
		{"not too costly", []string{`object.list.all(a, a == "x")`}, huge, true, ""},
		{"nothing to evaluate over", []string{"true"}, nil, false, "nothing"},
		{"something else to evaluate over", []string{"true"}, "text", false, "nothing"},
	} {
		var match strings.Builder
		match.WriteString("jurisdictions: {blocked: [CN]}\nmatch:\n  matchConditions:\n")
		for i, expression := range row.expressions {
			match.WriteString("  - name: c" + string(rune('0'+i)) + "\n    expression: '" + expression + "'\n")
		}
		p, errs := compilePolicy(policyFrom(t, match.String()))
		if len(errs) > 0 {
			t.Fatalf("%s: %v", row.reason, errs)
		}
		got, err := p.Covers(&residency.Object{Version: "v1", Resource: "pods", Variables: row.variables})
		if got != row.want || (err == nil) != (row.err == "") || err != nil && !strings.Contains(err.Error(), row.err) {
			t.Errorf("%s: Covers = %t, %v; want %t, %q", row.reason, got, err, row.want, row.err)
		}
	}
}
