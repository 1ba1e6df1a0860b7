package mirror

import (
	"strings"
	"testing"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"

	"github.com/domicile-dev/domicile/internal/mirror"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

func TestNamesOfStaticManifestsHaveTheSuffix(t *testing.T) {
	static := options
	static.Suffix = mirror.StaticSuffix
	m := static.Render(new(mirror.Reader).Read(world(sample.Policy("all", nil)), at))
	guard, binding := mirror.Guard(mirror.Guarded{})
	m.Policies, m.Bindings = append(m.Policies, guard), append(m.Bindings, binding)
	for i := range m.Policies {
		name := m.Policies[i].Name
		if !strings.HasSuffix(name, ".static.k8s.io") || m.Bindings[i].Name != name || m.Bindings[i].Spec.PolicyName != name {
			t.Errorf("policy %s has binding %s of %s", name, m.Bindings[i].Name, m.Bindings[i].Spec.PolicyName)
		}
	}
}

func TestTheGuardKeepsOthersFromWhatIsDomiciles(t *testing.T) {
	const manager = "system:serviceaccount:domicile-system:domicile"
	guard, _ := mirror.Guard(mirror.Guarded{
		Objects: map[string][]string{
			"admissionregistration.k8s.io/validatingwebhookconfigurations": {"domicile"},
			"rbac.authorization.k8s.io/clusterroles":                       {"domicile"},
		},
		Users: []string{manager, "deployer"},
	})
	compiled := compileGuard(t, &guard.Spec)
	for _, row := range []struct {
		reason, group, resource, name, user string
		operation                           admission.Operation
		refused                             bool
	}{
		{"a stranger turns Domicile off", "admissionregistration.k8s.io", "validatingwebhookconfigurations", "domicile", "dana", admission.Update, true},
		{"or deletes it, one of many", "admissionregistration.k8s.io", "validatingwebhookconfigurations", "domicile", "dana", admission.Delete, true},
		{"the manager follows the policies", "admissionregistration.k8s.io", "validatingwebhookconfigurations", "domicile", manager, admission.Update, false},
		{"somebody upgrades", "rbac.authorization.k8s.io", "clusterroles", "domicile", "deployer", admission.Update, false},
		{"a stranger takes the rights away", "rbac.authorization.k8s.io", "clusterroles", "domicile", "dana", admission.Update, true},
		{"what is somebody else's", "rbac.authorization.k8s.io", "clusterroles", "view", "dana", admission.Update, false},
		{"what is not guarded", "rbac.authorization.k8s.io", "roles", "domicile", "dana", admission.Update, false},
	} {
		object := map[string]any{"metadata": map[string]any{"name": row.name}}
		r := &request{
			operation: row.operation, old: object, object: object, user: row.user,
			resource: schema.GroupVersionResource{Group: row.group, Version: "v1", Resource: row.resource},
			kind:     schema.GroupVersionKind{Group: row.group, Version: "v1", Kind: "A"},
		}
		if row.operation == admission.Update {
			r.name = row.name // a deletion of many names none
		} else {
			r.object = nil
		}
		if said := compiled.refuses(t, r); (said != "") != row.refused || len(r.evaluationErrors) > 0 {
			t.Errorf("%s: says %q, refused should be %t; errors: %q", row.reason, said, row.refused, r.evaluationErrors)
		}
	}
}

func compileGuard(t *testing.T, spec *admissionregv1.ValidatingAdmissionPolicySpec) enforced {
	t.Helper()
	return enforced{{spec, compile(t, spec)}}
}
