package translate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
)

const licence = `
tenantRef: {name: lantern}
policyRef: {name: no-cn}
reason: Licensed.
reference: L-1
approvedBy: compliance
expiresAt: "2027-01-01T00:00:00+08:00"
`

// exemptionOf reads a TenantExemption; what is in more replaces what it has.
func exemptionOf(t *testing.T, name, more string) *v1alpha1.TenantExemption {
	t.Helper()
	e := &v1alpha1.TenantExemption{ObjectMeta: metav1.ObjectMeta{Name: name, Generation: 1}}
	for _, text := range []string{licence, more} {
		if err := yaml.UnmarshalStrict([]byte(text), &e.Spec); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

var sameInstant = cmp.Comparer(time.Time.Equal)

func TestExemptionIsCompiled(t *testing.T) {
	t.Parallel()
	expires := time.Date(2026, time.December, 31, 16, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		reason, more string
		want         *residency.Exemption
		errors       []string
	}{
		{"all that there is to say", "", &residency.Exemption{Name: "e", Tenant: "lantern", Reference: "L-1", ExpiresAt: expires}, nil},
		{
			"a fraction of a second is an instant", `expiresAt: "2026-12-31T16:00:00.000000001Z"`,
			&residency.Exemption{Name: "e", Tenant: "lantern", Reference: "L-1", ExpiresAt: expires.Add(1)}, nil,
		},
		{"for everybody", `tenantRef: {name: "*"}`, nil, []string{"spec.tenantRef.name"}},
		{"for nobody", `tenantRef: {name: ""}`, nil, []string{"spec.tenantRef.name"}},
		{"from everything", `policyRef: {name: "*"}`, nil, []string{"spec.policyRef.name"}},
		{"several tenants", `tenantRef: {name: "a,b"}`, nil, []string{"spec.tenantRef.name"}},
		{"endless", `expiresAt: null`, nil, []string{"spec.expiresAt"}},
		{
			"everything is missing, in the order of the fields", `{tenantRef: {name: ""}, policyRef: {name: ""}, reason: "", reference: "", approvedBy: "", expiresAt: null}`,
			nil, []string{"spec.tenantRef.name", "spec.policyRef.name", "spec.reason", "spec.reference", "spec.approvedBy", "spec.expiresAt"},
		},
	} {
		for range 5 { // any order would be a status that is written again and again
			compiled := Exemption(exemptionOf(t, "e", row.more))
			got, errs := compiled.Exemption, compiled.Errs
			if diff := cmp.Diff(row.want, got, sameInstant); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
			var fields []string
			for _, err := range errs {
				fields = append(fields, err.Field)
			}
			if diff := cmp.Diff(row.errors, fields); diff != "" {
				t.Errorf("%s: errors (-want +got):\n%s", row.reason, diff)
			}
		}
	}
}
