package status

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	applyv1alpha1 "github.com/domicile-dev/domicile/api/v1alpha1/applyconfiguration/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/apply"
	"github.com/domicile-dev/domicile/controllers/internal/condition"
	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

//+kubebuilder:rbac:groups=domicile.dev,resources=tenants/status,verbs=patch

// tenantReady says whether every party of the tenant is known.
func tenantReady(s *snapshot.Snapshot, t *translate.CompiledTenant) condition.State {
	if len(t.Errs) > 0 {
		return condition.Invalid(t.Errs)
	}
	var missing []string
	for _, link := range t.Tenant.Links {
		if !declared(s.Graph, link.Party) {
			missing = append(missing, fmt.Sprintf("%s %s", link.Role, partyName(link.Party)))
		}
	}
	if len(missing) > 0 {
		return condition.False(v1alpha1.ReasonPartyNotFound, "Nothing is known about "+condition.Enumerate(missing)+".")
	}
	return condition.True(v1alpha1.ReasonCompiled, "All parties are known.")
}

// tenantVerdict are the conditions Clear and Restricted: what all policies
// together find out.
func tenantVerdict(verdicts []v1alpha1.TenantVerdict) (clean, restricted condition.State) {
	of := map[v1alpha1.Verdict][]string{}
	for _, v := range verdicts {
		of[v.Verdict] = append(of[v.Verdict], v.Policy)
	}
	by := func(verdict v1alpha1.Verdict) string { return "By " + condition.Enumerate(of[verdict]) + "." }
	switch {
	case len(of[v1alpha1.VerdictRestricted]) > 0:
		said := by(v1alpha1.VerdictRestricted)
		return condition.False(v1alpha1.ReasonRestricted, said), condition.True(v1alpha1.ReasonRestricted, said)
	case len(verdicts) == 0:
		said := condition.Unknown(v1alpha1.ReasonNoPolicy, "No policy is about this tenant.")
		return said, said
	case len(of[v1alpha1.VerdictClear]) == len(verdicts):
		said := by(v1alpha1.VerdictClear)
		return condition.True(v1alpha1.ReasonClear, said), condition.False(v1alpha1.ReasonClear, said)
	default:
		said := condition.Unknown(v1alpha1.ReasonIndeterminate, by(v1alpha1.VerdictIndeterminate))
		return said, said
	}
}

// declared says whether somebody has declared a party.
func declared(g *ownership.Graph, r ownership.Ref) bool {
	n, ok := g.Find(r)
	return ok && g.Loaded(n)
}

func partyName(r ownership.Ref) string {
	if name, isEntity := strings.CutPrefix(r.Key, translate.EntityKey("")); isEntity {
		return "LegalEntity " + name
	}
	return r.Identifier.Scheme + ":" + r.Identifier.ID
}

// tenant is what the status of a Tenant should say.
func (p *plan) tenant(name string) (v1alpha1.TenantStatus, bool) {
	c, ok := p.world.Objects.Tenants.Get(name)
	if !ok {
		return v1alpha1.TenantStatus{}, false
	}
	want := v1alpha1.TenantStatus{ObservedGeneration: c.Generation, Verdicts: verdictsOf(p.findings(&c.Tenant))}
	clean, restricted := tenantVerdict(want.Verdicts)
	want.Conditions = []metav1.Condition{
		tenantReady(p.world, c).Of(v1alpha1.ConditionReady, c.Generation),
		clean.Of(v1alpha1.ConditionClear, c.Generation),
		restricted.Of(v1alpha1.ConditionRestricted, c.Generation),
	}
	return want, true
}

// applyTenant makes of what the status should say what is written: a verdict that
// stays the same keeps its since.
func applyTenant(t *v1alpha1.Tenant, want v1alpha1.TenantStatus, now time.Time) *applyv1alpha1.TenantStatusApplyConfiguration {
	status := applyv1alpha1.TenantStatus().WithObservedGeneration(want.ObservedGeneration).
		WithConditions(apply.Conditions(t.Status.Conditions, want.Conditions, now)...)
	for _, v := range want.Verdicts {
		since := apply.Time(now)
		if before := findVerdict(t.Status.Verdicts, v.Policy); before != nil && before.Verdict == v.Verdict {
			since = before.Since
		}
		verdict := applyv1alpha1.TenantVerdict().WithPolicy(v.Policy).WithVerdict(v.Verdict).WithReason(v.Reason).WithAction(v.Action).WithSince(since)
		if v.Exemption != "" {
			verdict.WithExemption(v.Exemption)
		}
		if v.Next != nil {
			verdict.WithNext(applyv1alpha1.VerdictChange().WithAt(v.Next.At).WithCause(v.Next.Cause).
				WithVerdict(v.Next.Verdict).WithAction(v.Next.Action))
		}
		if v.Path != "" {
			verdict.WithPath(v.Path)
		}
		status.WithVerdicts(verdict)
	}
	return status
}

func findVerdict(verdicts []v1alpha1.TenantVerdict, policy string) *v1alpha1.TenantVerdict {
	for i := range verdicts {
		if verdicts[i].Policy == policy {
			return &verdicts[i]
		}
	}
	return nil
}

// reportFlips makes an event of each verdict that became another one, and of
// the first one if it is Restricted; and of each action that did although the
// verdict stayed, as when a notice period ends or an exemption expires.
func (s *Writer) reportFlips(t *v1alpha1.Tenant, verdicts []v1alpha1.TenantVerdict) {
	for _, v := range verdicts {
		before := findVerdict(t.Status.Verdicts, v.Policy)
		kind := corev1.EventTypeNormal
		if v.Verdict == v1alpha1.VerdictRestricted {
			kind = corev1.EventTypeWarning
		}
		reason := string("Verdict" + v.Verdict)
		switch {
		case before == nil && v.Verdict == v1alpha1.VerdictRestricted:
			s.events.Eventf(t, nil, kind, reason, "Evaluate", "Policy %s: %s. %s", v.Policy, v.Verdict, cut.Text(v.Path, maxPath/2))
		case before != nil && before.Verdict == v.Verdict && before.Action != v.Action && before.Action != "":
			kind = corev1.EventTypeNormal
			if v.Action == v1alpha1.ActionDeny {
				kind = corev1.EventTypeWarning
			}
			s.events.Eventf(t, nil, kind, string("Action"+v.Action), "Evaluate", "Policy %s: %s: %s, was %s. %s",
				v.Policy, v.Verdict, v.Action, before.Action, cut.Text(v.Path, maxPath/2))
		case before != nil && before.Verdict != v.Verdict:
			s.events.Eventf(t, nil, kind, reason, "Evaluate", "Policy %s: %s, was %s. %s", v.Policy, v.Verdict, before.Verdict, cut.Text(v.Path, maxPath/2))
		}
	}
}
