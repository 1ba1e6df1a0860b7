package persistent

import (
	"iter"
	"maps"
	"slices"
)

// Index has the names that belong to each label, any number of them. It is
// immutable. The zero value is empty.
type Index struct{ of Map[names] }

// Edits are changes of an Index by label. The zero value is not ready: make it.
type Edits map[string]edits

type edits struct{ added, gone map[string]bool }

// Add adds a name to a label. It wins over Remove.
func (e Edits) Add(label, name string) { e.at(label).added[name] = true }

// Remove takes a name from a label.
func (e Edits) Remove(label, name string) { e.at(label).gone[name] = true }

func (e Edits) at(label string) edits {
	if _, known := e[label]; !known {
		e[label] = edits{map[string]bool{}, map[string]bool{}}
	}
	return e[label]
}

// Names are those of a label, in no order.
func (x Index) Names(label string) iter.Seq[string] {
	of, _ := x.of.Get(label)
	return of.all()
}

// Labels are those that have any name, in no order.
func (x Index) Labels() iter.Seq[string] { return keys(x.of.All()) }

// With is the index after some changes. It takes as long as there are changes; a
// label with many names is not copied for one of them.
func (x Index) With(e Edits) Index {
	set, empty := make(map[string]names, len(e)), []string{}
	for label, changes := range e {
		known, _ := x.of.Get(label)
		if next := known.with(changes.added, changes.gone); next != (names{}) {
			set[label] = next
		} else {
			empty = append(empty, label)
		}
	}
	return Index{x.of.With(set, empty...)}
}

// few is how many names are kept in a list, which is copied when one of them changes.
const few = 256

// names are those of one label: mostly it is one.
type names struct {
	one  string
	list *[]string // sorted, without one
	many *Map[bool]
}

func (t names) all() iter.Seq[string] {
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
func (t names) with(added, gone map[string]bool) names {
	if t.many != nil {
		next := t.many.With(nil, slices.Collect(maps.Keys(gone))...).With(added)
		if next.Len() > few {
			return names{many: &next}
		}
		return namesFrom(slices.Sorted(keys(next.All())))
	}
	all := maps.Clone(added)
	for name := range t.all() {
		if !gone[name] {
			all[name] = true
		}
	}
	if len(all) > few {
		many := Map[bool]{}.With(all)
		return names{many: &many}
	}
	return namesFrom(slices.Sorted(maps.Keys(all)))
}

func keys[V any](all iter.Seq2[string, V]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range all {
			if !yield(name) {
				return
			}
		}
	}
}

func namesFrom(sorted []string) names {
	switch len(sorted) {
	case 0:
		return names{}
	case 1:
		return names{one: sorted[0]}
	default:
		list := slices.Clone(sorted[1:])
		return names{one: sorted[0], list: &list}
	}
}
