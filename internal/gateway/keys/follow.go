package keys

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/contact"
	"github.com/domicile-dev/domicile/internal/translate"
)

// Selector selects the Secrets that are watched.
const Selector = v1alpha1.APIKeyLabel + "=true"

// Source says which Secrets are followed, and what is read of them.
type Source struct {
	// Namespace is that of the Secrets; "" is all of them.
	Namespace string
	// Values names the data whose values are keys. Without one, nothing but the metadata
	// of the Secrets is asked for.
	Values []string
}

// keeper keeps a table current with the Secrets of a source. It keeps nothing of them
// but what the table has.
type keeper struct {
	table *Table
	Source
	listed map[uid]bool // what came anew; nil once everything has come
}

// Follow keeps a table current with the Secrets of a source. Values need a table with a
// secret.
func Follow(config *rest.Config, client *http.Client, c *contact.Contact, t *Table, from Source) (*contact.Followed, error) {
	metadataClient, err := metadata.NewForConfigAndClient(config, client)
	if err != nil {
		return nil, fmt.Errorf("make a client for metadata: %w", err)
	}
	secrets := metadataClient.Resource(translate.SecretResource).Namespace(from.Namespace)
	follow := secrets.Watch
	if len(from.Values) > 0 {
		if follow, err = watchValues(config, client, from.Namespace); err != nil {
			return nil, err
		}
	}
	return c.Follow("Secret", &toolscache.ListWatch{
		// It is asked for where the API server stands: metadata will do.
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			o.LabelSelector = Selector
			return secrets.List(ctx, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.LabelSelector = Selector
			return follow(ctx, o)
		},
	}, &keeper{table: t, Source: from}), nil
}

// watchValues watches whole Secrets, in the form of which fewer copies are made: values are
// bytes in it, which can be wiped, and not text.
func watchValues(config *rest.Config, client *http.Client, namespace string) (func(context.Context, metav1.ListOptions) (watch.Interface, error), error) {
	config = rest.CopyConfig(config)
	config.ContentType, config.AcceptContentTypes = runtime.ContentTypeProtobuf, runtime.ContentTypeProtobuf
	typed, err := kubernetes.NewForConfigAndClient(config, client)
	if err != nil {
		return nil, fmt.Errorf("make a client for Secrets: %w", err)
	}
	return typed.CoreV1().Secrets(namespace).Watch, nil
}

// Begin implements contact.Keeper.
func (k *keeper) Begin() { k.listed = map[uid]bool{} }

// Complete implements contact.Keeper.
func (k *keeper) Complete() {
	k.table.keepOnly(k.Namespace, k.listed)
	k.listed = nil
	if len(k.Values) > 0 {
		debug.FreeOSMemory() // in which values have come
	}
}

// Take implements contact.Keeper.
func (k *keeper) Take(event watch.EventType, o metav1.Object) error {
	keys := translate.KeysOf(o.GetLabels(), o.GetAnnotations())
	switch o := o.(type) {
	case *metav1.PartialObjectMetadata:
	case *corev1.Secret:
		k.digestValues(o.Data, &keys)
	default:
		return fmt.Errorf("%T is neither a Secret nor the metadata of one", o)
	}
	if event == watch.Deleted {
		k.table.Remove(idOf(o))
		return nil
	}
	if k.listed != nil {
		k.listed[idOf(o)] = true
	}
	k.table.Set(idOf(o), o.GetNamespace(), keys)
	return nil
}

// idOf is the UID of a Secret, or a digest of it if it is not as the API server
// makes it.
func idOf(o metav1.Object) (id uid) {
	text := strings.ReplaceAll(string(o.GetUID()), "-", "")
	if len(text) == hex.EncodedLen(len(id)) {
		if _, err := hex.Decode(id[:], []byte(text)); err == nil {
			return id
		}
	}
	sum := sha256.Sum256([]byte(string(o.GetUID()) + "/" + o.GetNamespace() + "/" + o.GetName()))
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
