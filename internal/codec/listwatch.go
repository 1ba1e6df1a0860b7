package codec

import (
	"fmt"
	"net/http"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
)

// ListWatch lists and watches all objects of a kind that has no namespaces, and
// reads them fast.
func ListWatch(config *rest.Config, client *http.Client, scheme *runtime.Scheme, kind schema.GroupVersionKind, resource string, empty func() runtime.Object) (toolscache.ListerWatcher, error) {
	c := rest.CopyConfig(config)
	gv := kind.GroupVersion()
	c.GroupVersion, c.APIPath = &gv, "/apis"
	c.NegotiatedSerializer = New(scheme, kind, empty)
	c.ContentType, c.AcceptContentTypes = runtime.ContentTypeJSON, runtime.ContentTypeJSON
	r, err := rest.RESTClientForConfigAndClient(c, client)
	if err != nil {
		return nil, fmt.Errorf("make a client for %s: %w", resource, err)
	}
	return toolscache.NewFilteredListWatchFromClient(r, resource, "", func(*metav1.ListOptions) {}), nil
}
