package references

import (
	"encoding/binary"
	"hash/maphash"
	"sync"

	"k8s.io/apimachinery/pkg/types"
)

// table has what is known of the objects of a kind. Most of them mean nothing: of those
// it keeps a hash, to know that they exist. Two with the same hash are taken for one,
// which costs a live read when one of them goes.
type table[T any] struct {
	seed maphash.Seed

	mu       sync.RWMutex
	meaning  map[types.NamespacedName]T
	others   map[digest]struct{}
	revision string
}

func newTable[T any]() *table[T] {
	return &table[T]{seed: maphash.MakeSeed(), meaning: map[types.NamespacedName]T{}, others: map[digest]struct{}{}}
}

// get is false for an object that is not known. The value is zero for one that means
// nothing.
func (t *table[T]) get(name types.NamespacedName) (T, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if value, ok := t.meaning[name]; ok {
		return value, true
	}
	var nothing T
	_, ok := t.others[t.hash(name)]
	return nothing, ok
}

// change takes in one event; the value is nil if the object means nothing.
func (t *table[T]) change(name types.NamespacedName, exists bool, value *T, revision string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.revision = revision
	if !exists || value == nil {
		delete(t.meaning, name)
	}
	switch {
	case !exists:
		delete(t.others, t.hash(name))
	case value == nil:
		t.others[t.hash(name)] = struct{}{}
	default:
		t.meaning[name] = *value
		delete(t.others, t.hash(name))
	}
}

// reach notes that nothing has happened up to a revision.
func (t *table[T]) reach(revision string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.revision = revision
}

func (t *table[T]) reached() string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.revision
}

// replace takes what another table has.
func (t *table[T]) replace(by *table[T]) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seed, t.meaning, t.others, t.revision = by.seed, by.meaning, by.others, by.revision
}

// digest is a hash; as bytes it takes half the room in a map that a number takes.
type digest [8]byte

func (t *table[T]) hash(name types.NamespacedName) (d digest) {
	binary.NativeEndian.PutUint64(d[:], maphash.Comparable(t.seed, name))
	return d
}
