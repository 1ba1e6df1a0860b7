package api

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/discovery"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	domicilev1alpha1 "github.com/domicile-dev/domicile/api/v1alpha1"
)

// TestKubectlNames: what one types after `kubectl get`. The category lists all
// of Domicile's kinds with `kubectl get domicile`.
func TestKubectlNames(t *testing.T) {
	d, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	list, err := d.ServerResourcesForGroupVersion(domicilev1alpha1.GroupVersion.String())
	if err != nil {
		t.Fatal(err)
	}
	type names struct {
		Plural, Singular, Kind string
		Short, Categories      []string
		Namespaced             bool
	}
	got := map[string]names{}
	for _, r := range list.APIResources {
		got[r.Name] = names{r.Name, r.SingularName, r.Kind, r.ShortNames, r.Categories, r.Namespaced}
	}
	category := []string{"domicile"}
	want := map[string]names{
		"tenantpolicies":        {"tenantpolicies", "tenantpolicy", "TenantPolicy", []string{"tpol"}, category, false},
		"tenants":               {"tenants", "tenant", "Tenant", []string{"ten"}, category, false},
		"legalentities":         {"legalentities", "legalentity", "LegalEntity", []string{"le"}, category, false},
		"ownershipregisters":    {"ownershipregisters", "ownershipregister", "OwnershipRegister", []string{"oreg"}, category, false},
		"tenantpolicies/status": {Plural: "tenantpolicies/status", Kind: "TenantPolicy"},
		"tenants/status":        {Plural: "tenants/status", Kind: "Tenant"},
		"legalentities/status":  {Plural: "legalentities/status", Kind: "LegalEntity"},

		"ownershipregisters/status": {Plural: "ownershipregisters/status", Kind: "OwnershipRegister"},

		"accesspoints":            {"accesspoints", "accesspoint", "AccessPoint", []string{"acp"}, category, false},
		"accesspoints/status":     {Plural: "accesspoints/status", Kind: "AccessPoint"},
		"tenantexemptions":        {"tenantexemptions", "tenantexemption", "TenantExemption", []string{"tex"}, category, false},
		"tenantexemptions/status": {Plural: "tenantexemptions/status", Kind: "TenantExemption"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("resources of the group (-want +got):\n%s", diff)
	}
}

// TestKubectlColumns: what `kubectl get -o wide` prints of an object that the
// controllers have seen. Age is left out: it depends on the clock.
func TestKubectlColumns(t *testing.T) {
	day := metav1.Now().Rfc3339Copy()
	conditions := []metav1.Condition{{
		Type: domicilev1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: domicilev1alpha1.ReasonCompiled, LastTransitionTime: day,
	}}
	count := func(n int32) *int32 { return &n }
	verdict := func(policy string, v domicilev1alpha1.Verdict, path string) domicilev1alpha1.TenantVerdict {
		return domicilev1alpha1.TenantVerdict{Policy: policy, Verdict: v, Reason: "R", Path: path, Since: day, Action: domicilev1alpha1.ActionDeny}
	}
	for _, tc := range []struct {
		resource string
		manifest string
		seen     client.Object // with the status that the controllers write
		want     map[string]any
	}{{
		resource: "tenantpolicies",
		manifest: `{apiVersion: domicile.dev/v1alpha1, kind: TenantPolicy, metadata: {name: columns},
          spec: {jurisdictions: {blocked: [CN]}, enforcement: {effectiveFrom: "2027-01-01T00:00:00Z"}}}`,
		seen: &domicilev1alpha1.TenantPolicy{Status: domicilev1alpha1.TenantPolicyStatus{
			Conditions: conditions,
			Tenants:    &domicilev1alpha1.TenantCounts{Restricted: count(1), Indeterminate: count(0), Clear: count(12)},
			Affected:   &domicilev1alpha1.AffectedCounts{Workloads: count(5), APIKeys: count(2), GPUs: ptr.To[int64](64)},
			Suspended:  &domicilev1alpha1.SuspendedCounts{Workloads: count(4)},
			NextChange: &domicilev1alpha1.PolicyChange{At: day, Cause: domicilev1alpha1.ChangeNoticePeriodEnds},
		}},
		want: map[string]any{
			"Name": "columns", "Action": "Deny", "Effective From": "2027-01-01T00:00:00Z",
			"Restricted": 1.0, "Indeterminate": 0.0, "Clear": 12.0, "Ready": "True", "Reason": "Compiled",
			"Workloads": 5.0, "API Keys": 2.0, "GPUs": 64.0, "Suspended": 4.0, "Next Change": day.UTC().Format(time.RFC3339),
		},
	}, {
		resource: "tenants",
		manifest: `{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: columns},
          spec: {displayName: Lantern Singapore, parties: [{role: Customer, entity: {name: a}}]}}`,
		seen: &domicilev1alpha1.Tenant{Status: domicilev1alpha1.TenantStatus{
			Conditions: conditions,
			Verdicts: []domicilev1alpha1.TenantVerdict{
				// A column has room for one value: the controllers write the gravest first.
				verdict("b", domicilev1alpha1.VerdictRestricted, "held from CN"),
				verdict("a", domicilev1alpha1.VerdictClear, ""),
			},
		}},
		want: map[string]any{
			"Name": "columns", "Display Name": "Lantern Singapore", "Verdict": "Restricted", "Policy": "b", "Action": "Deny",
			"Ready": "True", "Path": "held from CN", "Next Change": nil,
		},
	}, {
		resource: "tenantexemptions",
		manifest: `{apiVersion: domicile.dev/v1alpha1, kind: TenantExemption, metadata: {name: columns},
          spec: {tenantRef: {name: a}, policyRef: {name: b}, reason: licensed, reference: L-1, approvedBy: Legal, expiresAt: "2027-01-01T00:00:00Z"}}`,
		seen: &domicilev1alpha1.TenantExemption{Status: domicilev1alpha1.TenantExemptionStatus{Conditions: conditions}},
		want: map[string]any{
			"Name": "columns", "Tenant": "a", "Policy": "b", "Expires At": "2027-01-01T00:00:00Z",
			"Ready": "True", "Reason": "Compiled", "Reference": "L-1", "Approved By": "Legal",
		},
	}, {
		resource: "accesspoints",
		manifest: `{apiVersion: domicile.dev/v1alpha1, kind: AccessPoint, metadata: {name: columns}, spec: {identify: [{apiKey: {}}], response: OpenAI}}`,
		seen:     &domicilev1alpha1.AccessPoint{Status: domicilev1alpha1.AccessPointStatus{Conditions: conditions}},
		want:     map[string]any{"Name": "columns", "Response": "OpenAI", "Ready": "True", "Reason": "Compiled"},
	}, {
		resource: "legalentities",
		manifest: `{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: columns},
          spec: {displayName: Lantern Group, type: Company, jurisdictions: {headquarters: CN, incorporation: HK}}}`,
		seen: &domicilev1alpha1.LegalEntity{Status: domicilev1alpha1.LegalEntityStatus{Conditions: conditions}},
		want: map[string]any{
			"Name": "columns", "Type": "Company", "Incorporation": "HK", "Headquarters": "CN", "Ready": "True", "Display Name": "Lantern Group",
		},
	}, {
		resource: "ownershipregisters",
		manifest: `{apiVersion: domicile.dev/v1alpha1, kind: OwnershipRegister, metadata: {name: columns},
          spec: {format: GLEIF, source: {file: {paths: [gleif/lei2.csv.zip]}}}}`,
		seen: &domicilev1alpha1.OwnershipRegister{Status: domicilev1alpha1.OwnershipRegisterStatus{
			Conditions: []metav1.Condition{{
				Type: domicilev1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: domicilev1alpha1.ReasonFetchFailed, LastTransitionTime: day,
			}},
			Entities: ptr.To[int64](3), Interests: ptr.To[int64](2), Refused: ptr.To[int64](1), Revision: "0123456789ab",
		}},
		want: map[string]any{
			"Name": "columns", "Format": "GLEIF", "Entities": 3.0, "Interests": 2.0, "Refused": 1.0,
			"Ready": "False", "Reason": "FetchFailed", "Last Success": nil, "Revision": "0123456789ab", "Next Refresh": nil,
		},
	}} {
		t.Run(tc.resource, func(t *testing.T) {
			ctx := t.Context()
			created := decode(t, []byte(tc.manifest))
			create(t, created)
			unmarshal(t, tc.manifest, tc.seen)
			tc.seen.SetResourceVersion(created.GetResourceVersion())
			if err := server.Status().Update(ctx, tc.seen); err != nil {
				t.Fatal(err)
			}
			got := columns(t, tc.resource, "columns")
			delete(got, "Age")
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
		})
	}
}

// columns asks for an object as kubectl does, as a table, and gives its only
// row.
func columns(t *testing.T, resource, name string) map[string]any {
	t.Helper()
	d, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := d.RESTClient().Get().
		AbsPath("apis", domicilev1alpha1.Group, domicilev1alpha1.GroupVersion.Version, resource, name).
		Param("includeObject", "None").
		SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").
		Do(t.Context()).Raw()
	if err != nil {
		t.Fatal(err)
	}
	table := metav1.Table{}
	if err := json.Unmarshal(answer, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Rows) != 1 {
		t.Fatalf("%d rows, want 1", len(table.Rows))
	}
	row := map[string]any{}
	for i, column := range table.ColumnDefinitions {
		row[column.Name] = table.Rows[0].Cells[i]
	}
	return row
}
