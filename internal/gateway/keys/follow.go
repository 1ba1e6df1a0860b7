package keys

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/contact"
	"github.com/domicile-dev/domicile/internal/translate"
)

// Selector selects the Secrets that are watched.
const Selector = v1alpha1.APIKeyLabel + "=true"

// keeper keeps a table current with the Secrets of one namespace, or of all. It keeps
// nothing of them but what the table has.
type keeper struct {
	table     *Table
	namespace string
	listed    map[uid]bool // what came anew; nil once everything has come
}

// Follow keeps a table current with the Secrets of a namespace; "" is all of them. It
// asks for their metadata alone.
func Follow(config *rest.Config, client *http.Client, c *contact.Contact, t *Table, namespace string) (*contact.Followed, error) {
	metadataClient, err := metadata.NewForConfigAndClient(config, client)
	if err != nil {
		return nil, fmt.Errorf("make a client for metadata: %w", err)
	}
	secrets := metadataClient.Resource(translate.SecretResource).Namespace(namespace)
	return c.Follow("Secret", &toolscache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			o.LabelSelector = Selector
			return secrets.List(ctx, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.LabelSelector = Selector
			return secrets.Watch(ctx, o)
		},
	}, &keeper{table: t, namespace: namespace}), nil
}

// Begin implements contact.Keeper.
func (k *keeper) Begin() { k.listed = map[uid]bool{} }

// Complete implements contact.Keeper.
func (k *keeper) Complete() {
	k.table.keepOnly(k.namespace, k.listed)
	k.listed = nil
}

// Take implements contact.Keeper.
func (k *keeper) Take(event watch.EventType, o metav1.Object) error {
	m, ok := o.(*metav1.PartialObjectMetadata)
	if !ok {
		return fmt.Errorf("%T is not the metadata of a Secret", o)
	}
	if event == watch.Deleted {
		k.table.Remove(idOf(m))
		return nil
	}
	if k.listed != nil {
		k.listed[idOf(m)] = true
	}
	k.table.Set(idOf(m), m.Namespace, translate.KeysOf(m.Labels, m.Annotations))
	return nil
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
