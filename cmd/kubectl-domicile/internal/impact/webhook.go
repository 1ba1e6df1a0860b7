package impact

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/domicile-dev/domicile/internal/translate"
)

// configurations are where the manager says what admission is asked about.
var configurations = schema.GroupVersionResource{Group: "admissionregistration.k8s.io", Version: "v1", Resource: "validatingwebhookconfigurations"}

// unasked are the namespaces that admission is not asked about: those that the
// webhook configuration leaves out or, if there is none that may be read, those
// that it usually does.
func unasked(ctx context.Context, client dynamic.Interface) []string {
	u, err := client.Resource(configurations).Get(ctx, "domicile", metav1.GetOptions{})
	if err == nil {
		if names := leftOut(u.Object); len(names) > 0 {
			return names
		}
	}
	return translate.UnaskedNamespaces("domicile-system")
}

// leftOut are the namespaces that every webhook of a configuration leaves out by
// name.
func leftOut(configuration map[string]any) []string {
	webhooks, _, _ := unstructured.NestedSlice(configuration, "webhooks")
	var names []string
	for i, webhook := range webhooks {
		content, _ := webhook.(map[string]any)
		expressions, _, _ := unstructured.NestedSlice(content, "namespaceSelector", "matchExpressions")
		var here []string
		for _, expression := range expressions {
			e, _ := expression.(map[string]any)
			if e["key"] != corev1.LabelMetadataName || e["operator"] != string(metav1.LabelSelectorOpNotIn) {
				continue
			}
			values, _, _ := unstructured.NestedStringSlice(e, "values")
			here = append(here, values...)
		}
		if i == 0 {
			names = here
		}
		names = slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(here, name) })
	}
	return names
}
