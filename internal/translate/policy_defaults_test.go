package translate_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/config/crd"
	"github.com/domicile-dev/domicile/internal/translate"
)

// TestDefaultsAreThoseOfTheAPIServer applies the defaults of the CRD to a
// manifest that has none, and holds that it compiles to the same policy.
func TestDefaultsAreThoseOfTheAPIServer(t *testing.T) {
	t.Parallel()
	schema := specSchema(t, "domicile.dev_tenantpolicies.yaml")
	for _, spec := range []string{
		"jurisdictions: {blocked: [CN]}",
		`{jurisdictions: {supported: [SG]}, ownership: {threshold: "25"}, enforcement: {restricted: Warn}}`,
		`{jurisdictions: {blocked: [CN]}, match: {resources: [{apiGroups: [example.org], resources: [widgets]}]}}`,
	} {
		var raw map[string]any
		if err := yaml.Unmarshal([]byte(spec), &raw); err != nil {
			t.Fatal(err)
		}
		applyDefaults(schema, raw)
		defaulted, err := json.Marshal(raw)
		if err != nil {
			t.Fatal(err)
		}
		fromServer, fromFile := policyFrom(t, string(defaulted)), policyFrom(t, spec)
		if cmp.Equal(fromServer.Spec, fromFile.Spec) {
			t.Fatalf("the CRD has no defaults for %s", spec)
		}
		want, errs := compilePolicy(fromServer)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		got, errs := compilePolicy(fromFile)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		if want.Rule != got.Rule || want.Bases != got.Bases || want.Roles != got.Roles ||
			want.Restricted != got.Restricted || want.Indeterminate != got.Indeterminate || want.Unidentified != got.Unidentified {
			t.Errorf("%s compiles to\n%+v, but with the defaults of the API server to\n%+v", spec, got, want)
		}
		if diff := cmp.Diff(rulesOf(fromServer), rulesOf(fromFile)); diff != "" {
			t.Errorf("%s: rules (-with defaults of the API server +without):\n%s", spec, diff)
		}
	}
}

func rulesOf(p *v1alpha1.TenantPolicy) []translate.Rule { return translate.PolicyRules(p) }

func specSchema(t *testing.T, file string) map[string]any {
	t.Helper()
	data, err := crd.Files.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var definition struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema struct {
						Properties map[string]map[string]any `json:"properties"`
					} `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(data, &definition); err != nil {
		t.Fatal(err)
	}
	return definition.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
}

// applyDefaults does what the API server does with the defaults of a schema.
func applyDefaults(schema map[string]any, value any) {
	switch value := value.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		for name, property := range properties {
			property, _ := property.(map[string]any)
			if _, ok := value[name]; !ok && property["default"] != nil {
				value[name] = property["default"]
			}
			applyDefaults(property, value[name])
		}
	case []any:
		items, _ := schema["items"].(map[string]any)
		for _, item := range value {
			applyDefaults(items, item)
		}
	}
}
