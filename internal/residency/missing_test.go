package residency_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
	"github.com/domicile-dev/domicile/internal/residency"
)

func TestNobodyIsClearWithoutTheDataOfARegister(t *testing.T) {
	t.Parallel()
	world, err := graphtest.Parse(graph)
	if err != nil {
		t.Fatal(err)
	}
	var b ownership.Builder
	for _, p := range world.Parties {
		b.AddParty(p)
	}
	for _, i := range world.Interests {
		b.AddInterest(i)
	}
	g := ownership.NewGraph(nil, b.Layer(), "uk-psc", "gleif")
	for party, want := range map[string]struct {
		reason  string
		answer  answer
		missing []string
	}{
		"seed":  {"what is known restricts whatever is missing", answer{residency.Restricted, residency.RestrictedSeed, residency.Deny}, nil},
		"held":  {"what is known restricts whatever is missing", answer{residency.Restricted, residency.RestrictedOwner, residency.Deny}, nil},
		"maybe": {"a better reason is told", answer{residency.Indeterminate, residency.PossiblyRestricted, residency.Warn}, nil},
		"clean": {"the missing data may say whose it is", answer{residency.Indeterminate, residency.RegisterUnavailable, residency.Warn}, []string{"gleif", "uk-psc"}},
	} {
		d := residency.Evaluate(newPolicy(t), g, residency.Request{Tenant: newTenant("t", party)})
		if diff := cmp.Diff(want.answer, answer{d.Verdict, d.Reason, d.Action}); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", party, want.reason, diff)
		}
		if diff := cmp.Diff(want.missing, d.Findings[0].Missing); diff != "" {
			t.Errorf("%s: missing registers (-want +got):\n%s", party, diff)
		}
	}
}
