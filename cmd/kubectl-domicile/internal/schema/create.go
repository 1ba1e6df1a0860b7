package schema

import (
	"context"
	"maps"
	"slices"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// unknownField is what the API server's strict field validation says.
const unknownField = "unknown field"

// Create returns an object of the kind as the API server would store it, with
// defaults and without status, or what it would refuse the object for. The object
// may share what it does not change with the content.
func (s *Schemas) Create(ctx context.Context, kind string, content map[string]any) (map[string]any, field.ErrorList) {
	k := s.kinds[kind]
	if k == nil {
		return nil, field.ErrorList{field.NotSupported(field.NewPath("kind"), kind, s.Kinds())}
	}
	errs := k.metadata(content)
	if object, valid := k.valid(ctx, content); valid {
		return object, errs
	}
	s.unsure.Add(1)
	return k.create(ctx, content, errs)
}

// valid is what create returns of content that is certainly valid. False says
// nothing.
func (k *kindSchema) valid(ctx context.Context, content map[string]any) (object map[string]any, valid bool) {
	object = content
	if status, given := content["status"]; given {
		if k.root == nil || !k.root.properties["status"].fits(status) {
			return nil, false
		}
		object = maps.Clone(content)
		delete(object, "status")
	}
	object, _ = k.root.filled(object).(map[string]any)
	budget := int64(celconfig.RuntimeCELCostBudget)
	return object, k.root.fits(object) && k.root.obeys(ctx, object, &budget)
}

// create does what the API server does, by its own code, after errors were found
// in metadata.
func (k *kindSchema) create(ctx context.Context, content map[string]any, errs field.ErrorList) (map[string]any, field.ErrorList) {
	object := runtime.DeepCopyJSON(content)
	unknown := pruning.PruneWithOptions(object, k.structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	errs = append(errs, unknownFields(unknown)...)
	defaulting.PruneNonNullableNullsWithoutDefaults(object, k.structural)
	defaulting.Default(object, k.structural)
	delete(object, "status")

	errs = append(errs, validation.ValidateCustomResource(nil, object, k.openAPI)...)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, k.structural, object)...)
	if !slices.ContainsFunc(errs, blocksRules) {
		broken, _ := k.rules().Validate(ctx, nil, k.structural, object, nil, celconfig.RuntimeCELCostBudget)
		errs = append(errs, broken...)
	}
	return object, errs
}

// blocksRules says whether an object has not the shape that rules rely on. The
// API server makes the same choice.
func blocksRules(err *field.Error) bool {
	switch err.Type {
	case field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid:
		return true
	default:
		return false
	}
}

// metadata checks what the schema leaves to the API server.
func (k *kindSchema) metadata(object map[string]any) field.ErrorList {
	path := field.NewPath("metadata")
	meta, found, unknown, err := objectmeta.GetObjectMetaWithOptions(object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return field.ErrorList{field.Invalid(path, field.OmitValueType{}, err.Error())}
	}
	if !found {
		return field.ErrorList{field.Required(path.Child("name"), "")}
	}
	errs := unknownFields(unknown)
	if meta.Name == "" && meta.GenerateName != "" {
		return append(errs, field.Required(path.Child("name"), "generateName cannot be referred to"))
	}
	return append(errs, apivalidation.ValidateObjectMetaAccessor(meta, false, apivalidation.NameIsDNSSubdomain, path)...)
}

func unknownFields(paths []string) field.ErrorList {
	slices.Sort(paths)
	var errs field.ErrorList
	for _, path := range paths {
		errs = append(errs, &field.Error{Type: field.ErrorTypeInvalid, Field: path, BadValue: field.OmitValueType{}, Detail: unknownField})
	}
	return errs
}
