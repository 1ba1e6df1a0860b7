package references

import (
	"context"
	"fmt"
	"net/http"

	"github.com/go-logr/logr"
	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"

	"github.com/domicile-dev/domicile/internal/contact"
	"github.com/domicile-dev/domicile/internal/translate"
)

// What is watched. Of Secrets the metadata are asked for, though RBAC knows no right to
// read only those.
//+kubebuilder:rbac:groups="",resources=secrets;serviceaccounts,verbs=list;watch

// Index knows the Secrets and ServiceAccounts of the cluster. It is for many readers.
type Index struct {
	secrets  *follower[string]
	accounts *follower[translate.ServiceAccount]
}

// New makes an Index that is empty until it has been started.
func New(config *rest.Config, client *http.Client, c *contact.Contact, k clock.WithTicker, log logr.Logger) (*Index, error) {
	metadataClient, err := metadata.NewForConfigAndClient(config, client)
	if err != nil {
		return nil, fmt.Errorf("make a client for metadata: %w", err)
	}
	clients, err := kubernetes.NewForConfigAndClient(config, client)
	if err != nil {
		return nil, fmt.Errorf("make a client for ServiceAccounts: %w", err)
	}
	secrets := metadataClient.Resource(translate.SecretResource)
	i := &Index{
		secrets:  &follower[string]{name: "Secret", read: tenantOf, table: newTable[string](), clock: k, log: log},
		accounts: &follower[translate.ServiceAccount]{name: "ServiceAccount", read: accountOf, table: newTable[translate.ServiceAccount](), clock: k, log: log},
	}
	i.secrets.watch = c.Follow("Secret", &toolscache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) { return secrets.List(ctx, o) },
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			return secrets.Watch(ctx, o)
		},
	}, i.secrets.table.reached)
	accounts := toolscache.NewListWatchFromClient(clients.CoreV1().RESTClient(), "serviceaccounts", metav1.NamespaceAll, fields.Everything())
	i.accounts.watch = c.Follow("ServiceAccount", toolscache.ToListerWatcherWithContext(accounts), i.accounts.table.reached)
	return i, nil
}

// NeedLeaderElection says no: every replica answers.
func (i *Index) NeedLeaderElection() bool { return false }

// Start watches until the context ends.
func (i *Index) Start(ctx context.Context) error {
	var both errgroup.Group
	both.Go(func() error { i.secrets.run(ctx); return nil })
	both.Go(func() error { i.accounts.run(ctx); return nil })
	return both.Wait() //nolint:wrapcheck // there is none
}

// Secret is the tenant that a Secret claims, "" if none. It is false if the Secret is
// not known, or if what is known may be too old: then it has to be read.
func (i *Index) Secret(namespace, name string) (string, bool) {
	return i.secrets.get(namespace, name)
}

// ServiceAccount is what running as a ServiceAccount means. False is as in Secret.
func (i *Index) ServiceAccount(namespace, name string) (translate.ServiceAccount, bool) {
	return i.accounts.get(namespace, name)
}

func (f *follower[T]) get(namespace, name string) (T, bool) {
	value, ok := f.table.get(types.NamespacedName{Namespace: namespace, Name: name})
	return value, ok && f.watch.Check() == nil
}

func tenantOf(o runtime.Object) *string {
	m, ok := o.(*metav1.PartialObjectMetadata)
	if !ok {
		return nil
	}
	if tenant := translate.TenantOfSecret(m.Annotations); tenant != "" {
		return &tenant
	}
	return nil
}

func accountOf(o runtime.Object) *translate.ServiceAccount {
	a, ok := o.(*corev1.ServiceAccount)
	if !ok {
		return nil
	}
	account := translate.ServiceAccountOf(a)
	if account.IsEmpty() {
		return nil
	}
	return &account
}
