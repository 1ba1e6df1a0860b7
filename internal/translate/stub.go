package translate

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// Policy compiles a TenantPolicy. With errors the policy is still returned,
// with Invalid set, so that it is never silently left out.
func Policy(p *v1alpha1.TenantPolicy) (*residency.Policy, field.ErrorList) { panic("stub") }

// Tenant compiles a Tenant.
func Tenant(t *v1alpha1.Tenant) (*residency.Tenant, field.ErrorList) { panic("stub") }

// LegalEntity compiles a LegalEntity.
func LegalEntity(e *v1alpha1.LegalEntity) (ownership.Party, []ownership.Interest, field.ErrorList) {
	panic("stub")
}

// Snapshot compiles the whole world. Invalid objects don't stop it.
func Snapshot(policies []v1alpha1.TenantPolicy, tenants []v1alpha1.Tenant, entities []v1alpha1.LegalEntity) *snapshot.Snapshot {
	panic("stub")
}

// Rule is one set of resources that admission asks about.
type Rule struct {
	Groups, Versions, Resources []string
}

// BuiltinRules are the resources that every policy covers. PolicyRules adds what a policy's match.resources names.
func BuiltinRules() []Rule { panic("stub") }
