package translate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/internal/translate"
)

func TestRulesNameNothingThatMustNeverStop(t *testing.T) {
	t.Parallel()
	for _, rule := range slices.Concat(translate.BuiltinRules(), translate.NamespaceRules(), translate.SecretRules()) {
		if slices.Contains(rule.Groups, "*") {
			t.Errorf("%v hooks every group", rule)
		}
		for _, resource := range rule.Resources {
			if resource == "*" || strings.HasSuffix(resource, "/*") || resource == "*/status" || strings.HasPrefix(resource, "pods/binding") {
				t.Errorf("%v hooks %s", rule, resource)
			}
		}
	}
}

func TestPolicyRulesBringScaleAndStatusAlong(t *testing.T) {
	t.Parallel()
	got := translate.PolicyRules(policyFrom(t, `
jurisdictions: {blocked: [CN]}
match:
  resources:
  - {apiGroups: [example.org], resources: [widgets, gadgets, gadgets/scale, things/start]}
`))
	want := []translate.Rule{{
		Groups: []string{"example.org"}, Versions: []string{"*"},
		Resources: []string{"widgets", "widgets/scale", "widgets/status", "gadgets", "gadgets/status", "gadgets/scale", "things/start"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestResourceOf(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ group, kind, want string }{
		{"", "Pod", "pods"},
		{"serving.kserve.io", "LLMInferenceService", "llminferenceservices"},
		{"kubeflow.org", "MPIJob", "mpijobs"},
		{"networking.k8s.io", "NetworkPolicy", "networkpolicies"},
		{"example.org", "Widget", "widgets"},
	} {
		gvk := schema.GroupVersionKind{Group: row.group, Version: "v1", Kind: row.kind}
		want := schema.GroupVersionResource{Group: row.group, Version: "v1", Resource: row.want}
		if got := translate.ResourceOf(gvk); got != want {
			t.Errorf("ResourceOf(%s) = %s, want %s", gvk, got, want)
		}
	}
}
