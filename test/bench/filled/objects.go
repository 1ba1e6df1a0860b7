package filled

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/register/synthetic"
)

const (
	// Group is how many LegalEntities make a group of companies: a chain, and
	// what its end and its last but one hold together.
	Group = 10
	chain = 4
	// Parallel is how many requests are made at a time.
	Parallel = 16
)

// Policies are three of different methods.
func Policies() []client.Object {
	return []client.Object{
		Policy("no-cn", "CN"),
		&v1alpha1.TenantPolicy{
			ObjectMeta: metav1.ObjectMeta{Name: "no-ru"},
			Spec: v1alpha1.TenantPolicySpec{
				Jurisdictions: v1alpha1.JurisdictionRule{Blocked: []v1alpha1.JurisdictionCode{"RU"}},
				Ownership:     v1alpha1.OwnershipRule{Threshold: "25", Comparison: v1alpha1.ComparisonAtLeast},
			},
		},
		&v1alpha1.TenantPolicy{
			ObjectMeta: metav1.ObjectMeta{Name: "no-kp"},
			Spec: v1alpha1.TenantPolicySpec{
				Jurisdictions: v1alpha1.JurisdictionRule{Blocked: []v1alpha1.JurisdictionCode{"KP"}},
				Ownership:     v1alpha1.OwnershipRule{Threshold: "50", Method: v1alpha1.MethodEffective},
			},
		},
	}
}

// Policy blocks jurisdictions.
func Policy(name string, blocked ...v1alpha1.JurisdictionCode) *v1alpha1.TenantPolicy {
	return &v1alpha1.TenantPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       v1alpha1.TenantPolicySpec{Jurisdictions: v1alpha1.JurisdictionRule{Blocked: blocked}},
	}
}

// EntityName is the name of one of them.
func EntityName(i int) string { return fmt.Sprintf("company-%05d", i) }

// Entity is one of a group: about one group in fifteen has its seat where a
// policy blocks it. One in twenty, not at the end of a chain, has an LEI of the
// register.
func Entity(i int) *v1alpha1.LegalEntity {
	seats := []v1alpha1.JurisdictionCode{"GB", "US", "DE", "IN", "FR", "NL", "SE", "JP"}
	n, at := i/Group, i%Group
	seat := seats[i%len(seats)]
	switch {
	case at == 0 && n%25 == 1:
		seat = "CN"
	case at == 0 && n%40 == 2:
		seat = "RU"
	}
	e := Company(EntityName(i), seat)
	if i%20 == 5 {
		e.Spec.Identifiers = []v1alpha1.Identifier{{Scheme: "LEI", ID: synthetic.GLEIF.Party(i).LEI}}
	}
	hold := func(by int, percent v1alpha1.Percent) {
		e.Spec.Interests = append(e.Spec.Interests, v1alpha1.Interest{
			Holder: v1alpha1.PartyReference{Name: EntityName(n*Group + by)}, Kind: v1alpha1.InterestShareholding,
			Share: &v1alpha1.Share{Exact: percent},
		})
	}
	switch {
	case at == 0:
	case at < chain:
		hold(at-1, "80")
	default:
		hold(chain-1, "40")
		hold(chain-2, "30")
	}
	return e
}

// Company is a LegalEntity with nobody that holds it.
func Company(name string, seat v1alpha1.JurisdictionCode) *v1alpha1.LegalEntity {
	return &v1alpha1.LegalEntity{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.LegalEntitySpec{
			DisplayName: name + " Limited", Type: v1alpha1.EntityCompany,
			Jurisdictions: &v1alpha1.EntityJurisdictions{Headquarters: seat, Incorporation: "SG"},
		},
	}
}

// TenantName has the same length for all, so that one can stand for another.
func TenantName(i int) string { return fmt.Sprintf("tenant-%07d", i) }

// Tenant is a customer that belongs to the last company of a group, of so many entities.
func Tenant(i, entities int) *v1alpha1.Tenant {
	groups := entities / Group
	t := TenantOf(TenantName(i), v1alpha1.PartyReference{Name: EntityName(i%groups*Group + Group - 1)})
	t.Spec.AnnualValue = &v1alpha1.Money{Amount: fmt.Sprint(1000 + i%977), Currency: "EUR"}
	return t
}

// TenantOf is a customer.
func TenantOf(name string, party v1alpha1.PartyReference) *v1alpha1.Tenant {
	return &v1alpha1.Tenant{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.TenantSpec{
			DisplayName: "Customer " + name,
			Parties:     []v1alpha1.TenantParty{{Role: v1alpha1.RoleCustomer, Entity: party}},
		},
	}
}

// Named is a party by the name of its LegalEntity.
func Named(name string) v1alpha1.PartyReference { return v1alpha1.PartyReference{Name: name} }
