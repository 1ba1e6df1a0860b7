package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/bench/filled"
	"github.com/domicile-dev/domicile/test/bench/report"
	"github.com/domicile-dev/domicile/test/rig/cluster"
)

const (
	// looked is how often it is looked how many statuses are written.
	looked = time.Second
	// between is how long after one person has seen their tenant's status the next
	// one changes theirs.
	between = 100 * time.Millisecond
)

// statusTimes is what status of a new policy took.
type statusTimes struct {
	// counts is until the policy's own status counts every tenant; half and all
	// are until so many tenants' status was written, 0 if that was not seen.
	counts, half, all time.Duration
	took              time.Duration
	traffic           traffic
	cpu               cpus
	// person is from a change of one Tenant to its status, while the others wait.
	person report.Samples
}

// status adds a policy and looks at status until every tenant's is written, or
// for as long as was asked for.
func (r *rig) status(ctx context.Context, tenants int) (s statusTimes, err error) {
	before, err1 := r.traffic(ctx)
	busy, err2 := r.cpus()
	if err := errors.Join(err1, err2, r.Create(ctx, filled.Policy("added", "BY"))); err != nil {
		return s, err
	}
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, r.options.status)
	defer cancel()
	var all errgroup.Group
	all.Go(func() (err error) {
		s.counts, err = r.countedTenants(ctx, begin, tenants)
		return err
	})
	all.Go(func() (err error) {
		s.person, err = r.person(ctx)
		return err
	})
	all.Go(func() error {
		defer cancel()
		return s.follow(ctx, r, before, begin, tenants)
	})
	if err := all.Wait(); err != nil {
		return s, err
	}
	after, err := r.cpus()
	s.cpu = after.since(busy)
	return s, err
}

// follow counts what is written.
func (s *statusTimes) follow(ctx context.Context, r *rig, before traffic, begin time.Time, tenants int) error {
	tick := time.NewTicker(looked)
	defer tick.Stop()
	for s.all == 0 {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now, err := r.traffic(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		s.traffic, s.took = now.since(before), time.Since(begin)
		if s.half == 0 && s.traffic.tenants >= float64(tenants)/2 {
			s.half = s.took
		}
		if s.traffic.tenants >= float64(tenants) {
			s.all = s.took
		}
	}
	return nil
}

// written is the part of the tenants whose status was written, in percent.
func (s *statusTimes) written(tenants int) float64 {
	return min(100*s.traffic.tenants/float64(tenants), 100)
}

// countedTenants waits until the status of the new policy counts every tenant.
func (r *rig) countedTenants(ctx context.Context, begin time.Time, tenants int) (time.Duration, error) {
	err := cluster.Poll(ctx, "the counts of the new policy", func(ctx context.Context) (bool, error) {
		var p v1alpha1.TenantPolicy
		if err := r.Get(ctx, client.ObjectKey{Name: "added"}, &p); err != nil {
			return false, err
		}
		if p.Status.Tenants == nil || p.Status.ObservedGeneration != p.Generation {
			return false, nil
		}
		sum := 0
		for _, n := range []*int32{p.Status.Tenants.Clear, p.Status.Tenants.Indeterminate, p.Status.Tenants.Restricted} {
			if n != nil {
				sum += int(*n)
			}
		}
		return sum >= tenants, fmt.Errorf("it counts %d", sum)
	})
	if ctx.Err() != nil {
		return 0, nil //nolint:nilerr // it was not seen in time, which 0 says
	}
	return time.Since(begin), err
}

// person changes a Tenant again and again, and waits each time until its status
// says so. What was not seen in time is as long as it was waited for.
func (r *rig) person(ctx context.Context) (s report.Samples, err error) {
	tick := time.NewTicker(between)
	defer tick.Stop()
	for restricted := true; len(s) < r.options.changes; restricted = !restricted {
		select {
		case <-ctx.Done():
			return s, nil
		case <-tick.C:
		}
		t := filled.TenantOf("by-status", filled.Named(""))
		if err := r.merge(ctx, t, partyPatch(restricted)); err != nil {
			if ctx.Err() != nil {
				return s, nil
			}
			return s, err
		}
		begin := time.Now()
		err := r.statusSays(ctx, t.Generation, either(restricted, v1alpha1.VerdictRestricted, v1alpha1.VerdictClear))
		s = append(s, time.Since(begin))
		if err != nil && ctx.Err() == nil {
			return s, err
		}
	}
	return s, nil
}

// statusSays waits for a verdict of the first policy about a generation.
func (r *rig) statusSays(ctx context.Context, generation int64, want v1alpha1.Verdict) error {
	const pause = 5 * time.Millisecond
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		var t v1alpha1.Tenant
		err := r.Get(ctx, client.ObjectKey{Name: "by-status"}, &t)
		if err == nil && t.Status.ObservedGeneration >= generation {
			for _, v := range t.Status.Verdicts {
				if v.Policy == "no-cn" && v.Verdict == want {
					return nil
				}
			}
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-tick.C:
		}
	}
}
