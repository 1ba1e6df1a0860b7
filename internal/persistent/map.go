// Package persistent has a map that never changes: a change makes the next one,
// which shares with the last one whatever is the same.
package persistent

import (
	"cmp"
	"hash/maphash"
	"iter"
	"slices"
)

// A Map is a table of pages, and each page one of leaves. A change copies the
// table, one page and one leaf: some kilobytes with hundreds of thousands of keys.
const (
	pages      = 64
	perPage    = 64
	leaves     = pages * perPage
	leafOfHash = leaves - 1
)

// seed is the same for all maps of a process, so that those can be compared.
var seed = maphash.MakeSeed()

// Map is an immutable map from strings. The zero value is empty. It is safe for
// concurrent use.
type Map[V comparable] struct {
	pages *[pages]*page[V]
	len   int
}

type page[V comparable] [perPage][]entry[V]

// entry is a key with its value; a leaf has them by key.
type entry[V comparable] struct {
	key   string
	value V
}

func (e entry[V]) compare(f entry[V]) int { return cmp.Compare(e.key, f.key) }

// Len is the number of keys.
func (m Map[V]) Len() int { return m.len }

// Get returns the value of a key; false if there is none.
func (m Map[V]) Get(key string) (value V, ok bool) {
	entries := m.leaf(leafOf(key))
	at, ok := search(entries, key)
	if ok {
		value = entries[at].value
	}
	return value, ok
}

// All has every key with its value, in no order.
func (m Map[V]) All() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for at := range leaves {
			for _, e := range m.leaf(at) {
				if !yield(e.key, e.value) {
					return
				}
			}
		}
	}
}

// With is the map with other values, and without the keys that are gone. What
// stands in both is gone.
func (m Map[V]) With(values map[string]V, gone ...string) Map[V] {
	next := edit[V]{m: m, copied: map[*page[V]]bool{}}
	byLeaf := map[int][]entry[V]{}
	for key, value := range values {
		byLeaf[leafOf(key)] = append(byLeaf[leafOf(key)], entry[V]{key, value})
	}
	for at, set := range byLeaf {
		slices.SortFunc(set, entry[V].compare)
		next.replace(at, merged(m.leaf(at), set))
	}
	for _, key := range gone {
		at := leafOf(key)
		entries := next.m.leaf(at)
		if i, ok := search(entries, key); ok {
			next.replace(at, slices.Delete(slices.Clone(entries), i, i+1))
		}
	}
	return next.m
}

// Difference is a key of which the value is another one than before. The zero
// value of V stands for a key that is not there.
type Difference[V comparable] struct {
	Key           string
	Before, After V
}

// Since lists what is otherwise than in an earlier map. It takes as long as much
// is otherwise, and not as long as much there is.
func (m Map[V]) Since(before Map[V]) iter.Seq[Difference[V]] {
	return func(yield func(Difference[V]) bool) {
		for p := range pages {
			if m.page(p) == before.page(p) {
				continue
			}
			for at := p * perPage; at < (p+1)*perPage; at++ {
				if !same(before.leaf(at), m.leaf(at)) && !differences(before.leaf(at), m.leaf(at), yield) {
					return
				}
			}
		}
	}
}

func (m Map[V]) page(p int) *page[V] {
	if m.pages == nil {
		return nil
	}
	return m.pages[p]
}

func (m Map[V]) leaf(at int) []entry[V] {
	if p := m.page(at / perPage); p != nil {
		return p[at%perPage]
	}
	return nil
}

func leafOf(key string) int { return int(maphash.String(seed, key) & leafOfHash) }

func search[V comparable](entries []entry[V], key string) (int, bool) {
	return slices.BinarySearchFunc(entries, key, func(e entry[V], key string) int { return cmp.Compare(e.key, key) })
}

// same says whether two leaves are one.
func same[V comparable](a, b []entry[V]) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// merged has what is set, and what else there is.
func merged[V comparable](entries, set []entry[V]) []entry[V] {
	all := make([]entry[V], 0, len(entries)+len(set))
	for len(entries) > 0 && len(set) > 0 {
		switch c := entries[0].compare(set[0]); {
		case c < 0:
			all, entries = append(all, entries[0]), entries[1:]
		case c == 0:
			entries = entries[1:]
		default:
			all, set = append(all, set[0]), set[1:]
		}
	}
	return slices.Clip(append(append(all, entries...), set...))
}

func differences[V comparable](before, after []entry[V], yield func(Difference[V]) bool) bool {
	for len(before) > 0 || len(after) > 0 {
		var d Difference[V]
		var order int
		switch {
		case len(before) == 0:
			order = 1
		case len(after) == 0:
			order = -1
		default:
			order = before[0].compare(after[0])
		}
		if order <= 0 {
			d.Key, d.Before, before = before[0].key, before[0].value, before[1:]
		}
		if order >= 0 {
			d.Key, d.After, after = after[0].key, after[0].value, after[1:]
		}
		if d.Before != d.After && !yield(d) {
			return false
		}
	}
	return true
}

// edit makes the next map. What it has copied once is its own.
type edit[V comparable] struct {
	m      Map[V]
	table  bool
	copied map[*page[V]]bool
}

func (e *edit[V]) replace(at int, entries []entry[V]) {
	e.m.len += len(entries) - len(e.m.leaf(at))
	if !e.table {
		table := new([pages]*page[V])
		if e.m.pages != nil {
			*table = *e.m.pages
		}
		e.m.pages, e.table = table, true
	}
	p := e.m.pages[at/perPage]
	if !e.copied[p] {
		own := new(page[V])
		if p != nil {
			*own = *p
		}
		p = own
		e.m.pages[at/perPage], e.copied[p] = p, true
	}
	p[at%perPage] = entries
}
