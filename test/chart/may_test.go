package chart

import (
	"context"
	"slices"
	"testing"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
)

var (
	ours     = []string{"tenantpolicies", "tenants", "legalentities", "ownershipregisters", "tenantexemptions"}
	changing = []string{"create", "update", "patch", "delete", "deletecollection"}
)

// duties are what each role is for. What is not here it must not do.
var duties = map[string]struct {
	reason        string
	writes, reads []string
	verbs         []string // on Tenants
}{
	"issuer": {"makes tenants, and must not decide about them",
		[]string{"tenants"}, []string{"tenants", "tenantpolicies", "legalentities", "tenantexemptions"}, []string{"bind", "claim"}},
	"compliance-editor": {"decides about tenants, and must not make or move them",
		[]string{"tenantpolicies", "legalentities", "ownershipregisters"}, ours, nil},
	"exemption-approver": {"sets decisions of others aside, and makes none",
		[]string{"tenantexemptions"}, []string{"tenantexemptions", "tenantpolicies", "tenants"}, nil},
	"viewer": {"changes nothing", nil, ours, nil},
	"admin": {"is issuer and compliance editor in one",
		[]string{"tenants", "tenantpolicies", "legalentities", "ownershipregisters"}, ours, []string{"bind", "claim"}},
	"tenant-binder":  {"runs workloads for others", nil, nil, []string{"bind", "claim"}},
	"tenant-claimer": {"must not say what belongs to whom where that is said already", nil, nil, []string{"claim"}},
	"metrics-reader": {"is a machine", nil, nil, nil},
}

// Each role of the chart may do what it is for and nothing else, as the API server has it.
func testRoles(t *testing.T, s server) {
	bind := func(user, role string) {
		binding := &rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: user},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: release + "-" + role},
			Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: user}},
		}
		if err := s.Create(t.Context(), binding); err != nil {
			t.Fatal(err)
		}
	}
	may := func(user, verb, group, resource, subresource string) bool {
		review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
			User:               user,
			ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: verb, Group: group, Resource: resource, Subresource: subresource},
		}}
		if err := s.Create(t.Context(), review); err != nil {
			t.Fatal(err)
		}
		return review.Status.Allowed
	}
	for name := range duties {
		bind("somebody-with-"+name, name)
	}
	// The API server learns of bindings one after the other: with the last it knows all.
	bind("the-last", "admin")
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, time.Minute, true, func(context.Context) (bool, error) {
		return may("the-last", "create", "domicile.dev", "tenants", ""), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for name, duty := range duties {
		user := "somebody-with-" + name
		check := func(want bool, verb, group, resource, subresource string) {
			if got := may(user, verb, group, resource, subresource); got != want {
				t.Errorf("%s: %s %s/%s: %v: it %s", name, verb, resource, subresource, got, duty.reason)
			}
			found++
		}
		for _, resource := range ours {
			for _, verb := range changing {
				check(slices.Contains(duty.writes, resource), verb, "domicile.dev", resource, "")
			}
			for _, verb := range []string{"get", "list", "watch"} {
				check(slices.Contains(duty.reads, resource), verb, "domicile.dev", resource, "")
			}
			check(false, "patch", "domicile.dev", resource, "status")
			for _, verb := range []string{"bind", "claim"} {
				check(resource == "tenants" && slices.Contains(duty.verbs, verb), verb, "domicile.dev", resource, "")
			}
		}
		// What would be a way around all of the above.
		check(false, "get", "", "secrets", "")
		check(false, "create", "", "pods", "")
		check(false, "update", "admissionregistration.k8s.io", "validatingwebhookconfigurations", "")
		check(false, "escalate", "rbac.authorization.k8s.io", "clusterroles", "")
		check(false, "impersonate", "", "users", "")
	}
	if found < 8*50 {
		t.Errorf("only %d rights were asked about", found)
	}
}
