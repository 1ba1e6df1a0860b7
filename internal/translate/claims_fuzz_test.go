package translate

import (
	"testing"

	"k8s.io/apimachinery/pkg/util/validation"
)

// FuzzClaims holds that an annotation is a claim of exactly what it says, or of nobody:
// no key and no value whatever is read as the name of somebody else, and what looks like a
// key of ours is never passed over.
func FuzzClaims(f *testing.F) {
	for _, key := range []string{"domicile.dev/tenant", "Domicile.dev/Tenant", "domicile.dev/\u200btenant", "domicile.dev/tenants", "domicile.dev/on-behalf-of", "domicile.dev/owner", "example.com/tenant"} {
		for _, value := range []string{"lantern-sg", "lantern-sg,meridian", "l\u0430ntern", " a", "LEI:00LANTERNKP000000032"} {
			f.Add(key, value)
		}
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		got := Object(annotated(key, value)).Claims
		isName := len(validation.IsDNS1123Subdomain(value)) == 0
		for _, c := range got.Tenants {
			if key != "domicile.dev/tenant" || c.Tenant != value || !isName {
				t.Errorf("%q: %q is read as a claim of %q", key, value, c.Tenant)
			}
		}
		for _, c := range got.OnBehalfOf {
			if len(validation.IsDNS1123Subdomain(c.Tenant)) > 0 {
				t.Errorf("%q: %q is read as made for %q", key, value, c.Tenant)
			}
		}
		if key == "domicile.dev/tenant" && len(got.Tenants) != 1 && len(got.Problems) == 0 {
			t.Errorf("%q is passed over", value)
		}
		if canonicalKey(key) != "" && canonicalKey(key) != key && len(got.Problems) == 0 {
			t.Errorf("%q looks like a key of ours, and is passed over", key)
		}
	})
}
