package references

import (
	"context"
	"fmt"
	"net/http"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/domicile-dev/domicile/internal/contact"
	"github.com/domicile-dev/domicile/internal/translate"
)

// What is watched. Of Secrets the metadata are asked for, though RBAC knows no right to
// read only those.
//+kubebuilder:rbac:groups="",resources=secrets;serviceaccounts,verbs=list;watch

// Index knows the Secrets and ServiceAccounts of the cluster. It is for many readers.
type Index struct {
	secrets  *keeper[string]
	accounts *keeper[translate.ServiceAccount]
}

// New makes an Index that is empty until it has been started.
func New(config *rest.Config, client *http.Client, c *contact.Contact) (*Index, error) {
	metadataClient, err := metadata.NewForConfigAndClient(config, client)
	if err != nil {
		return nil, fmt.Errorf("make a client for metadata: %w", err)
	}
	clients, err := kubernetes.NewForConfigAndClient(config, client)
	if err != nil {
		return nil, fmt.Errorf("make a client for ServiceAccounts: %w", err)
	}
	i := &Index{newKeeper(tenantOf), newKeeper(accountOf)}
	secrets := metadataClient.Resource(translate.SecretResource)
	i.secrets.Followed = c.Follow("Secret", &toolscache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) { return secrets.List(ctx, o) },
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			return secrets.Watch(ctx, o)
		},
	}, i.secrets)
	accounts := toolscache.NewListWatchFromClient(clients.CoreV1().RESTClient(), "serviceaccounts", metav1.NamespaceAll, fields.Everything())
	i.accounts.Followed = c.Follow("ServiceAccount", toolscache.ToListerWatcherWithContext(accounts), i.accounts)
	return i, nil
}

// NeedLeaderElection says no: every replica answers.
func (i *Index) NeedLeaderElection() bool { return false }

// Start watches until the context ends.
func (i *Index) Start(ctx context.Context) error {
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error { return i.secrets.Start(ctx) })
	both.Go(func() error { return i.accounts.Start(ctx) })
	return both.Wait() //nolint:wrapcheck // there is none
}

// Secret is the tenant that a Secret claims, "" if none. It is false if the Secret is
// not known, or if what is known may be too old: then it has to be read.
func (i *Index) Secret(namespace, name string) (string, bool) { return i.secrets.get(namespace, name) }

// ServiceAccount is what running as a ServiceAccount means. False is as in Secret.
func (i *Index) ServiceAccount(namespace, name string) (translate.ServiceAccount, bool) {
	return i.accounts.get(namespace, name)
}

func tenantOf(o metav1.Object) (*string, error) {
	if tenant := translate.TenantOfSecret(o.GetAnnotations()); tenant != "" {
		return &tenant, nil
	}
	return nil, nil
}

func accountOf(o metav1.Object) (*translate.ServiceAccount, error) {
	a, ok := o.(*corev1.ServiceAccount)
	if !ok {
		return nil, fmt.Errorf("%T is no ServiceAccount", o)
	}
	if account := translate.ServiceAccountOf(a); !account.IsEmpty() {
		return &account, nil
	}
	return nil, nil
}
