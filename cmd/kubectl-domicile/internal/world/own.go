package world

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/nearest"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/schema"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/translate"
)

// loadSchemas compiles the schemas when the first own kind is met: it takes the
// better part of a second on a slow machine.
var loadSchemas = sync.OnceValues(func() (*schema.Schemas, error) {
	return schema.Load(v1alpha1.GroupVersion.Version)
})

// own adds an object of one of Domicile's kinds: first what the API server
// checks, then what the webhook does.
func (r *reader) own(o *manifest.Object) {
	schemas, err := loadSchemas()
	if err != nil {
		r.fail(o, "", err)
		return
	}
	known := strings.Join(schemas.Kinds(), ", ")
	if o.APIVersion() != v1alpha1.GroupVersion.String() {
		r.fail(o, "apiVersion", fmt.Errorf("unknown version %s: the kinds %s are in %s", o.APIVersion(), known, v1alpha1.GroupVersion))
		return
	}
	add := map[string]func(map[string]any) (field.ErrorList, error){
		"TenantPolicy": r.policy, "Tenant": r.tenant, "LegalEntity": r.entity, "TenantExemption": r.exemption,
		"OwnershipRegister": func(content map[string]any) (field.ErrorList, error) { return r.register(o, content) },
	}[o.Kind()]
	if add == nil {
		hint := ""
		if near := nearest.Names(o.Kind(), schemas.Kinds()); len(near) > 0 {
			hint = "; did you mean " + near[0] + "?"
		}
		r.fail(o, "kind", fmt.Errorf("unknown kind %s: %s has %s%s", cut.Text(o.Kind(), 100), v1alpha1.GroupVersion, known, hint))
		return
	}
	stored := r.created[o]
	delete(r.created, o) // It is not needed twice, and there may be very many.
	before, invalid := len(r.errors), stored.errs
	r.metadata(o)
	if len(r.errors) > before { // which is what the API server says of metadata as a whole
		invalid = slices.DeleteFunc(invalid, func(err *field.Error) bool { return err.Field == "metadata" })
	}
	r.refuse(o, invalid)
	if len(r.errors) > before {
		return
	}
	if !r.first(o) {
		return
	}
	errs, err := add(stored.content)
	if err != nil {
		r.fail(o, "", err)
	}
	r.refuse(o, errs)
}

func (r *reader) policy(content map[string]any) (field.ErrorList, error) {
	var p v1alpha1.TenantPolicy
	if err := decode(content, &p); err != nil {
		return nil, err
	}
	r.policies = append(r.policies, p)
	return translate.Policy(&p).Errs, nil
}

func (r *reader) tenant(content map[string]any) (field.ErrorList, error) {
	var t v1alpha1.Tenant
	if err := decode(content, &t); err != nil {
		return nil, err
	}
	r.tenants = append(r.tenants, t)
	return translate.Tenant(&t).Errs, nil
}

func (r *reader) entity(content map[string]any) (field.ErrorList, error) {
	var e v1alpha1.LegalEntity
	if err := decode(content, &e); err != nil {
		return nil, err
	}
	r.entities = append(r.entities, e)
	return translate.LegalEntity(&e).Errs, nil
}

func (r *reader) exemption(content map[string]any) (field.ErrorList, error) {
	var e v1alpha1.TenantExemption
	if err := decode(content, &e); err != nil {
		return nil, err
	}
	r.exemptions = append(r.exemptions, e)
	return translate.Exemption(&e).Errs, nil
}

func decode(content map[string]any, into any) error {
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(content, into); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	return nil
}
