package mirror

import (
	"maps"
	"slices"
	"time"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// Reader finds out which tenants a world refuses. It keeps what it knows of the last
// world, so that a change costs what it touches. The zero value is ready for use, by
// one goroutine.
type Reader struct {
	world *snapshot.Snapshot
	next  time.Time // when time alone makes a difference; zero if it never does
	names map[string]map[string]bool
}

// Read finds out who is refused in a world at an instant.
func (r *Reader) Read(w *snapshot.Snapshot, at time.Time) Content {
	touched := snapshot.Touched{Everything: true}
	if r.world != nil && (r.next.IsZero() || at.Before(r.next)) {
		touched = w.Since(r.world, at)
	}
	asked := askedAt(w, at)
	if touched.EveryTenant() {
		r.names = map[string]map[string]bool{}
		for _, p := range w.Policies {
			r.names[p.Name] = asked.all(p)
		}
	} else {
		for _, p := range w.Policies {
			for name := range touched.Tenants {
				if asked.refuses(p, w.Tenant(name)) {
					r.names[p.Name][name] = true
				} else {
					delete(r.names[p.Name], name)
				}
			}
		}
	}
	r.world = w
	r.next, _ = w.NextBoundary(at)
	return contentOf(w, r.names)
}

// Next is when time alone may make what was read last untrue; false if it never does.
func (r *Reader) Next() (time.Time, bool) { return r.next, !r.next.IsZero() }

// asked is a world with its verdicts at an instant.
type asked struct {
	world    *snapshot.Snapshot
	verdicts *residency.Verdicts
	at       time.Time
}

func askedAt(w *snapshot.Snapshot, at time.Time) asked {
	verdicts := w.Verdicts
	if !verdicts.Covers(at) {
		verdicts = residency.NewVerdicts(&w.World, at)
	}
	return asked{w, verdicts, at}
}

func (a asked) all(p *residency.Policy) map[string]bool {
	names := map[string]bool{}
	if !denies(p, a.at) {
		return names
	}
	for t := range a.world.Tenants.All() {
		if a.refuses(p, t) {
			names[t.Name] = true
		}
	}
	return names
}

// refuses says whether a policy refuses, for certain and now, whatever the tenant
// claims where the policy covers it.
func (a asked) refuses(p *residency.Policy, t *residency.Tenant) bool {
	if t == nil || !denies(p, a.at) || !isName(t.Name) {
		return false
	}
	verdict, ok := a.verdicts.Of(p, t, a.at)
	return ok && verdict == residency.Restricted && p.Exemption(t.Name, a.at) == nil
}

// denies says whether a policy refuses anybody who is restricted.
func denies(p *residency.Policy, at time.Time) bool {
	return p.Invalid == "" && p.Restricted == residency.Deny &&
		(!at.Before(p.EffectiveFrom) || p.BeforeEffective == residency.Deny)
}

// isName says whether a name may stand in a list of names. Kubernetes takes no other.
func isName(name string) bool {
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' {
			return false
		}
	}
	return name != ""
}

// Content is what a mirror says.
type Content struct {
	scopes []scope
	// Policies says how much of each policy it has, by name.
	Policies map[string]Part
}

// Part is how much of a policy the mirror has.
type Part struct {
	// Names is how many tenants it refuses because of the policy.
	Names int
	// Left is what it leaves to the webhook of what the policy covers, for people;
	// Omitted says that it leaves all of it.
	Left    []string
	Omitted bool

	refused    map[string]bool
	conditions bool
}

// Refuses says whether the mirror refuses a tenant because of the policy.
func (p Part) Refuses(tenant string) bool { return p.refused[tenant] }

// contentOf puts policies that cover the same together.
func contentOf(w *snapshot.Snapshot, names map[string]map[string]bool) Content {
	c := Content{Policies: map[string]Part{}}
	byScope := map[string]*scope{}
	for _, p := range w.Policies {
		compiled, ok := w.Objects.Policies.Get(p.Name)
		if !ok {
			continue
		}
		if !translate.CoversObjects(compiled.Spec.Match) {
			c.Policies[p.Name] = Part{Left: []string{"API requests, which are all that it covers"}, Omitted: true}
			continue
		}
		s, left := scopeOf(compiled.Spec.Match)
		refused := maps.Clone(names[p.Name])
		c.Policies[p.Name] = Part{Names: len(refused), Left: left, refused: refused, conditions: len(s.conditions) > 0}
		if p.Invalid != "" {
			c.Policies[p.Name] = Part{Left: []string{"what is wrong with it"}, Omitted: true}
		}
		if len(refused) == 0 {
			continue
		}
		if byScope[s.key()] == nil {
			s.names, s.bound = map[string]bool{}, map[string]bool{}
			byScope[s.key()] = &s
		}
		byScope[s.key()].add(w, refused)
	}
	for _, key := range slices.Sorted(maps.Keys(byScope)) {
		c.scopes = append(c.scopes, *byScope[key])
	}
	return c
}

// Nothing leaves all policies to the webhook, for a reason.
func (c Content) Nothing(reason string) Content {
	none := Content{Policies: map[string]Part{}}
	for name := range c.Policies {
		none.Policies[name] = Part{Left: []string{reason}, Omitted: true}
	}
	return none
}

// Without leaves the policies out that need an expression of their author's, which the
// API server may not take.
func (c Content) Without(reason string) Content {
	less := Content{Policies: maps.Clone(c.Policies)}
	for name, part := range less.Policies {
		if part.conditions {
			less.Policies[name] = Part{Left: []string{reason}, Omitted: true, conditions: true}
		}
	}
	for _, s := range c.scopes {
		if len(s.conditions) == 0 {
			less.scopes = append(less.scopes, s)
		}
	}
	return less
}
