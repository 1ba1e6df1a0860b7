package main

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

const (
	// quiet is how long nothing happens before it counts as over.
	quiet = 2 * time.Second
	// idle is the part of a core that a manager may take meanwhile.
	idle = 0.1
)

// settled waits until the managers write no status and do nothing any more, and
// says whether they came to rest before the patience was at its end.
func (r *rig) settled(ctx context.Context, patience time.Duration) (bool, error) {
	var before traffic
	var taken cpus
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := wait.PollUntilContextCancel(patient, quiet, true, func(ctx context.Context) (bool, error) {
		now, err := r.traffic(ctx)
		if err != nil {
			return false, err
		}
		t, err := r.cpus()
		if err != nil {
			return false, err
		}
		work := t.since(taken)
		rests := before.all > 0 && now.status == before.status && work[leader]+work[follower] < time.Duration(idle*float64(quiet))
		before, taken = now, t
		return rests, nil
	})
	if err != nil && patient.Err() != nil && ctx.Err() == nil {
		return false, nil // the patience is at its end
	}
	return err == nil, err
}
