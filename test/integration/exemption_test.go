package integration

import (
	"context"
	"fmt"
	"strings"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/test/rig/actor"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// waiver is a TenantExemption.
func waiver(name, tenant, policy, until string) *unstructured.Unstructured {
	return object(`{apiVersion: domicile.dev/v1alpha1, kind: TenantExemption, metadata: {name: %s}, spec: {
  tenantRef: {name: %s}, policyRef: {name: %s}, reason: Licensed., reference: L-2026-0117, approvedBy: compliance@example.com, expiresAt: %q}}`,
		name, tenant, policy, until)
}

// roles binds the roles of the chart, and those of Kubernetes that a tenant's own
// users have, to a group each, in the whole cluster.
func (w *world) roles(t *testing.T) {
	t.Helper()
	for _, role := range []string{"domicile-admin", "domicile-exemption-approver", "domicile-viewer", "domicile-tenant-binder", "admin", "edit", "view"} {
		w.declares(t, fmt.Sprintf(`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: test-%[1]s},
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %[1]s},
  subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: holders-of-%[1]s}]}`, role))
	}
}

// exemptionIs waits for the condition Ready of an exemption.
func (w *world) exemptionIs(t *testing.T, name, status, reason string) {
	t.Helper()
	e := object(`{apiVersion: domicile.dev/v1alpha1, kind: TenantExemption, metadata: {name: %s}}`, name)
	suite.Eventually(t, patience, fmt.Sprintf("exemption %s to be %s %s", name, status, reason), func(ctx context.Context) (bool, error) {
		if err := w.admin.Get(ctx, client.ObjectKeyFromObject(e), e); err != nil {
			return false, err
		}
		conditions, _, err := unstructured.NestedSlice(e.Object, "status", "conditions")
		if err != nil || len(conditions) != 1 {
			return false, fmt.Errorf("conditions %v (%w)", conditions, err)
		}
		c, _ := conditions[0].(map[string]any)
		return c["status"] == status && c["reason"] == reason, fmt.Errorf("it is %v", c)
	})
}

// TestOnlyTheApproverGrantsExemptions tries every sort of write as everybody.
func TestOnlyTheApproverGrantsExemptions(t *testing.T) {
	w := theWorld(t)
	w.roles(t)
	w.declares(t, tenantFrom("ash", "SS"))
	w.declares(t, policy("no-ss", "SS", ""))
	const until = "2126-01-01T00:00:00Z"
	patch := client.RawPatch(types.MergePatchType, []byte(`{"spec":{"expiresAt":"2127-01-01T00:00:00Z"}}`))
	writes := map[string]func(*actor.Actor) error{
		"create": func(a *actor.Actor) error {
			return a.Create(t.Context(), waiver("another", "ash", "no-ss", until), client.DryRunAll)
		},
		"apply": func(a *actor.Actor) error { return a.Declare(t.Context(), waiver("granted", "ash", "no-ss", until)) },
		"patch": func(a *actor.Actor) error {
			return a.Patch(t.Context(), waiver("granted", "ash", "no-ss", until), patch, client.DryRunAll)
		},
		"update": func(a *actor.Actor) error {
			e := waiver("granted", "ash", "no-ss", until)
			if err := w.admin.Get(t.Context(), client.ObjectKeyFromObject(e), e); err != nil {
				return err
			}
			return a.Update(t.Context(), e, client.DryRunAll)
		},
		"delete": func(a *actor.Actor) error {
			return a.Delete(t.Context(), waiver("granted", "ash", "no-ss", until), client.DryRunAll)
		},
		"deletecollection": func(a *actor.Actor) error {
			return a.DeleteAllOf(t.Context(), waiver("granted", "ash", "no-ss", until), client.DryRunAll)
		},
	}
	w.creates(t, waiver("granted", "ash", "no-ss", until))
	for _, tc := range []struct {
		reason, role string
		may          bool
	}{
		{"that is what the role is for", "domicile-exemption-approver", true},
		{"who declares policies does not grant exemptions from them", "domicile-admin", false},
		{"an auditor changes nothing", "domicile-viewer", false},
		{"whose a workload is has nothing to do with it", "domicile-tenant-binder", false},
		{"a tenant's own admin, even of all namespaces", "admin", false},
		{"a tenant's own editor", "edit", false},
		{"a tenant's own viewer", "view", false},
		{"anybody else", "nothing", false},
	} {
		for verb, write := range writes {
			t.Run(tc.role+"/"+verb, func(t *testing.T) {
				// A role that has just been bound needs a moment to be known.
				suite.Eventually(t, patience, tc.reason, func(context.Context) (bool, error) {
					err := write(w.as(t, "someone", "holders-of-"+tc.role))
					return apierrors.IsForbidden(err) != tc.may && (err == nil) == tc.may, err
				})
			})
		}
	}
}

// TestTheApproverMayNothingElse asks the API server about everything that would
// make more of the role than it is for.
func TestTheApproverMayNothingElse(t *testing.T) {
	w := theWorld(t)
	w.roles(t)
	may := func(group, verb, apiGroup, resource, subresource, namespace string) bool {
		// Without the group of the other tests, who may do more.
		review, err := w.admin.Typed.AuthorizationV1().SubjectAccessReviews().Create(t.Context(), &authorizationv1.SubjectAccessReview{
			Spec: authorizationv1.SubjectAccessReviewSpec{
				User: "someone", Groups: []string{"holders-of-" + group, "system:authenticated"},
				ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: verb, Group: apiGroup, Resource: resource, Subresource: subresource, Namespace: namespace},
			},
		}, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return review.Status.Allowed
	}
	suite.Eventually(t, patience, "the role to be known", func(context.Context) (bool, error) {
		return may("domicile-exemption-approver", "create", "domicile.dev", "tenantexemptions", "", ""), nil
	})
	writes := []string{"create", "update", "patch", "delete", "deletecollection"}
	for _, resource := range []string{"tenantpolicies", "tenants", "legalentities", "ownershipregisters", "tenantexemptions/status", "tenants/status", "tenantpolicies/status"} {
		name, subresource, _ := strings.Cut(resource, "/")
		for _, verb := range append(writes, "bind", "*") {
			if may("domicile-exemption-approver", verb, "domicile.dev", name, subresource, "") {
				t.Errorf("the approver may %s %s", verb, resource)
			}
		}
	}
	for _, other := range []struct{ group, resource string }{
		{"", "pods"}, {"", "secrets"}, {"", "namespaces"}, {"apps", "deployments"}, {"rbac.authorization.k8s.io", "clusterroles"},
		{"rbac.authorization.k8s.io", "clusterrolebindings"}, {"admissionregistration.k8s.io", "validatingwebhookconfigurations"},
		{"apiextensions.k8s.io", "customresourcedefinitions"},
	} {
		for _, verb := range append(writes, "get", "list", "watch", "escalate", "bind", "impersonate") {
			if may("domicile-exemption-approver", verb, other.group, other.resource, "", "shared") {
				t.Errorf("the approver may %s %s", verb, other.resource)
			}
		}
	}
	for _, verb := range []string{"get", "list", "watch"} {
		for _, group := range []string{"domicile-exemption-approver", "domicile-admin", "domicile-viewer"} {
			if !may(group, verb, "domicile.dev", "tenantexemptions", "", "") {
				t.Errorf("whoever has the role %s may not %s exemptions", group, verb)
			}
		}
	}
	for _, verb := range append(writes, "*") {
		for _, user := range []string{"domicile", "domicile-cert-manager", "default"} {
			account := "system:serviceaccount:" + systemNamespace + ":" + user
			review, err := w.admin.Typed.AuthorizationV1().SubjectAccessReviews().Create(t.Context(), &authorizationv1.SubjectAccessReview{
				Spec: authorizationv1.SubjectAccessReviewSpec{User: account, ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: verb, Group: "domicile.dev", Resource: "tenantexemptions"}},
			}, metav1.CreateOptions{})
			if err != nil || review.Status.Allowed {
				t.Errorf("%s may %s exemptions (%v)", account, verb, err)
			}
		}
	}
}

// TestAnExemptionIsForOneTenantAndOnePolicy grants exemptions and looks at what
// else they let in.
func TestAnExemptionIsForOneTenantAndOnePolicy(t *testing.T) {
	w := theWorld(t)
	const until = "2126-01-01T00:00:00Z"
	w.declares(t, tenantFrom("larch", "ER"))
	w.declares(t, tenantFrom("maple", "ER"))
	w.declares(t, policy("no-er", "ER", "")+"\n---\n"+policy("no-er-either", "ER", ""))
	probe := func(tenant, more string) *unstructured.Unstructured {
		return object(`{apiVersion: v1, kind: Pod, metadata: {name: exempted, namespace: shared, annotations: {domicile.dev/tenant: %s%s}}, spec: {%s}}`, tenant, more, container)
	}
	w.refuses(t, probe("larch", ""), "RestrictedJurisdiction")
	w.creates(t, waiver("one", "larch", "no-er", until))
	w.exemptionIs(t, "one", "True", "InEffect")
	w.tenantIs(t, "larch", "no-er", "Allow", "one")
	wantRefused(t, "the other policy", w.admin.Create(t.Context(), probe("larch", ""), client.DryRunAll), "RestrictedJurisdiction")
	w.creates(t, waiver("two", "larch", "no-er-either", until))
	w.admits(t, probe("larch", ""))
	annotations := w.audits(t, probe("larch", ""), "no-er/larch/Restricted/", "/Allow")
	if got := annotations["workloads.domicile.dev/exemptions"]; got != "one,two" {
		t.Errorf("audit annotation exemptions is %q", got)
	}
	for name, other := range map[string]*unstructured.Unstructured{
		"another tenant":                probe("maple", ""),
		"on behalf of another tenant":   probe("larch", ", domicile.dev/on-behalf-of: maple"),
		"another, on behalf of it":      probe("maple", ", domicile.dev/on-behalf-of: larch"),
		"on behalf of one who is known": probe("larch", ", domicile.dev/on-behalf-of: lantern-sg"),
		"an owner annotation":           probe("larch", ", domicile.dev/owner: 'LEI:00LANTERNKP000000032'"),
	} {
		if err := w.admin.Create(t.Context(), other, client.DryRunAll); reasons(err) == "" && !mirrored(err) {
			t.Errorf("%s: admitted (%v)", name, err)
		}
	}
	// An exemption that is taken back holds no longer.
	if err := w.admin.Delete(t.Context(), waiver("two", "larch", "no-er-either", until)); err != nil {
		t.Fatal(err)
	}
	w.refuses(t, probe("larch", ""), "RestrictedJurisdiction")
}

// TestTheStatusOfAnExemptionDecidesNothing forges one, and what is immutable in
// the spec.
func TestTheStatusOfAnExemptionDecidesNothing(t *testing.T) {
	w := theWorld(t)
	w.declares(t, tenantFrom("hazel", "SO"))
	w.declares(t, policy("no-so", "SO", ""))
	w.admin.Warned()
	expired := w.creates(t, waiver("hazel-licence", "hazel", "no-so", "2026-01-01T00:00:00Z"))
	if told := strings.Join(w.admin.Warned(), "\n"); !strings.Contains(told, "it expired at 2026-01-01T00:00:00Z and has no effect") {
		t.Errorf("warnings %q", told)
	}
	w.exemptionIs(t, "hazel-licence", "False", "Expired")
	forged := client.RawPatch(types.MergePatchType, []byte(`{"status":{"observedGeneration":99,"conditions":[{"type":"Ready","status":"True","reason":"InEffect","message":"Yes.","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}`))
	if err := w.admin.Status().Patch(t.Context(), expired, forged); err != nil {
		t.Fatal(err)
	}
	w.exemptionIs(t, "hazel-licence", "False", "Expired")
	w.refuses(t, pod("shared", "hazel", "hazel"), "RestrictedJurisdiction")
	for field, patch := range map[string]string{
		"tenantRef": `{"spec":{"tenantRef":{"name":"meridian"}}}`, "policyRef": `{"spec":{"policyRef":{"name":"no-kp"}}}`,
	} {
		err := w.admin.Patch(t.Context(), expired, client.RawPatch(types.MergePatchType, []byte(patch)))
		if err == nil || !strings.Contains(err.Error(), "tenantRef and policyRef cannot be changed") {
			t.Errorf("%s: %v", field, err)
		}
	}
	w.admin.Warned()
	w.creates(t, waiver("for-nobody", "hazle", "no-such-policy", "2126-01-01T00:00:00Z"))
	if told := strings.Join(w.admin.Warned(), "\n"); !strings.Contains(told, "there is no Tenant hazle yet") || !strings.Contains(told, "there is no TenantPolicy no-such-policy yet") {
		t.Errorf("warnings %q", told)
	}
	w.exemptionIs(t, "for-nobody", "False", "TenantNotFound")
}

// TestOneApplyWithAnExemptionWorksAtTheFirstTry applies a tenant, its exemption
// and its workload at once.
func TestOneApplyWithAnExemptionWorksAtTheFirstTry(t *testing.T) {
	w := theWorld(t)
	for i := range 5 {
		name := fmt.Sprintf("licensed-%d", i)
		manifests := strings.NewReplacer("NAME", name, "PLACE", "KP").Replace(everything)
		licence := waiver(name, name, "no-kp", "2126-01-01T00:00:00Z")
		text, err := yaml.Marshal(licence.Object)
		if err != nil {
			t.Fatal(err)
		}
		manifests = string(text) + "\n---\n" + manifests
		for _, o := range actor.Objects(manifests) {
			w.deletesAtTheEnd(t, o)
		}
		r, err := w.Kubectl(t.Context(), manifests, "apply", "-f", "-")
		if err != nil {
			t.Fatal(err)
		}
		if r.Code != 0 {
			t.Errorf("%s: exit code %d\n%s%s", name, r.Code, r.Stdout, r.Stderr)
		}
	}
}
