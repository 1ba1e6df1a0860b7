package residency_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
	"github.com/domicile-dev/domicile/internal/residency"
)

// horizon is how far ahead the worlds of this file change.
const horizon = 12 * 24 * time.Hour

// datedWorld is a random world of which everything changes at whole hours. Its
// ownership changes on at most three days to come.
func datedWorld(t *testing.T, seed uint64) *residency.World {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 31))
	w := &residency.World{Graph: graphtest.Build(t, datedGraph(random)), Tenants: residency.TenantMap{}}
	for i := range 5 {
		tenant := randomTenant(random)
		tenant.Name = fmt.Sprintf("t%d", i)
		w.Tenants.(residency.TenantMap)[tenant.Name] = tenant
	}
	hour := func() time.Time { return noon.Add(time.Duration(random.IntN(12*24)-24) * time.Hour) }
	for i := range 2 {
		w.Policies = append(w.Policies, newPolicy(t, func(p *residency.Policy) {
			p.Name = fmt.Sprintf("p%d", i)
			p.Restricted, p.Indeterminate, p.Unidentified = action(random), action(random), action(random)
			p.Rule.UndisclosedPossible = random.IntN(2) == 0
			if random.IntN(2) == 0 {
				p.EffectiveFrom, p.BeforeEffective = hour(), action(random)
			}
			if random.IntN(10) == 0 {
				p.Invalid = "bad"
			}
			var exemptions []*residency.Exemption
			for e := range random.IntN(6) {
				exemptions = append(exemptions, waiver(fmt.Sprintf("e%d", e), fmt.Sprintf("t%d", random.IntN(5)), hour()))
			}
			exempting(exemptions...)(p)
		}))
	}
	return w
}

// datedGraph has interests that begin and end on three days of July 2026.
func datedGraph(random *rand.Rand) string {
	var s strings.Builder
	codes := []string{":CN", ":RU", ":SG", ":NL", ":NL", ":SG", ""}
	for i := range parties {
		fmt.Fprintf(&s, "p%d%s\n", i, codes[random.IntN(len(codes))])
	}
	shares := []string{"20", "30", "51", "(25,75]", "votes 60"}
	dates := []string{"", "2026-07-02..", "..2026-07-02", "2026-07-05..2026-07-09", "..2026-07-05", "2026-07-09..", "2026-06-01..2026-07-09"}
	for range 12 {
		subject, holder := random.IntN(parties), random.IntN(parties)
		if subject != holder {
			fmt.Fprintf(&s, "p%d < %s p%d %s\n", subject, shares[random.IntN(len(shares))], holder, dates[random.IntN(len(dates))])
		}
	}
	return s.String()
}

// scanned looks for the next change hour by hour.
func scanned(w *residency.World, p *residency.Policy, tenant *residency.Tenant) (residency.Change, bool) {
	now := residency.Evaluate(p, w.Graph, residency.Request{At: noon, Tenant: tenant})
	for at := noon.Add(time.Hour); at.Before(noon.Add(horizon)); at = at.Add(time.Hour) {
		d := residency.Evaluate(p, w.Graph, residency.Request{At: at, Tenant: tenant})
		if d.Verdict != now.Verdict || d.Action != now.Action {
			return residency.Change{At: at, Verdict: d.Verdict, Action: d.Action}, true
		}
	}
	return residency.Change{}, false
}

// TestForecastIsWhatScanningFinds compares with an oracle that asks about every
// hour.
func TestForecastIsWhatScanningFinds(t *testing.T) {
	t.Parallel()
	causes := map[residency.ChangeCause]int{}
	for seed := range uint64(40) {
		w := datedWorld(t, seed)
		if seed%2 == 0 {
			w.Verdicts = residency.NewVerdicts(w, noon)
		}
		forecast := residency.NewForecast(w, noon)
		for _, p := range w.Policies {
			for tenant := range w.Tenants.All() {
				now := residency.Evaluate(p, w.Graph, residency.Request{At: noon, Tenant: tenant})
				got, ok := forecast.Next(p, tenant, now)
				want, changes := scanned(w, p, tenant)
				want.Cause = got.Cause
				if ok != changes || !got.At.Equal(want.At) || got.Verdict != want.Verdict || got.Action != want.Action {
					t.Errorf("seed %d: policy %s, tenant %s: forecast %v %+v, scanned %v %+v", seed, p.Name, tenant.Name, ok, got, changes, want)
				}
				if ok {
					causes[got.Cause]++
					expectCause(t, p, tenant, now, got)
				}
			}
		}
	}
	for _, cause := range []residency.ChangeCause{residency.OwnershipChanges, residency.NoticePeriodEnds, residency.ExemptionExpires} {
		if causes[cause] < 5 {
			t.Errorf("%s: only %d changes", cause, causes[cause])
		}
	}
}

// expectCause holds that the thing that is said to change does change then.
func expectCause(t *testing.T, p *residency.Policy, tenant *residency.Tenant, now residency.Decision, c residency.Change) {
	t.Helper()
	switch c.Cause {
	case residency.NoticePeriodEnds:
		if !c.At.Equal(p.EffectiveFrom) || c.Verdict != now.Verdict {
			t.Errorf("%+v: policy %s is effective from %s", c, p.Name, p.EffectiveFrom)
		}
	case residency.ExemptionExpires:
		before, after := p.Exemption(tenant.Name, c.At.Add(-1)), p.Exemption(tenant.Name, c.At)
		if before == nil || after != nil {
			t.Errorf("%+v: %v, then %v", c, before, after)
		}
	default:
		if c.At.Truncate(24*time.Hour) != c.At.UTC() {
			t.Errorf("%+v: ownership changes by the day", c)
		}
	}
}

// TestNothingChangesBeforeTheNextBoundary asks for all answers hour by hour, and
// in the last instant before each boundary.
func TestNothingChangesBeforeTheNextBoundary(t *testing.T) {
	t.Parallel()
	boundaries := 0
	for seed := range uint64(15) {
		w := datedWorld(t, seed)
		at := noon
		for at.Before(noon.Add(horizon)) {
			next, ok := w.NextBoundary(at)
			if !ok {
				next = noon.Add(horizon)
			}
			if !next.After(at) {
				t.Fatalf("seed %d: the boundary after %s is %s", seed, at, next)
			}
			want := answers(w, at)
			for later := at.Add(time.Hour); later.Before(next); later = later.Add(time.Hour) {
				if diff := cmp.Diff(want, answers(w, later)); diff != "" {
					t.Fatalf("seed %d: between %s and the boundary %s, at %s:\n%s", seed, at, next, later, diff)
				}
			}
			if diff := cmp.Diff(want, answers(w, next.Add(-1))); diff != "" {
				t.Fatalf("seed %d: in the last instant before %s:\n%s", seed, next, diff)
			}
			boundaries++
			at = next
		}
	}
	if boundaries < 50 {
		t.Errorf("only %d boundaries", boundaries)
	}
}

// answers are those about every tenant, without what a boundary is about.
func answers(w *residency.World, at time.Time) []string {
	var all []string
	for _, p := range w.Policies {
		for i := range w.Tenants.Len() {
			d := residency.Evaluate(p, w.Graph, residency.Request{At: at, Tenant: w.Tenant(fmt.Sprintf("t%d", i))})
			text := fmt.Sprintf("%s/%s/%s/%s/%s", d.Policy, d.Tenant, d.Verdict, d.Reason, d.Action)
			for _, e := range d.Exemptions {
				text += "/" + e.Name
			}
			all = append(all, text)
		}
	}
	return all
}

// TestNextBoundary holds what a boundary is, one by one.
func TestNextBoundary(t *testing.T) {
	t.Parallel()
	midnight := time.Date(2026, time.July, 2, 0, 0, 0, 0, time.UTC)
	world := func(graph string, change func(*residency.Policy)) *residency.World {
		return &residency.World{Graph: graphtest.Build(t, graph), Policies: []*residency.Policy{newPolicy(t), newPolicy(t, change)}}
	}
	nothing := func(*residency.Policy) {}
	effective := func(at time.Time) func(*residency.Policy) {
		return func(p *residency.Policy) { p.EffectiveFrom, p.BeforeEffective = at, residency.Warn }
	}
	for _, row := range []struct {
		reason string
		world  *residency.World
		want   time.Time
	}{
		{"nothing ever changes", world("a:CN", nothing), time.Time{}},
		{"an interest begins", world("a < 60 b:CN 2026-07-02..", nothing), midnight},
		{"an interest ends", world("a < 60 b:CN ..2026-07-02", nothing), midnight},
		{"an interest has begun today", world("a < 60 b:CN 2026-07-01..", nothing), time.Time{}},
		{"a notice period ends", world("a:CN", effective(noon.Add(time.Second))), noon.Add(time.Second)},
		{"it ends just now", world("a:CN", effective(noon)), time.Time{}},
		{"an exemption expires", world("a:CN", exempting(waiver("e", "t", noon.Add(time.Minute)))), noon.Add(time.Minute)},
		{"it expires just now", world("a:CN", exempting(waiver("e", "t", noon))), time.Time{}},
		{
			"the first of several", world("a < 60 b:CN 2026-07-02..", exempting(waiver("e", "t", noon.Add(time.Hour)), waiver("f", "u", noon.Add(time.Minute)))),
			noon.Add(time.Minute),
		},
		{"ownership before an exemption", world("a < 60 b:CN 2026-07-02..", exempting(waiver("e", "t", midnight.Add(1)))), midnight},
	} {
		if got, ok := row.world.NextBoundary(noon); !got.Equal(row.want) || ok == row.want.IsZero() {
			t.Errorf("%s: got %s %t, want %s", row.reason, got, ok, row.want)
		}
	}
}

// TestForecastBeyondTheDatesThatAreLookedAt holds that what policies and
// exemptions say for later is told all the same, as ownership stands by then.
func TestForecastBeyondTheDatesThatAreLookedAt(t *testing.T) {
	t.Parallel()
	far := noon.AddDate(0, 6, 0)
	g := graphtest.Build(t, `red:CN; sold:SG < 60 red ..2026-07-03; sold < 60 red 2026-08-02..
		late:SG < 60 red 2026-08-01..; x:SG < 10 red 2026-07-04..2026-07-05; clean:NL`)
	p := newPolicy(t, func(p *residency.Policy) { p.EffectiveFrom, p.BeforeEffective = far, residency.Warn })
	exempt := newPolicy(t, exempting(waiver("e", "red", far)))
	onTheDay := func(day int, month time.Month) *residency.Policy {
		return newPolicy(t, func(p *residency.Policy) {
			p.EffectiveFrom, p.BeforeEffective = time.Date(2026, month, day, 0, 0, 0, 0, time.UTC), residency.Warn
		})
	}
	fourth, first := onTheDay(1, time.August), onTheDay(3, time.July)
	w := &residency.World{Graph: g, Policies: []*residency.Policy{p, exempt, fourth, first}, Tenants: residency.TenantMap{}}
	for _, name := range []string{"red", "sold", "late", "clean"} {
		w.Tenants.(residency.TenantMap)[name] = newTenant(name, name)
	}
	forecast := residency.NewForecast(w, noon)
	for _, row := range []struct {
		reason, tenant string
		policy         *residency.Policy
		want           residency.Change
	}{
		{"a notice period that ends in half a year", "red", p, residency.Change{At: far, Cause: residency.NoticePeriodEnds, Verdict: residency.Restricted, Action: residency.Deny}},
		{"an exemption that expires in half a year", "red", exempt, residency.Change{At: far, Cause: residency.ExemptionExpires, Verdict: residency.Restricted, Action: residency.Deny}},
		{"a sale on the first of the dates", "sold", exempt, residency.Change{At: time.Date(2026, time.July, 3, 0, 0, 0, 0, time.UTC), Cause: residency.OwnershipChanges, Verdict: residency.Clear, Action: residency.Allow}},
		{"an acquisition on the fourth", "late", p, residency.Change{}},
		{"an acquisition on the very day of a fourth date", "late", fourth, residency.Change{}},
		{"a sale on the very day that a notice period ends", "sold", first, residency.Change{At: first.EffectiveFrom, Cause: residency.OwnershipChanges, Verdict: residency.Clear, Action: residency.Allow}},
		{"whoever is always clear", "clean", p, residency.Change{}},
	} {
		tenant := w.Tenant(row.tenant)
		now := residency.Evaluate(row.policy, g, residency.Request{At: noon, Tenant: tenant})
		got, ok := forecast.Next(row.policy, tenant, now)
		if diff := cmp.Diff(row.want, got, cmp.Comparer(time.Time.Equal)); diff != "" || ok == row.want.At.IsZero() {
			t.Errorf("%s: %t (-want +got):\n%s", row.reason, ok, diff)
		}
	}
}
