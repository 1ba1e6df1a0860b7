package gateway

import (
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

const (
	// maxKept is how many answers are kept. When there are more, all are forgotten.
	maxKept = 500_000
	// maxSaid is how much a request may say of whose it is, in bytes, for its answer to be
	// kept: what anybody can send must not fill the memory.
	maxSaid = 128
	// maxModels is how many names of models are kept of one access point.
	maxModels = 4096
	// shards is how many locks the answers are behind.
	shards = 16
)

// state is one world in a time in which nothing changes by itself, and what was
// decided in it.
type state struct {
	world       *snapshot.Snapshot
	changes     uint64
	from, until time.Time // until is zero for ever
	points      map[string]*pointState
	kept        [shards]answers
}

// question is all that an answer depends on.
type question struct {
	identity call.Identity
	tier     *tier
}

type answers struct {
	mu sync.RWMutex
	of map[question]*outcome
}

// pointState is an access point, and the models that it was asked for.
type pointState struct {
	point *call.Point
	mu    sync.RWMutex
	// models has the tiers of models by their names as requests have them.
	models map[string]*tier
	// tiers has them by the policies that are about them.
	tiers map[string]*tier
}

// tier is a set of models about which the same policies are.
type tier struct {
	// names is one of the models; none if it is unknown which.
	names []string
	any   bool
}

func newState(world *snapshot.Snapshot, changes uint64, now time.Time) *state {
	s := &state{world: world, changes: changes, from: now, points: map[string]*pointState{}}
	s.until, _ = world.NextBoundary(now)
	for name, a := range world.Objects.AccessPoints.All() {
		s.points[name] = &pointState{point: a.Point, models: map[string]*tier{}, tiers: map[string]*tier{}}
	}
	for i := range s.kept {
		s.kept[i].of = map[question]*outcome{}
	}
	return s
}

// holds says whether nothing has changed by itself. Clocks may go back.
func (s *state) holds(now time.Time) bool {
	return !now.Before(s.from) && (s.until.IsZero() || now.Before(s.until))
}

func (s *state) point(name string) *pointState {
	if name == "" && len(s.points) == 1 {
		name = slices.Collect(maps.Keys(s.points))[0]
	}
	return s.points[name]
}

// tier is that of a model that a request names; not ok is one that is not certain.
func (p *pointState) tier(s *state, name []byte, ok bool) *tier {
	if !ok || !call.IsName(name) {
		name = nil // which no model is called
	}
	p.mu.RLock()
	t := p.models[string(name)]
	p.mu.RUnlock()
	if t != nil {
		return t
	}
	model := string(name)
	t = &tier{names: p.point.Model.Names(model)}
	t.any = len(t.names) == 0
	about := p.about(s, t)
	p.mu.Lock()
	defer p.mu.Unlock()
	if known := p.tiers[about]; known != nil {
		t = known
	} else {
		p.tiers[about] = t
	}
	if len(p.models) < maxModels {
		p.models[model] = t
	}
	return t
}

// about says which policies are about a tier, a byte each.
func (p *pointState) about(s *state, t *tier) string {
	o := &residency.Object{Call: &residency.Call{AccessPoint: p.point.Name, Models: t.names, AnyModel: t.any}}
	about := make([]byte, len(s.world.Policies))
	for i, policy := range s.world.Policies {
		covered, err := true, error(nil)
		if policy.Covers != nil {
			covered, err = policy.Covers(o)
		}
		if covered || err != nil {
			about[i] = 1
		}
	}
	return string(about)
}

// seed spreads questions over shards.
var seed = maphash.MakeSeed()

func (s *state) shard(q question) *answers {
	return &s.kept[maphash.Comparable(seed, q.identity)%shards]
}

func (s *state) known(q question) *outcome {
	a := s.shard(q)
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.of[q]
}

// keep keeps an answer. What the question has of the request is copied.
func (s *state) keep(q question, o *outcome) {
	if len(q.identity.Value)+len(q.identity.Behalf) > maxSaid {
		return
	}
	q.identity.Value, q.identity.Behalf = strings.Clone(q.identity.Value), strings.Clone(q.identity.Behalf)
	a := s.shard(q)
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.of) >= maxKept/shards {
		a.of = map[question]*outcome{}
	}
	a.of[q] = o
}
