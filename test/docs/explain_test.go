package docs

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// TestExplainSaysDefaultsAndMeanings: `kubectl explain` shows neither a default nor
// what a value means, so each field says it in words.
func TestExplainSaysDefaultsAndMeanings(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(root, "config", "crd", "domicile.dev_*.yaml"))
	if err != nil || len(paths) < 6 {
		t.Fatalf("%d CustomResourceDefinitions, %v", len(paths), err)
	}
	for _, path := range paths {
		var d apiextensionsv1.CustomResourceDefinition
		load(t, "config/crd/"+filepath.Base(path), &d)
		schema := d.Spec.Versions[0].Schema.OpenAPIV3Schema
		explained(t, d.Spec.Names.Singular+".spec", schema.Properties["spec"], true)
		explained(t, d.Spec.Names.Singular+".status", schema.Properties["status"], false)
	}
}

// explained looks at all fields below one. Of what users write it asks for the
// default as well.
func explained(t *testing.T, at string, s apiextensionsv1.JSONSchemaProps, written bool) {
	t.Helper()
	for name, field := range s.Properties {
		path := at + "." + name
		if strings.HasSuffix(path, "conditions") || selector(field) {
			continue // Kubernetes' own
		}
		text := strings.Join(strings.Fields(field.Description), " ")
		values := field.Enum
		if field.Items != nil && field.Items.Schema != nil {
			values = append(values, field.Items.Schema.Enum...)
			explained(t, path, *field.Items.Schema, written)
		}
		for _, value := range values {
			if word := strings.Trim(string(value.Raw), `"`); !strings.Contains(text, word) {
				t.Errorf("%s does not say what %s means: %s", path, word, text)
			}
		}
		switch says := func(words string) bool { return strings.Contains(text, words) }; {
		case field.Default != nil && !says("Default:"):
			t.Errorf("%s does not say its default, %s: %s", path, field.Default.Raw, text)
		case written && field.Default == nil && !slices.Contains(s.Required, name) &&
			!says("Without ") && !says("xactly one of "):
			t.Errorf("%s does not say what holds without it: %s", path, text)
		}
		explained(t, path, field, written)
	}
}

// selector says whether a field is a LabelSelector, which all Kubernetes users know.
func selector(s apiextensionsv1.JSONSchemaProps) bool {
	_, ok := s.Properties["matchExpressions"]
	return ok && len(s.Properties) == 2 && strings.Contains(s.Description, "Without it")
}
