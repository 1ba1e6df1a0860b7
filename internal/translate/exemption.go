package translate

import (
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Exemption compiles a TenantExemption. With errors there is none: what cannot
// be read exempts nobody.
func Exemption(e *v1alpha1.TenantExemption) *CompiledExemption {
	var errs field.ErrorList
	path := field.NewPath("spec")
	name := func(n v1alpha1.ObjectName, at *field.Path) string {
		for _, problem := range validation.IsDNS1123Subdomain(string(n)) {
			errs = append(errs, field.Invalid(at, n, problem))
		}
		return string(n)
	}
	out := &residency.Exemption{
		Name:      e.Name,
		Tenant:    name(e.Spec.TenantRef.Name, path.Child("tenantRef", "name")),
		Reference: e.Spec.Reference,
		ExpiresAt: e.Spec.ExpiresAt.Time,
	}
	name(e.Spec.PolicyRef.Name, path.Child("policyRef", "name"))
	for _, said := range []struct{ child, text string }{
		{"reason", e.Spec.Reason}, {"reference", e.Spec.Reference}, {"approvedBy", e.Spec.ApprovedBy},
	} {
		if said.text == "" {
			errs = append(errs, field.Required(path.Child(said.child), "an exemption says why, where it is on record and who approved it"))
		}
	}
	if e.Spec.ExpiresAt.IsZero() {
		errs = append(errs, field.Required(path.Child("expiresAt"), "an exemption ends: use a time such as 2027-01-01T00:00:00Z"))
	}
	if len(errs) > 0 {
		out = nil
	}
	return &CompiledExemption{
		Origin: originOf("TenantExemption", &e.ObjectMeta, e.Spec, ExemptionReport(&e.Status), errs),
		Policy: string(e.Spec.PolicyRef.Name), Exemption: out,
	}
}
