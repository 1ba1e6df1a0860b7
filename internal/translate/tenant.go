package translate

import (
	"regexp"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// EntityKey is the key under which a LegalEntity is in the ownership graph.
func EntityKey(name string) string { return "entity/" + name }

// Tenant compiles a Tenant. With errors the tenant is still returned: a party
// that cannot be read is one that is nowhere to be found, and a selector that
// cannot be read admits no namespace.
func Tenant(t *v1alpha1.Tenant) *CompiledTenant {
	var errs field.ErrorList
	path := field.NewPath("spec")
	out := residency.Tenant{Name: t.Name, DisplayName: t.Spec.DisplayName, Labels: sharedLabels.of(t.Labels)}
	if len(t.Spec.Parties) == 0 {
		errs = append(errs, field.Required(path.Child("parties"), "a tenant has at least one party"))
	}
	for i, party := range t.Spec.Parties {
		at := path.Child("parties").Index(i)
		role, err := roles.find(party.Role, at.Child("role"))
		if err != nil {
			errs = append(errs, err)
		}
		ref, refErrs := partyRef(party.Entity, at.Child("entity"))
		errs = append(errs, refErrs...)
		out.Links = append(out.Links, residency.Link{Role: role, Party: ref})
	}
	places, nsErrs := placesOf(t.Spec.Namespaces, path.Child("namespaces"))
	out.Scope = scopeOf(t.Spec.Namespaces)
	if places != nil {
		out.Admits = places.Admits
	}
	errs = append(errs, nsErrs...)
	known, idErrs := identifiersOf(t.Spec.Identifiers, path.Child("identifiers"))
	errs = append(errs, idErrs...)
	errs = append(errs, validateMoney(t.Spec.AnnualValue, path.Child("annualValue"))...)
	return &CompiledTenant{
		Origin: originOf("Tenant", &t.ObjectMeta, t.Spec, TenantReport(&t.Status), errs),
		Tenant: out, Value: t.Spec.AnnualValue, Places: places, Identifiers: known,
	}
}

// identifiersOf are those by which access points know a tenant. One that cannot be
// read is nobody's.
func identifiersOf(all []v1alpha1.Identifier, path *field.Path) (known []string, errs field.ErrorList) {
	for i, id := range all {
		at := path.Index(i)
		if !ownership.IsScheme(id.Scheme) {
			errs = append(errs, field.Invalid(at.Child("scheme"), id.Scheme, "must be 1 to 64 letters, digits, dots, underscores and hyphens"))
			continue
		}
		if !idPattern.MatchString(id.ID) {
			errs = append(errs, field.Invalid(at.Child("id"), id.ID, "must be 1 to 128 characters that neither start nor end with white space or a comma"))
			continue
		}
		known = append(known, id.Scheme+":"+id.ID)
	}
	return known, errs
}

var idPattern = regexp.MustCompile(`^[^\s,](.{0,126}[^\s,])?$`)

// partyRef compiles a reference. With errors it is a reference to nobody.
func partyRef(r v1alpha1.PartyReference, path *field.Path) (ownership.Ref, field.ErrorList) {
	switch {
	case (r.Name == "") == (r.Identifier == nil):
		return ownership.Ref{}, field.ErrorList{field.Invalid(path, "", "exactly one of name and identifier must be set")}
	case r.Identifier != nil:
		id, errs := identifier(*r.Identifier, path.Child("identifier"))
		if len(errs) > 0 {
			return ownership.Ref{}, errs
		}
		return ownership.Ref{Identifier: id}, nil
	}
	var errs field.ErrorList
	for _, problem := range validation.IsDNS1123Subdomain(r.Name) {
		errs = append(errs, field.Invalid(path.Child("name"), r.Name, problem))
	}
	if len(errs) > 0 {
		return ownership.Ref{}, errs
	}
	return ownership.Ref{Key: EntityKey(r.Name)}, nil
}

func identifier(id v1alpha1.Identifier, path *field.Path) (ownership.Identifier, field.ErrorList) {
	var errs field.ErrorList
	if !ownership.IsScheme(id.Scheme) {
		errs = append(errs, field.Invalid(path.Child("scheme"), id.Scheme,
			"must be 1 to 64 letters, digits, dots, underscores and hyphens, such as LEI or GB-COH"))
	}
	if !idPattern.MatchString(id.ID) {
		errs = append(errs, field.Invalid(path.Child("id"), id.ID,
			"must be 1 to 128 characters that neither start nor end with white space or a comma"))
	}
	out := ownership.Identifier{Scheme: id.Scheme, ID: id.ID}
	if len(errs) == 0 && out.Normal() == (ownership.Identifier{}) {
		errs = append(errs, field.Invalid(path.Child("id"), id.ID,
			"identifies nobody: an LEI has 18 letters and digits and two check digits, which are wrong here"))
	}
	return out, errs
}

var (
	amountPattern   = regexp.MustCompile(`^[0-9]{1,15}(\.[0-9]{1,4})?$`)
	currencyPattern = regexp.MustCompile(`^[A-Z]{3}$`)
)

func validateMoney(m *v1alpha1.Money, path *field.Path) field.ErrorList {
	if m == nil {
		return nil
	}
	var errs field.ErrorList
	if !amountPattern.MatchString(m.Amount) {
		errs = append(errs, field.Invalid(path.Child("amount"), m.Amount, "must be a decimal number with at most four decimals"))
	}
	if !currencyPattern.MatchString(m.Currency) {
		errs = append(errs, field.Invalid(path.Child("currency"), m.Currency, "must be an ISO 4217 code such as EUR"))
	}
	return errs
}
