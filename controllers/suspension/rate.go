package suspension

import (
	"context"
	"fmt"

	"golang.org/x/time/rate"
	"k8s.io/utils/clock"
)

// budget spaces writes evenly, so that in no minute there are more than allowed.
// It begins with nothing: whoever takes over from a leader that was killed a
// moment ago does not add to what that one has written.
type budget struct {
	clock   clock.Clock
	limiter *rate.Limiter
	// have says that a write may be made now.
	have bool
}

func newBudget(cl clock.Clock, perMinute int) *budget {
	b := &budget{clock: cl, limiter: rate.NewLimiter(rate.Limit(float64(perMinute)/60), 1)}
	b.limiter.AllowN(cl.Now(), 1)
	return b
}

// wait returns when a write may be made. One that is not made is still there the
// next time.
func (b *budget) wait(ctx context.Context) error {
	if b.have {
		return ctx.Err()
	}
	now := b.clock.Now()
	delay := b.limiter.ReserveN(now, 1).DelayFrom(now)
	if delay <= 0 {
		b.have = true
		return ctx.Err()
	}
	timer := b.clock.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait for the rate: %w", ctx.Err())
	case <-timer.C():
		b.have = true
		return nil
	}
}

func (b *budget) spend() { b.have = false }
