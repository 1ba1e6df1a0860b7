package integration

import (
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/suite"
)

// tenantFrom is a tenant with one party, run from some place. Each test of a
// policy has a place of its own.
func tenantFrom(name, place string) string {
	return fmt.Sprintf(`apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: %[1]s}
spec: {displayName: %[1]s Ltd., type: Company, jurisdictions: {headquarters: %[2]s}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: %[1]s, labels: {tenant: %[1]s}}
spec: {parties: [{role: Customer, entity: {name: %[1]s}}], namespaces: {names: [shared]}}`, name, place)
}

// policy is a TenantPolicy that blocks a place.
func policy(name, place, more string) string {
	return fmt.Sprintf(`{apiVersion: domicile.dev/v1alpha1, kind: TenantPolicy, metadata: {name: %s}, spec: {jurisdictions: {blocked: [%s]}, %s}}`, name, place, more)
}

func TestWhatAPolicyDoesWithAVerdict(t *testing.T) {
	w := theWorld(t)
	w.declares(t, tenantFrom("cedar", "SY"))
	for _, tc := range []struct {
		reason, enforcement, tenant string
		refused                     bool
		warning                     string
		action                      string
	}{
		{"restricted is denied by default", ``, "cedar", true, "", "Deny"},
		{"restricted: Warn", `restricted: Warn`, "cedar", false, "policy acts: cedar Ltd. has its headquarters in SY", "Warn"},
		{"restricted: Audit", `restricted: Audit`, "cedar", false, "", "Audit"},
		{"restricted: Allow", `restricted: Allow`, "cedar", false, "", "Allow"},
		{"indeterminate is warned of by default", ``, "murky", false, "policy acts: nothing is known", "Warn"},
		{"indeterminate: Deny", `indeterminate: Deny`, "murky", true, "", "Deny"},
		{"unidentified is audited by default", ``, "", false, "", "Audit"},
		{"unidentified: Warn", `unidentified: Warn`, "", false, "policy acts: nothing says", "Warn"},
		{"clear is allowed", ``, "meridian", false, "", "Allow"},
		{"a notice period warns", `effectiveFrom: "2126-01-01T00:00:00Z"`, "cedar", false, "from 2126-01-01T00:00:00Z policy acts does not admit tenant cedar", "Warn"},
		{"a notice period may be milder", `effectiveFrom: "2126-01-01T00:00:00Z", beforeEffective: Audit`, "cedar", false, "", "Audit"},
		{"a notice period that is over is none", `effectiveFrom: "2026-01-01T00:00:00Z"`, "cedar", true, "", "Deny"},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			p := object("%s", policy("acts", "SY", "enforcement: {"+tc.enforcement+"}"))
			if err := w.admin.Create(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := w.admin.Delete(t.Context(), p); err != nil {
					t.Error(err)
				}
			}()
			namespace := "shared"
			if tc.tenant == "" {
				namespace = "unbound" // In a tenant's, it would be refused.
			}
			probe := pod(namespace, "acts", tc.tenant)
			suite.Eventually(t, patience, "policy acts to do "+tc.action, func(ctx ctx) (bool, error) {
				w.admin.Warned()
				err := w.admin.Create(ctx, probe.DeepCopy(), client.DryRunAll)
				told := strings.Join(w.admin.Warned(), "\n")
				if (err != nil) != tc.refused {
					return false, err
				}
				if tc.refused {
					return mirrored(err) || strings.Contains(err.Error(), "policy acts does not admit"), err
				}
				return strings.Contains(told, tc.warning) && (tc.warning != "" || !strings.Contains(told, "policy acts")), fmt.Errorf("warnings: %s", told)
			})
			w.audits(t, probe, "acts/", "/"+tc.action)
		})
	}
}

func TestWhichObjectsAPolicyCovers(t *testing.T) {
	w := theWorld(t)
	w.declares(t, tenantFrom("juniper", "IR"))
	labelled := func(labels string) *unstructured.Unstructured {
		return object(`{apiVersion: v1, kind: Pod, metadata: {name: covered, namespace: shared, labels: {%s}, %s}, spec: {%s}}`, labels, claim("juniper"), container)
	}
	for _, tc := range []struct {
		reason, more  string
		covered, free *unstructured.Unstructured
	}{
		{"namespaceSelector", `match: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shared}}}`, pod("shared", "a", "juniper"), pod("unbound", "a", "")},
		{"objectSelector", `match: {objectSelector: {matchLabels: {tier: gpu}}}`, labelled("tier: gpu"), labelled("tier: cpu")},
		{"matchConditions", `match: {matchConditions: [{name: gpu, expression: "has(object.metadata.labels) && 'gpu' in object.metadata.labels"}]}`, labelled("gpu: yes-please"), labelled("cpu: yes-please")},
		{"a condition that fails counts as true", `match: {matchConditions: [{name: fails, expression: "object.metadata.labels['gpu'] == 'a'"}]}`, pod("shared", "a", "juniper"), labelled("gpu: b")},
		{"tenantSelector", `tenantSelector: {matchLabels: {tenant: juniper}}`, pod("shared", "a", "juniper"), pod("unbound", "a", "")},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			p := object("%s", policy("covers", "IR", tc.more))
			if err := w.admin.Create(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := w.admin.Delete(t.Context(), p); err != nil {
					t.Error(err)
				}
			}()
			w.refuses(t, tc.covered, "RestrictedJurisdiction")
			// The refusal may have been one by the row before, whose policy has this name.
			suite.Eventually(t, patience, "what is not covered to be admitted", func(ctx ctx) (bool, error) {
				err := w.admin.Create(ctx, tc.free.DeepCopy(), client.DryRunAll)
				return err == nil, err
			})
		})
	}
}

func TestUnidentifiedIsDeniedOnlyWhereAPolicySaysWhere(t *testing.T) {
	w := theWorld(t)
	err := w.admin.Create(t.Context(), object("%s", policy("strict", "IR", `enforcement: {unidentified: Deny}`)))
	if err == nil || !strings.Contains(err.Error(), "match.namespaceSelector") {
		t.Errorf("without saying where: %v", err)
	}
	w.declares(t, policy("strict", "IR", `match: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: unbound}}}, enforcement: {unidentified: Deny}`))
	w.refuses(t, pod("unbound", "a", ""), "NoTenant")
	if err := w.admin.Create(t.Context(), pod("default", "a", ""), client.DryRunAll); err != nil {
		t.Errorf("elsewhere: %v", err)
	}
}

func TestAllPoliciesRunAndTheStrictestActionWins(t *testing.T) {
	w := theWorld(t)
	w.declares(t, tenantFrom("rowan", "CU"))
	w.declares(t, policy("first", "CU", ""))
	w.declares(t, policy("second", "CU", ""))
	w.declares(t, policy("gentle", "CU", "enforcement: {restricted: Warn}"))
	probe := pod("shared", "rowan", "rowan")
	suite.Eventually(t, patience, "all three policies to speak", func(ctx ctx) (bool, error) {
		w.admin.Warned()
		err := w.admin.Create(ctx, probe.DeepCopy(), client.DryRunAll)
		told := strings.Join(w.admin.Warned(), "\n")
		return mirrored(err) || reasons(err) == "RestrictedJurisdiction RestrictedJurisdiction" &&
			strings.Contains(err.Error(), "policy first does not admit") && strings.Contains(err.Error(), "policy second does not admit") &&
			strings.Contains(told, "policy gentle:"), fmt.Errorf("%w; warnings: %s", err, told)
	})
}
