package webhook

import (
	"strings"
	"testing"
	"time"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// licence is an exemption of lantern-sg from no-kp.
const licence = `metadata: {name: licence}
spec: {tenantRef: {name: lantern-sg}, policyRef: {name: no-kp}, reason: Licensed., reference: L-1, approvedBy: compliance, expiresAt: "2026-06-01T12:00:01Z"}`

func TestExemptionsAreValidatedAsTheyAreCompiled(t *testing.T) {
	v := exemptionValidator(newCluster(t).holder, func() time.Time { return now })
	with := func(old, replacement string) string {
		if !strings.Contains(licence, old) {
			t.Fatalf("%q is not in the exemption", old)
		}
		return strings.Replace(licence, old, replacement, 1)
	}
	past, bad := with("12:00:01Z", "12:00:00Z"), with("lantern-sg", `"*"`)
	for name, tc := range map[string]struct {
		reason, old, manifest, problem, warning string
	}{
		"good":              {"the plain case", "", licence, "", ""},
		"expires now":       {"it has no effect at that second", "", past, "", "it expired at 2026-06-01T12:00:00Z and has no effect"},
		"another zone":      {"told as an instant in UTC", "", with("2026-06-01T12:00:01Z", "2026-06-01T13:30:00+02:00"), "", "it expired at 2026-06-01T11:30:00Z and has no effect"},
		"no such tenant":    {"may be under way", "", with("lantern-sg", "nobody"), "", "there is no Tenant nobody yet"},
		"no such policy":    {"may be under way", "", with("no-kp", "no-cn"), "", "there is no TenantPolicy no-cn yet"},
		"everybody":         {"one exemption is for one tenant", "", bad, "spec.tenantRef.name", ""},
		"everything":        {"one exemption is from one policy", "", with("no-kp", `"*"`), "spec.policyRef.name", ""},
		"nobody":            {"one exemption is for one tenant", "", with("lantern-sg", `""`), "spec.tenantRef.name", ""},
		"without reason":    {"whoever reads it wants to know", "", with("Licensed.", `""`), "spec.reason", ""},
		"without reference": {"it has to be on record", "", with("L-1", `""`), "spec.reference", ""},
		"without approver":  {"somebody stands by it", "", with("compliance", `""`), "spec.approvedBy", ""},
		"endless":           {"every exemption ends", "", with(`"2026-06-01T12:00:01Z"`, "null"), "spec.expiresAt", ""},
		"made bad":          {"an update is validated too", licence, bad, "spec.tenantRef.name", ""},
		"bad all along":     {"the removal of a finalizer passes", bad, strings.Replace(bad, "name: licence", "name: licence, labels: {a: b}", 1), "", ""},
		"taken back":        {"by an update that ends it", licence, past, "", "has no effect"},
		"expired, labelled": {"nobody is warned again", past, strings.Replace(past, "name: licence", "name: licence, labels: {a: b}", 1), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			objects := parse[v1alpha1.TenantExemption](t, tc.old, tc.manifest)
			warnings, err := validated[*v1alpha1.TenantExemption](t, v, &objects[0], &objects[1], tc.old != "")
			checkValidation(t, tc.reason, warnings, err, tc.problem, tc.warning)
		})
	}
	objects := parse[v1alpha1.TenantExemption](t, bad)
	if _, err := v.ValidateDelete(t.Context(), &objects[0]); err != nil {
		t.Errorf("deleting an exemption is refused: %v", err)
	}
}

func TestExemptionsAreValidatedBeforeAnythingIsKnown(t *testing.T) {
	v := exemptionValidator(&snapshot.Holder{}, func() time.Time { return now })
	objects := parse[v1alpha1.TenantExemption](t, licence)
	if warnings, err := v.ValidateCreate(t.Context(), &objects[0]); err != nil || len(warnings) > 0 {
		t.Errorf("got %v, %v", warnings, err)
	}
}
