package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/domicile-dev/domicile/test/bench/filled"
	"github.com/domicile-dev/domicile/test/bench/report"
)

const (
	// perSecond is how many changes a second the stream has, and how many Pods a
	// second are asked about.
	perSecond = 100
	// blocks is how many times quiet and stream take turns.
	blocks = 4
)

// admission is how long answers about an innocent Pod take.
type admission struct {
	quiet, stream report.Samples
	changes       int // that the stream had
	streamed      time.Duration
}

// admission measures in quiet and in a stream of changes, in turns.
func (r *rig) admission(ctx context.Context, asked int) (a admission, err error) {
	r.manager.Only(asked)
	if err := r.until(ctx, "innocent", false); err != nil {
		return a, err
	}
	for range blocks {
		in, cancel := context.WithTimeout(ctx, r.stream/blocks)
		quiet, err := r.ask(in)
		cancel()
		if err != nil {
			return a, err
		}
		a.quiet = append(a.quiet, quiet...)
		in, cancel = context.WithTimeout(ctx, r.stream/blocks)
		begin := time.Now()
		var both errgroup.Group
		both.Go(func() (err error) {
			stream, err := r.ask(in)
			a.stream = append(a.stream, stream...)
			return err
		})
		both.Go(func() (err error) {
			a.changes, err = r.change(in, ctx, a.changes)
			return err
		})
		err = both.Wait()
		cancel()
		if err != nil {
			return a, err
		}
		a.streamed += time.Since(begin)
	}
	return a, nil
}

// ask asks about one Pod after the other.
func (r *rig) ask(ctx context.Context) (s report.Samples, err error) {
	tick := time.NewTicker(time.Second / perSecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return s, nil
		case <-tick.C:
		}
		begin := time.Now()
		refused, err := r.refused(ctx, "innocent")
		switch {
		case ctx.Err() != nil: // it may have been cut off
		case err != nil:
			return s, err
		case refused:
			return s, errors.New("an innocent Pod is refused")
		default:
			s = append(s, time.Since(begin))
		}
	}
}

// change changes LegalEntities and Tenants in turn as long as a context lasts;
// requests that have begun end with the other one. It counts on from done.
func (r *rig) change(during, requests context.Context, done int) (int, error) {
	tick := time.NewTicker(time.Second / perSecond)
	defer tick.Stop()
	var writes errgroup.Group
	writes.SetLimit(filled.Parallel)
	for {
		select {
		case <-during.Done():
			return done, writes.Wait()
		case <-tick.C:
		}
		n := done / 2
		name, odd := streamName(n%streamed), n/streamed%2 == 1
		patch, object := fmt.Sprintf(`{"spec":{"jurisdictions":{"headquarters":%q}}}`, either(odd, "SG", "NZ")), done%2 == 0
		writes.Go(func() error {
			if object {
				return r.merge(requests, filled.Company(name, ""), patch)
			}
			return r.merge(requests, filled.TenantOf(name, filled.Named("")), fmt.Sprintf(`{"spec":{"displayName":"Customer %d"}}`, n))
		})
		done++
	}
}
