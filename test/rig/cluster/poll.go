package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// pollInterval is how often a condition is asked for.
const pollInterval = 50 * time.Millisecond

// Poll asks for a condition until it holds or ctx ends. What says in an error
// what was waited for; the last error of the condition is told too.
func Poll(ctx context.Context, what string, holds func(context.Context) (bool, error)) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		ok, err := holds(ctx)
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, errors.Join(ctx.Err(), err))
		case <-tick.C:
		}
	}
}
