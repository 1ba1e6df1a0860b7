package suspension

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/residency"
)

// The table of docs/suspension.md.
func TestWhatIsWanted(t *testing.T) {
	everyone := func(map[string]string) bool { return true }
	world := &residency.World{
		Tenants: residency.TenantMap{"known": {Name: "known"}},
		Policies: []*residency.Policy{
			{Name: "reports"}, {Name: "suspends", Suspends: true}, {Name: "too", Suspends: true},
		},
	}
	selective := &residency.World{
		Tenants:  world.Tenants,
		Policies: []*residency.Policy{{Name: "some", Suspends: true, SelectsTenant: everyone}},
	}
	licence := []*residency.Exemption{{Name: "licence"}}
	decision := func(policy string, v residency.Verdict, a residency.Action) residency.Decision {
		return residency.Decision{Policy: policy, Verdict: v, Action: a}
	}
	exempted := func(v residency.Verdict, a residency.Action) residency.Decision {
		d := decision("suspends", v, a)
		d.Exemptions = licence
		return d
	}
	for name, tc := range map[string]struct {
		world     *residency.World
		tenant    string
		decisions []residency.Decision
		want      want
		policies  []string
		reason    string
	}{
		"restricted":               {world, "known", []residency.Decision{decision("suspends", residency.Restricted, residency.Deny)}, suspended, []string{"suspends"}, "this is what it is for"},
		"clear":                    {world, "known", []residency.Decision{decision("suspends", residency.Clear, residency.Allow)}, giveBack, nil, "it is over"},
		"reported only":            {world, "known", []residency.Decision{decision("reports", residency.Restricted, residency.Deny)}, giveBack, nil, "the policy does not suspend (any more)"},
		"policy gone":              {world, "known", nil, giveBack, nil, "no policy covers it (any more)"},
		"policy unknown":           {world, "known", []residency.Decision{decision("gone", residency.Restricted, residency.Deny)}, giveBack, nil, "deleted since the scan"},
		"notice period":            {world, "known", []residency.Decision{decision("suspends", residency.Restricted, residency.Warn)}, giveBack, nil, "nothing is refused yet"},
		"exempted":                 {world, "known", []residency.Decision{exempted(residency.Restricted, residency.Allow)}, giveBack, nil, "a licence"},
		"exempted, another is not": {world, "known", []residency.Decision{exempted(residency.Restricted, residency.Deny)}, suspended, []string{"suspends"}, "a licence is for one tenant"},
		"indeterminate":            {world, "known", []residency.Decision{decision("suspends", residency.Indeterminate, residency.Warn)}, keep, []string{"suspends"}, "not knowing suspends nothing and gives nothing back"},
		"indeterminate, denied":    {world, "known", []residency.Decision{decision("suspends", residency.Indeterminate, residency.Deny)}, keep, []string{"suspends"}, "only what is known to be restricted is suspended"},
		"indeterminate, allowed":   {world, "known", []residency.Decision{decision("suspends", residency.Indeterminate, residency.Allow)}, keep, []string{"suspends"}, "whom a policy lets in without knowing is not known either"},
		"indeterminate, exempted":  {world, "known", []residency.Decision{exempted(residency.Indeterminate, residency.Allow)}, giveBack, nil, "what is not known is set aside"},
		"unidentified":             {world, "", []residency.Decision{decision("suspends", residency.Unidentified, residency.Audit)}, keep, []string{"suspends"}, "somebody has removed the claim"},
		"tenant deleted":           {selective, "lost", nil, keep, []string{"some"}, "a policy about some tenants does not speak about one that is gone"},
		"two policies": {world, "known", []residency.Decision{
			decision("too", residency.Restricted, residency.Deny), decision("suspends", residency.Restricted, residency.Deny),
		}, suspended, []string{"suspends", "too"}, "each is named"},
		"one clear, one not": {world, "known", []residency.Decision{
			decision("suspends", residency.Clear, residency.Allow), decision("too", residency.Restricted, residency.Deny),
		}, suspended, []string{"too"}, "the strictest wins"},
		"one clear, one unknown": {world, "known", []residency.Decision{
			decision("suspends", residency.Clear, residency.Allow), decision("too", residency.Indeterminate, residency.Warn),
		}, keep, []string{"too"}, "the record of who suspended is the user's to write, so it does not count"},
		"refusal without policy": {world, "known", []residency.Decision{{Reason: residency.TenantMismatch, Action: residency.Deny}}, giveBack, nil, "identity is for admission"},
	} {
		t.Run(name, func(t *testing.T) {
			got := rule(tc.world, tc.tenant, tc.decisions)
			if got.want != tc.want || !cmp.Equal(got.policies, tc.policies) {
				t.Errorf("got %d for %v, want %d for %v: %s", got.want, got.policies, tc.want, tc.policies, tc.reason)
			}
		})
	}
}

func TestPoliciesThatAreNamedAreBounded(t *testing.T) {
	w := &residency.World{}
	var decisions []residency.Decision
	for i := range 40 {
		name := fmt.Sprintf("p%02d", i)
		w.Policies = append(w.Policies, &residency.Policy{Name: name, Suspends: true})
		decisions = append(decisions, residency.Decision{Policy: name, Verdict: residency.Restricted})
	}
	if got := rule(w, "x", decisions); len(got.policies) != maxPolicies {
		t.Errorf("%d policies are named", len(got.policies))
	}
}
