package world

import (
	"fmt"
	"slices"
	"strings"
	"sync"

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
	if isCall(o) {
		r.others = append(r.others, o)
		return
	}
	known := strings.Join(schemas.Kinds(), ", ")
	if o.APIVersion() != v1alpha1.GroupVersion.String() {
		r.fail(o, "apiVersion", fmt.Errorf("unknown version %s: the kinds %s are in %s", o.APIVersion(), known, v1alpha1.GroupVersion))
		return
	}
	add := map[string]func(map[string]any) (field.ErrorList, error){
		"TenantPolicy":      adds(r.parts.policies, translate.Policy),
		"Tenant":            adds(r.parts.tenants, translate.Tenant),
		"LegalEntity":       adds(r.parts.entities, translate.LegalEntity),
		"TenantExemption":   adds(r.parts.exemptions, translate.Exemption),
		"AccessPoint":       adds(r.parts.points, translate.AccessPoint),
		"OwnershipRegister": adds(r.parts.registers, compileRegister),
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
	if IsRegister(o) {
		r.registers = append(r.registers, o)
	}
	r.refuse(o, errs)
}

// adds is how objects of a kind are added.
func adds[T any, C compiled](to kind[T, C], compile func(*T) C) func(map[string]any) (field.ErrorList, error) {
	return func(content map[string]any) (field.ErrorList, error) { return to.add(content, compile) }
}
