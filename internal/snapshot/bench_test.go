package snapshot_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register/synthetic"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/internal/translate"
)

// parties is how many a register has, in the shape of GLEIF's.
var parties = flag.Int("parties", 100_000, "how many parties the register of benchmarks has")

// BenchmarkOneLegalEntity is one LegalEntity of some thousands that changes, until
// the next snapshot has its answers.
func BenchmarkOneLegalEntity(b *testing.B) {
	for _, entities := range []int{100, 10_000} {
		b.Run(fmt.Sprint(entities), func(b *testing.B) { changeOne(b, companies(entities)) })
	}
	b.Run("10000OverARegister", func(b *testing.B) {
		in := companies(10_000)
		register := synthetic.GLEIF.Sized(*parties)
		for i := 5; i < len(in.Entities); i += 20 {
			in.Entities[i].Spec.Identifiers = []v1alpha1.Identifier{{Scheme: "LEI", ID: register.Party(i).LEI}}
		}
		var builder ownership.Builder
		register.Build(&builder)
		in.Registers = snapshot.Registers{Layer: builder.Layer().Named("gleif"), Revision: "1"}
		changeOne(b, in)
	})
}

func changeOne(b *testing.B, in snapshottest.Inputs) {
	b.Helper()
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	s := snapshottest.Compile(in).At(now)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		next := company(len(in.Entities) / 2)
		next.Generation = int64(i + 2)
		next.Spec.Jurisdictions.Headquarters = []v1alpha1.JurisdictionCode{"CN", "SG"}[i%2]
		s = s.With(snapshot.Changes{Entities: map[string]*translate.CompiledEntity{
			next.Name: translate.LegalEntity(&next),
		}}).At(now)
	}
}

// companies are groups of ten under three policies: a chain of four, and what its
// last two hold together.
func companies(n int) snapshottest.Inputs {
	var in snapshottest.Inputs
	for i, method := range []v1alpha1.Method{"", v1alpha1.MethodCascade, v1alpha1.MethodEffective} {
		p := v1alpha1.TenantPolicy{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("policy-", i)}}
		p.Spec.Jurisdictions.Blocked = []v1alpha1.JurisdictionCode{"CN", "RU", "KP"}[i : i+1]
		p.Spec.Ownership.Method = method
		in.Policies = append(in.Policies, p)
	}
	for i := range n {
		in.Entities = append(in.Entities, company(i))
	}
	return in
}

func company(i int) v1alpha1.LegalEntity {
	const group = 10
	n, at := i/group, i%group
	named := func(at int) v1alpha1.PartyReference {
		return v1alpha1.PartyReference{Name: fmt.Sprintf("company-%05d", n*group+at)}
	}
	e := v1alpha1.LegalEntity{ObjectMeta: metav1.ObjectMeta{Name: named(at).Name, UID: types.UID(named(at).Name), Generation: 1}}
	e.Spec.DisplayName, e.Spec.Type = e.Name+" Limited", v1alpha1.EntityCompany
	e.Spec.Jurisdictions = &v1alpha1.EntityJurisdictions{Headquarters: "GB", Incorporation: "SG"}
	hold := func(by int, percent v1alpha1.Percent) {
		e.Spec.Interests = append(e.Spec.Interests, v1alpha1.Interest{
			Holder: named(by), Kind: v1alpha1.InterestShareholding, Share: &v1alpha1.Share{Exact: percent},
		})
	}
	switch {
	case at == 0 && n%20 == 1:
		e.Spec.Jurisdictions.Headquarters = "CN"
	case at == 0:
	case at < 4:
		hold(at-1, "80")
	default:
		hold(3, "40")
		hold(2, "30")
	}
	return e
}

// BenchmarkWhoseANamespaceIs asks about a namespace that is nobody's among many
// tenants that name and select others.
func BenchmarkWhoseANamespaceIs(b *testing.B) {
	for _, tenants := range []int{1_000, 300_000} {
		b.Run(fmt.Sprint(tenants), func(b *testing.B) {
			var in snapshottest.Inputs
			for i := range tenants {
				t := v1alpha1.Tenant{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("tenant-", i)}}
				t.Spec.Parties = []v1alpha1.TenantParty{{Role: v1alpha1.RoleCustomer, Entity: v1alpha1.PartyReference{Name: "a"}}}
				t.Spec.Namespaces = &v1alpha1.TenantNamespaces{Names: []string{fmt.Sprint("ns-", i)}}
				if i%10 == 0 {
					t.Spec.Namespaces.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": fmt.Sprint(i)}}
				}
				in.Tenants = append(in.Tenants, t)
			}
			s := snapshottest.Compile(in)
			ns := &residency.Namespace{Name: "elsewhere", Labels: map[string]string{"team": "none", "kubernetes.io/metadata.name": "elsewhere"}}
			for b.Loop() {
				if s.Namespaces.Admitted(ns) || len(s.Namespaces.BoundBy(ns.Name)) > 0 {
					b.Fatal("it is nobody's")
				}
			}
		})
	}
}
