package schema

import (
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"sync/atomic"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/config/crd"
)

// Schemas has the schema of every kind of Domicile.
type Schemas struct {
	kinds  map[string]*kindSchema // by kind
	unsure atomic.Int64           // how many objects took the slow way
}

type kindSchema struct {
	structural *schema.Structural
	openAPI    validation.SchemaValidator
	rules      func() *cel.Validator // compiled when first needed
	root       *shape
}

// Load compiles the schemas of one API version of Domicile.
func Load(version string) (*Schemas, error) {
	names, err := fs.Glob(crd.Files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the CRDs: %w", err)
	}
	s := &Schemas{kinds: map[string]*kindSchema{}}
	for _, name := range names {
		text, err := crd.Files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the CRD: %w", err)
		}
		var definition apiextensionsv1.CustomResourceDefinition
		if err := yaml.UnmarshalStrict(text, &definition); err != nil {
			return nil, fmt.Errorf("decode %s: %w", name, err)
		}
		for _, v := range definition.Spec.Versions {
			if v.Name != version {
				continue
			}
			if s.kinds[definition.Spec.Names.Kind], err = compile(v.Schema.OpenAPIV3Schema); err != nil {
				return nil, fmt.Errorf("compile %s: %w", name, err)
			}
		}
	}
	return s, nil
}

func compile(props *apiextensionsv1.JSONSchemaProps) (*kindSchema, error) {
	var internal apiextensions.JSONSchemaProps
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(props, &internal, nil); err != nil {
		return nil, err
	}
	structural, err := schema.NewStructural(&internal)
	if err != nil {
		return nil, err
	}
	openAPI, _, err := validation.NewSchemaValidator(&internal)
	if err != nil {
		return nil, err
	}
	return &kindSchema{
		structural: structural,
		openAPI:    openAPI,
		rules: sync.OnceValue(func() *cel.Validator {
			return cel.NewValidator(structural, true, celconfig.PerCallLimit)
		}),
		root: newRoot(structural),
	}, nil
}

// Kinds are the kinds that there are, sorted.
func (s *Schemas) Kinds() []string {
	kinds := make([]string, 0, len(s.kinds))
	for kind := range s.kinds {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}
