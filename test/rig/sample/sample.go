// Package sample has one small world, and what worlds are made of, for tests.
package sample

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
)

// OnTenth is when the holding in World begins, and BeforeTenth an hour before.
var (
	OnTenth     = time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	BeforeTenth = OnTenth.Add(-time.Hour)
)

// World is a company tree: Lantern Group (CN) holds Lantern Singapore from
// 2026-03-10 on; Meridian Labs belongs to nobody who is known.
func World() snapshottest.Inputs {
	return snapshottest.Inputs{
		Policies: []v1alpha1.TenantPolicy{Policy("no-cn", nil)},
		Entities: []v1alpha1.LegalEntity{
			Entity("lantern-group", "CN"),
			Entity("lantern-sg", "SG", v1alpha1.Interest{
				Holder: v1alpha1.PartyReference{Name: "lantern-group"}, Kind: v1alpha1.InterestShareholding,
				Share: &v1alpha1.Share{Exact: "68"}, Since: "2026-03-10",
			}),
			Entity("meridian", "NL"),
		},
		Tenants: []v1alpha1.Tenant{Tenant("lantern", "lantern-sg", "1200.50"), Tenant("meridian", "meridian", "99")},
	}
}

// Objects are those of World, as a user creates them.
func Objects() []client.Object {
	in := World()
	var all []client.Object
	for i := range in.Entities {
		all = append(all, &in.Entities[i])
	}
	for i := range in.Tenants {
		all = append(all, &in.Tenants[i])
	}
	return append(all, &in.Policies[0])
}

// Policy blocks CN.
func Policy(name string, m *v1alpha1.Match) v1alpha1.TenantPolicy {
	return v1alpha1.TenantPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.TenantPolicySpec{
			Jurisdictions: v1alpha1.JurisdictionRule{Blocked: []v1alpha1.JurisdictionCode{"CN"}},
			Match:         m,
		},
	}
}

// Entity is a company of a country.
func Entity(name, country string, interests ...v1alpha1.Interest) v1alpha1.LegalEntity {
	return v1alpha1.LegalEntity{
		ObjectMeta: metav1.ObjectMeta{Name: name, Generation: 1},
		Spec: v1alpha1.LegalEntitySpec{
			DisplayName: name, Type: v1alpha1.EntityCompany,
			Jurisdictions: &v1alpha1.EntityJurisdictions{Incorporation: v1alpha1.JurisdictionCode(country)},
			Interests:     interests,
		},
	}
}

// Tenant is a customer, and worth so many EUR a year.
func Tenant(name, party, value string) v1alpha1.Tenant {
	return v1alpha1.Tenant{
		ObjectMeta: metav1.ObjectMeta{Name: name, Generation: 1},
		Spec: v1alpha1.TenantSpec{
			Parties:     []v1alpha1.TenantParty{{Role: v1alpha1.RoleCustomer, Entity: v1alpha1.PartyReference{Name: party}}},
			AnnualValue: &v1alpha1.Money{Amount: value, Currency: "EUR"},
		},
	}
}

// Exemption is one of lantern from no-cn.
func Exemption(name string, until time.Time, changes ...func(*v1alpha1.TenantExemption)) v1alpha1.TenantExemption {
	e := v1alpha1.TenantExemption{
		ObjectMeta: metav1.ObjectMeta{Name: name, Generation: 1},
		Spec: v1alpha1.TenantExemptionSpec{
			TenantRef: v1alpha1.TenantReference{Name: "lantern"}, PolicyRef: v1alpha1.PolicyReference{Name: "no-cn"},
			Reason: "Licensed.", Reference: "L-1", ApprovedBy: "compliance", ExpiresAt: metav1.NewTime(until),
		},
	}
	for _, change := range changes {
		change(&e)
	}
	return e
}

// Labelled selects what has a label.
func Labelled(key, value string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{key: value}}
}
