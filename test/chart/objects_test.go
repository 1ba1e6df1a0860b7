package chart

import (
	"errors"
	"io"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// id is what makes an object unique in a rendering.
type id struct {
	kind, namespace, name string
}

// objects reads a multi-document YAML text.
func objects(t *testing.T, text string) map[id]*unstructured.Unstructured {
	t.Helper()
	read := map[id]*unstructured.Unstructured{}
	for decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096); ; {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(&object.Object); errors.Is(err, io.EOF) {
			return read
		} else if err != nil {
			t.Fatal(err)
		}
		if len(object.Object) == 0 {
			continue
		}
		key := id{object.GetKind(), object.GetNamespace(), object.GetName()}
		if read[key] != nil {
			t.Errorf("%v is rendered twice", key)
		}
		read[key] = object
	}
}

// dropLabels removes labels at any depth, to compare what is left.
func dropLabels(value any, keys ...string) {
	switch value := value.(type) {
	case map[string]any:
		if labels, ok := value["labels"].(map[string]any); ok {
			for _, key := range keys {
				delete(labels, key)
			}
			if len(labels) == 0 {
				delete(value, "labels")
			}
		}
		for _, child := range value {
			dropLabels(child, keys...)
		}
	case []any:
		for _, child := range value {
			dropLabels(child, keys...)
		}
	}
}
