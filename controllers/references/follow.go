package references

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/utils/clock"

	"github.com/domicile-dev/domicile/internal/contact"
)

// pause is how long to wait before everything is read anew.
const pause = 5 * time.Second

// errEnded says that a watch ended without an error.
var errEnded = errors.New("the watch ended")

// follower keeps a table of one kind.
type follower[T any] struct {
	name  string
	table *table[T]
	// read says what an object means; nil is nothing.
	read  func(runtime.Object) *T
	watch *contact.Followed
	clock clock.WithTicker
	log   logr.Logger
}

// run follows until the context ends. While everything is read anew what was known
// stays, and who asks learns how old it is.
func (f *follower[T]) run(ctx context.Context) {
	for {
		if err := f.follow(ctx); ctx.Err() == nil && !apierrors.IsResourceExpired(err) {
			f.log.Info("Could not watch: objects are read one by one", "kind", f.name, "reason", err.Error())
		}
		timer := f.clock.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C():
		}
	}
}

// follow reads everything and then what changes, until the watch ends.
func (f *follower[T]) follow(ctx context.Context) error {
	w, err := f.watch.Watch(ctx)
	if err != nil {
		return fmt.Errorf("watch each %s: %w", f.name, err)
	}
	defer w.Stop()
	table, all := newTable[T](), false
	for event := range w.ResultChan() {
		if event.Type == watch.Error {
			return apierrors.FromObject(event.Object)
		}
		m, err := meta.Accessor(event.Object)
		if err != nil {
			return fmt.Errorf("watch each %s: %w", f.name, err)
		}
		if event.Type != watch.Bookmark {
			name := types.NamespacedName{Namespace: m.GetNamespace(), Name: m.GetName()}
			table.change(name, event.Type != watch.Deleted, f.read(event.Object), m.GetResourceVersion())
			continue
		}
		table.reach(m.GetResourceVersion())
		if !all && m.GetAnnotations()[metav1.InitialEventsAnnotationKey] == "true" {
			f.table.replace(table)
			table, all = f.table, true
		}
	}
	return errEnded
}
