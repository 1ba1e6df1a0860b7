package world

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// namespace adds a Namespace to the world.
func (r *reader) namespace(o *manifest.Object) {
	before := len(r.errors)
	for _, problem := range validation.IsDNS1123Label(o.Name()) {
		r.fail(o, "metadata.name", fmt.Errorf("metadata.name: %s", problem))
	}
	labels := r.strings(o, "labels")
	annotations := r.strings(o, "annotations")
	if len(r.errors) > before || !r.first(o) {
		return
	}
	r.namespaces[o.Name()] = namespaceOf(o.Name(), labels, annotations)
}

// namespaceOf is a Namespace with the label that the API server gives to every
// one.
func namespaceOf(name string, labels, annotations map[string]string) *residency.Namespace {
	all := map[string]string{}
	for key, value := range labels {
		all[key] = value
	}
	all[corev1.LabelMetadataName] = name
	return translate.NamespaceOf(name, all, annotations)
}

// strings reads a map of metadata in which every value must be a string.
func (r *reader) strings(o *manifest.Object, key string) map[string]string {
	metadata, _ := o.Content["metadata"].(map[string]any)
	if metadata[key] == nil {
		return nil
	}
	path := "metadata." + key
	values, isMap := metadata[key].(map[string]any)
	if !isMap {
		r.fail(o, path, fmt.Errorf("%s must be a map", path))
		return nil
	}
	out := make(map[string]string, len(values))
	for name, value := range values {
		text, isText := value.(string)
		if !isText && value != nil {
			r.fail(o, path+"["+name+"]", fmt.Errorf("%s[%s] must be a string: put the value in quotes", path, name))
		}
		out[name] = text
	}
	return out
}
