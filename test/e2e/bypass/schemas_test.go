package bypass

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// place is where the schema of a kind allows annotations.
type place struct {
	definition *apiextensionsv1.CustomResourceDefinition
	version    string
	path       []string
}

func (p place) String() string {
	return p.definition.Spec.Names.Kind + " " + p.version + " " + strings.Join(p.path, ".")
}

// claims makes an object that claims a tenant there, and nowhere else.
func (p place) claims(tenant, namespace string) *unstructured.Unstructured {
	var value any = map[string]any{"domicile.dev/tenant": tenant}
	for _, segment := range slices.Backward(p.path) {
		if segment == "[]" {
			value = []any{value}
		} else {
			value = map[string]any{segment: value}
		}
	}
	o := &unstructured.Unstructured{Object: value.(map[string]any)}
	o.SetAPIVersion(p.definition.Spec.Group + "/" + p.version)
	o.SetKind(p.definition.Spec.Names.Kind)
	o.SetName("injected")
	if p.definition.Spec.Scope == apiextensionsv1.NamespaceScoped {
		o.SetNamespace(namespace)
	}
	return o
}

// places are where the schemas of all kinds that are installed allow annotations, but
// those of Domicile itself and of its reports.
func (w *world) places(ctx context.Context) ([]place, error) {
	list := &unstructured.UnstructuredList{}
	list.SetAPIVersion("apiextensions.k8s.io/v1")
	list.SetKind("CustomResourceDefinitionList")
	if err := w.admin.List(ctx, list); err != nil {
		return nil, err
	}
	var all []place
	for _, item := range list.Items {
		d := &apiextensionsv1.CustomResourceDefinition{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(item.Object, d); err != nil {
			return nil, err
		}
		if d.Spec.Group == "domicile.dev" || d.Spec.Group == "openreports.io" {
			continue
		}
		for _, v := range d.Spec.Versions {
			all = append(all, place{d, v.Name, []string{"metadata", "annotations"}})
			walk(v.Schema.OpenAPIV3Schema, nil, func(path []string) {
				all = append(all, place{d, v.Name, path})
			})
		}
	}
	return all, nil
}

// walk calls back for each path at which a schema allows a map of annotations.
func walk(s *apiextensionsv1.JSONSchemaProps, path []string, see func([]string)) {
	deeper := func(name string) []string { return append(slices.Clone(path), name) }
	switch {
	case s.Items != nil && s.Items.Schema != nil:
		walk(s.Items.Schema, deeper("[]"), see)
	case s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil:
		walk(s.AdditionalProperties.Schema, deeper("any"), see)
	case len(s.Properties) == 0 && ptr.Deref(s.XPreserveUnknownFields, false):
		see(deeper("annotations"))
		see(deeper("podAnnotations"))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		if strings.HasSuffix(name, "nnotations") {
			see(deeper(name))
			continue
		}
		walk(&p, deeper(name), see)
	}
}

// inject tries to claim Lantern at every place, in the namespace that it shares.
func (w *world) inject(ctx context.Context, namespace string) (map[string]error, error) {
	all, err := w.places(ctx)
	if err != nil {
		return nil, err
	}
	told := map[string]error{}
	for _, p := range all {
		told[p.String()] = w.admin.Create(ctx, p.claims("lantern", namespace), client.DryRunAll)
	}
	return told, nil
}

// TestAClaimIsFoundWhereverASchemaAllowsAnnotations puts a claim at every such place of
// every kind that is installed.
func TestAClaimIsFoundWhereverASchemaAllowsAnnotations(t *testing.T) {
	w := theWorld(t)
	told, err := w.inject(t.Context(), "shared-on")
	if err != nil {
		t.Fatal(err)
	}
	for where, err := range told {
		if err := w.injected[where]; err != nil {
			t.Errorf("%s: with Domicile off it is no attack: %v", where, err)
		}
		if !is(err, never) {
			t.Errorf("%s: a restricted tenant's is not refused: %v", where, err)
		}
	}
	all, err := w.places(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.definition.Spec.Scope != apiextensionsv1.NamespaceScoped {
			continue // nobody has a claim in no namespace
		}
		if err := w.admin.Create(t.Context(), p.claims("meridian", "meridian-on"), client.DryRunAll); err != nil {
			t.Errorf("%s: a clear tenant's is refused: %v", p, err)
		}
	}
	t.Logf("%d places", len(all))
	if len(all) < 100 {
		t.Errorf("only %d places: the schemas are not read", len(all))
	}
}
