package translate_test

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

func compilePolicy(p *v1alpha1.TenantPolicy) (*residency.Policy, field.ErrorList) {
	c := translate.Policy(p)
	return c.Policy, c.Errs
}

func compileTenant(t *v1alpha1.Tenant) (*residency.Tenant, field.ErrorList) {
	c := translate.Tenant(t)
	return &c.Tenant, c.Errs
}

func compileEntity(e *v1alpha1.LegalEntity) (ownership.Party, []ownership.Interest, field.ErrorList) {
	c := translate.LegalEntity(e)
	return c.Party, c.Interests, c.Errs
}
