package webhook

import (
	"context"
	"strings"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// validated runs a validator on a new object and, if there is an old one, on
// its update.
func validated[T runtime.Object](t *testing.T, v admission.Validator[T], old, updated T, isUpdate bool) (admission.Warnings, error) {
	t.Helper()
	return validatedBy(v, binder, old, updated, isUpdate)
}

// binder may bind namespaces to tenant a.
const binder = "binder"

func validatedBy[T runtime.Object](v admission.Validator[T], user string, old, updated T, isUpdate bool) (admission.Warnings, error) {
	if isUpdate {
		return v.ValidateUpdate(by(user), old, updated)
	}
	return v.ValidateCreate(by(user), updated)
}

// by is the context of a request of a user.
func by(user string) context.Context {
	return admission.NewContextWithRequest(context.Background(), admission.Request{AdmissionRequest: admissionv1.AdmissionRequest{
		UserInfo: authenticationv1.UserInfo{Username: user},
	}})
}

func checkValidation(t *testing.T, reason string, warnings admission.Warnings, err error, problem, warning string) {
	t.Helper()
	if (err != nil) != (problem != "") || err != nil && (!apierrors.IsInvalid(err) || !strings.Contains(err.Error(), problem)) {
		t.Errorf("%s: got error %v, want %q", reason, err, problem)
	}
	all := strings.Join(warnings, "\n")
	if (all != "") != (warning != "") || !strings.Contains(all, warning) {
		t.Errorf("%s: got warnings %q, want %q", reason, all, warning)
	}
}

func TestPoliciesAreValidatedAsTheyAreCompiled(t *testing.T) {
	v := policyValidator(func() time.Time { return now })
	bad := strings.Replace(policyManifest, "KP", "QQ", 1)
	for name, tc := range map[string]struct {
		reason, old, manifest, problem, warning string
	}{
		"good":          {"the plain case", "", policyManifest, "", ""},
		"unknown code":  {"the CRD only knows the form of a code", "", bad, "spec.jurisdictions.blocked[0]", ""},
		"bad CEL":       {"compiled at admission, not at the first workload", "", "metadata: {name: a}\nspec: {jurisdictions: {blocked: [KP]}, match: {matchConditions: [{name: c, expression: 'object.('}]}}", "spec.match.matchConditions[0].expression", ""},
		"in the past":   {"perhaps a slip of the pen", "", "metadata: {name: a}\nspec: {jurisdictions: {blocked: [KP]}, enforcement: {effectiveFrom: \"2026-05-01T00:00:00Z\"}}", "", "in the past"},
		"in the future": {"a notice period", "", noticeManifest, "", ""},
		"audits":        {"it looks on, and yet refuses", "", policyWith("restricted: Audit, tenantNotFound: Deny, unidentifiedInTenantNamespaces: Deny"), "", "restricted is Audit, but it has unidentifiedInTenantNamespaces and tenantNotFound: Deny"},
		"only audits":   {"it looks on", "", policyWith("restricted: Audit, tenantNotFound: Audit, unidentifiedInTenantNamespaces: Warn"), "", ""},
		"denies":        {"it refuses anyway", "", policyWith("restricted: Deny, tenantNotFound: Deny"), "", ""},
		"made bad":      {"an update is validated too", policyManifest, bad, "spec.jurisdictions.blocked[0]", ""},
		"bad all along": {"the removal of a finalizer passes", bad, strings.Replace(bad, "name: no-kp", "name: no-kp, labels: {a: b}", 1), "", ""},
		"made good":     {"the way out of it", bad, policyManifest, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			objects := parse[v1alpha1.TenantPolicy](t, tc.old, tc.manifest)
			warnings, err := validated[*v1alpha1.TenantPolicy](t, v, &objects[0], &objects[1], tc.old != "")
			checkValidation(t, tc.reason, warnings, err, tc.problem, tc.warning)
		})
	}
}

func policyWith(enforcement string) string {
	return "metadata: {name: a}\nspec: {jurisdictions: {blocked: [KP]}, enforcement: {" + enforcement + "}}"
}

func TestTenantsAreValidatedAsTheyAreCompiled(t *testing.T) {
	c := newCluster(t)
	c.rights[binder+" bind a"] = true
	for _, name := range []string{"lanterns", "shared", "lantern", "meridian"} {
		c.namespaces[name] = NamespaceMeta{Annotations: c.namespaces[name].Annotations, Labels: map[string]string{"team": "x"}}
	}
	v := tenantValidator(unknownParties{snapshots: c.holder, lookup: c}, c, func() time.Time { return now })
	bad := "metadata: {name: a}\nspec: {parties: [{role: Boss, entity: {name: meridian}}]}"
	for name, tc := range map[string]struct {
		reason, old, manifest, problem, warning string
	}{
		"good":          {"the plain case", "", meridianManifest, "", ""},
		"unknown role":  {"not one of the roles", "", bad, "spec.parties[0].role", ""},
		"unknown party": {"may be under way", "", murkyManifest, "", "LegalEntity nowhere is not known yet"},
		"unknown id":    {"may be under way", "", "metadata: {name: a}\nspec: {parties: [{role: Customer, entity: {identifier: {scheme: LEI, id: 00MERIDIAN0000000062}}}]}", "", "LEI:00MERIDIAN0000000062 is not known yet"},
		"bad all along": {"the removal of a finalizer passes", bad, strings.Replace(bad, "name: a", "name: a, labels: {a: b}", 1), "", ""},
		"made bad":      {"an update is validated too", meridianManifest, bad, "spec.parties[0].role", ""},
		"kube-system":   {"nobody may have it suspended", "", tenantIn("bound: [kube-system]"), "spec.namespaces.bound[0]", ""},
		"nowhere":       {"says nothing", "", tenantIn(""), "spec.namespaces", ""},
		"bound":         {"what says nothing there is refused from now on", "", tenantIn("bound: [plain]"), "", "it makes 1 namespace (plain) a tenant's"},
		"named":         {"also one that is not there yet", "", tenantIn("names: [a, b, c, d]"), "", "it makes 4 namespaces (a, b, c, …) a tenant's"},
		"selected":      {"those that are there", "", tenantIn("selector: {matchExpressions: [{key: team, operator: DoesNotExist}]}"), "", "it makes 1 namespace (plain) a tenant's"},
		"everywhere":    {"a selector that selects everything makes nothing a tenant's", "", tenantIn("selector: {}"), "", ""},
		"a tenant's":    {"it is one's already", "", tenantIn("names: [shared]"), "", ""},
		"contested":     {"by another's spec", "", tenantIn("bound: [lanterns]"), "", "namespace lanterns is bound to tenant lantern-sg as well"},
		"annotated":     {"by its annotation", "", tenantIn("bound: [lantern]"), "", "namespace lantern is bound to tenant lantern-sg as well"},
	} {
		t.Run(name, func(t *testing.T) {
			objects := parse[v1alpha1.Tenant](t, tc.old, tc.manifest)
			warnings, err := validated[*v1alpha1.Tenant](t, v, &objects[0], &objects[1], tc.old != "")
			checkValidation(t, tc.reason, warnings, err, tc.problem, tc.warning)
		})
	}
}

// tenantIn is Meridian with namespaces.
func tenantIn(namespaces string) string {
	return "metadata: {name: a}\nspec: {parties: [{role: Customer, entity: {name: meridian}}], namespaces: {" + namespaces + "}}"
}

func TestBindingNamespacesFromATenantNeedsBind(t *testing.T) {
	unbound, bound := tenantIn("names: [plain]"), tenantIn("bound: [plain, other]")
	for name, tc := range map[string]struct {
		reason, old, manifest string
		rights                []string
		want                  bool
	}{
		"new, without":      {"says whose everything in it is", "", bound, nil, false},
		"new, with claim":   {"to bind is more than to claim", "", bound, []string{"ann claim a"}, false},
		"new, by right":     {"has the right", "", bound, []string{"ann bind a"}, true},
		"new, of another":   {"the right is on one tenant", "", bound, []string{"ann bind meridian"}, false},
		"new, binding none": {"admits, but does not bind", "", unbound, nil, true},
		"put":               {"as with the annotation", unbound, bound, nil, false},
		"removed":           {"as with the annotation", bound, unbound, nil, false},
		"as it was":         {"nothing is bound or unbound", bound, strings.Replace(bound, "namespaces: {", "displayName: A, namespaces: {", 1), nil, true},
		"in another order":  {"nothing is bound or unbound", bound, tenantIn("bound: [other, plain]"), nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			for _, right := range tc.rights {
				c.rights[right] = true
			}
			v := tenantValidator(unknownParties{snapshots: c.holder, lookup: c}, c, func() time.Time { return now })
			objects := parse[v1alpha1.Tenant](t, tc.old, tc.manifest)
			_, err := validatedBy[*v1alpha1.Tenant](v, "ann", &objects[0], &objects[1], tc.old != "")
			if (err == nil) != tc.want || err != nil && !apierrors.IsForbidden(err) {
				t.Errorf("%s: got %v", tc.reason, err)
			}
		})
	}
}

func TestDeletingATenantWarnsOfWhatItLeaves(t *testing.T) {
	for name, tc := range map[string]struct {
		reason, manifest string
		want             []string // what each warning has in it
	}{
		"restricted": {
			"bound by annotation and by its spec", "metadata: {name: lantern-sg}\nspec: {parties: [{role: Customer, entity: {name: lantern-sg}}], namespaces: {names: [shared], bound: [lanterns]}}",
			[]string{
				"a policy denies tenant lantern-sg", "annotations go on binding 1 namespace (lantern) to tenant lantern-sg",
				"1 namespace (lanterns) bound by its spec.namespaces.bound",
			},
		},
		"clear":         {"what is bound to it is told all the same", meridianManifest, []string{"annotations go on binding 1 namespace (meridian) to tenant meridian"}},
		"bound nowhere": {"it leaves nothing that is known", tenantIn("names: [plain]"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			c.rights["ann bind lantern-sg"] = true
			v := tenantValidator(unknownParties{snapshots: c.holder, lookup: c}, c, func() time.Time { return now })
			tenant := parse[v1alpha1.Tenant](t, tc.manifest)[0]
			request := admission.Request{AdmissionRequest: admissionv1.AdmissionRequest{UserInfo: authenticationv1.UserInfo{Username: "ann"}}}
			warnings, err := v.ValidateDelete(admission.NewContextWithRequest(t.Context(), request), &tenant)
			if err != nil || len(warnings) != len(tc.want) {
				t.Fatalf("%s: got %q, %v", tc.reason, warnings, err)
			}
			for i, want := range tc.want {
				if !strings.Contains(warnings[i], want) {
					t.Errorf("%s: %q does not say %q", tc.reason, warnings[i], want)
				}
			}
		})
	}
}

func TestATenantThatBindsNamespacesGoesWithBindOnly(t *testing.T) {
	unbound, bound := tenantIn("names: [plain]"), tenantIn("bound: [plain]")
	owned := strings.Replace(bound, "{name: a}", "{name: a, ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: x, uid: x}]}", 1)
	for name, tc := range map[string]struct {
		reason, user, old, manifest string
		rights                      []string
		want                        bool
	}{
		"deleted, without":      {"unbinds, as a change does", "ann", bound, "", nil, false},
		"deleted, by right":     {"has the right", "ann", bound, "", []string{"ann bind a"}, true},
		"deleted, binding none": {"nothing is unbound", "ann", unbound, "", nil, true},
		"garbage":               {"its owner has gone", "system:serviceaccount:kube-system:generic-garbage-collector", bound, "", nil, true},
		"gets an owner":         {"who goes with it", "ann", bound, owned, nil, false},
		"gets one by right":     {"has the right", "ann", bound, owned, []string{"ann bind a"}, true},
		"loses its owner":       {"it stays", "ann", owned, bound, nil, true},
		"keeps its owner":       {"nothing changes", "ann", owned, strings.Replace(owned, "{name: a,", "{name: a, finalizers: [a.example/b],", 1), nil, true},
		"unbinds and is owned":  {"nothing is bound any more, which needs it as well", "ann", owned, unbound, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			for _, right := range tc.rights {
				c.rights[right] = true
			}
			v := tenantValidator(unknownParties{snapshots: c.holder, lookup: c}, c, func() time.Time { return now })
			objects := parse[v1alpha1.Tenant](t, tc.old, tc.manifest)
			var err error
			if tc.manifest != "" {
				_, err = validatedBy[*v1alpha1.Tenant](v, tc.user, &objects[0], &objects[1], true)
			} else {
				_, err = v.ValidateDelete(by(tc.user), &objects[0])
			}
			if (err == nil) != tc.want || err != nil && !apierrors.IsForbidden(err) {
				t.Errorf("%s: got %v", tc.reason, err)
			}
		})
	}
}

func TestWhoMayBindNamespacesMustBeKnown(t *testing.T) {
	c := newCluster(t)
	c.failing["access"] = true
	v := tenantValidator(unknownParties{snapshots: c.holder, lookup: c}, c, func() time.Time { return now })
	objects := parse[v1alpha1.Tenant](t, tenantIn("bound: [plain]"))
	if _, err := validatedBy[*v1alpha1.Tenant](v, "ann", nil, &objects[0], false); !apierrors.IsServiceUnavailable(err) {
		t.Errorf("got %v", err)
	}
	if _, err := v.ValidateCreate(t.Context(), &objects[0]); err == nil {
		t.Error("somebody who is not known may bind")
	}
}

func TestLegalEntitiesAreValidatedAsTheyAreCompiled(t *testing.T) {
	c := newCluster(t)
	c.parents["/newborn"] = map[string]any{}
	bad := "metadata: {name: a}\nspec: {displayName: Harbour Trading, type: Company, jurisdictions: {headquarters: QQ}}"
	held := "metadata: {name: a}\nspec: {displayName: Harbour Trading, type: Company, jurisdictions: {headquarters: NZ}, interests: [{holder: {name: nowhere}, kind: Shareholding, share: {exact: \"10\"}}]}"
	for name, tc := range map[string]struct {
		reason, old, manifest, problem, warning string
		before                                  bool
	}{
		"good":           {"the plain case", "", entityManifests[2], "", "", false},
		"unknown code":   {"the CRD only knows the form of a code", "", bad, "spec.jurisdictions.headquarters", "", false},
		"unknown holder": {"may be under way", "", held, "", "LegalEntity nowhere is not known yet", false},
		"new holder":     {"it came in the same file", "", strings.Replace(held, "nowhere", "newborn", 1), "", "", false},
		"at the start":   {"a warning is no more than advice", "", held, "", "", true},
		"bad all along":  {"the removal of a finalizer passes", bad, strings.Replace(bad, "name: a", "name: a, labels: {a: b}", 1), "", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			unknown := unknownParties{snapshots: c.holder, lookup: c}
			if tc.before {
				unknown.snapshots = &snapshot.Holder{}
			}
			objects := parse[v1alpha1.LegalEntity](t, tc.old, tc.manifest)
			warnings, err := validated[*v1alpha1.LegalEntity](t, entityValidator(unknown), &objects[0], &objects[1], tc.old != "")
			checkValidation(t, tc.reason, warnings, err, tc.problem, tc.warning)
		})
	}
}

func TestOwnershipRegistersAreValidatedAsTheyAreLoaded(t *testing.T) {
	good := "metadata: {name: a}\nspec: {format: BODS, source: {https: {urls: ['https://data.example/a.json']}}}"
	bad := strings.Replace(good, "data.example", "169.254.169.254", 1)
	for name, tc := range map[string]struct{ reason, old, manifest, problem string }{
		"good":          {"the plain case", "", good, ""},
		"bad address":   {"the CRD does not know addresses", "", bad, "spec.source.https.urls[0]"},
		"made bad":      {"an update is validated too", good, bad, "spec.source.https.urls[0]"},
		"bad all along": {"the removal of a finalizer passes", bad, strings.Replace(bad, "name: a", "name: a, labels: {a: b}", 1), ""},
	} {
		t.Run(name, func(t *testing.T) {
			objects := parse[v1alpha1.OwnershipRegister](t, tc.old, tc.manifest)
			warnings, err := validated[*v1alpha1.OwnershipRegister](t, registerValidator(), &objects[0], &objects[1], tc.old != "")
			checkValidation(t, tc.reason, warnings, err, tc.problem, "")
		})
	}
}
