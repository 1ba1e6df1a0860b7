package snapshot

import (
	"slices"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/persistent"
	"github.com/domicile-dev/domicile/internal/translate"
)

// Touched are the objects about which a snapshot may say something else than an
// earlier one.
type Touched struct {
	// Everything may be otherwise: it is not worth telling what.
	Everything bool
	// Policies came, changed or went; Found says that all of them cover other kinds.
	Policies map[string]bool
	Found    bool
	// Tenants and Entities may have another verdict or another status, because
	// of themselves (true) or of others (false). Exemptions came, changed or went.
	Tenants, Entities, Exemptions map[string]bool
}

// EveryTenant says that all tenants may be answered otherwise.
func (t Touched) EveryTenant() bool { return t.Everything || t.Found || len(t.Policies) > 0 }

// mostTouched bounds how many parties are followed up. Beyond it everything is touched.
const mostTouched = 20_000

// Since finds out what is touched by what happened since an earlier snapshot, at
// an instant until which ownership stood as it was then. It takes as long as much
// is touched.
func (s *Snapshot) Since(before *Snapshot, at time.Time) Touched {
	t := Touched{Policies: map[string]bool{}, Tenants: map[string]bool{}, Entities: map[string]bool{}, Exemptions: map[string]bool{}}
	t.Found = !s.Objects.Found.Equal(before.Objects.Found)
	for _, d := range differing(s.Objects.Policies, before.Objects.Policies) {
		t.Policies[d.Key] = true
	}
	for _, d := range differing(s.Objects.Tenants, before.Objects.Tenants) {
		t.Tenants[d.Key] = true
	}
	for _, d := range differing(s.Objects.Exemptions, before.Objects.Exemptions) {
		t.Exemptions[d.Key] = true
		for _, e := range []*translate.CompiledExemption{d.Before, d.After} {
			if e != nil && e.Exemption != nil {
				t.Tenants[e.Exemption.Tenant] = true
			}
		}
	}
	if s.Graph == before.Graph {
		return t
	}
	entities := differing(s.Objects.Entities, before.Objects.Entities)
	if s.Objects.Registers.identity() != before.Objects.Registers.identity() || len(entities) > mostTouched {
		t.Everything = true
		return t
	}
	var changed []ownership.Ref
	for _, d := range entities {
		t.Entities[d.Key] = true
		for _, e := range []*translate.CompiledEntity{d.Before, d.After} {
			if e != nil {
				changed = append(changed, refsOf(e.Party)...)
			}
		}
	}
	t.Everything = !s.below(before, changed, at, t.party(s))
	return t
}

// party touches what speaks of a party.
func (t Touched) party(s *Snapshot) func(ownership.Ref) {
	return func(r ownership.Ref) {
		label := r.Label()
		if name, isEntity := strings.CutPrefix(label, translate.EntityKey("")); isEntity && !t.Entities[name] {
			t.Entities[name] = false
		}
		for name := range s.Objects.byParty.Names(label) {
			if !t.Tenants[name] {
				t.Tenants[name] = false
			}
		}
	}
}

// below visits some parties, and those in which any of them holds something,
// through others as well, by the ownership of either snapshot; false if those are
// too many.
func (s *Snapshot) below(before *Snapshot, changed []ownership.Ref, at time.Time, visit func(ownership.Ref)) bool {
	for _, r := range changed {
		visit(r)
	}
	for _, g := range []*ownership.Graph{before.Graph, s.Graph} {
		if !g.Below(changed, at, mostTouched, visit) {
			return false
		}
	}
	return true
}

func refsOf(p ownership.Party) []ownership.Ref {
	refs := []ownership.Ref{{Key: p.Key}}
	for _, id := range p.Identifiers {
		refs = append(refs, ownership.Ref{Identifier: id})
	}
	return refs
}

// differing lists the objects of which decisions depend on something else.
func differing[V compiled](now, before persistent.Map[V]) (all []persistent.Difference[V]) {
	var none V
	for d := range now.Since(before) {
		if d.Before == none || d.After == none || d.Before.Identity() != d.After.Identity() {
			all = append(all, d)
		}
	}
	return all
}

// index brings byParty up to date with the tenants that changed.
func (o *Objects) index(before persistent.Map[*translate.CompiledTenant]) {
	edits, identifiers := persistent.Edits{}, persistent.Edits{}
	each := func(t *translate.CompiledTenant, edit, identify func(label, name string)) {
		if t == nil {
			return
		}
		for _, link := range t.Tenant.Links {
			edit(link.Party.Label(), t.Tenant.Name)
		}
		for _, id := range t.Identifiers {
			identify(id, t.Tenant.Name)
		}
	}
	for d := range o.Tenants.Since(before) {
		each(d.Before, edits.Remove, identifiers.Remove)
		each(d.After, edits.Add, identifiers.Add)
	}
	o.byParty, o.byIdentifier = o.byParty.With(edits), o.byIdentifier.With(identifiers)
}

// Identified names the tenants that access points know by an identifier, sorted.
func (o *Objects) Identified(scheme, id string) []string {
	return slices.Sorted(o.byIdentifier.Names(scheme + ":" + id))
}
