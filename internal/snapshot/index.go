package snapshot

import (
	"iter"
	"maps"
	"slices"

	"github.com/domicile-dev/domicile/internal/persistent"
	"github.com/domicile-dev/domicile/internal/translate"
)

// few is how many tenants of one party are kept in a list, which is copied when
// one of them changes. A reseller has more.
const few = 256

// tenantsOf are the names of the tenants of one party: mostly it is one.
type tenantsOf struct {
	one  string
	list *[]string // sorted, without one
	many *persistent.Map[bool]
}

func (t tenantsOf) names() iter.Seq[string] {
	return func(yield func(string) bool) {
		if t.one != "" && !yield(t.one) {
			return
		}
		if t.list != nil {
			for _, name := range *t.list {
				if !yield(name) {
					return
				}
			}
		}
		if t.many != nil {
			for name := range t.many.All() {
				if !yield(name) {
					return
				}
			}
		}
	}
}

// with is the same with some names added, and some gone before.
func (t tenantsOf) with(added, gone map[string]bool) tenantsOf {
	if t.many != nil {
		next := t.many.With(nil, slices.Collect(maps.Keys(gone))...).With(added)
		if next.Len() > few {
			return tenantsOf{many: &next}
		}
		t = tenantsFrom(slices.Sorted(keys(next.All())))
		return t
	}
	all := maps.Clone(added)
	for name := range t.names() {
		if !gone[name] {
			all[name] = true
		}
	}
	if len(all) > few {
		many := persistent.Map[bool]{}.With(all)
		return tenantsOf{many: &many}
	}
	return tenantsFrom(slices.Sorted(maps.Keys(all)))
}

func keys(all iter.Seq2[string, bool]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range all {
			if !yield(name) {
				return
			}
		}
	}
}

func tenantsFrom(sorted []string) tenantsOf {
	switch len(sorted) {
	case 0:
		return tenantsOf{}
	case 1:
		return tenantsOf{one: sorted[0]}
	default:
		list := slices.Clone(sorted[1:])
		return tenantsOf{one: sorted[0], list: &list}
	}
}

// index brings byParty up to date with the tenants that changed.
func (o *Objects) index(before persistent.Map[*translate.CompiledTenant]) {
	type change struct{ added, gone map[string]bool }
	changes := map[string]change{}
	each := func(t *translate.CompiledTenant, visit func(change)) {
		if t == nil {
			return
		}
		for _, link := range t.Tenant.Links {
			label := link.Party.Label()
			if _, known := changes[label]; !known {
				changes[label] = change{map[string]bool{}, map[string]bool{}}
			}
			visit(changes[label])
		}
	}
	for d := range o.Tenants.Since(before) {
		each(d.Before, func(c change) { c.gone[d.Key] = true })
		each(d.After, func(c change) { c.added[d.Key] = true })
	}
	set, empty := make(map[string]tenantsOf, len(changes)), []string{}
	for label, c := range changes {
		known, _ := o.byParty.Get(label)
		if next := known.with(c.added, c.gone); next != (tenantsOf{}) {
			set[label] = next
		} else {
			empty = append(empty, label)
		}
	}
	o.byParty = o.byParty.With(set, empty...)
}
