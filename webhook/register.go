package webhook

import (
	"fmt"
	"net/http"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

// The paths of the handlers. The webhook configuration is rendered elsewhere:
// main tells it these.
const (
	// WorkloadPath is where workloads, Namespaces, Secrets and scale
	// subresources are admitted.
	WorkloadPath = "/admit"
	// TenantPolicyPath is where TenantPolicies are validated.
	TenantPolicyPath = "/validate-domicile-dev-v1alpha1-tenantpolicy"
	// TenantPath is where Tenants are validated.
	TenantPath = "/validate-domicile-dev-v1alpha1-tenant"
	// LegalEntityPath is where LegalEntities are validated.
	LegalEntityPath = "/validate-domicile-dev-v1alpha1-legalentity"
	// OwnershipRegisterPath is where OwnershipRegisters are validated.
	OwnershipRegisterPath = "/validate-domicile-dev-v1alpha1-ownershipregister"
	// TenantExemptionPath is where TenantExemptions are validated.
	TenantExemptionPath = "/validate-domicile-dev-v1alpha1-tenantexemption"
)

// Server is the part of a webhook server that handlers are registered with.
type Server interface {
	Register(path string, handler http.Handler)
}

// Register makes all handlers and registers them with a server. The scheme
// must know Domicile's own kinds.
func Register(server Server, scheme *runtime.Scheme, d Dependencies) error {
	workloads, err := NewHandler(d)
	if err != nil {
		return fmt.Errorf("make the workload handler: %w", err)
	}
	unknown := unknownParties{snapshots: d.Snapshots, lookup: d.Lookup}
	server.Register(WorkloadPath, workloads)
	server.Register(TenantPolicyPath, admission.WithValidator(scheme, policyValidator(d.clock())))
	server.Register(TenantPath, admission.WithValidator(scheme, tenantValidator(unknown)))
	server.Register(LegalEntityPath, admission.WithValidator(scheme, entityValidator(unknown)))
	server.Register(OwnershipRegisterPath, admission.WithValidator(scheme, registerValidator()))
	server.Register(TenantExemptionPath, admission.WithValidator(scheme, exemptionValidator(d.Snapshots, d.clock())))
	return nil
}
