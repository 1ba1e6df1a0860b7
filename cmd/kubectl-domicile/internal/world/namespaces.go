package world

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// namespace adds a Namespace to the world.
func (r *reader) namespace(o *manifest.Object) {
	before := len(r.errors)
	labels, annotations := r.metadata(o)
	if _, _, isOther := o.Unquoted("metadata.name"); !isOther {
		for _, problem := range validation.IsDNS1123Label(o.Name()) {
			r.fail(o, "metadata.name", fmt.Errorf("metadata.name: %s", problem))
		}
	}
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

// metadata refuses what the API server cannot decode: names, labels and
// annotations are text. YAML makes other things of some that are not in quotes.
func (r *reader) metadata(o *manifest.Object) (labels, annotations map[string]string) {
	metadata, _ := o.Content["metadata"].(map[string]any)
	for _, key := range []string{"name", "generateName", "namespace"} {
		r.text(o, "metadata."+key, metadata[key])
	}
	return r.strings(o, "labels"), r.strings(o, "annotations")
}

// text refuses what is neither text nor left out.
func (r *reader) text(o *manifest.Object, path string, value any) string {
	text, isText := value.(string)
	if isText || value == nil {
		return text
	}
	problem := path + " must be a string"
	if written, read, ok := o.Unquoted(path); ok {
		problem = path + ": " + manifest.QuoteIt(written, read)
	}
	r.fail(o, path, errors.New(problem))
	return ""
}

// strings reads a map of metadata in which every value must be text.
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
	for _, name := range slices.Sorted(maps.Keys(values)) {
		out[name] = r.text(o, path+"["+name+"]", values[name])
	}
	return out
}
