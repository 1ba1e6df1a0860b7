package flips

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
)

func worldIn(headquarters v1alpha1.JurisdictionCode, from *metav1.Time) *snapshot.Snapshot {
	in := snapshottest.Inputs{
		Policies: []v1alpha1.TenantPolicy{{ObjectMeta: metav1.ObjectMeta{Name: "p"}}},
		Entities: []v1alpha1.LegalEntity{{ObjectMeta: metav1.ObjectMeta{Name: "e"}}},
		Tenants:  []v1alpha1.Tenant{{ObjectMeta: metav1.ObjectMeta{Name: "t"}}},
	}
	in.Policies[0].Spec.Jurisdictions.Blocked = []v1alpha1.JurisdictionCode{"CN"}
	in.Policies[0].Spec.Enforcement.EffectiveFrom = from
	in.Entities[0].Spec = v1alpha1.LegalEntitySpec{DisplayName: "E", Type: v1alpha1.EntityCompany, Jurisdictions: &v1alpha1.EntityJurisdictions{Headquarters: headquarters}}
	in.Tenants[0].Spec.Parties = []v1alpha1.TenantParty{{Role: v1alpha1.RoleCustomer, Entity: v1alpha1.PartyReference{Name: "e"}}}
	return snapshottest.Compile(in)
}

func TestFlips(t *testing.T) {
	t.Parallel()
	then := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	now := then.Add(time.Hour)
	noon := metav1.NewTime(then.Add(time.Minute))
	clean, restricted, later := worldIn("GB", nil), worldIn("CN", nil), worldIn("CN", &noon)
	refused, served := Flip{Tenant: "t", Refused: true, At: now}, Flip{Tenant: "t", At: now}
	for name, tc := range map[string]struct {
		reason        string
		before, after *snapshot.Snapshot
		want          []Flip
	}{
		"nothing":    {"the same world", clean, clean, nil},
		"restricted": {"connections have to end", clean, restricted, []Flip{refused}},
		"clear":      {"it is served again", restricted, clean, []Flip{served}},
		"a date":     {"time alone ends a notice period", later, later, []Flip{refused}},
	} {
		if diff := cmp.Diff(tc.want, flipsOf(tc.before, then, tc.after, now)); diff != "" {
			t.Errorf("%s (%s): (-want +got)\n%s", name, tc.reason, diff)
		}
	}
}

func TestWhoDoesNotKeepUpBeginsAnew(t *testing.T) {
	t.Parallel()
	f := New(nil, nil)
	listener, ok := f.listen()
	if !ok {
		t.Fatal("nobody else listens")
	}
	f.tell(make([]Flip, maxBehind+1))
	if len(f.listeners) != 0 {
		t.Error("it is still told")
	}
	for range maxBehind {
		<-listener
	}
	if _, open := <-listener; open {
		t.Error("it does not learn that it is behind")
	}
}
