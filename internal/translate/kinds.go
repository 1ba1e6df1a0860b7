package translate

import (
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/internal/kinds"
)

// The resources that are read besides what a question is about.
var (
	NamespaceResource      = KindResource(&kinds.Namespace)
	PodResource            = KindResource(&kinds.Pod)
	SecretResource         = KindResource(&kinds.Secret)
	ServiceAccountResource = KindResource(&kinds.ServiceAccount)
)

// KindResource is the resource of a kind, in the version that it is read and
// written in.
func KindResource(k *kinds.Kind) schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: k.Group, Version: k.Version, Resource: k.Resource}
}

// KindOf is what is known of a resource; nil if it is in no table.
func KindOf(r schema.GroupResource) *kinds.Kind { return kinds.Find(kinds.Resource(r)) }
