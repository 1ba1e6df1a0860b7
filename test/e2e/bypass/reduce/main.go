// Command reduce makes of a CustomResourceDefinition, from standard input, what the
// tests of this suite need of it, on standard output: the fields that lead to a map of
// annotations, or to where anything may stand. A definition of a megabyte becomes one of
// some kilobytes. It accepts everything else, so that an object needs no other fields.
//
//	go run ./test/e2e/bypass/reduce < ray.io_rayclusters.yaml > test/e2e/bypass/testdata/crds/rayclusters.yaml
package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/yaml"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	full := apiextensionsv1.CustomResourceDefinition{}
	if err := yaml.Unmarshal(text, &full); err != nil {
		return fmt.Errorf("read the definition: %w", err)
	}
	small := apiextensionsv1.CustomResourceDefinition{
		TypeMeta: full.TypeMeta,
		ObjectMeta: metav1.ObjectMeta{Name: full.Name,
			Annotations: map[string]string{apiextensionsv1.KubeAPIApprovedAnnotation: "unapproved, reduced for tests"}},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{Group: full.Spec.Group, Names: full.Spec.Names, Scope: full.Spec.Scope},
	}
	for _, v := range full.Spec.Versions {
		if !v.Served {
			continue
		}
		reduced := apiextensionsv1.CustomResourceDefinitionVersion{Name: v.Name, Served: true, Storage: v.Storage, Subresources: v.Subresources}
		reduced.Schema = &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: reduce(v.Schema.OpenAPIV3Schema)}
		if reduced.Schema.OpenAPIV3Schema == nil {
			reduced.Schema.OpenAPIV3Schema = anything()
		}
		small.Spec.Versions = append(small.Spec.Versions, reduced)
	}
	text, err = yaml.Marshal(small)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "# Reduced by test/e2e/bypass/reduce.\n%s", strings.Split(string(text), "status:\n  acceptedNames:")[0])
	return err
}

func anything() *apiextensionsv1.JSONSchemaProps {
	return &apiextensionsv1.JSONSchemaProps{Type: "object", XPreserveUnknownFields: ptr.To(true)}
}

// reduce is nil for what leads to no annotations.
func reduce(s *apiextensionsv1.JSONSchemaProps) *apiextensionsv1.JSONSchemaProps {
	switch {
	case s.Items != nil && s.Items.Schema != nil:
		if items := reduce(s.Items.Schema); items != nil {
			return &apiextensionsv1.JSONSchemaProps{Type: "array", Items: &apiextensionsv1.JSONSchemaPropsOrArray{Schema: items}}
		}
	case s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil:
		if values := reduce(s.AdditionalProperties.Schema); values != nil {
			return &apiextensionsv1.JSONSchemaProps{Type: "object", AdditionalProperties: &apiextensionsv1.JSONSchemaPropsOrBool{Schema: values}}
		}
	case s.Type == "object" && len(s.Properties) == 0 && ptr.Deref(s.XPreserveUnknownFields, false):
		return anything()
	}
	properties := map[string]apiextensionsv1.JSONSchemaProps{}
	for name, p := range s.Properties {
		if strings.HasSuffix(name, "nnotations") && p.AdditionalProperties != nil {
			properties[name] = apiextensionsv1.JSONSchemaProps{Type: "object",
				AdditionalProperties: &apiextensionsv1.JSONSchemaPropsOrBool{Schema: &apiextensionsv1.JSONSchemaProps{Type: "string"}}}
		} else if kept := reduce(&p); kept != nil && name != "status" {
			properties[name] = *kept
		}
	}
	if len(properties) == 0 {
		return nil
	}
	o := anything()
	o.Properties = properties
	return o
}
