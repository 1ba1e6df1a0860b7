package controllers

import (
	"context"
	"sync"

	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"
)

// queues are the work queues of several controllers. A controller that has not
// started yet misses nothing: it begins with every object there is.
type queues struct {
	mu     sync.Mutex
	byName map[string]workqueue.TypedRateLimitingInterface[reconcile.Request]
}

// source gives the queue of a controller to the queues.
func (q *queues) source(name string) source.Source {
	return source.Func(func(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.byName == nil {
			q.byName = map[string]workqueue.TypedRateLimitingInterface[reconcile.Request]{}
		}
		q.byName[name] = queue
		return nil
	})
}

func (q *queues) addUnless(upToDate bool, name, object string) {
	if upToDate {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if queue := q.byName[name]; queue != nil {
		queue.Add(reconcile.Request{NamespacedName: client.ObjectKey{Name: object}})
	}
}
