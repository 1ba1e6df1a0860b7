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

	mu      sync.RWMutex
	meaning map[types.NamespacedName]T
	others  map[digest]struct{}
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

// set takes in what an object means; nil is nothing.
func (t *table[T]) set(name types.NamespacedName, value *T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if value == nil {
		delete(t.meaning, name)
		t.others[t.hash(name)] = struct{}{}
		return
	}
	t.meaning[name] = *value
	delete(t.others, t.hash(name))
}

// remove forgets an object that is no more.
func (t *table[T]) remove(name types.NamespacedName) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.meaning, name)
	delete(t.others, t.hash(name))
}

// replace takes what another table has.
func (t *table[T]) replace(by *table[T]) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seed, t.meaning, t.others = by.seed, by.meaning, by.others
}

// digest is a hash; as bytes it takes half the room in a map that a number takes.
type digest [8]byte

func (t *table[T]) hash(name types.NamespacedName) (d digest) {
	binary.NativeEndian.PutUint64(d[:], maphash.Comparable(t.seed, name))
	return d
}
