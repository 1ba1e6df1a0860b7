package translate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

func policyFrom(t *testing.T, spec string) *v1alpha1.TenantPolicy {
	t.Helper()
	p := &v1alpha1.TenantPolicy{ObjectMeta: metav1.ObjectMeta{Name: "blocked"}}
	if err := yaml.UnmarshalStrict([]byte(spec), &p.Spec); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	got, errs := compilePolicy(policyFrom(t, `
jurisdictions: {blocked: [CN, UA-43], supported: [UA], basis: [Headquarters]}
ownership:
  threshold: "33.3333333"
  comparison: AtLeast
  aggregation: SameJurisdiction
  interests: [VotingRights]
  controlByOtherMeans: Ignored
  undisclosed: CountsAsPossible
  jointHoldings: EachHoldsAll
roles: [Reseller]
tenantSelector: {matchLabels: {tier: export}}
enforcement:
  restricted: Audit
  indeterminate: Deny
  unidentified: Warn
  effectiveFrom: "2026-09-01T00:00:00Z"
  beforeEffective: Allow
`))
	if len(errs) > 0 || got.Invalid != "" {
		t.Fatalf("%v, Invalid %q", errs, got.Invalid)
	}
	wantRule := ownership.Rule{
		Threshold: 333_333_333, Comparison: ownership.AtLeast, Aggregation: ownership.SameJurisdiction,
		VotingRights: true, UndisclosedPossible: true, EachHoldsAll: true,
	}
	if diff := cmp.Diff(wantRule, got.Rule); diff != "" {
		t.Errorf("rule (-want +got):\n%s", diff)
	}
	wantActions := [4]residency.Action{residency.Audit, residency.Deny, residency.Warn, residency.Allow}
	if diff := cmp.Diff(wantActions, [4]residency.Action{got.Restricted, got.Indeterminate, got.Unidentified, got.BeforeEffective}); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	if want := time.Date(2026, time.September, 1, 0, 0, 0, 0, time.UTC); !got.EffectiveFrom.Equal(want) {
		t.Errorf("effective from %s, want %s", got.EffectiveFrom, want)
	}
	if got.Bases != [4]bool{true} || got.Roles != [4]bool{false, true} {
		t.Errorf("bases %v, roles %v", got.Bases, got.Roles)
	}
	for code, blocked := range map[jurisdiction.Code]bool{"CN": true, "UA": false, "UA-43": true, "SG": true} {
		if got.Jurisdictions.Blocks(code) != blocked {
			t.Errorf("Blocks(%s) = %t", code, !blocked)
		}
	}
	if !got.SelectsTenant(map[string]string{"tier": "export"}) || got.SelectsTenant(nil) {
		t.Error("the tenantSelector does not select what it should")
	}
}

func TestPolicyRefusals(t *testing.T) {
	t.Parallel()
	const blocked = "jurisdictions: {blocked: [CN]}\n"
	condition := func(expression string) string {
		return blocked + "match:\n  matchConditions:\n  - name: c\n    expression: '" + expression + "'"
	}
	for _, row := range []struct {
		reason, spec string
		want         []string // in the errors, one by one
	}{
		{"a policy must block something", "jurisdictions: {}", []string{"spec.jurisdictions: Required value: at least one of blocked and supported"}},
		{"an unknown code", "jurisdictions: {blocked: [CN, QQ]}", []string{`spec.jurisdictions.blocked[1]: Invalid value: "QQ"`}},
		{
			"one code by two names", "jurisdictions: {blocked: [CN-HK], supported: [SG, HK]}",
			[]string{`spec.jurisdictions.supported[1]: Invalid value: "HK": HK is also blocked, by spec.jurisdictions.blocked[0]`},
		},
		{"an unknown basis", "jurisdictions: {blocked: [CN], basis: [Birthplace]}", []string{`spec.jurisdictions.basis[0]: Unsupported value: "Birthplace": supported values: "Headquarters"`}},
		{"a threshold that is no number", blocked + `ownership: {threshold: "half"}`, []string{`spec.ownership.threshold: Invalid value: "half"`}},
		{"a threshold that would be rounded", blocked + `ownership: {threshold: "50.00000001"}`, []string{"spec.ownership.threshold", "at most seven decimals"}},
		{"a threshold that nothing exceeds", blocked + `ownership: {threshold: "100.000"}`, []string{"nothing is more than 100 %"}},
		{"a threshold that everything reaches", blocked + `ownership: {threshold: "0.0", comparison: AtLeast}`, []string{"everything is at least 0 %"}},
		{"control has no share to add up", blocked + `ownership: {interests: [Control]}`, []string{`spec.ownership.interests[0]: Unsupported value: "Control"`}},
		{"an unknown aggregation", blocked + `ownership: {aggregation: Some}`, []string{"spec.ownership.aggregation: Unsupported value"}},
		{"an unknown method", blocked + `ownership: {method: Guess}`, []string{"spec.ownership.method: Unsupported value"}},
		{"an unknown rule for joint holdings", blocked + `ownership: {jointHoldings: Shared}`, []string{`spec.ownership.jointHoldings: Unsupported value: "Shared": supported values: "AsDeclared", "EachHoldsAll"`}},
		{"an unknown role", blocked + "roles: [Customer, Friend]", []string{`spec.roles[1]: Unsupported value: "Friend"`}},
		{"a bad selector", blocked + "tenantSelector: {matchExpressions: [{key: a, operator: Near}]}", []string{"spec.tenantSelector.matchExpressions[0].operator"}},
		{"a bad namespaceSelector", blocked + "match: {namespaceSelector: {matchLabels: {a b: c}}}", []string{"spec.match.namespaceSelector.matchLabels"}},
		{"unidentified everywhere", blocked + "enforcement: {unidentified: Deny}", []string{"spec.enforcement.unidentified", "spec.match.namespaceSelector"}},
		{"a notice period without an end", blocked + "enforcement: {beforeEffective: Warn}", []string{"spec.enforcement.beforeEffective", "needs effectiveFrom"}},
		{"an unknown action", blocked + "enforcement: {restricted: Shout}", []string{`spec.enforcement.restricted: Unsupported value: "Shout"`}},
		{"an unknown action on what runs", blocked + "enforcement: {existing: Delete}", []string{`spec.enforcement.existing: Unsupported value: "Delete": supported values: "Report", "Suspend"`}},
		{"suspended, and created again", blocked + "enforcement: {existing: Suspend, restricted: Warn}", []string{"spec.enforcement.existing", "needs restricted: Deny"}},
		{"a confirmation of nothing", blocked + "enforcement: {maxSuspendedTenants: 3}", []string{"spec.enforcement.maxSuspendedTenants", "needs existing: Suspend"}},
		{"a wildcard", blocked + `match: {resources: [{apiGroups: ["*"], resources: ["*"]}]}`, []string{"spec.match.resources[0].apiGroups[0]", "spec.match.resources[0].resources[0]", "wildcards are not allowed"}},
		{"all Secrets", blocked + `match: {resources: [{apiGroups: [""], resources: [secrets]}]}`, []string{"spec.match.resources[0].resources[0]", "spec.match.apiKeys"}},
		{"what schedules pods", blocked + `match: {resources: [{apiGroups: [""], resources: [pods/binding]}]}`, []string{"would stop the scheduling"}},
		{"a status", blocked + `match: {resources: [{apiGroups: [apps], resources: [deployments/status]}]}`, []string{"never covered"}},
		{"Domicile's own kinds", blocked + `match: {resources: [{apiGroups: [domicile.dev], resources: [tenants]}]}`, []string{"does not judge Domicile's own kinds"}},
		{"a data key that no Secret can have", blocked + "match: {apiKeys: [\"a/b\"]}", []string{"spec.match.apiKeys[0]"}},
		{"an expression that does not compile", condition("object.metadata.name =="), []string{"spec.match.matchConditions[0].expression", "does not compile"}},
		{"a field that a request does not have", condition("request.usr == 1"), []string{"does not compile", "undefined field"}},
		{"a variable that there is not", condition("authorizer.group(request.kind.group) != null"), []string{"does not compile"}},
		{"an expression that is no condition", condition("object.metadata.name"), []string{"must evaluate to bool"}},
		{"an expression that is too long", condition(strings.Repeat("true && ", 600) + "true"), []string{"at most 4096 bytes"}},
		{"two conditions of one name", condition("true") + "\n  - name: c\n    expression: 'true'", []string{"spec.match.matchConditions[1].name: Duplicate value"}},
	} {
		p, errs := compilePolicy(policyFrom(t, row.spec))
		if p == nil || p.Invalid == "" || len(p.Invalid) > 600 {
			t.Errorf("%s: the policy must be there, and say that it is invalid: %+v", row.reason, p)
			continue
		}
		text := errs.ToAggregate().Error()
		for _, want := range row.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q does not say %q", row.reason, text, want)
			}
		}
	}
}

func TestInvalidPolicyStillCovers(t *testing.T) {
	t.Parallel()
	p, errs := compilePolicy(policyFrom(t, `
jurisdictions: {blocked: [QQ]}
match:
  namespaceSelector: {matchExpressions: [{key: a, operator: Near}]}
  matchConditions: [{name: c, expression: "=="}]
`))
	if len(errs) != 3 {
		t.Fatalf("%d errors, want 3: %v", len(errs), errs)
	}
	covered, err := p.Covers(&residency.Object{Group: "apps", Version: "v1", Resource: "deployments"})
	if !covered || err != nil {
		t.Errorf("Covers = %t, %v: what cannot be read must select everything", covered, err)
	}
	if p.Indeterminate != residency.Warn {
		t.Errorf("Indeterminate is %s, want what the policy says or its default", p.Indeterminate)
	}
}
