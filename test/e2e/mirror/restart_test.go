package mirror

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/domicile-dev/domicile/test/rig/suite"
)

// clients is how many ask at the same time.
const clients = 4

// tally counts what the API server said.
type tally struct{ refused, admitted, wronglyAdmitted, wronglyRefused, unanswered atomic.Int64 }

// ask asks about a tenant that is refused and one that is clear, in turns, until ctx is over.
func (y *tally) ask(ctx context.Context, p *plane, from int) {
	for i := from; ctx.Err() == nil; i += clients {
		y.count(p.try(ctx, crowded(i%names)), &y.wronglyAdmitted, &y.refused)
		y.count(p.try(ctx, unknown), &y.admitted, &y.wronglyRefused)
	}
}

func (y *tally) count(said outcome, admittedTo, refusedTo *atomic.Int64) {
	switch said {
	case admitted:
		admittedTo.Add(1)
	case refused:
		refusedTo.Add(1)
	default:
		y.unanswered.Add(1)
	}
}

// TestARestartUnderLoadLetsNobodyThrough ends an API server while it is asked. It starts
// again with policies that it has yet to read and to compile.
func TestARestartUnderLoadLetsNobodyThrough(t *testing.T) {
	p := shared.Get(t)
	ctx, cancel := context.WithCancel(t.Context())
	var all tally
	var asking sync.WaitGroup
	for i := range clients {
		asking.Go(func() { all.ask(ctx, p, i) })
	}
	defer asking.Wait()
	defer cancel()
	for range 2 {
		all.more(t, "answers before the end")
		away := all.unanswered.Load()
		if err := p.KillComponent("kube-apiserver"); err != nil {
			t.Fatal(err)
		}
		suite.Eventually(t, patience, "the API server to be away", func(context.Context) (bool, error) { return all.unanswered.Load() > away, nil })
		all.more(t, "answers after the start")
	}
	t.Logf("refused %d, admitted %d, not answered %d", all.refused.Load(), all.admitted.Load(), all.unanswered.Load())
	if n := all.wronglyAdmitted.Load(); n > 0 {
		t.Errorf("%d of tenants that are refused were admitted", n)
	}
	if n := all.wronglyRefused.Load(); n > 0 {
		t.Errorf("%d of a tenant that is clear were refused", n)
	}
}

// more waits for a hundred more answers of either kind.
func (y *tally) more(t *testing.T, what string) {
	t.Helper()
	refused, admitted := y.refused.Load(), y.admitted.Load()
	suite.Eventually(t, patience, what, func(context.Context) (bool, error) {
		return y.refused.Load() >= refused+100 && y.admitted.Load() >= admitted+100, nil
	})
}
