package mirror

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/controllers/internal/election"
	"github.com/domicile-dev/domicile/internal/mirror"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

const (
	// writeEvery is how long the leader waits between two writes: the API server
	// compiles a large policy in a second.
	writeEvery = time.Second
	// askEvery is how long to wait before API servers are asked again that have not
	// been seen to enforce what was written.
	askEvery = 250 * time.Millisecond
	// lookEvery is how often the leader looks for what others have changed.
	lookEvery = 5 * time.Second
	// guardEvery is how often other replicas look, and guardAfter how long they leave
	// alone what stays as it should not be.
	guardEvery = 10 * time.Second
	guardAfter = 30 * time.Second
	// patience is how long an API server itself goes on with a write. It compiles the
	// policy for it, which is long when others need its processor. A write that is ended
	// sooner is begun anew, from nothing.
	patience = 34 * time.Second
	// roundTimeout bounds one look at everything.
	roundTimeout = patience + 10*time.Second
)

// Options say for which installation it is.
type Options struct {
	mirror.Options
	// ClusterRole owns what is written; "" leaves it without an owner.
	ClusterRole string
	// Version is that of Domicile, as a label has it.
	Version string
}

// Servers are the API servers.
type Servers interface {
	// Ask asks each of them what some policies tell whoever tries their probes.
	Ask(ctx context.Context, policies []string) []Answer
	// Versions are those of the ones that answer, as they tell them.
	Versions(ctx context.Context) []string
}

// Answer is what one API server says.
type Answer struct {
	Server string
	// Said is what it tells of each policy; "" if it does not enforce it.
	Said []string
	// Err is why it is not known.
	Err error
}

// Controller writes the mirror, by server-side apply and at most once a second, and puts
// it back when somebody else changes it. The leader keeps it. Every other replica guards
// it, so that nobody gains anything from the time without a leader.
type Controller struct {
	writer
	options Options
	holder  *snapshot.Holder
	servers Servers
	elected election.Elected
	clock   clock.WithTicker
	metrics *metrics
	log     logr.Logger

	support support
	state   atomic.Pointer[state]
	changed snapshot.Broadcast

	// What follows belongs to the goroutine of Start.
	reader  mirror.Reader
	world   *snapshot.Snapshot
	want    version
	left    string // why conditions of authors are left out; "" if they are not
	wrote   time.Time
	looked  time.Time
	asked   time.Time
	since   time.Time // since when the mirror is not as it should be; zero if it is
	inForce []mirror.Content
	guarded map[string]guarded
}

// version is a mirror and what it was made of.
type version struct {
	mirror.Mirror
	content mirror.Content
}

// New makes a controller. This replica leads as soon as elected is closed.
func New(c client.Client, live client.Reader, h *snapshot.Holder, servers Servers, elected <-chan struct{}, o Options, e events.EventRecorder, cl clock.WithTicker, r prometheus.Registerer) (*Controller, error) {
	m, err := newMetrics(r)
	if err != nil {
		return nil, err
	}
	log := ctrl.Log.WithName("mirror")
	return &Controller{
		writer:  writer{client: c, live: live, owner: o.ClusterRole, version: o.Version, events: e, metrics: m, log: log, known: map[string]identity{}},
		options: o, holder: h, servers: servers, elected: elected, clock: cl, metrics: m, log: log, guarded: map[string]guarded{},
	}, nil
}

// SetupWithManager adds the controller.
func (c *Controller) SetupWithManager(mgr ctrl.Manager) error {
	if err := mgr.Add(c); err != nil {
		return fmt.Errorf("add the mirror: %w", err)
	}
	return nil
}

// NeedLeaderElection says no: every replica guards it.
func (c *Controller) NeedLeaderElection() bool { return false }

// Start keeps the mirror until the context ends.
func (c *Controller) Start(ctx context.Context) error {
	for ctx.Err() == nil {
		changed, elected := c.holder.Changed(), c.elected.Pending()
		if elected != nil {
			changed = nil // guards have time
		}
		again := c.round(ctx)
		timer := c.clock.NewTimer(again)
		select {
		case <-ctx.Done():
		case <-elected:
		case <-changed:
			c.settle(ctx)
		case <-timer.C():
		}
		timer.Stop()
	}
	return nil
}

// settle waits until the leader may write and ask again: what changes all the time makes no
// more requests than what does not.
func (c *Controller) settle(ctx context.Context) {
	wait := max(writeEvery-c.clock.Since(c.wrote), askEvery-c.clock.Since(c.asked))
	if wait <= 0 || !c.elected.Leads() {
		return
	}
	timer := c.clock.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C():
	}
}

// round does what is to be done now, and says when to look again.
func (c *Controller) round(ctx context.Context) time.Duration {
	ctx, cancel := context.WithTimeout(ctx, roundTimeout)
	defer cancel()
	world := c.holder.Load()
	if world == nil {
		return guardEvery
	}
	now := c.clock.Now()
	if !c.lookAtVersions(ctx, now) {
		return writeEvery
	}
	if !c.elected.Leads() {
		return c.guard(ctx, world)
	}
	c.render(world, now)
	problem := c.keep(ctx, now)
	if problem != nil {
		c.log.Error(problem, "Could not write the mirror; it will be tried again")
	}
	c.ask(ctx, problem)
	if !c.since.IsZero() {
		if problem != nil {
			return writeEvery
		}
		return askEvery
	}
	return c.nextLook(now)
}

// nextLook is how long there is nothing to do, if nothing changes.
func (c *Controller) nextLook(now time.Time) time.Duration {
	wait := lookEvery
	if next, ok := c.reader.Next(); ok && next.Sub(now) < wait {
		wait = max(next.Sub(now), 0)
	}
	return wait
}

// render makes the mirror as it should be, unless nothing has changed.
func (c *Controller) render(world *snapshot.Snapshot, now time.Time) {
	next, ok := c.reader.Next()
	if c.world == world && (!ok || now.Before(next)) {
		return
	}
	if c.world != nil && c.world.Objects.Policies != world.Objects.Policies {
		c.left = ""
	}
	c.world = world
	c.use(c.reader.Read(world, now), now)
}

// use makes the mirror of a content.
func (c *Controller) use(content mirror.Content, now time.Time) {
	if c.left != "" {
		content = content.Without(c.left)
	}
	before := c.want.Hashes
	if against := c.support.against.Load(); against != nil && *against != "" {
		c.want = version{content: content.Nothing(*against)}
		return
	}
	c.want = version{c.options.Render(content), content}
	if c.since.IsZero() && (before == nil || !slices.Equal(before, c.want.Hashes)) {
		c.since = now
	}
}

// keep writes what is not as it should be.
func (c *Controller) keep(ctx context.Context, now time.Time) error {
	stale := c.stale(c.want.Mirror)
	if !stale && now.Sub(c.looked) < lookEvery || now.Sub(c.wrote) < writeEvery {
		return nil
	}
	c.looked = now
	wrote, err := c.writeAll(ctx, c.want.Mirror)
	if wrote {
		c.wrote = now
		c.mayEnforce(c.want.content)
		if c.since.IsZero() {
			c.since = now
		}
	}
	if apierrors.IsInvalid(err) && c.left == "" {
		// It may be a condition of an author's that this API server does not take.
		c.left = "its matchConditions, which the API server does not take in a policy of its own"
		c.log.Error(err, "Leaves out policies with matchConditions")
		c.use(c.want.content, now)
		_, err = c.writeAll(ctx, c.want.Mirror)
		c.mayEnforce(c.want.content)
	}
	return err
}

// mostInForce bounds how many contents are remembered that some API server may enforce.
const mostInForce = 32

// mayEnforce notes that some API server may enforce a content from now on.
func (c *Controller) mayEnforce(content mirror.Content) {
	if len(c.inForce) >= mostInForce {
		c.inForce = slices.Delete(c.inForce, 1, 2)
	}
	c.inForce = append(c.inForce, content)
}
