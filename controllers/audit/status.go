package audit

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	applyv1alpha1 "github.com/domicile-dev/domicile/api/v1alpha1/applyconfiguration/api/v1alpha1"
)

//+kubebuilder:rbac:groups=domicile.dev,resources=tenantpolicies/status,verbs=patch

// settleStatus writes what policies affect into their status, where it differs.
func (a *Auditor) settleStatus(ctx context.Context) {
	a.unsettled = false
	if err := a.writeStatus(ctx); err != nil && ctx.Err() == nil {
		a.metrics.failures.WithLabelValues(failureStatus).Inc()
		a.options.Log.Error(err, "Could not write status")
		a.unsettled = true
		a.postpone()
	}
}

func (a *Auditor) writeStatus(ctx context.Context) error {
	var policies v1alpha1.TenantPolicyList
	if err := a.options.Client.List(ctx, &policies); err != nil {
		return fmt.Errorf("list TenantPolicies: %w", err)
	}
	sums := a.affected()
	for i := range policies.Items {
		p, sum := &policies.Items[i], sums[policies.Items[i].Name]
		want := &v1alpha1.AffectedCounts{Workloads: ptr.To(sum.workloads), APIKeys: ptr.To(sum.apiKeys), GPUs: ptr.To(sum.gpus)}
		if !a.judged[p.Name] || equality.Semantic.DeepEqual(p.Status.Affected, want) {
			continue
		}
		status := applyv1alpha1.TenantPolicy(p.Name).WithUID(p.UID).WithStatus(applyv1alpha1.TenantPolicyStatus().
			WithAffected(applyv1alpha1.AffectedCounts().WithWorkloads(sum.workloads).WithAPIKeys(sum.apiKeys).WithGPUs(sum.gpus)))
		a.metrics.requests.Inc()
		err := a.options.Client.Status().Apply(ctx, status, client.ForceOwnership, client.FieldOwner(FieldOwner))
		if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
			return fmt.Errorf("apply the status of TenantPolicy %s: %w", p.Name, err)
		}
	}
	return nil
}

// affected adds up the counts of all namespaces by policy.
func (a *Auditor) affected() map[string]counts {
	sums := map[string]counts{}
	for _, s := range a.summaries {
		for policy, n := range s.affected {
			sum := sums[policy]
			sum.workloads, sum.apiKeys, sum.gpus = sum.workloads+n.workloads, sum.apiKeys+n.apiKeys, sum.gpus+n.gpus
			sums[policy] = sum
		}
	}
	return sums
}
