package webhook

import (
	"context"
	"strings"
	"testing"
	"time"

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
	if isUpdate {
		return v.ValidateUpdate(context.Background(), old, updated)
	}
	return v.ValidateCreate(context.Background(), updated)
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

func TestTenantsAreValidatedAsTheyAreCompiled(t *testing.T) {
	c := newCluster(t)
	v := tenantValidator(unknownParties{snapshots: c.holder, lookup: c})
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
	} {
		t.Run(name, func(t *testing.T) {
			objects := parse[v1alpha1.Tenant](t, tc.old, tc.manifest)
			warnings, err := validated[*v1alpha1.Tenant](t, v, &objects[0], &objects[1], tc.old != "")
			checkValidation(t, tc.reason, warnings, err, tc.problem, tc.warning)
		})
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
