package impact

import (
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/scan"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// declared is an object of a manifest as if it ran.
func declared(s *snapshot.Snapshot, at time.Time, o *residency.Object) *scan.Found {
	content := contentOf(o)
	resource := schema.GroupVersionResource{Group: o.Group, Version: o.Version, Resource: o.Resource}
	f := scan.Decide(s, at, resource, content, o.Namespace, translate.Neighbours{})
	if pod, copies := podOf(resource, content); copies > 0 {
		f.GPUs = copies * scan.Decide(s, at, translate.PodResource, pod, o.Namespace, translate.Neighbours{}).GPUs
	}
	return f
}

func contentOf(o *residency.Object) map[string]any {
	if v, ok := o.Variables.(*translate.Variables); ok && v.Object != nil {
		return v.Object
	}
	return map[string]any{}
}

// maxCopies bounds how many Pods a manifest is believed to make.
const maxCopies = 100_000

// podOf is a Pod that a workload of a manifest makes, and how many of them at a
// time; 0 if that cannot be told from the manifest.
func podOf(resource schema.GroupVersionResource, workload map[string]any) (pod map[string]any, copies int64) {
	k := translate.KindOf(resource.GroupResource())
	if k == nil || len(k.Pods) != 1 || k.Pods[0].Spec == "" || k.Pods[0].Count == "" {
		return nil, 0
	}
	spec, _, _ := unstructured.NestedMap(workload, strings.Split(k.Pods[0].Spec, ".")...)
	if spec == nil {
		return nil, 0
	}
	copies, found, err := unstructured.NestedInt64(workload, strings.Split(k.Pods[0].Count, ".")...)
	if err != nil || !found {
		copies = 1
	}
	return map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{}, "spec": spec}, min(max(copies, 0), maxCopies)
}
