package status

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clocktesting "k8s.io/utils/clock/testing"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

func change(at time.Time, cause v1alpha1.ChangeCause, verdict v1alpha1.Verdict, action v1alpha1.Action) *v1alpha1.VerdictChange {
	return &v1alpha1.VerdictChange{At: metav1.NewTime(at), Cause: cause, Verdict: verdict, Action: action}
}

func TestPlanOfExemptionsAndNoticePeriods(t *testing.T) {
	anHour, twoHours := sample.OnTenth.Add(time.Hour), sample.OnTenth.Add(2*time.Hour)
	announced := func(in *snapshottest.Inputs) {
		in.Policies[0].Spec.Enforcement.EffectiveFrom = ptr.To(metav1.NewTime(anHour))
	}
	exempt := func(until time.Time, changes ...func(*v1alpha1.TenantExemption)) func(*snapshottest.Inputs) {
		return func(in *snapshottest.Inputs) {
			in.Exemptions = append(in.Exemptions, sample.Exemption("licence", until, changes...))
		}
	}
	restricted, deny := v1alpha1.VerdictRestricted, v1alpha1.ActionDeny
	for _, tc := range []struct {
		name, reason string
		change       []func(*snapshottest.Inputs)
		at           time.Time
		want         v1alpha1.TenantVerdict
		next         *v1alpha1.PolicyChange
		ready        string // reason of the exemption
	}{
		{
			"the eve", "an acquisition that closes tomorrow is the next change", nil, sample.BeforeTenth,
			v1alpha1.TenantVerdict{Verdict: v1alpha1.VerdictClear, Action: v1alpha1.ActionAllow, Next: change(sample.OnTenth, v1alpha1.ChangeOwnershipChanges, restricted, deny)},
			&v1alpha1.PolicyChange{At: metav1.NewTime(sample.OnTenth), Cause: v1alpha1.ChangeOwnershipChanges, Tenants: ptr.To[int32](1)}, "",
		},
		{
			"the eve of an exempted tenant", "the verdict changes although nothing is done about it",
			[]func(*snapshottest.Inputs){exempt(twoHours)}, sample.BeforeTenth,
			v1alpha1.TenantVerdict{Verdict: v1alpha1.VerdictClear, Action: v1alpha1.ActionAllow, Next: change(sample.OnTenth, v1alpha1.ChangeOwnershipChanges, restricted, v1alpha1.ActionAllow)},
			&v1alpha1.PolicyChange{At: metav1.NewTime(sample.OnTenth), Cause: v1alpha1.ChangeOwnershipChanges, Tenants: ptr.To[int32](1)}, v1alpha1.ReasonInEffect,
		},
		{
			"announced", "a second before the date the milder action applies", []func(*snapshottest.Inputs){announced}, anHour.Add(-time.Second),
			v1alpha1.TenantVerdict{Verdict: restricted, Action: v1alpha1.ActionWarn, Next: change(anHour, v1alpha1.ChangeNoticePeriodEnds, restricted, deny)},
			&v1alpha1.PolicyChange{At: metav1.NewTime(anHour), Cause: v1alpha1.ChangeNoticePeriodEnds, Tenants: ptr.To[int32](1)}, "",
		},
		{
			"effective", "at the second the full one does", []func(*snapshottest.Inputs){announced}, anHour,
			v1alpha1.TenantVerdict{Verdict: restricted, Action: deny}, nil, "",
		},
		{
			"exempted", "the verdict stays what was found", []func(*snapshottest.Inputs){announced, exempt(twoHours)}, sample.OnTenth,
			v1alpha1.TenantVerdict{Verdict: restricted, Action: v1alpha1.ActionAllow, Exemption: "licence", Next: change(twoHours, v1alpha1.ChangeExemptionExpires, restricted, deny)},
			&v1alpha1.PolicyChange{At: metav1.NewTime(twoHours), Cause: v1alpha1.ChangeExemptionExpires, Tenants: ptr.To[int32](1)}, v1alpha1.ReasonInEffect,
		},
		{
			"its last second", "an exemption has an effect until it expires", []func(*snapshottest.Inputs){exempt(twoHours)}, twoHours.Add(-time.Second),
			v1alpha1.TenantVerdict{Verdict: restricted, Action: v1alpha1.ActionAllow, Exemption: "licence", Next: change(twoHours, v1alpha1.ChangeExemptionExpires, restricted, deny)},
			&v1alpha1.PolicyChange{At: metav1.NewTime(twoHours), Cause: v1alpha1.ChangeExemptionExpires, Tenants: ptr.To[int32](1)}, v1alpha1.ReasonInEffect,
		},
		{
			"expired", "and none from that second on", []func(*snapshottest.Inputs){exempt(twoHours)}, twoHours,
			v1alpha1.TenantVerdict{Verdict: restricted, Action: deny}, nil, v1alpha1.ReasonExpired,
		},
		{
			"a fraction of a second", "the API writes whole seconds, and so does the plan", []func(*snapshottest.Inputs){exempt(twoHours.Add(time.Second / 2))}, twoHours,
			v1alpha1.TenantVerdict{Verdict: restricted, Action: v1alpha1.ActionAllow, Exemption: "licence", Next: change(twoHours, v1alpha1.ChangeExemptionExpires, restricted, deny)},
			&v1alpha1.PolicyChange{At: metav1.NewTime(twoHours), Cause: v1alpha1.ChangeExemptionExpires, Tenants: ptr.To[int32](1)}, v1alpha1.ReasonInEffect,
		},
		{
			"for nobody", "the tenant may come later",
			[]func(*snapshottest.Inputs){exempt(twoHours, func(e *v1alpha1.TenantExemption) { e.Spec.TenantRef.Name = "nobody" })}, sample.OnTenth,
			v1alpha1.TenantVerdict{Verdict: restricted, Action: deny}, nil, v1alpha1.ReasonTenantNotFound,
		},
		{
			"from nothing", "the policy may come later",
			[]func(*snapshottest.Inputs){exempt(twoHours, func(e *v1alpha1.TenantExemption) { e.Spec.PolicyRef.Name = "no-ru" })}, sample.OnTenth,
			v1alpha1.TenantVerdict{Verdict: restricted, Action: deny}, nil, v1alpha1.ReasonPolicyNotFound,
		},
		{
			"from a policy that cannot be read", "nobody knows what it would be exempted from",
			[]func(*snapshottest.Inputs){exempt(twoHours), func(in *snapshottest.Inputs) { in.Policies[0].Spec.Jurisdictions.Blocked[0] = "QQ" }}, sample.OnTenth,
			v1alpha1.TenantVerdict{Verdict: v1alpha1.VerdictIndeterminate, Action: v1alpha1.ActionWarn}, nil, v1alpha1.ReasonPolicyInvalid,
		},
		{
			"invalid", "what nobody has approved exempts nobody",
			[]func(*snapshottest.Inputs){exempt(twoHours, func(e *v1alpha1.TenantExemption) { e.Spec.ApprovedBy = "" })}, sample.OnTenth,
			v1alpha1.TenantVerdict{Verdict: restricted, Action: deny}, nil, v1alpha1.ReasonInvalid,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := sample.World()
			for _, change := range tc.change {
				change(&in)
			}
			p := planOf(in, tc.at)
			got := p.tenants["lantern"].Verdicts[0]
			tc.want.Policy, tc.want.Reason, tc.want.Path = got.Policy, got.Reason, got.Path
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: lantern (-want +got):\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.next, p.policies["no-cn"].NextChange); diff != "" {
				t.Errorf("%s: nextChange (-want +got):\n%s", tc.reason, diff)
			}
			if v := p.tenants["meridian"].Verdicts[0]; tc.want.Verdict != v1alpha1.VerdictIndeterminate && (v.Next != nil || v.Exemption != "") {
				t.Errorf("%s: meridian has %+v", tc.reason, v)
			}
			if ready := reasonOf(p.exemptions["licence"].Conditions); ready != tc.ready {
				t.Errorf("%s: the exemption is %q, want %q", tc.reason, ready, tc.ready)
			}
		})
	}
}

// TestPlanWaitsForEveryExemption holds that also one expires on time which has
// never had an effect.
func TestPlanWaitsForEveryExemption(t *testing.T) {
	in := sample.World()
	expires := sample.OnTenth.Add(time.Minute)
	in.Exemptions = []v1alpha1.TenantExemption{
		sample.Exemption("later", expires.Add(time.Hour)),
		sample.Exemption("licence", expires, func(e *v1alpha1.TenantExemption) { e.Spec.PolicyRef.Name = "gone" }),
		sample.Exemption("past", sample.OnTenth),
	}
	if got := planOf(in, sample.OnTenth).next; !got.Equal(expires) {
		t.Errorf("next plan at %s, want %s", got, expires)
	}
	if got := planOf(in, expires).next; !got.Equal(expires.Add(time.Hour)) {
		t.Errorf("next plan at %s, want %s", got, expires.Add(time.Hour))
	}
	if got := planOf(in, expires.Add(time.Hour)).next; !got.IsZero() {
		t.Errorf("next plan at %s, want never", got)
	}
}

// TestAPolicysNextChangeIsTheSameInAnyOrder holds that the order of tenants,
// which is nobody's promise, does not show.
func TestAPolicysNextChangeIsTheSameInAnyOrder(t *testing.T) {
	in := sample.World()
	in.Entities = append(in.Entities, sample.Entity("wick", "CN"))
	in.Tenants = append(in.Tenants, sample.Tenant("wick", "wick", "1"))
	in.Exemptions = []v1alpha1.TenantExemption{sample.Exemption("licence", sample.OnTenth, func(e *v1alpha1.TenantExemption) { e.Spec.TenantRef.Name = "wick" })}
	want := v1alpha1.PolicyChange{At: metav1.NewTime(sample.OnTenth), Cause: v1alpha1.ChangeOwnershipChanges, Tenants: ptr.To[int32](2)}
	for range len(in.Tenants) {
		in.Tenants = append(in.Tenants[1:], in.Tenants[0])
		if diff := cmp.Diff(&want, planOf(in, sample.BeforeTenth).policies["no-cn"].NextChange); diff != "" {
			t.Errorf("beginning with %s (-want +got):\n%s", in.Tenants[0].Name, diff)
		}
	}
}

// TestTheFirstChangeIsTheNextOne counts only the tenants that change first.
func TestTheFirstChangeIsTheNextOne(t *testing.T) {
	for _, minutes := range [][]int{{1, 2, 1, 3}, {3, 2, 1, 1}, {2, 1, 3, 1}} {
		var i impact
		for _, m := range minutes {
			i.expect(residency.Change{At: sample.OnTenth.Add(time.Duration(m) * time.Minute), Cause: residency.ExemptionExpires}, +1)
		}
		want := &v1alpha1.PolicyChange{At: metav1.NewTime(sample.OnTenth.Add(time.Minute)), Cause: v1alpha1.ChangeExemptionExpires, Tenants: ptr.To[int32](2)}
		if diff := cmp.Diff(want, i.change()); diff != "" {
			t.Errorf("%v (-want +got):\n%s", minutes, diff)
		}
	}
	if got := (&impact{}).change(); got != nil {
		t.Errorf("nothing changes, but %v", got)
	}
}

// actionIs checks what policy no-cn does with a tenant, and because of which
// exemption.
func actionIs(tenant string, action v1alpha1.Action, exemption string) func(context.Context) error {
	return func(ctx context.Context) error {
		var got v1alpha1.Tenant
		if err := server.Get(ctx, client.ObjectKey{Name: tenant}, &got); err != nil {
			return err
		}
		v := findVerdict(got.Status.Verdicts, "no-cn")
		if v == nil || v.Action != action || string(v.Exemption) != exemption {
			return fmt.Errorf("tenant %s has %+v, want %s, exempted by %q", tenant, got.Status.Verdicts, action, exemption)
		}
		return nil
	}
}

func exemptionReadyIs(name string, status metav1.ConditionStatus, reason string) func(context.Context) error {
	e := &v1alpha1.TenantExemption{ObjectMeta: metav1.ObjectMeta{Name: name}}
	return readyIs(e, func() []metav1.Condition { return e.Status.Conditions }, status, reason)
}

// TestStatusFollowsNoticePeriodsAndExemptions lets time pass and touches nothing.
func TestStatusFollowsNoticePeriodsAndExemptions(t *testing.T) {
	effective, expires := sample.OnTenth.Add(30*time.Minute), sample.OnTenth.Add(50*time.Minute)
	all := sample.Objects()
	for _, o := range all {
		if p, ok := o.(*v1alpha1.TenantPolicy); ok {
			p.Spec.Enforcement.EffectiveFrom = ptr.To(metav1.NewTime(effective))
		}
	}
	server.With(t, all...)
	licence := sample.Exemption("licence", expires)
	wick, gone := sample.Tenant("wick", "lantern-group", "1"), sample.Exemption("gone", effective, func(e *v1alpha1.TenantExemption) { e.Spec.PolicyRef.Name = "no-such" })
	server.With(t, &licence, &wick, &gone)

	cl := clocktesting.NewFakeClock(sample.OnTenth)
	start(t, cl)
	apiserver.Eventually(t, "exempted in the notice period", actionIs("lantern", v1alpha1.ActionAllow, "licence"))
	apiserver.Eventually(t, "announced", actionIs("wick", v1alpha1.ActionWarn, ""))
	apiserver.Eventually(t, "the exemption has an effect", exemptionReadyIs("licence", metav1.ConditionTrue, v1alpha1.ReasonInEffect))
	apiserver.Eventually(t, "the other has none", exemptionReadyIs("gone", metav1.ConditionFalse, v1alpha1.ReasonPolicyNotFound))

	cl.SetTime(effective)
	apiserver.Eventually(t, "the date that was announced", actionIs("wick", v1alpha1.ActionDeny, ""))
	apiserver.Eventually(t, "what is exempted stays so", actionIs("lantern", v1alpha1.ActionAllow, "licence"))
	apiserver.Eventually(t, "an exemption of nothing expires as well", exemptionReadyIs("gone", metav1.ConditionFalse, v1alpha1.ReasonExpired))

	cl.SetTime(expires)
	apiserver.Eventually(t, "the exemption expires", actionIs("lantern", v1alpha1.ActionDeny, ""))
	apiserver.Eventually(t, "and says so", exemptionReadyIs("licence", metav1.ConditionFalse, v1alpha1.ReasonExpired))
	apiserver.Eventually(t, "an event on the tenant", func(ctx context.Context) error {
		var list eventsv1.EventList
		if err := server.List(ctx, &list, client.InNamespace(metav1.NamespaceDefault)); err != nil {
			return err
		}
		for _, e := range list.Items {
			if e.Regarding.Name == "lantern" && e.Reason == "ActionDeny" && e.Type == "Warning" {
				return nil
			}
		}
		return fmt.Errorf("%d events, none of them of the action", len(list.Items))
	})
}
