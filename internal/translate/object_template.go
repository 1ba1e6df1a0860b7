package translate

import (
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/residency"
)

// kubernetesOwn are the API groups of the kinds whose controllers give Pods the
// annotations of the pod template and no others. What operators do is theirs to say.
var kubernetesOwn = []string{"", "apps", "batch"}

// unclaimed lists the pod templates of an object in which nothing says whose the Pods
// are. A PodTemplate makes none.
func unclaimed(o *residency.Object, raw map[string]any) []string {
	kind := kinds.FindKind(kinds.Name{Group: o.Group, Kind: o.Kind})
	if kind == nil || !slices.Contains(kubernetesOwn, o.Group) {
		return nil
	}
	var paths []string
	for _, pods := range kind.Pods {
		path, ok := strings.CutSuffix(pods.Spec, ".spec")
		if !ok || !strings.HasPrefix(path, "spec.") {
			continue
		}
		template := raw
		for _, field := range strings.Split(path, ".") {
			template, _ = template[field].(map[string]any)
		}
		if template != nil && !claimsIts(template) {
			paths = append(paths, path)
		}
	}
	return paths
}

// claimsIts says whether a pod template has the annotation, however it reads.
func claimsIts(template map[string]any) bool {
	metadata, _ := template["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	_, ok := annotations[v1alpha1.TenantAnnotation]
	return ok
}
