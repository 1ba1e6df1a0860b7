package codec

import (
	"context"
	"fmt"
	"net/http"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/ptr"
)

// ListWatch lists and watches all objects of a kind that has no namespaces, and
// reads them fast. A watch that is to begin with everything there is reads that from
// lists, page by page: it costs the API server half of what events cost.
func ListWatch(config *rest.Config, client *http.Client, scheme *runtime.Scheme, kind schema.GroupVersionKind, resource string, empty func() Object) (toolscache.ListerWatcher, error) {
	c := rest.CopyConfig(config)
	gv := kind.GroupVersion()
	own := newCodec(scheme, kind, empty)
	c.GroupVersion, c.APIPath = &gv, "/apis"
	c.NegotiatedSerializer = own
	c.ContentType, c.AcceptContentTypes = runtime.ContentTypeJSON, runtime.ContentTypeJSON
	r, err := rest.RESTClientForConfigAndClient(c, client)
	if err != nil {
		return nil, fmt.Errorf("make a client for %s: %w", resource, err)
	}
	l := &lists{client: r, resource: resource, decoder: own.decoder(gv), empty: empty}
	events := toolscache.ToListerWatcherWithContext(toolscache.NewFilteredListWatchFromClient(r, resource, "", func(*metav1.ListOptions) {}))
	return &toolscache.ListWatch{
		ListWithContextFunc: events.ListWithContext,
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			if ptr.Deref(o.SendInitialEvents, false) {
				return l.watch(ctx)
			}
			return events.WatchWithContext(ctx, o) //nolint:wrapcheck // as if it were called itself
		},
	}, nil
}
