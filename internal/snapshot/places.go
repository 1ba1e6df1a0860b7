package snapshot

import (
	"iter"
	"slices"

	"github.com/domicile-dev/domicile/internal/persistent"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// places finds tenants by namespace. Of hundreds of thousands of tenants it looks
// only at those that name the namespace, and at one for each selector that has a
// label in common with it.
type places struct {
	tenants persistent.Map[*translate.CompiledTenant]
	// bound and names have tenants by namespace, selecting by selector.
	bound, names, selecting persistent.Index
	// anchored has selectors by label.
	anchored persistent.Index
}

var _ residency.Namespaces = places{}

// BoundBy implements residency.Namespaces.
func (p places) BoundBy(namespace string) []string { return slices.Sorted(p.bound.Names(namespace)) }

// BoundNamespaces are the namespaces that tenants bind by their spec, in no order.
func (s *Snapshot) BoundNamespaces() iter.Seq[string] { return s.Objects.places.bound.Labels() }

// Admitted implements residency.Namespaces.
func (p places) Admitted(ns *residency.Namespace) bool {
	for range p.names.Names(ns.Name) {
		return true
	}
	for _, label := range translate.LabelsOf(ns) {
		for selector := range p.anchored.Names(label) {
			if p.selects(selector, ns) {
				return true
			}
		}
	}
	return false
}

// selects asks the first tenant that has a selector: all of them select the same.
func (p places) selects(selector string, ns *residency.Namespace) bool {
	for name := range p.selecting.Names(selector) {
		t, ok := p.tenants.Get(name)
		return ok && t.Places.Selects(ns)
	}
	return false
}

// with brings the index up to date with the tenants that changed.
func (p places) with(tenants persistent.Map[*translate.CompiledTenant]) places {
	bound, names, selecting := persistent.Edits{}, persistent.Edits{}, persistent.Edits{}
	anchors := map[string][]string{}
	each := func(t *translate.CompiledTenant, edit func(persistent.Edits, string, string)) {
		if t == nil || t.Places == nil {
			return
		}
		for _, ns := range t.Places.Bound {
			edit(bound, ns, t.Name)
		}
		for _, ns := range t.Places.Names {
			edit(names, ns, t.Name)
		}
		if selector, labels := t.Places.Selector(); selector != "" {
			edit(selecting, selector, t.Name)
			anchors[selector] = labels
		}
	}
	for d := range tenants.Since(p.tenants) {
		each(d.Before, persistent.Edits.Remove)
		each(d.After, persistent.Edits.Add)
	}
	next := places{tenants: tenants, bound: p.bound.With(bound), names: p.names.With(names), selecting: p.selecting.With(selecting)}
	anchored := persistent.Edits{}
	for selector, labels := range anchors {
		edit := persistent.Edits.Remove
		for range next.selecting.Names(selector) {
			edit = persistent.Edits.Add
			break
		}
		for _, label := range labels {
			edit(anchored, label, selector)
		}
	}
	next.anchored = p.anchored.With(anchored)
	return next
}
