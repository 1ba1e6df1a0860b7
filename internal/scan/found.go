package scan

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/domicile-dev/domicile/internal/residency"
)

// Found is an object that a scan came across.
type Found struct {
	// Resource is the resource, in the version in which it was read.
	Resource schema.GroupVersionResource
	// Content is the object. Of a Secret it has the metadata and, if it was
	// needed, the type and the names in its data: never a value. Whoever wants to
	// keep any of it copies it.
	Content *unstructured.Unstructured
	// Object is what was decided about.
	Object *residency.Object
	// Tenant is whose it is; "" if nothing says.
	Tenant string
	// Decisions are those of admission, if the object were created now: refusals
	// that need no policy, then one for each policy that covers it, also those
	// that are Clear.
	Decisions []residency.Decision
	// Maker is the UID of the object that made this one, if the same scan came
	// across it: a ReplicaSet for a Pod, say. It is "" for what stands by itself,
	// whatever an ownerReference claims.
	Maker types.UID
	// GPUs is how many accelerators a Pod that has not ended asks for.
	GPUs int64
}
