package mirror

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/condition"
	"github.com/domicile-dev/domicile/internal/mirror"
)

// state is what is known of the mirror. It is immutable.
type state struct {
	content mirror.Content
	// inForce are all contents that some API server may still enforce.
	inForce []mirror.Content
	// hash and at say what was seen last, and when; at is zero if it was never seen
	// as it should be.
	hash string
	at   time.Time
	// enforcing of so many API servers do, and the others are named.
	enforcing, servers int
	others             []string
	problem            string
	noRoom             int
}

// ask asks the API servers what they enforce, and publishes that.
func (c *Controller) ask(ctx context.Context, problem error) {
	if len(c.want.Policies) == 0 { // nothing is mirrored
		c.since, c.inForce = time.Time{}, nil
		c.metrics.forget()
		c.publish(&state{content: c.want.content})
		return
	}
	var policies []string
	for i := range c.want.Policies {
		policies = append(policies, c.want.Policies[i].Name)
	}
	now := c.clock.Now()
	c.asked = now
	s := &state{content: c.want.content, hash: strings.Join(c.want.Hashes, " "), noRoom: c.want.Left}
	if problem != nil {
		s.problem = problem.Error()
	}
	missing := 0
	for _, a := range c.servers.Ask(ctx, policies) {
		s.servers++
		switch {
		case a.Err != nil:
			missing++
			s.others = append(s.others, a.Server+" does not answer")
		case c.want.isSaid(a.Said):
			s.enforcing++
		default:
			s.others = append(s.others, a.Server+" is behind")
		}
	}
	if problem == nil && s.enforcing > 0 && s.enforcing+missing == s.servers && !c.stale(c.want.Mirror) {
		c.acknowledge(now)
		s.at = now
	} else if c.since.IsZero() {
		c.since = now // an API server that started anew has not compiled it yet
	}
	s.inForce = slices.Clone(c.inForce)
	c.tell(s, missing, now)
	c.publish(s)
}

// isSaid says whether an API server tells of each policy that it is this one.
func (v *version) isSaid(said []string) bool {
	if len(said) != len(v.Hashes) {
		return false
	}
	for i, hash := range v.Hashes {
		if !strings.Contains(said[i], hash) {
			return false
		}
	}
	return len(said) > 0
}

// acknowledge notes that every API server that answers enforces what it should.
func (c *Controller) acknowledge(now time.Time) {
	if !c.since.IsZero() {
		c.metrics.took.Observe(now.Sub(c.since).Seconds())
		c.log.V(1).Info("The API servers enforce the mirror", "hash", c.want.Hashes, "took", now.Sub(c.since).String())
	}
	c.since, c.inForce = time.Time{}, []mirror.Content{c.want.content}
}

func (c *Controller) tell(s *state, missing int, now time.Time) {
	names := 0
	for _, p := range s.content.Policies {
		names += p.Names
	}
	c.metrics.names.Set(float64(names))
	c.metrics.lag.Set(0)
	if !c.since.IsZero() {
		c.metrics.lag.Set(now.Sub(c.since).Seconds())
	}
	c.metrics.servers.WithLabelValues(enforcing).Set(float64(s.enforcing))
	c.metrics.servers.WithLabelValues(unreachable).Set(float64(missing))
	c.metrics.servers.WithLabelValues(behind).Set(float64(s.servers - s.enforcing - missing))
}

// publish tells whoever waits in Changed, if there is anything new.
func (c *Controller) publish(s *state) {
	before := c.state.Load()
	if s != nil && before != nil && !s.at.IsZero() && !before.at.IsZero() {
		same := *s
		same.at = before.at
		if reflect.DeepEqual(same, *before) {
			return // it has only been seen once more
		}
	}
	c.state.Store(s)
	if s != nil || before != nil {
		c.changed.Wake()
	}
}

// Changed returns a channel that is closed when anything else is known of the mirror.
func (c *Controller) Changed() <-chan struct{} { return c.changed.Changed() }

// Refuses says whether an API server may refuse a tenant by itself because of a policy.
func (c *Controller) Refuses(policy, tenant string) bool {
	s := c.state.Load()
	if s == nil {
		return false
	}
	for _, content := range s.inForce {
		if content.Policies[policy].Refuses(tenant) {
			return true
		}
	}
	return false
}

// Mirrored is the condition of a policy; false if nothing is known yet.
func (c *Controller) Mirrored(policy string) (condition.State, bool) {
	s := c.state.Load()
	if s == nil {
		return condition.State{}, false
	}
	part, ok := s.content.Policies[policy]
	switch {
	case !ok:
		return condition.State{}, false
	case part.Omitted:
		return condition.False(v1alpha1.ReasonNotMirrored, "The webhook alone enforces this policy, because of "+strings.Join(part.Left, "; ")+"."), true
	case s.problem != "":
		return condition.False(v1alpha1.ReasonMirrorBehind, "The mirror could not be written: "+s.problem), true
	case s.at.IsZero():
		return condition.False(v1alpha1.ReasonMirrorBehind, fmt.Sprintf("%d of %d API servers enforce the mirror as it should be: %s.",
			s.enforcing, s.servers, condition.Enumerate(s.others))), true
	}
	said := fmt.Sprintf("%d of %d API servers refuse %d tenants by themselves. Mirror %s was first seen at all of them at %s.",
		s.enforcing, s.servers, part.Names, s.hash, s.at.UTC().Format(time.RFC3339))
	if len(s.others) > 0 {
		said += " But " + condition.Enumerate(s.others) + "."
	}
	if len(part.Left) > 0 {
		said += " Left to the webhook: " + strings.Join(part.Left, "; ") + "."
	}
	if s.noRoom > 0 {
		said += fmt.Sprintf(" There is no room for %d names, which the webhook alone refuses.", s.noRoom)
	}
	return condition.True(v1alpha1.ReasonMirrorEnforced, said), true
}
