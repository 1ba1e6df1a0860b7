package ownership_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

// instant reads an RFC 3339 time.
func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestInterestsHoldFromSinceUntilTheDayBeforeUntil(t *testing.T) {
	const graph = `a:SG < 51 x:CN 2026-02-01..2026-03-01; b:SG < 51 x 1969-12-30..1970-01-01
		c:SG < 51 x ..2026-02-15; d:SG < 51 x 2026-02-15..`
	tests := map[string]struct {
		reason, at  string
		restricted  string // those of a, b, c, d
		from, until string // of the View; "" for none
	}{
		"LongBefore":     {"before the epoch days count down", "1969-12-29T23:59:59.999999999Z", "c", "", "1969-12-30T00:00:00Z"},
		"BeforeEpoch":    {"the first day of b", "1969-12-30T00:00:00Z", "b c", "1969-12-30T00:00:00Z", "1970-01-01T00:00:00Z"},
		"EndBeforeEpoch": {"the last instant of b", "1969-12-31T23:59:59.999999999Z", "b c", "1969-12-30T00:00:00Z", "1970-01-01T00:00:00Z"},
		"Epoch":          {"until is the first day on which it no longer holds", "1970-01-01T00:00:00Z", "c", "1970-01-01T00:00:00Z", "2026-02-01T00:00:00Z"},
		"DayBefore":      {"the last instant before since", "2026-01-31T23:59:59.999999999Z", "c", "1970-01-01T00:00:00Z", "2026-02-01T00:00:00Z"},
		"First":          {"since is the first day on which it holds", "2026-02-01T00:00:00Z", "a c", "2026-02-01T00:00:00Z", "2026-02-15T00:00:00Z"},
		"Middle":         {"one ends and another one begins", "2026-02-15T00:00:00Z", "a d", "2026-02-15T00:00:00Z", "2026-03-01T00:00:00Z"},
		"Last":           {"the last instant before until", "2026-02-28T23:59:59.999999999Z", "a d", "2026-02-15T00:00:00Z", "2026-03-01T00:00:00Z"},
		"Until":          {"until is the first day on which it no longer holds", "2026-03-01T00:00:00Z", "d", "2026-03-01T00:00:00Z", ""},
		"OtherZone":      {"days are those of UTC: it is still February there", "2026-03-01T01:00:00+02:00", "a d", "2026-02-15T00:00:00Z", "2026-03-01T00:00:00Z"},
		"FarFuture":      {"no limit is no limit", "9999-12-31T00:00:00Z", "d", "2026-03-01T00:00:00Z", ""},
	}
	g := graphtest.Build(t, graph)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			v := g.At(instant(t, tc.at))
			o := v.Trace(defaults, graphtest.Start(g, "CN"))
			restricted := ""
			for _, party := range []string{"a", "b", "c", "d"} {
				if o.Definite(graphtest.Node(t, g, party)) {
					restricted += " " + party
				}
			}
			if restricted != " "+tc.restricted {
				t.Errorf("%s: restricted are%s, want %s", tc.reason, restricted, tc.restricted)
			}
			check := func(what, want string, at time.Time, ok bool) {
				if ok != (want != "") || ok && at.Format(time.RFC3339) != want {
					t.Errorf("%s: %s is %v, %t; want %q", tc.reason, what, at, ok, want)
				}
			}
			at, ok := v.From()
			check("From", tc.from, at, ok)
			at, ok = v.Until()
			check("Until", tc.until, at, ok)
		})
	}
}

func TestAtRemembersViews(t *testing.T) {
	g := graphtest.Build(t, `a < 1 x 2026-01-01..2026-01-02; a < 1 x 2026-01-03..2026-01-04; a < 1 x 2026-01-05..2026-01-06`)
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	today := g.At(day(1))
	for n := range 7 {
		g.At(day(n))
		if g.At(day(1).Add(5*time.Hour)) != today {
			t.Fatalf("the view of a day that is asked for all the time is forgotten after %d others", n)
		}
	}
	old := g.At(day(2))
	for n := 3; n < 7; n++ {
		g.At(day(n))
		g.At(day(1))
	}
	if g.At(day(2)) == old {
		t.Error("more views are remembered than there should be")
	}
}

func TestAtIsSafeForConcurrentUse(t *testing.T) {
	g := graphtest.Build(t, `a:SG < 51 x:CN 2026-01-02..2026-01-04`)
	a := graphtest.Node(t, g, "a")
	start := graphtest.Start(g, "CN")
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for n := range 50 {
				day := 1 + (n+worker)%5
				v := g.At(time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC))
				o := v.Memo("trace", func() any { return v.Trace(defaults, start) }).(*ownership.Outcome)
				if got, want := o.Definite(a), day == 2 || day == 3; got != want {
					t.Errorf("on day %d a is restricted: %t", day, got)
				}
			}
		})
	}
	all.Wait()
}

func TestHoldingsMergeRecords(t *testing.T) {
	g := graphtest.Build(t, `
		t < (25,50] x "filing"; t < 40 x 2026-01-01.. "register"; t < 10 x ..2026-01-01 "old"; t < votes 5 x "register"
		t < control x; t < 60 b; t < 60 b; other < 1 x`)
	node := func(name string) ownership.Node { return graphtest.Node(t, g, name) }
	since := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	share := func(lower, upper ownership.Percent) ownership.Share {
		return ownership.Share{Lower: lower, Upper: upper}
	}
	want := []ownership.Holding{
		{
			Holder: node("b"), Subject: node("t"), Share: share(60*percent, ownership.Whole), Sources: []string{""},
			Records: []ownership.Record{{Directness: ownership.Direct, Share: share(60*percent, 60*percent)}, {Directness: ownership.Direct, Share: share(60*percent, 60*percent)}},
		},
		{
			Holder: node("x"), Subject: node("t"), Share: share(40*percent, 90*percent), Sources: []string{"filing", "register"},
			Records: []ownership.Record{
				{Directness: ownership.Direct, Share: share(25*percent+1, 50*percent), Source: "filing"},
				{Directness: ownership.Direct, Share: share(40*percent, 40*percent), Since: since, Source: "register"},
			},
		},
		{
			Holder: node("x"), Subject: node("t"), Kind: ownership.VotingRights, Share: share(5*percent, 5*percent), Sources: []string{"register"},
			Records: []ownership.Record{{Directness: ownership.Direct, Share: share(5*percent, 5*percent), Source: "register"}},
		},
		{
			Holder: node("x"), Subject: node("t"), Kind: ownership.Control, Sources: []string{""}, Records: []ownership.Record{{Directness: ownership.Direct}},
		},
	}
	if diff := cmp.Diff(want, g.At(anyDay).Holdings(node("t"))); diff != "" {
		t.Errorf("holdings (-want +got):\n%s", diff)
	}
	if got := g.At(anyDay).Holdings(node("x")); got != nil {
		t.Errorf("x has holders: %v", got)
	}
}

func TestMemoBuildsOncePerKey(t *testing.T) {
	type key struct{ n int }
	v := graphtest.Build(t, "a").At(anyDay)
	var built atomic.Int32
	build := func(n int) any {
		return v.Memo(key{n}, func() any { built.Add(1); return n })
	}
	for range 3 {
		for n := range 10 {
			if got := build(n); got != n {
				t.Errorf("Memo of %d is %v", n, got)
			}
		}
	}
	if got := built.Load(); got != 10 {
		t.Errorf("%d values were built, want 10", got)
	}
	nested := v.Memo("outer", func() any { return v.Memo("inner", func() any { return 7 }) })
	if nested != 7 {
		t.Errorf("a value that needs another one is %v", nested)
	}
	for n := range 1000 {
		build(n)
		build(1) // is asked for all the time, so that it stays
	}
	built.Store(0)
	build(999)
	build(1)
	if got := built.Load(); got != 0 {
		t.Errorf("%d values that were asked for lately were built again", got)
	}
	if build(2); built.Load() != 1 {
		t.Error("nothing is ever forgotten")
	}
}
