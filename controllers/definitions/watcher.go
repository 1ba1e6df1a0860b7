package definitions

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"

	"github.com/domicile-dev/domicile/internal/kinds"
)

//+kubebuilder:rbac:groups=apiextensions.k8s.io,resources=customresourcedefinitions,verbs=get;list;watch

// resource is that of CustomResourceDefinitions.
var resource = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

const (
	// readAgain is how long to wait before what could not be read is read again.
	readAgain = 2 * time.Second
	// readTimeout bounds how long one definition is waited for.
	readTimeout = 30 * time.Second
)

// Watcher finds the kinds that hold Pods. It watches the metadata of definitions, reads
// each version of a schema once, and keeps nothing of it but what it says: schemas take
// tens of megabytes in a large cluster. It runs on every replica.
type Watcher struct {
	metadata metadata.Interface
	objects  dynamic.Interface
	use      func(kinds.Found)
	clock    clock.WithTicker
	log      logr.Logger

	mu      sync.Mutex
	changed map[string]*metav1.PartialObjectMetadata // by name; nil is gone
	kick    chan struct{}

	// What follows belongs to the goroutine of Start.
	known map[string]definition
	told  bool
	last  kinds.Found
}

// definition is what is known of a definition.
type definition struct {
	uid        types.UID
	generation int64
	kind       kinds.Kind
	holds      bool
}

// NewWatcher makes a Watcher that gives what it finds to use, for the first time when
// it has read all definitions.
func NewWatcher(m metadata.Interface, objects dynamic.Interface, use func(kinds.Found), cl clock.WithTicker, log logr.Logger) *Watcher {
	return &Watcher{
		metadata: m, objects: objects, use: use, clock: cl, log: log,
		changed: map[string]*metav1.PartialObjectMetadata{}, kick: make(chan struct{}, 1), known: map[string]definition{},
	}
}

// NeedLeaderElection says no: every replica decides.
func (w *Watcher) NeedLeaderElection() bool { return false }

// Start watches until the context ends.
func (w *Watcher) Start(ctx context.Context) error {
	informer := metadatainformer.NewFilteredMetadataInformer(w.metadata, resource, metav1.NamespaceAll, 0, toolscache.Indexers{}, nil).Informer()
	if err := informer.SetTransform(slim); err != nil {
		return fmt.Errorf("watch definitions: %w", err)
	}
	// Nobody can do without a snapshot: without the right to read definitions those
	// kinds are covered that are known by name.
	if err := informer.SetWatchErrorHandlerWithContext(func(ctx context.Context, r *toolscache.Reflector, err error) {
		toolscache.DefaultWatchErrorHandler(ctx, r, err)
		if apierrors.IsForbidden(err) {
			w.log.Error(err, "Kinds that hold Pods are covered only if they are known by name")
			w.note(forbidden, nil)
		}
	}); err != nil {
		return fmt.Errorf("watch definitions: %w", err)
	}
	registration, err := informer.AddEventHandler(w.handler())
	if err != nil {
		return fmt.Errorf("watch definitions: %w", err)
	}
	go informer.RunWithContext(ctx)
	go func() {
		if toolscache.WaitForCacheSync(ctx.Done(), registration.HasSynced) {
			w.note(synced, nil)
		}
	}()
	w.run(ctx)
	return nil
}

// What is noted besides names of definitions, which have a dot.
const (
	forbidden = "forbidden"
	synced    = "synced"
)

// slim keeps of a definition what is looked at.
func slim(o any) (any, error) {
	if m, ok := o.(*metav1.PartialObjectMetadata); ok {
		return &metav1.PartialObjectMetadata{TypeMeta: m.TypeMeta, ObjectMeta: metav1.ObjectMeta{
			Name: m.Name, UID: m.UID, Generation: m.Generation, ResourceVersion: m.ResourceVersion,
		}}, nil
	}
	return o, nil
}

func (w *Watcher) handler() toolscache.ResourceEventHandler {
	take := func(o any) {
		if m, ok := o.(*metav1.PartialObjectMetadata); ok {
			w.note(m.Name, m)
		}
	}
	return toolscache.ResourceEventHandlerFuncs{
		AddFunc:    take,
		UpdateFunc: func(_, o any) { take(o) },
		DeleteFunc: func(o any) {
			if gone, ok := o.(toolscache.DeletedFinalStateUnknown); ok {
				o = gone.Obj
			}
			if m, err := meta.Accessor(o); err == nil {
				w.note(m.GetName(), nil)
			}
		},
	}
}

// note has something looked at.
func (w *Watcher) note(name string, m *metav1.PartialObjectMetadata) {
	w.mu.Lock()
	w.changed[name] = m
	w.mu.Unlock()
	select {
	case w.kick <- struct{}{}:
	default: // it will be looked at anyway
	}
}

func (w *Watcher) take() map[string]*metav1.PartialObjectMetadata {
	w.mu.Lock()
	defer w.mu.Unlock()
	changed := w.changed
	w.changed = map[string]*metav1.PartialObjectMetadata{}
	return changed
}

// run reads what changes, and tells what it is.
func (w *Watcher) run(ctx context.Context) {
	var again <-chan time.Time
	ready := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-again:
		case <-w.kick:
		}
		again = nil
		changed := w.take()
		ready = isIn(changed, synced) || isIn(changed, forbidden) || ready
		delete(changed, synced)
		delete(changed, forbidden)
		err := w.readAll(ctx, changed)
		if err != nil && ctx.Err() == nil {
			w.log.Error(err, "Could not read every CustomResourceDefinition", "retryAfter", readAgain.String())
			again = w.clock.After(readAgain)
		}
		// What is told first is complete: API servers may ask about all of it already.
		if ready && (err == nil || w.told) {
			w.tell()
		}
	}
}

func isIn(changed map[string]*metav1.PartialObjectMetadata, name string) bool {
	_, ok := changed[name]
	return ok
}

// readAll reads definitions that changed. Those that it cannot read stay to be read.
func (w *Watcher) readAll(ctx context.Context, changed map[string]*metav1.PartialObjectMetadata) error {
	var failed error
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		m := changed[name]
		if m == nil {
			delete(w.known, name)
			continue
		}
		if known, ok := w.known[name]; ok && known.uid == m.UID && known.generation == m.Generation {
			continue
		}
		if err := w.read(ctx, name); err != nil {
			failed = errors.Join(failed, err)
			w.unread(name, m)
		}
	}
	return failed
}

// unread has a definition read again, unless it has changed since.
func (w *Watcher) unread(name string, m *metav1.PartialObjectMetadata) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, newer := w.changed[name]; !newer {
		w.changed[name] = m
	}
}

func (w *Watcher) read(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	d, err := read(ctx, w.objects, name)
	if apierrors.IsNotFound(err) {
		delete(w.known, name)
		return nil
	}
	if err != nil {
		return err
	}
	w.known[name] = d
	return nil
}

// read reads one definition.
func read(ctx context.Context, objects dynamic.Interface, name string) (definition, error) {
	o, err := objects.Resource(resource).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return definition{}, fmt.Errorf("read CustomResourceDefinition %s: %w", name, err)
	}
	d := definition{uid: o.GetUID(), generation: o.GetGeneration()}
	d.kind, d.holds = kinds.Definition(o.Object)
	return d, nil
}

// HoldsPods says live whether a resource holds Pods by its definition.
func HoldsPods(ctx context.Context, objects dynamic.Interface, r schema.GroupResource) (bool, error) {
	d, err := read(ctx, objects, r.String())
	if apierrors.IsNotFound(err) || apierrors.IsForbidden(err) {
		return false, nil
	}
	return d.holds, err
}

// tell gives away what has been found, if it is something else than before.
func (w *Watcher) tell() {
	var all []kinds.Kind
	for _, d := range w.known {
		if d.holds {
			all = append(all, d.kind)
		}
	}
	found := kinds.FoundOf(all)
	if w.told && found.Equal(w.last) {
		return
	}
	names := make([]string, 0, len(found))
	for _, k := range found {
		names = append(names, k.Resource+"."+k.Group)
	}
	w.log.Info("Kinds hold Pods by their definitions", "definitions", len(w.known), "kinds", names)
	w.told, w.last = true, found
	w.use(found)
}
