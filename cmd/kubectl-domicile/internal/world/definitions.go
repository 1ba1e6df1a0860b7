package world

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
	"github.com/domicile-dev/domicile/internal/kinds"
)

// Definitions are what CustomResourceDefinitions say, by their names.
type Definitions map[string]definition

// definition is what one says: of which kind it is, and whether objects of it hold Pods
// although nobody knows it by name.
type definition struct {
	kind    schema.GroupKind
	plural  string
	cluster bool
	found   kinds.Kind
	holds   bool
}

var definitionKind = schema.GroupKind{Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"}

// add takes a definition, unless it defines nothing.
func (d Definitions) add(content map[string]any) {
	spec, _ := content["spec"].(map[string]any)
	names, _ := spec["names"].(map[string]any)
	group, _ := spec["group"].(string)
	kind, _ := names["kind"].(string)
	plural, _ := names["plural"].(string)
	if group == "" || kind == "" || plural == "" {
		return
	}
	one := definition{kind: schema.GroupKind{Group: group, Kind: kind}, plural: plural, cluster: spec["scope"] == "Cluster"}
	one.found, one.holds = kinds.Definition(content)
	d[plural+"."+group] = one
}

// holdPods are the kinds that hold Pods and that nobody knows by name.
func (d Definitions) holdPods() kinds.Found {
	var all []kinds.Kind
	for _, one := range d {
		if one.holds {
			all = append(all, one.found)
		}
	}
	return kinds.FoundOf(all)
}

// Strange says whether an object is of a kind that only its definition tells of.
func Strange(o *manifest.Object) bool {
	gvk := schema.FromAPIVersionAndKind(o.APIVersion(), o.Kind())
	own := gvk.Group == v1alpha1.Group || gvk.Group == kustomizeGroup
	return strings.Contains(gvk.Group, ".") && !strings.HasSuffix(gvk.Group, ".k8s.io") && !own && kinds.FindKind(kinds.Name(gvk.GroupKind())) == nil
}

// definitionPage is how many definitions one request lists: they are large.
const definitionPage = 20

// LiveDefinitions reads the definitions of a cluster. Who may not does without, and a
// note says what that means.
func LiveDefinitions(ctx context.Context, client dynamic.Interface) (all Definitions, note string, err error) {
	all = Definitions{}
	resource := client.Resource(definitionKind.WithVersion("v1").GroupVersion().WithResource("customresourcedefinitions"))
	options := metav1.ListOptions{Limit: definitionPage}
	for {
		page, err := resource.List(ctx, options)
		switch {
		case apierrors.IsForbidden(err):
			return Definitions{}, `kinds that hold Pods only by their CustomResourceDefinition are not known: you need the verb "list" on customresourcedefinitions, or the definitions among the manifests`, nil
		case err != nil:
			return nil, "", fmt.Errorf("list customresourcedefinitions: %w", err)
		}
		for i := range page.Items {
			all.add(page.Items[i].Object)
		}
		if options.Continue = page.GetContinue(); options.Continue == "" {
			return all, "", nil
		}
	}
}
