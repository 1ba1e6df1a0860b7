// Package snapshot holds what admission decides from: an immutable value behind
// an atomic pointer, so that a request reads it without a lock and sees one
// consistent state. A change makes the next snapshot from the last one, and
// takes as long as much is touched.
package snapshot

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/persistent"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// Snapshot is one consistent state of policies, tenants and ownership.
type Snapshot struct {
	residency.World

	// Revision identifies the inputs: replicas that have seen the same objects
	// have the same revision. It is safe for logs and audit annotations.
	Revision string
	// Objects are what the world was made of.
	Objects Objects
}

// Objects are compiled objects by name, and the data of registers.
type Objects struct {
	Policies   persistent.Map[*translate.CompiledPolicy]
	Tenants    persistent.Map[*translate.CompiledTenant]
	Entities   persistent.Map[*translate.CompiledEntity]
	Exemptions persistent.Map[*translate.CompiledExemption]
	// AccessPoints are those at which the gateway reads requests.
	AccessPoints persistent.Map[*translate.CompiledAccessPoint]
	Registers    Registers
	// Found are the kinds of the cluster that hold Pods and are not known by name.
	Found kinds.Found

	// sum is that of the digests of all objects.
	sum translate.Digest
	// byParty has the tenants that refer to a party, by what they refer to it by.
	byParty persistent.Index
	// byIdentifier has the tenants that access points know by an identifier.
	byIdentifier persistent.Index
	// places finds tenants by namespace.
	places places
	// sources is what the LegalEntities declare.
	sources *ownership.Sources
}

// Changes are objects that came, changed or went (nil), by name.
type Changes struct {
	Policies   map[string]*translate.CompiledPolicy
	Tenants    map[string]*translate.CompiledTenant
	Entities   map[string]*translate.CompiledEntity
	Exemptions map[string]*translate.CompiledExemption
	// AccessPoints say how the gateway reads requests.
	AccessPoints map[string]*translate.CompiledAccessPoint
	// Registers is other data of registers; nil if that is as before.
	Registers *Registers
	// Found are other kinds; nil if they are as before.
	Found *kinds.Found
}

// New is the world without any object.
func New() *Snapshot {
	s := (&Snapshot{Objects: Objects{sources: &ownership.Sources{}}}).With(Changes{Registers: &Registers{}})
	s.concern()
	return s
}

// With is the world after some changes. Invalid objects don't stop it: an invalid
// policy answers Indeterminate, an invalid LegalEntity is a party about which
// nothing is known, an invalid exemption exempts nobody. Unless nothing changes
// that decisions depend on, what was prepared is gone: see At.
func (s *Snapshot) With(c Changes) *Snapshot {
	next := &Snapshot{World: s.World, Objects: s.Objects, Revision: s.Revision}
	o := &next.Objects
	var policies, tenants, entities, exemptions, points bool
	o.Policies, policies = replace(o, o.Policies, c.Policies)
	o.Tenants, tenants = replace(o, o.Tenants, c.Tenants)
	o.Entities, entities = replace(o, o.Entities, c.Entities)
	o.Exemptions, exemptions = replace(o, o.Exemptions, c.Exemptions)
	next.Tenants = byName{o.Tenants}
	o.AccessPoints, points = replace(o, o.AccessPoints, c.AccessPoints)
	if c.Registers != nil {
		o.Registers = *c.Registers
	}
	if tenants {
		o.index(s.Objects.Tenants)
		o.places = o.places.with(o.Tenants)
	}
	next.Namespaces = o.places
	if entities {
		o.declare(s.Objects.Entities)
	}
	if entities || c.Registers != nil {
		next.Graph = o.graph(s.Graph)
	}
	if c.Found != nil {
		found := *c.Found
		o.Found = found
		next.HoldsPods = func(group, resource string) bool { return found.Has(kinds.Resource{Group: group, Resource: resource}) }
	}
	if policies || c.Found != nil {
		next.concern()
	}
	if policies || exemptions {
		next.Policies = o.policies()
	}
	if policies || tenants || entities || exemptions || points || c.Registers != nil || c.Found != nil {
		next.Verdicts, next.Revision = nil, o.revision()
	}
	return next
}

// At prepares the answers about an instant, before anybody asks. It changes the
// snapshot, which must not be published yet.
func (s *Snapshot) At(at time.Time) *Snapshot {
	s.Verdicts = residency.NewVerdicts(&s.World, at)
	return s
}

// Outdated says whether a day has begun on which ownership stands otherwise than
// in what was prepared.
func (s *Snapshot) Outdated(now time.Time) bool {
	until, ok := s.Verdicts.Until()
	return ok && !now.Before(until)
}

// compiled is an object of any kind.
type compiled interface {
	comparable
	Identity() translate.Digest
}

// replace makes changes to the objects of one kind, and to the sum. It says
// whether any of them can change a decision.
func replace[V compiled](o *Objects, m persistent.Map[V], changes map[string]V) (_ persistent.Map[V], matters bool) {
	if len(changes) == 0 {
		return m, false
	}
	var none V
	sum := o.sum
	set, gone := make(map[string]V, len(changes)), []string{}
	for name, object := range changes {
		if before, ok := m.Get(name); ok {
			o.sum = o.sum.Less(before.Identity())
			matters = matters || object == none || object.Identity() != before.Identity()
		} else {
			matters = matters || object != none
		}
		if object == none {
			gone = append(gone, name)
			continue
		}
		set[name] = object
		o.sum = o.sum.Add(object.Identity())
	}
	if !matters {
		o.sum = sum
	}
	return m.With(set, gone...), matters
}

// policies are all policies with their exemptions, by name.
func (o *Objects) policies() []*residency.Policy {
	exemptions := o.exemptions()
	all := make([]*residency.Policy, 0, o.Policies.Len())
	for name, p := range o.Policies.All() {
		policy := *p.Policy
		policy.Exemptions = exemptions[name]
		all = append(all, &policy)
	}
	slices.SortFunc(all, func(a, b *residency.Policy) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// exemptions are those that exempt somebody, by policy and tenant; several of one
// tenant by name.
func (o *Objects) exemptions() map[string]map[string][]*residency.Exemption {
	all := map[string]map[string][]*residency.Exemption{}
	for _, e := range o.Exemptions.All() {
		if e.Exemption == nil {
			continue
		}
		tenants := all[e.Policy]
		if tenants == nil {
			tenants = map[string][]*residency.Exemption{}
			all[e.Policy] = tenants
		}
		tenants[e.Exemption.Tenant] = append(tenants[e.Exemption.Tenant], e.Exemption)
	}
	for _, tenants := range all {
		for _, of := range tenants {
			slices.SortFunc(of, func(a, b *residency.Exemption) int { return strings.Compare(a.Name, b.Name) })
		}
	}
	return all
}

// concern finds out what admission is about.
func (s *Snapshot) concern() {
	var matches []*v1alpha1.Match
	for _, p := range s.Objects.Policies.All() {
		matches = append(matches, p.Spec.Match)
	}
	c := translate.NewConcern(matches...)
	s.Concerns, s.APIKeyNames, s.APIGroups = c.Concerns, c.APIKeyNames(), c.APIGroups()
	for _, k := range s.Objects.Found {
		s.APIGroups = append(s.APIGroups, k.Group)
	}
}

// byName are the tenants of a snapshot as decisions look them up.
type byName struct {
	objects persistent.Map[*translate.CompiledTenant]
}

// Get implements residency.Tenants.
func (t byName) Get(name string) *residency.Tenant {
	if c, ok := t.objects.Get(name); ok {
		return &c.Tenant
	}
	return nil
}

// Len implements residency.Tenants.
func (t byName) Len() int { return t.objects.Len() }

// All implements residency.Tenants.
func (t byName) All() iter.Seq[*residency.Tenant] {
	return func(yield func(*residency.Tenant) bool) {
		for _, c := range t.objects.All() {
			if !yield(&c.Tenant) {
				return
			}
		}
	}
}
