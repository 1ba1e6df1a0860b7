package suspension

import (
	"context"
	"testing"
	"time"

	clocktesting "k8s.io/utils/clock/testing"
)

// In no minute there are more writes than allowed, though the leader changes
// after every few of them.
func TestRateHoldsAcrossLeaders(t *testing.T) {
	const perMinute = 60
	cl := clocktesting.NewFakeClock(noon)
	var writes []time.Time
	for leader := range 20 {
		b := newBudget(cl, perMinute)
		for range 5 + leader {
			done := make(chan error, 1)
			go func() { done <- b.wait(t.Context()) }()
			for waiting := true; waiting; {
				select {
				case err := <-done:
					if err != nil {
						t.Fatal(err)
					}
					waiting = false
				default:
					if cl.HasWaiters() {
						cl.Step(50 * time.Millisecond)
					}
				}
			}
			b.spend()
			writes = append(writes, cl.Now())
		}
	}
	for i, first := range writes {
		n := 0
		for _, at := range writes[i:] {
			if at.Sub(first) < time.Minute {
				n++
			}
		}
		if n > perMinute {
			t.Fatalf("%d writes within a minute of %s", n, first)
		}
	}
	if took := writes[len(writes)-1].Sub(noon); took > 2*time.Duration(len(writes))*time.Second {
		t.Errorf("%d writes took %s", len(writes), took)
	}
}

func TestWhatIsNotSpentIsThereTheNextTime(t *testing.T) {
	b := newBudget(clocktesting.NewFakeClock(noon), 60)
	b.have = true
	for range 3 {
		if err := b.wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNobodyWaitsWhoIsNoLeaderAnyMore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := newBudget(clocktesting.NewFakeClock(noon), 1)
	for _, have := range []bool{false, true} {
		b.have = have
		if err := b.wait(ctx); err == nil {
			t.Error("a write is allowed although leadership has ended")
		}
	}
}
