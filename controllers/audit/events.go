package audit

import (
	"context"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

//+kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// The reason and the action of events.
const (
	eventReason = "ViolationsFound"
	eventAction = "Audit"
)

// tally is how many violations there are, and where.
type tally struct {
	objects, namespaces int
}

// tell records an event about each tenant and each policy of which there are
// more violations than events have told of.
func (a *Auditor) tell(ctx context.Context) {
	tenants, policies := map[string]tally{}, map[string]tally{}
	for _, s := range a.summaries {
		ofTenant, ofPolicy := map[string]int{}, map[string]int{}
		for v, n := range s.violations {
			ofTenant[v.tenant] += n
			ofPolicy[v.policy] += n
		}
		addUp(tenants, ofTenant)
		addUp(policies, ofPolicy)
	}
	told := make(map[string]int, len(a.told))
	for _, name := range slices.Sorted(maps.Keys(policies)) {
		a.tellOf(ctx, told, "policy/"+name, &v1alpha1.TenantPolicy{}, name, policies[name],
			"The audit found %d objects in %d namespaces that are not as this policy wants them.")
	}
	for _, name := range slices.Sorted(maps.Keys(tenants)) {
		a.tellOf(ctx, told, "tenant/"+name, &v1alpha1.Tenant{}, name, tenants[name],
			"The audit found %d objects of this tenant in %d namespaces that are not as policies want them.")
	}
	a.told = told
}

func addUp(sums map[string]tally, counts map[string]int) {
	for name, n := range counts {
		sum := sums[name]
		sum.objects, sum.namespaces = sum.objects+n, sum.namespaces+1
		sums[name] = sum
	}
}

// tellOf records an event if there is more to tell than was told before. It is
// told later if there are too many events now.
func (a *Auditor) tellOf(ctx context.Context, told map[string]int, subject string, about client.Object, name string, now tally, text string) {
	before := a.told[subject]
	told[subject] = min(before, now.objects)
	if now.objects <= before {
		return
	}
	if err := a.options.Client.Get(ctx, client.ObjectKey{Name: name}, about); err != nil {
		told[subject] = now.objects // nothing to attach it to: identity, or a tenant that does not exist
		return
	}
	if !a.limiter.AllowN(a.options.Clock.Now(), 1) {
		a.metrics.held.Inc()
		return
	}
	told[subject] = now.objects
	a.options.Events.Eventf(about, nil, corev1.EventTypeWarning, eventReason, eventAction, text, now.objects, now.namespaces)
}
