package keys

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/contact"
	"github.com/domicile-dev/domicile/internal/translate"
)

// Selector selects the Secrets that are watched.
const Selector = v1alpha1.APIKeyLabel + "=true"

// pause is how long to wait before everything is read anew.
const pause = time.Second

// errEnded says that a watch ended without an error.
var errEnded = errors.New("the watch ended")

// Follower keeps a table current with the Secrets of one namespace, or of all. It asks
// for their metadata alone, and keeps nothing of them but what the table has.
type Follower struct {
	table     *Table
	namespace string
	watch     *contact.Followed
	clock     clock.WithTicker
	log       logr.Logger

	mu       sync.Mutex
	revision string
}

// Follow makes a follower of a namespace; "" is all of them.
func Follow(config *rest.Config, client *http.Client, c *contact.Contact, t *Table, namespace string, k clock.WithTicker, log logr.Logger) (*Follower, error) {
	metadataClient, err := metadata.NewForConfigAndClient(config, client)
	if err != nil {
		return nil, fmt.Errorf("make a client for metadata: %w", err)
	}
	f := &Follower{table: t, namespace: namespace, clock: k, log: log}
	var secrets metadata.ResourceInterface = metadataClient.Resource(translate.SecretResource)
	name := "API key"
	if namespace != "" {
		secrets = metadataClient.Resource(translate.SecretResource).Namespace(namespace)
		name += " in namespace " + namespace
	}
	f.watch = c.Follow(name, &toolscache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			o.LabelSelector = Selector
			return secrets.List(ctx, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.LabelSelector = Selector
			return secrets.Watch(ctx, o)
		},
	}, f.reached)
	return f, nil
}

// NeedLeaderElection says no: every replica answers.
func (f *Follower) NeedLeaderElection() bool { return false }

// Check is an error if what is known of the keys may be too old.
func (f *Follower) Check() error { return f.watch.Check() }

func (f *Follower) reached() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.revision
}

// Start follows until the context ends.
func (f *Follower) Start(ctx context.Context) error {
	for {
		if err := f.follow(ctx); ctx.Err() == nil && !apierrors.IsResourceExpired(err) {
			f.log.Info("Could not watch API keys", "namespace", f.namespace, "reason", err.Error())
		}
		timer := f.clock.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C():
		}
	}
}

// follow reads everything and then what changes, until the watch ends.
func (f *Follower) follow(ctx context.Context) error {
	w, err := f.watch.Watch(ctx)
	if err != nil {
		return fmt.Errorf("watch API keys: %w", err)
	}
	defer w.Stop()
	listed := map[uid]bool{} // nil when everything has been read
	for event := range w.ResultChan() {
		if listed, err = f.take(event, listed); err != nil {
			return err
		}
	}
	return errEnded
}

// take takes one event in.
func (f *Follower) take(event watch.Event, listed map[uid]bool) (map[uid]bool, error) {
	if event.Type == watch.Error {
		return listed, apierrors.FromObject(event.Object)
	}
	m, ok := event.Object.(*metav1.PartialObjectMetadata)
	if !ok {
		return listed, fmt.Errorf("%T is not the metadata of a Secret", event.Object)
	}
	switch event.Type {
	case watch.Bookmark:
		if listed != nil && m.Annotations[metav1.InitialEventsAnnotationKey] == "true" {
			f.table.keepOnly(f.namespace, listed)
			listed = nil
		}
	case watch.Deleted:
		f.table.Remove(idOf(m))
	default:
		if listed != nil {
			listed[idOf(m)] = true
		}
		f.table.Set(idOf(m), m.Namespace, translate.KeysOf(m.Labels, m.Annotations))
	}
	if listed == nil {
		f.mu.Lock()
		f.revision = m.ResourceVersion
		f.mu.Unlock()
	}
	return listed, nil
}

// idOf is the UID of a Secret, or a digest of it if it is not as the API server
// makes it.
func idOf(m *metav1.PartialObjectMetadata) (id uid) {
	text := strings.ReplaceAll(string(m.UID), "-", "")
	if len(text) == hex.EncodedLen(len(id)) {
		if _, err := hex.Decode(id[:], []byte(text)); err == nil {
			return id
		}
	}
	sum := sha256.Sum256([]byte(string(m.UID) + "/" + m.Namespace + "/" + m.Name))
	copy(id[:], sum[:])
	return id
}

// keepOnly forgets the keys of all other Secrets of a namespace; "" is all of them.
func (t *Table) keepOnly(namespace string, listed map[uid]bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var gone []uid
	for _, number := range t.bySecret.slots {
		if number == 0 || listed[t.at(number).secret] {
			continue
		}
		if namespace == "" || t.namespaces.of(t.at(number).namespace) == namespace {
			gone = append(gone, t.at(number).secret)
		}
	}
	for _, id := range gone {
		t.remove(id)
	}
}
