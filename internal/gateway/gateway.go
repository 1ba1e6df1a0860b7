package gateway

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/gateway/keys"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// Namespaces knows the Namespaces in which keys are.
type Namespaces interface {
	// Get is false if it cannot be known what a Namespace says.
	Get(name string) (*residency.Namespace, bool)
	// Changes counts the changes of any of them.
	Changes() uint64
}

// Tokens verifies JSON Web Tokens: see call.Directory.
type Tokens interface {
	Verify(t *call.Token, presented string) (call.Claims, error)
}

// Options are what a Gateway decides from.
type Options struct {
	Snapshots  *snapshot.Holder
	Keys       *keys.Table
	Namespaces Namespaces
	Tokens     Tokens
	// Fresh is an error while what is known may be too old.
	Fresh func() error
	Clock func() time.Time
	// Observe is told of every answer; nil if nobody wants to know.
	Observe func(Answer)
}

// Gateway answers. It is safe for use by many.
type Gateway struct {
	o     Options
	state atomic.Pointer[state]
}

// New makes a gateway.
func New(o Options) *Gateway { return &Gateway{o: o} }

var (
	errNoSnapshot = errors.New("there is no snapshot yet")
	errNoPoint    = errors.New("there is no such AccessPoint")
	errPoint      = errors.New("the AccessPoint cannot be compiled")
	errNamespace  = errors.New("the Namespace of the key is not known")
)

// Key implements call.Directory.
func (g *Gateway) Key(presented string) call.Holder { return g.o.Keys.Key(presented) }

// Verify implements call.Directory.
func (g *Gateway) Verify(t *call.Token, presented string) (call.Claims, error) {
	return g.o.Tokens.Verify(t, presented)
}

// Check answers about a request at an access point. An empty name is the only access
// point that there is.
func (g *Gateway) Check(point string, r *call.Request) Answer {
	now := g.o.Clock()
	a := g.check(point, r, now)
	a.At = now
	if g.o.Observe != nil {
		g.o.Observe(a)
	}
	return a
}

func (g *Gateway) check(name string, r *call.Request, now time.Time) Answer {
	if err := g.o.Fresh(); err != nil {
		return unknown(nil, err)
	}
	s := g.current(now)
	if s == nil {
		return unknown(nil, errNoSnapshot)
	}
	p := s.point(name)
	switch {
	case p == nil:
		return unknown(nil, errNoPoint)
	case p.point.Invalid != "":
		return unknown(p.point, errPoint)
	}
	identity, err := p.point.Identify(r, g)
	if err != nil {
		return unknown(p.point, err)
	}
	model, ok := p.point.Model.Read(r, make([]byte, 0, call.MaxModelName))
	tier := p.tier(s, model, ok)
	question := question{identity: identity, tier: tier}
	o := s.known(question)
	if o == nil {
		if o, err = g.decide(s, p, question, now); err != nil {
			return unknown(p.point, err)
		}
		s.keep(question, o)
	}
	return Answer{outcome: o, Point: p.point}
}

// decide asks the core.
func (g *Gateway) decide(s *state, p *pointState, q question, now time.Time) (*outcome, error) {
	var holding call.Holding
	if q.identity.Holder != 0 {
		var err error
		if holding, err = g.holding(q.identity.Holder); err != nil {
			return nil, err
		}
	}
	o := p.point.Object(q.identity, holding, q.tier.names, s.world.Objects.Identified)
	o.Call.AnyModel = q.tier.any
	return conclude(q.identity, s.world.Placed(o), residency.Decide(&s.world.World, o, now)), nil
}

// holding is what the Secret of a key says.
func (g *Gateway) holding(h call.Holder) (call.Holding, error) {
	namespace, claims, contested := g.o.Keys.Said(h)
	if contested {
		return translate.ContestedKey(), nil
	}
	ns, ok := g.o.Namespaces.Get(namespace)
	if !ok {
		return call.Holding{}, errNamespace
	}
	return call.Holding{Namespace: ns, Claims: translate.ClaimsOfKeys(claims)}, nil
}

// current is what is known of the world; nil if nothing is. It is made anew when the
// world is another one, and when time changes it.
func (g *Gateway) current(now time.Time) *state {
	world := g.o.Snapshots.Load()
	changes := g.o.Namespaces.Changes()
	s := g.state.Load()
	if s != nil && s.world == world && s.changes == changes && s.holds(now) {
		return s
	}
	if world == nil {
		return nil
	}
	next := newState(world, changes, now)
	// Whoever else has made one meanwhile keeps it: both say the same.
	g.state.CompareAndSwap(s, next)
	return next
}

// MaxBody is how many bytes of a body are read at an access point; 0 if none is.
func (g *Gateway) MaxBody(point string) int {
	s := g.current(g.o.Clock())
	if s == nil {
		return 0
	}
	if p := s.point(point); p != nil && p.point.Model != nil && p.point.Model.Pointer != nil {
		return p.point.Model.MaxBody
	}
	return 0
}
