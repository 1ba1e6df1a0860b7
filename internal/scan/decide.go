package scan

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// Decide says of one object (as decoded JSON) what a scan would. It looks nothing
// up: n is what is known of what the object refers to. ns is nil for what is in
// no namespace. The values of a Secret are gone from content afterwards.
func Decide(w *snapshot.Snapshot, at time.Time, resource schema.GroupVersionResource, content map[string]any, ns *residency.Namespace, n translate.Neighbours) *Found {
	return decide(w, at, resource, &unstructured.Unstructured{Object: content}, ns, &n)
}

func decide(w *snapshot.Snapshot, at time.Time, resource schema.GroupVersionResource, u *unstructured.Unstructured, ns *residency.Namespace, n *translate.Neighbours) *Found {
	reading := translate.Read(u.Object)
	created := translate.Creation(reading, resource, ns, u.Object)
	created.EmptiedSecret = false // What was listed may be metadata alone.
	o := w.Placed(created)
	n.Resolve(o, reading.ServiceAccounts)
	f := &Found{
		Resource: resource, Content: u, Object: o,
		Tenant:    residency.Belongs(o),
		Decisions: residency.Decide(&w.World, o, at).Decisions,
	}
	if resource.GroupResource() == translate.PodResource.GroupResource() {
		f.GPUs = gpus(u.Object)
	}
	return f
}

// maker is the object that made this one, if it was come across where it can be.
func (p *pass) maker(f *Found) types.UID {
	owner := metav1.GetControllerOfNoCopy(f.Content)
	if owner == nil || owner.UID == "" || owner.UID == f.Content.GetUID() {
		return ""
	}
	namespace, ok := p.across[owner.UID]
	if !ok || namespace != "" && namespace != f.Content.GetNamespace() {
		return ""
	}
	return owner.UID
}
