package status

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

func TestPlanSaysWhatEveryPolicyFindsOut(t *testing.T) {
	for _, tc := range []struct {
		name, reason string
		change       func(*snapshottest.Inputs)
		at           time.Time
		tenants      v1alpha1.TenantCounts
		affected     []v1alpha1.Money
		verdicts     map[string]v1alpha1.Verdict
		ready        map[string]string // reasons by kind/name
	}{
		{
			name: "before", reason: "the holding has not begun", at: sample.BeforeTenth,
			tenants:  counts(0, 0, 2),
			verdicts: map[string]v1alpha1.Verdict{"lantern": v1alpha1.VerdictClear, "meridian": v1alpha1.VerdictClear},
			ready: map[string]string{"policy/no-cn": v1alpha1.ReasonCompiled, "tenant/lantern": v1alpha1.ReasonCompiled,
				"entity/lantern-sg": v1alpha1.ReasonCompiled},
		},
		{
			name: "after", reason: "time alone changes the verdict", at: sample.OnTenth,
			tenants:  counts(1, 0, 1),
			affected: []v1alpha1.Money{{Amount: "1200.50", Currency: "EUR"}},
			verdicts: map[string]v1alpha1.Verdict{"lantern": v1alpha1.VerdictRestricted, "meridian": v1alpha1.VerdictClear},
		},
		{
			name: "deleted", reason: "a party that is gone leaves a node that is not there, on all that refer to it", at: sample.OnTenth,
			change:  func(in *snapshottest.Inputs) { in.Entities = in.Entities[1:] },
			tenants: counts(0, 0, 2),
			ready:   map[string]string{"tenant/lantern": v1alpha1.ReasonCompiled, "entity/lantern-sg": v1alpha1.ReasonPartyNotFound},
		},
		{
			name: "deleted party", reason: "the same for a tenant's own party; not knowing is an answer of its own", at: sample.OnTenth,
			change:   func(in *snapshottest.Inputs) { in.Entities = in.Entities[:2] },
			tenants:  counts(1, 1, 0),
			affected: []v1alpha1.Money{{Amount: "1200.50", Currency: "EUR"}},
			verdicts: map[string]v1alpha1.Verdict{"meridian": v1alpha1.VerdictIndeterminate},
			ready:    map[string]string{"tenant/meridian": v1alpha1.ReasonPartyNotFound},
		},
		{
			name: "ended", reason: "an interest that has ended refers to nobody", at: sample.OnTenth,
			change: func(in *snapshottest.Inputs) {
				in.Entities = in.Entities[1:]
				in.Entities[0].Spec.Interests[0].Since, in.Entities[0].Spec.Interests[0].Until = "2026-01-01", "2026-03-10"
			},
			tenants: counts(0, 0, 2),
			ready:   map[string]string{"entity/lantern-sg": v1alpha1.ReasonCompiled},
		},
		{
			name: "contradiction", reason: "more than 100 % is a data problem, and evaluation goes on", at: sample.OnTenth,
			change: func(in *snapshottest.Inputs) {
				in.Entities[1].Spec.Interests = append(in.Entities[1].Spec.Interests, v1alpha1.Interest{
					Holder: v1alpha1.PartyReference{Name: "meridian"}, Kind: v1alpha1.InterestShareholding,
					Share: &v1alpha1.Share{Exact: "60"}, Since: "2026-03-10",
				})
			},
			tenants:  counts(1, 0, 1),
			affected: []v1alpha1.Money{{Amount: "1200.50", Currency: "EUR"}},
			ready:    map[string]string{"entity/lantern-sg": v1alpha1.ReasonDataProblem},
		},
		{
			name: "invalid", reason: "an invalid policy knows nothing, and says so", at: sample.OnTenth,
			change: func(in *snapshottest.Inputs) {
				in.Policies[0].Spec.Jurisdictions.Blocked = []v1alpha1.JurisdictionCode{"QQ"}
			},
			tenants: counts(0, 2, 0),
			ready:   map[string]string{"policy/no-cn": v1alpha1.ReasonInvalid},
		},
		{
			name: "selected", reason: "a policy counts the tenants that it is about", at: sample.OnTenth,
			change: func(in *snapshottest.Inputs) {
				in.Policies[0].Spec.TenantSelector = sample.Labelled("tier", "paid")
				in.Tenants[1].Labels = map[string]string{"tier": "paid"}
			},
			tenants:  counts(0, 0, 1),
			verdicts: map[string]v1alpha1.Verdict{"meridian": v1alpha1.VerdictClear, "lantern": ""},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := sample.World()
			if tc.change != nil {
				tc.change(&in)
			}
			p := planOf(in, tc.at)
			if diff := cmp.Diff(tc.tenants, *p.policies["no-cn"].Tenants); diff != "" {
				t.Errorf("tenants: %s (-want +got):\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.affected, p.policies["no-cn"].AnnualValueAffected); diff != "" {
				t.Errorf("annual value: %s (-want +got):\n%s", tc.reason, diff)
			}
			for name, want := range tc.verdicts {
				var got v1alpha1.Verdict
				if v := findVerdict(p.tenants[name].Verdicts, "no-cn"); v != nil {
					got = v.Verdict
				}
				if got != want {
					t.Errorf("tenant %s: verdict %q, want %q: %s", name, got, want, tc.reason)
				}
			}
			for object, want := range tc.ready {
				kind, name, _ := strings.Cut(object, "/")
				got := map[string][]metav1.Condition{
					"policy": p.policies[name].Conditions, "tenant": p.tenants[name].Conditions, "entity": p.entities[name].Conditions,
				}[kind]
				if reasonOf(got) != want {
					t.Errorf("%s: %+v, want reason %q: %s", object, got, want, tc.reason)
				}
			}
		})
	}
}

func counts(restricted, indeterminate, clean int32) v1alpha1.TenantCounts {
	return v1alpha1.TenantCounts{Restricted: ptr.To(restricted), Indeterminate: ptr.To(indeterminate), Clear: ptr.To(clean)}
}

func TestPlanKnowsWhenTimeAloneMakesAnother(t *testing.T) {
	in := sample.World()
	if got := planOf(in, sample.BeforeTenth).next; !got.Equal(sample.OnTenth) {
		t.Errorf("next plan at %s, want %s: the holding begins", got, sample.OnTenth)
	}
	if got := planOf(in, sample.OnTenth).next; !got.IsZero() {
		t.Errorf("next plan at %s, want never: nothing else is dated", got)
	}
	notice := metav1.NewTime(sample.BeforeTenth.Add(time.Minute))
	in.Policies[0].Spec.Enforcement.EffectiveFrom = &notice
	p := planOf(in, sample.BeforeTenth)
	if !p.next.Equal(notice.Time) {
		t.Errorf("next plan at %s, want %s: the notice period ends", p.next, notice)
	}
	if m := p.policies["no-cn"].Conditions[0].Message; !strings.Contains(m, "2026-03-09T23:01:00Z") {
		t.Errorf("the policy does not say that a notice period runs: %s", m)
	}
}

// afterwards is a Tenant with the status that is written onto it at an instant.
func afterwards(t *testing.T, before v1alpha1.Tenant, want v1alpha1.TenantStatus, at time.Time) v1alpha1.Tenant {
	t.Helper()
	written, err := json.Marshal(applyTenant(&before, want, at))
	if err != nil {
		t.Fatal(err)
	}
	after := v1alpha1.Tenant{ObjectMeta: before.ObjectMeta}
	if err := json.Unmarshal(written, &after.Status); err != nil {
		t.Fatal(err)
	}
	return after
}

func TestStatusKeepsTimesOfWhatStaysTheSame(t *testing.T) {
	in := sample.World()
	early, late := sample.BeforeTenth.Add(-time.Hour), sample.BeforeTenth
	first := afterwards(t, in.Tenants[0], planOf(in, early).tenants["lantern"], early)

	wanted := planOf(in, late).tenants["lantern"]
	if translate.DigestOf(translate.TenantReport(&wanted)) != translate.Tenant(&first).Reported {
		t.Error("nothing has changed, but status would be written again")
	}
	if diff := cmp.Diff(first, afterwards(t, first, wanted, late)); diff != "" {
		t.Errorf("nothing has changed, but (-want +got):\n%s", diff)
	}

	wanted = planOf(in, sample.OnTenth).tenants["lantern"]
	if translate.DigestOf(translate.TenantReport(&wanted)) == translate.Tenant(&first).Reported {
		t.Error("the flip goes unnoticed")
	}
	flipped := afterwards(t, first, wanted, sample.OnTenth)
	if v := flipped.Status.Verdicts[0]; v.Verdict != v1alpha1.VerdictRestricted || !v.Since.Time.Equal(sample.OnTenth) {
		t.Errorf("after the flip: %+v", v)
	}
	for _, c := range flipped.Status.Conditions {
		since := sample.OnTenth
		if c.Type == v1alpha1.ConditionReady {
			since = early
		}
		if !c.LastTransitionTime.Time.Equal(since) {
			t.Errorf("%s is %s since %s, want %s", c.Type, c.Status, c.LastTransitionTime, since)
		}
	}
}

func TestConditionsOfATenantAreThoseOfAllPolicies(t *testing.T) {
	verdict := func(of ...v1alpha1.Verdict) (all []v1alpha1.TenantVerdict) {
		for i, v := range of {
			all = append(all, v1alpha1.TenantVerdict{Policy: string(rune('a' + i)), Verdict: v})
		}
		return all
	}
	for _, tc := range []struct {
		name, reason      string
		verdicts          []v1alpha1.TenantVerdict
		clean, restricted metav1.ConditionStatus
		because           string
	}{
		{"none", "nobody has looked", nil, metav1.ConditionUnknown, metav1.ConditionUnknown, v1alpha1.ReasonNoPolicy},
		{"clear", "all say so", verdict(v1alpha1.VerdictClear, v1alpha1.VerdictClear), metav1.ConditionTrue, metav1.ConditionFalse, v1alpha1.ReasonClear},
		{"one restricted", "one is enough", verdict(v1alpha1.VerdictClear, v1alpha1.VerdictIndeterminate, v1alpha1.VerdictRestricted), metav1.ConditionFalse, metav1.ConditionTrue, v1alpha1.ReasonRestricted},
		{"one cannot tell", "it may be restricted", verdict(v1alpha1.VerdictClear, v1alpha1.VerdictIndeterminate), metav1.ConditionUnknown, metav1.ConditionUnknown, v1alpha1.ReasonIndeterminate},
	} {
		clean, restricted := tenantVerdict(tc.verdicts)
		if clean.Status != tc.clean || restricted.Status != tc.restricted || clean.Reason != tc.because || restricted.Reason != tc.because {
			t.Errorf("%s: Clear %s, Restricted %s because %s, want %s, %s, %s: %s",
				tc.name, clean.Status, restricted.Status, clean.Reason, tc.clean, tc.restricted, tc.because, tc.reason)
		}
	}
}

func TestPolicyIsNotReadyBeforeItIsAskedFor(t *testing.T) {
	in := sample.World()
	waiting := planOf(in, sample.OnTenth, "no-cn").policies["no-cn"].Conditions[0]
	if waiting.Status != metav1.ConditionFalse || waiting.Reason != v1alpha1.ReasonWebhookNotReady {
		t.Errorf("condition %s/%s, want False/%s", waiting.Status, waiting.Reason, v1alpha1.ReasonWebhookNotReady)
	}
	if asked := planOf(in, sample.OnTenth).policies["no-cn"].Conditions[0]; asked.Status != metav1.ConditionTrue {
		t.Errorf("condition %s, want True", asked.Status)
	}
}
