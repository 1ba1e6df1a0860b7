package suspension

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	metav1ac "k8s.io/client-go/applyconfigurations/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	applyv1alpha1 "github.com/domicile-dev/domicile/api/v1alpha1/applyconfiguration/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

const (
	// tellEvery is how often status is written while work goes on.
	tellEvery = 5 * time.Second
	// maxProblems bounds how many objects a condition names.
	maxProblems = 3
	maxMessage  = 2048
)

// tally is what there is to tell about one policy.
type tally struct {
	tenants                               map[string]bool
	workloads, apiKeys, pending, problems int32
	first                                 []string // problems
}

// reporter remembers what was told, so that nothing is told twice.
type reporter struct {
	policies map[string]string // what the status says, by policy
	tenants  map[string]bool   // those of which something is suspended
	open     map[string]bool   // policies whose circuit breaker was told of
	began    bool
}

func newReporter() reporter {
	return reporter{policies: map[string]string{}, tenants: map[string]bool{}, open: map[string]bool{}}
}

// tell writes metrics, events and the status of policies, where they differ.
func (s *Suspender) tell(ctx context.Context, w *snapshot.Snapshot) {
	s.told = s.Clock.Now()
	entries := s.ledger.all()
	var open bool
	if s.Enabled {
		open = s.assessed.isOpen()
		s.tellTenants(ctx, entries)
	}
	s.Metrics.count(entries, open)
	tallies := tallyUp(entries)
	for _, p := range w.Policies {
		if ctx.Err() != nil {
			return
		}
		t := tallies[p.Name]
		if t == nil {
			t = &tally{}
		}
		if err := s.tellPolicy(ctx, p.Name, p.Suspends, t); err != nil {
			s.Log.Info("Could not write the status of a policy", "policy", p.Name, "reason", problemOf(err))
		}
	}
}

func tallyUp(entries []entry) map[string]*tally {
	tallies := map[string]*tally{}
	for i := range entries {
		e := &entries[i]
		for _, name := range e.policies {
			if tallies[name] == nil {
				tallies[name] = &tally{tenants: map[string]bool{}}
			}
			tallies[name].add(e)
		}
	}
	return tallies
}

func (t *tally) add(e *entry) {
	switch {
	case e.state == inPlace && autoscalerField(e.resource.GroupResource()) != nil:
	case e.state == inPlace && e.way == kinds.Hold:
		t.apiKeys++
		t.tenants[e.tenant] = true
	case e.state == inPlace:
		t.workloads++
		t.tenants[e.tenant] = true
	default:
		t.pending++
	}
	if e.problem != "" {
		t.problems++
		if len(t.first) < maxProblems {
			t.first = append(t.first, fmt.Sprintf("%s %s/%s: %s", e.resource.Resource, e.namespace, e.name, e.problem))
		}
	}
}

// condition is what to say about a policy.
func (s *Suspender) condition(policy string, suspends bool, t *tally) (metav1.ConditionStatus, string, string) {
	switch {
	case !s.Enabled:
		return metav1.ConditionFalse, v1alpha1.ReasonSuspensionDisabled,
			"Domicile was installed without suspension: nothing is suspended, and nothing given back. Install it with suspension.enabled=true."
	case suspends && s.assessed.open[policy] && len(s.assessed.each[policy]) > 0:
		a := s.assessed
		return metav1.ConditionFalse, v1alpha1.ReasonCircuitBreakerOpen, fmt.Sprintf(
			"%d of %d tenants would be suspended, which is more than %d %%; this policy suspends %d of them. Nothing more is suspended until spec.enforcement.maxSuspendedTenants confirms it: %d or more.",
			a.affected, a.tenants, s.MaxTenantShare, len(a.each[policy]), len(a.each[policy]))
	case t.problems > 0:
		return metav1.ConditionFalse, v1alpha1.ReasonSuspensionIncomplete, fmt.Sprintf(
			"%d objects cannot be suspended or given back for now: %s", t.problems, strings.Join(t.first, "; "))
	case suspends && !s.ledger.complete():
		return metav1.ConditionFalse, v1alpha1.ReasonSuspensionInProgress, "The cluster has not been gone over yet."
	case suspends && s.unaudited(policy) > 0:
		return metav1.ConditionFalse, v1alpha1.ReasonSuspensionInProgress,
			fmt.Sprintf("What runs for %d tenants has not been looked for yet.", s.unaudited(policy))
	case t.pending > 0:
		return metav1.ConditionFalse, v1alpha1.ReasonSuspensionInProgress, "Objects are still to be suspended or given back."
	default:
		return metav1.ConditionTrue, v1alpha1.ReasonSuspensionComplete, "Everything is suspended that should be."
	}
}

// tellPolicy writes the status of one policy. One that does not suspend has
// none, unless something is still to be given back.
func (s *Suspender) tellPolicy(ctx context.Context, name string, suspends bool, t *tally) error {
	apply := applyv1alpha1.TenantPolicy(name)
	content := ""
	if suspends || t.pending > 0 || t.workloads > 0 || t.apiKeys > 0 {
		var p v1alpha1.TenantPolicy
		if err := s.Client.Get(ctx, client.ObjectKey{Name: name}, &p); err != nil {
			return client.IgnoreNotFound(err)
		}
		status, reason, message := s.condition(name, suspends, t)
		message = cut.Text(message, maxMessage)
		since := metav1.NewTime(s.Clock.Now().Truncate(time.Second))
		if before := meta.FindStatusCondition(p.Status.Conditions, v1alpha1.ConditionSuspension); before != nil && before.Status == status {
			since = before.LastTransitionTime
		}
		counts := applyv1alpha1.SuspendedCounts().WithTenants(int32(len(t.tenants))).WithWorkloads(t.workloads).
			WithAPIKeys(t.apiKeys).WithPending(t.pending)
		content = fmt.Sprint(status, reason, message, p.Generation, len(t.tenants), t.workloads, t.apiKeys, t.pending)
		apply.WithStatus(applyv1alpha1.TenantPolicyStatus().WithSuspended(counts).WithConditions(
			metav1ac.Condition().WithType(v1alpha1.ConditionSuspension).WithStatus(status).WithReason(reason).
				WithMessage(message).WithObservedGeneration(p.Generation).WithLastTransitionTime(since)))
		s.tellBreaker(&p, reason, message)
	}
	if before, known := s.status.policies[name]; known && before == content {
		return nil
	}
	err := s.Client.Status().Apply(ctx, apply, client.ForceOwnership, client.FieldOwner(FieldOwner))
	if err != nil {
		return client.IgnoreNotFound(err)
	}
	s.status.policies[name] = content
	return nil
}

// tellBreaker makes an event when the circuit breaker opens.
func (s *Suspender) tellBreaker(p *v1alpha1.TenantPolicy, reason, message string) {
	open := reason == v1alpha1.ReasonCircuitBreakerOpen
	if open && !s.status.open[p.Name] {
		s.event(p, corev1.EventTypeWarning, reason, message)
	}
	s.status.open[p.Name] = open
}

// tellTenants makes an event when the first object of a tenant has been
// suspended, and when the last one has been given back. What was suspended
// before this process began has been told of.
func (s *Suspender) tellTenants(ctx context.Context, entries []entry) {
	now := map[string]bool{}
	for i := range entries {
		if e := &entries[i]; e.tenant != "" && (e.state == inPlace || s.status.tenants[e.tenant]) {
			now[e.tenant] = true
		}
	}
	for _, tenant := range sortedKeys(now) {
		if !s.status.tenants[tenant] && s.status.began {
			s.tenantEvent(ctx, tenant, "SuspensionStarted", "What runs for the tenant is being suspended.")
		}
	}
	for _, tenant := range sortedKeys(s.status.tenants) {
		if !now[tenant] {
			s.tenantEvent(ctx, tenant, "SuspensionFinished", "Everything of the tenant has been given back.")
		}
	}
	s.status.tenants, s.status.began = now, true
}

func (s *Suspender) tenantEvent(ctx context.Context, name, reason, note string) {
	var tenant v1alpha1.Tenant
	if err := s.Client.Get(ctx, client.ObjectKey{Name: name}, &tenant); err == nil {
		s.event(&tenant, corev1.EventTypeNormal, reason, note)
	}
}

// objectEvent tells in an object's own namespace what has happened to it. It says no more
// than the object's annotations do: who owns a tenant is not everybody's business.
func (s *Suspender) objectEvent(ctx context.Context, k key, ended operation, policies []string) {
	if s.Events == nil {
		return
	}
	about := &corev1.ObjectReference{
		APIVersion: k.resource.GroupVersion().String(), Kind: s.kindOf(k.resource), Namespace: k.namespace, Name: k.name, UID: k.uid,
	}
	if about.Kind == "" {
		return
	}
	// Whoever describes an object looks for the events of its UID; a Pod that was evicted has none any more.
	if live, err := s.Metadata.Resource(k.resource).Namespace(k.namespace).Get(ctx, k.name, metav1.GetOptions{}); err == nil {
		about.UID = live.GetUID()
	}
	if ended == opSuspend {
		s.event(about, corev1.EventTypeWarning, "Suspended",
			"Suspended for policy "+strings.Join(policies, ", ")+", until its tenant is served again.")
		return
	}
	s.event(about, corev1.EventTypeNormal, "GivenBack", "Given back: no policy wants it suspended any more.")
}

// kindOf is the kind of a resource, from the table or from the API server; "" if it does
// not serve it any more.
func (s *Suspender) kindOf(r schema.GroupVersionResource) string {
	if k := translate.KindOf(r.GroupResource()); k != nil {
		return k.Kind
	}
	served, err := s.Discovery.ServerResourcesForGroupVersion(r.GroupVersion().String())
	if err != nil {
		return ""
	}
	for i := range served.APIResources {
		if served.APIResources[i].Name == r.Resource {
			return served.APIResources[i].Kind
		}
	}
	return ""
}

func (s *Suspender) event(about runtime.Object, kind, reason, note string) {
	if s.Events == nil {
		return
	}
	const most = 1024 // bytes that the API server takes
	if len(note) > most {
		note = strings.ToValidUTF8(note[:most], "")
	}
	s.Events.Eventf(about, nil, kind, reason, reason, "%s", note)
}

func sortedKeys(m map[string]bool) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
