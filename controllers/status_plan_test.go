package controllers

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// world is a company tree: Lantern Group (CN) holds Lantern Singapore from
// 2026-03-10 on; Meridian Labs belongs to nobody who is known.
func world() inputs {
	return inputs{
		policies: []v1alpha1.TenantPolicy{matching("no-cn", nil)},
		entities: []v1alpha1.LegalEntity{
			entity("lantern-group", "CN"),
			entity("lantern-sg", "SG", v1alpha1.Interest{
				Holder: v1alpha1.PartyReference{Name: "lantern-group"}, Kind: v1alpha1.InterestShareholding,
				Share: &v1alpha1.Share{Exact: "68"}, Since: "2026-03-10",
			}),
			entity("meridian", "NL"),
		},
		tenants: []v1alpha1.Tenant{tenant("lantern", "lantern-sg", "1200.50"), tenant("meridian", "meridian", "99")},
	}
}

func entity(name, country string, interests ...v1alpha1.Interest) v1alpha1.LegalEntity {
	return v1alpha1.LegalEntity{
		ObjectMeta: metav1.ObjectMeta{Name: name, Generation: 1},
		Spec: v1alpha1.LegalEntitySpec{
			DisplayName: name, Type: v1alpha1.EntityCompany,
			Jurisdictions: &v1alpha1.EntityJurisdictions{Incorporation: v1alpha1.JurisdictionCode(country)},
			Interests:     interests,
		},
	}
}

func tenant(name, party, value string) v1alpha1.Tenant {
	return v1alpha1.Tenant{
		ObjectMeta: metav1.ObjectMeta{Name: name, Generation: 1},
		Spec: v1alpha1.TenantSpec{
			Parties:     []v1alpha1.TenantParty{{Role: v1alpha1.RoleCustomer, Entity: v1alpha1.PartyReference{Name: party}}},
			AnnualValue: &v1alpha1.Money{Amount: value, Currency: "EUR"},
		},
	}
}

var (
	beforeTenth = time.Date(2026, 3, 9, 23, 0, 0, 0, time.UTC)
	onTenth     = time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
)

func TestPlanSaysWhatEveryPolicyFindsOut(t *testing.T) {
	for _, tc := range []struct {
		name, reason string
		change       func(*inputs)
		at           time.Time
		tenants      v1alpha1.TenantCounts
		affected     []v1alpha1.Money
		verdicts     map[string]v1alpha1.Verdict
		ready        map[string]string // reasons by kind/name
	}{
		{
			name: "before", reason: "the holding has not begun", at: beforeTenth,
			tenants:  counts(0, 0, 2),
			verdicts: map[string]v1alpha1.Verdict{"lantern": v1alpha1.VerdictClear, "meridian": v1alpha1.VerdictClear},
			ready: map[string]string{"policy/no-cn": v1alpha1.ReasonCompiled, "tenant/lantern": v1alpha1.ReasonCompiled,
				"entity/lantern-sg": v1alpha1.ReasonCompiled},
		},
		{
			name: "after", reason: "time alone changes the verdict", at: onTenth,
			tenants:  counts(1, 0, 1),
			affected: []v1alpha1.Money{{Amount: "1200.50", Currency: "EUR"}},
			verdicts: map[string]v1alpha1.Verdict{"lantern": v1alpha1.VerdictRestricted, "meridian": v1alpha1.VerdictClear},
		},
		{
			name: "deleted", reason: "a party that is gone leaves a node that is not there, on all that refer to it", at: onTenth,
			change:  func(in *inputs) { in.entities = in.entities[1:] },
			tenants: counts(0, 0, 2),
			ready:   map[string]string{"tenant/lantern": v1alpha1.ReasonCompiled, "entity/lantern-sg": v1alpha1.ReasonPartyNotFound},
		},
		{
			name: "deleted party", reason: "the same for a tenant's own party; not knowing is an answer of its own", at: onTenth,
			change:   func(in *inputs) { in.entities = in.entities[:2] },
			tenants:  counts(1, 1, 0),
			affected: []v1alpha1.Money{{Amount: "1200.50", Currency: "EUR"}},
			verdicts: map[string]v1alpha1.Verdict{"meridian": v1alpha1.VerdictIndeterminate},
			ready:    map[string]string{"tenant/meridian": v1alpha1.ReasonPartyNotFound},
		},
		{
			name: "ended", reason: "an interest that has ended refers to nobody", at: onTenth,
			change: func(in *inputs) {
				in.entities = in.entities[1:]
				in.entities[0].Spec.Interests[0].Since, in.entities[0].Spec.Interests[0].Until = "2026-01-01", "2026-03-10"
			},
			tenants: counts(0, 0, 2),
			ready:   map[string]string{"entity/lantern-sg": v1alpha1.ReasonCompiled},
		},
		{
			name: "contradiction", reason: "more than 100 % is a data problem, and evaluation goes on", at: onTenth,
			change: func(in *inputs) {
				in.entities[1].Spec.Interests = append(in.entities[1].Spec.Interests, v1alpha1.Interest{
					Holder: v1alpha1.PartyReference{Name: "meridian"}, Kind: v1alpha1.InterestShareholding,
					Share: &v1alpha1.Share{Exact: "60"}, Since: "2026-03-10",
				})
			},
			tenants:  counts(1, 0, 1),
			affected: []v1alpha1.Money{{Amount: "1200.50", Currency: "EUR"}},
			ready:    map[string]string{"entity/lantern-sg": v1alpha1.ReasonDataProblem},
		},
		{
			name: "invalid", reason: "an invalid policy knows nothing, and says so", at: onTenth,
			change:  func(in *inputs) { in.policies[0].Spec.Jurisdictions.Blocked = []v1alpha1.JurisdictionCode{"QQ"} },
			tenants: counts(0, 2, 0),
			ready:   map[string]string{"policy/no-cn": v1alpha1.ReasonInvalid},
		},
		{
			name: "selected", reason: "a policy counts the tenants that it is about", at: onTenth,
			change: func(in *inputs) {
				in.policies[0].Spec.TenantSelector = labelled("tier", "paid")
				in.tenants[1].Labels = map[string]string{"tier": "paid"}
			},
			tenants:  counts(0, 0, 1),
			verdicts: map[string]v1alpha1.Verdict{"meridian": v1alpha1.VerdictClear, "lantern": ""},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := world()
			if tc.change != nil {
				tc.change(&in)
			}
			p := newPlan(in.compile(), tc.at)
			if diff := cmp.Diff(tc.tenants, p.policies["no-cn"].tenants); diff != "" {
				t.Errorf("tenants: %s (-want +got):\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.affected, p.policies["no-cn"].affected); diff != "" {
				t.Errorf("annual value: %s (-want +got):\n%s", tc.reason, diff)
			}
			for name, want := range tc.verdicts {
				var got v1alpha1.Verdict
				if v := findVerdict(p.tenants[name].verdicts, "no-cn"); v != nil {
					got = v.Verdict
				}
				if got != want {
					t.Errorf("tenant %s: verdict %q, want %q: %s", name, got, want, tc.reason)
				}
			}
			for object, want := range tc.ready {
				kind, name, _ := strings.Cut(object, "/")
				got := map[string]readiness{"policy": p.policies[name].ready, "tenant": p.tenants[name].ready, "entity": p.entities[name].ready}[kind]
				if got.reason != want {
					t.Errorf("%s: reason %q (%s), want %q: %s", object, got.reason, got.message, want, tc.reason)
				}
			}
		})
	}
}

func counts(restricted, indeterminate, clean int32) v1alpha1.TenantCounts {
	return v1alpha1.TenantCounts{Restricted: ptr.To(restricted), Indeterminate: ptr.To(indeterminate), Clear: ptr.To(clean)}
}

func TestPlanKnowsWhenTimeAloneMakesAnother(t *testing.T) {
	in := world()
	if got := newPlan(in.compile(), beforeTenth).next; !got.Equal(onTenth) {
		t.Errorf("next plan at %s, want %s: the holding begins", got, onTenth)
	}
	if got := newPlan(in.compile(), onTenth).next; !got.IsZero() {
		t.Errorf("next plan at %s, want never: nothing else is dated", got)
	}
	notice := metav1.NewTime(beforeTenth.Add(time.Minute))
	in.policies[0].Spec.Enforcement.EffectiveFrom = &notice
	p := newPlan(in.compile(), beforeTenth)
	if !p.next.Equal(notice.Time) {
		t.Errorf("next plan at %s, want %s: the notice period ends", p.next, notice)
	}
	if m := p.policies["no-cn"].ready.message; !strings.Contains(m, "2026-03-09T23:01:00Z") {
		t.Errorf("the policy does not say that a notice period runs: %s", m)
	}
}

func TestStatusKeepsTimesOfWhatStaysTheSame(t *testing.T) {
	in := world()
	early, late := beforeTenth.Add(-time.Hour), beforeTenth
	first := newPlan(in.compile(), early).tenants["lantern"].status(&v1alpha1.TenantStatus{}, early)

	same := newPlan(in.compile(), late).tenants["lantern"].status(&first, late)
	if diff := cmp.Diff(first, same); diff != "" || !sameTenantStatus(&first, &same) {
		t.Errorf("nothing has changed, but (-want +got):\n%s", diff)
	}

	flipped := newPlan(in.compile(), onTenth).tenants["lantern"].status(&first, onTenth)
	want := first
	want.Verdicts = []v1alpha1.TenantVerdict{{Policy: "no-cn", Verdict: v1alpha1.VerdictRestricted, Action: v1alpha1.ActionDeny, Since: metav1.NewTime(onTenth)}}
	if diff := cmp.Diff(want, flipped, cmpopts.IgnoreFields(v1alpha1.TenantVerdict{}, "Reason", "Path")); diff != "" {
		t.Errorf("after the flip (-want +got):\n%s", diff)
	}
	if sameTenantStatus(&first, &flipped) {
		t.Error("the flip goes unnoticed")
	}
}

func TestPolicyIsNotReadyBeforeItIsAskedFor(t *testing.T) {
	p := newPlan(world().compile(), onTenth).policies["no-cn"]
	waiting := p.status(&v1alpha1.TenantPolicyStatus{}, false, onTenth)
	if c := waiting.Conditions[0]; c.Status != metav1.ConditionFalse || c.Reason != v1alpha1.ReasonWebhookNotReady {
		t.Errorf("condition %s/%s, want False/%s", c.Status, c.Reason, v1alpha1.ReasonWebhookNotReady)
	}
	later := onTenth.Add(time.Second)
	if c := p.status(&waiting, true, later).Conditions[0]; c.Status != metav1.ConditionTrue || !c.LastTransitionTime.Time.Equal(later) {
		t.Errorf("condition %s since %s, want True since %s", c.Status, c.LastTransitionTime, later)
	}
}

func TestShortenedCutsWholeCharacters(t *testing.T) {
	long := strings.Repeat("株", 1000)
	for limit := 4; limit < 12; limit++ {
		if got := shortened(long, limit); len(got) > limit || !utf8.ValidString(got) || !strings.HasSuffix(got, "…") {
			t.Errorf("shortened to %d: %q", limit, got)
		}
	}
	if got := shortened("68 %", 4); got != "68 %" {
		t.Errorf("shortened what fits: %q", got)
	}
}
