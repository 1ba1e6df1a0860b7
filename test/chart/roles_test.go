package chart

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// TestOnlyOneRoleGrantsExemptions holds, with every set of values, that no role
// but the approver's may write exemptions, not even by a wildcard, and that
// nothing makes that role part of another one.
func TestOnlyOneRoleGrantsExemptions(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.values.yaml")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no values in testdata: %v", err)
	}
	for _, input := range inputs {
		t.Run(strings.TrimSuffix(filepath.Base(input), ".values.yaml"), func(t *testing.T) {
			var granting []string
			for key, object := range objects(t, render(t, "--values", input, "--set", "crds.install=false")) {
				if key.kind != "ClusterRole" && key.kind != "Role" {
					continue
				}
				var role rbacv1.ClusterRole
				if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &role); err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(role.Rules, writesExemptions) {
					continue
				}
				granting = append(granting, key.name)
				for label := range role.Labels {
					if strings.HasPrefix(label, "rbac.authorization.k8s.io/") {
						t.Errorf("%s: label %s makes it part of another role", key.name, label)
					}
				}
				for _, rule := range role.Rules {
					if !writesExemptions(rule) && slices.ContainsFunc(rule.Verbs, writes) {
						t.Errorf("%s may do more than grant exemptions: %v", key.name, rule)
					}
				}
			}
			if len(granting) != 1 || !strings.HasSuffix(granting[0], "-exemption-approver") {
				t.Errorf("these roles may write exemptions: %v", granting)
			}
		})
	}
}

func writesExemptions(rule rbacv1.PolicyRule) bool {
	covers := func(list []string, name string) bool {
		return slices.Contains(list, name) || slices.Contains(list, "*")
	}
	return covers(rule.APIGroups, "domicile.dev") && covers(rule.Resources, "tenantexemptions") && slices.ContainsFunc(rule.Verbs, writes)
}

func writes(verb string) bool { return !slices.Contains([]string{"get", "list", "watch"}, verb) }
