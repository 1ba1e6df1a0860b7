package references

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/domicile-dev/domicile/internal/contact"
)

// keeper keeps a table of one kind.
type keeper[T any] struct {
	*contact.Followed
	table *table[T]
	// read says what an object means; nil is nothing.
	read func(metav1.Object) (*T, error)
	// next is what comes anew; nil once everything has come.
	next *table[T]
}

func newKeeper[T any](read func(metav1.Object) (*T, error)) *keeper[T] {
	return &keeper[T]{table: newTable[T](), read: read}
}

// Begin implements contact.Keeper.
func (k *keeper[T]) Begin() { k.next = newTable[T]() }

// Complete implements contact.Keeper.
func (k *keeper[T]) Complete() {
	k.table.replace(k.next)
	k.next = nil
}

// Take implements contact.Keeper.
func (k *keeper[T]) Take(event watch.EventType, o metav1.Object) error {
	table := k.table
	if k.next != nil {
		table = k.next
	}
	name := types.NamespacedName{Namespace: o.GetNamespace(), Name: o.GetName()}
	if event == watch.Deleted {
		table.remove(name)
		return nil
	}
	value, err := k.read(o)
	if err == nil {
		table.set(name, value)
	}
	return err
}

// get is false if the object is not known, or if what is known may be too old.
func (k *keeper[T]) get(namespace, name string) (T, bool) {
	value, ok := k.table.get(types.NamespacedName{Namespace: namespace, Name: name})
	return value, ok && k.Check() == nil
}
