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
	// AccessPointPath is where AccessPoints are validated.
	AccessPointPath = "/validate-domicile-dev-v1alpha1-accesspoint"
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
	for path, handler := range map[string]http.Handler{
		TenantPolicyPath:      admission.WithValidator(scheme, policyValidator(d.clock())),
		TenantPath:            admission.WithValidator(scheme, tenantValidator(unknown, d.Access, d.clock())),
		LegalEntityPath:       admission.WithValidator(scheme, entityValidator(unknown)),
		OwnershipRegisterPath: admission.WithValidator(scheme, registerValidator()),
		TenantExemptionPath:   admission.WithValidator(scheme, exemptionValidator(d.Snapshots, d.clock())),
		AccessPointPath:       admission.WithValidator(scheme, accessPointValidator()),
	} {
		server.Register(path, d.leaving(within(maxTimeout, handler)))
	}
	server.Register(WorkloadPath, d.leaving(workloads))
	return nil
}
