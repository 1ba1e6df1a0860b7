package mirror

import (
	"context"
	"errors"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/controllers/internal/owner"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// guarded is an object as a replica that does not lead has seen it.
type guarded struct {
	resourceVersion string
	since           time.Time // since when it has been as it is, and not as it should be
	right           bool      // whether it was as it should be
}

// guard writes what nobody else does: what is not there at once, and what has not been
// as it should be for a while in which nobody wrote it. It leaves alone what another
// version wrote, so that the replicas of a rolling upgrade do not take turns.
func (c *Controller) guard(ctx context.Context, world *snapshot.Snapshot) time.Duration {
	if c.state.Load() != nil { // it led
		c.publish(nil)
		c.metrics.forget()
	}
	now := c.clock.Now()
	c.render(world, now)
	owners, err := owner.References(ctx, c.live, c.options.ClusterRole)
	if errors.Is(err, owner.ErrGone) {
		return guardEvery
	}
	for _, p := range partsOf(c.want.Mirror) {
		if err == nil {
			err = c.guardOne(ctx, p, owners, now)
		}
	}
	if err != nil {
		c.log.Error(err, "Could not guard the mirror; it will be tried again")
	}
	// What this replica has seen of it is old when it comes to lead.
	clear(c.known)
	c.clean, c.since = false, now
	return guardEvery
}

func (c *Controller) guardOne(ctx context.Context, p part, owners []metav1.OwnerReference, now time.Time) error {
	live := &unstructured.Unstructured{}
	live.SetGroupVersionKind(p.object.GetObjectKind().GroupVersionKind())
	if err := c.live.Get(ctx, client.ObjectKeyFromObject(p.object), live); client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("read %s: %w", p.key(), err)
	}
	before := c.guarded[p.key()]
	seen := guarded{resourceVersion: live.GetResourceVersion(), since: now}
	if live.GetUID() != "" {
		same, err := sameSpec(live, p.object)
		if err != nil {
			return fmt.Errorf("read %s: %w", p.key(), err)
		}
		seen.right = same || live.GetLabels()[versionLabel] != c.options.Version
		if !seen.right && !before.right && before.resourceVersion == seen.resourceVersion {
			seen.since = before.since
		}
	}
	c.guarded[p.key()] = seen
	if seen.right || live.GetUID() != "" && now.Sub(seen.since) < guardAfter {
		return nil
	}
	c.log.Info("Writes the mirror because nobody else does", "kind", p.kind(), "object", p.object.GetName())
	return c.apply(ctx, p, owners)
}
