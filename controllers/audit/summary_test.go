package audit

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/scan"
)

// thing is an object that a scan came across.
func thing(resource, name, maker string, gpus int64, decisions ...residency.Decision) *scan.Found {
	u := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": resource}}
	u.SetName(name)
	u.SetUID(types.UID(name))
	if resource != "namespaces" {
		u.SetNamespace("ns")
	}
	group := ""
	if resource == "deployments" || resource == "replicasets" {
		group = "apps"
	}
	o := &residency.Object{Group: group, Resource: resource, Name: name}
	o.Claims.Tenants = []residency.Claim{{Tenant: "t"}}
	return &scan.Found{
		Resource: schema.GroupVersionResource{Group: group, Version: "v1", Resource: resource},
		Content:  u, Object: o, Tenant: "t", Decisions: decisions, Maker: types.UID(maker), GPUs: gpus,
	}
}

func decision(policy, tenant string, v residency.Verdict, a residency.Action) residency.Decision {
	return residency.Decision{Policy: policy, Tenant: tenant, Verdict: v, Reason: residency.RestrictedOwner, Action: a}
}

func TestCollection(t *testing.T) {
	deny := decision("p", "t", residency.Restricted, residency.Deny)
	audited := decision("p", "t", residency.Restricted, residency.Audit)
	exempted := decision("p", "t", residency.Restricted, residency.Allow)
	unclear := decision("p", "t", residency.Indeterminate, residency.Audit)
	nobodys := decision("p", "", residency.Unidentified, residency.Audit)
	fine := decision("p", "t", residency.Clear, residency.Allow)
	other := decision("q", "t", residency.Restricted, residency.Warn)
	noticed := residency.Decision{Policy: "p", Tenant: "t", Verdict: residency.Restricted, Action: residency.Warn, EffectiveFrom: noon, Then: residency.Deny}
	foreign := residency.Decision{Tenant: "t", Reason: residency.ForeignAPIKey, Action: residency.Deny}
	for _, tc := range []struct {
		name, reason string
		found        []*scan.Found
		rows         []string
		affected     map[string]counts
	}{
		{"nothing", "clear objects are no business of the audit", []*scan.Found{thing("pods", "a", "", 1, fine)}, nil, map[string]counts{}},
		{"nobody's", "a policy that only audits them asks for no report", []*scan.Found{thing("pods", "a", "", 1, nobodys)}, nil, map[string]counts{}},
		{"deny", "the plain case", []*scan.Found{thing("pods", "a", "", 2, deny)}, []string{"a p fail 0"}, map[string]counts{"p": {workloads: 1, gpus: 2}}},
		{"audit", "an impact before anything is enforced", []*scan.Found{thing("pods", "a", "", 2, audited)}, []string{"a p warn 0"}, map[string]counts{"p": {workloads: 1, gpus: 2}}},
		{"indeterminate", "not knowing is told, and counts as no impact", []*scan.Found{thing("pods", "a", "", 2, unclear)}, []string{"a p warn 0"}, map[string]counts{}},
		{"exempted", "counted, and no violation", []*scan.Found{thing("pods", "a", "", 2, exempted)}, nil, map[string]counts{"p": {workloads: 1, gpus: 2}}},
		{"notice", "what it will be counts", []*scan.Found{thing("pods", "a", "", 0, noticed)}, []string{"a p fail 0"}, map[string]counts{"p": {workloads: 1}}},
		{"made", "a part of what made it, but for its accelerators", []*scan.Found{
			thing("deployments", "a", "", 0, deny), thing("replicasets", "b", "a", 0, deny), thing("pods", "c", "b", 1, deny), thing("pods", "d", "b", 1, deny),
		}, []string{"a p fail 3"}, map[string]counts{"p": {workloads: 1, gpus: 2}}},
		{"made by what is fine", "its own violation", []*scan.Found{
			thing("deployments", "a", "", 0, fine), thing("pods", "c", "a", 1, deny),
		}, []string{"c p fail 0"}, map[string]counts{"p": {workloads: 1, gpus: 1}}},
		{"made with a violation of its own", "told besides", []*scan.Found{
			thing("deployments", "a", "", 0, deny), thing("pods", "c", "a", 0, foreign, deny),
		}, []string{"a p fail 1", "c identity fail 0"}, map[string]counts{"p": {workloads: 1}}},
		{"two policies", "each tells its own", []*scan.Found{
			thing("deployments", "a", "", 0, deny), thing("pods", "c", "a", 0, deny, other),
		}, []string{"a p fail 1", "c q warn 0"}, map[string]counts{"p": {workloads: 1}, "q": {workloads: 1}}},
		{"key", "a Secret is no workload", []*scan.Found{thing("secrets", "a", "", 0, deny)}, []string{"a p fail 0"}, map[string]counts{"p": {apiKeys: 1}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCollection()
			for _, f := range tc.found {
				c.add(f)
			}
			s := c.in("ns")
			var rows []string
			for _, f := range s.findings.first {
				rows = append(rows, fmt.Sprint(f.object.Name, " ", f.policy, " ", f.result, " ", f.children))
			}
			if diff := cmp.Diff(tc.rows, rows); diff != "" {
				t.Errorf("%s: %s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.affected, s.affected, cmp.AllowUnexported(counts{})); diff != "" {
				t.Errorf("%s: %s", tc.reason, diff)
			}
			if !s.tenants["t"] {
				t.Error("the tenant was not seen")
			}
		})
	}
}

func TestNamespaceIsNotInItself(t *testing.T) {
	c := newCollection()
	c.add(thing("namespaces", "ns", "", 0, decision("p", "t", residency.Restricted, residency.Deny)))
	s := c.in("ns")
	if s.own.total() != 1 || s.findings.total() != 0 || s.affected["p"].workloads != 0 {
		t.Errorf("%d about itself, %d in it, %d workloads: the Namespace is reported for the cluster, and no workload",
			s.own.total(), s.findings.total(), s.affected["p"].workloads)
	}
}

func TestReportKeepsDates(t *testing.T) {
	build := func(names ...string) *unstructured.Unstructured {
		f := &findings{}
		for _, name := range names {
			found := thing("pods", name, "", 0)
			d := decision("p", "t", residency.Restricted, residency.Deny)
			f.add(newFinding(found, d), d)
		}
		u, err := reportAPIs[OpenReports].report("ns", f)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	earlier := build("a", "b")
	date(earlier, nil, 100)
	now := build("b", "c")
	date(now, earlier, 200)
	got := map[any]any{}
	for _, r := range resultsOf(now) {
		object, _ := r["resources"].([]any)[0].(map[string]any)
		timestamp, _ := r["timestamp"].(map[string]any)
		got[object["name"]] = timestamp["seconds"]
	}
	if diff := cmp.Diff(map[any]any{"b": int64(100), "c": int64(200)}, got); diff != "" {
		t.Error(diff)
	}
	if a, b := build("a", "b"), build("a", "b"); a.GetAnnotations()[contentAnnotation] != b.GetAnnotations()[contentAnnotation] {
		t.Error("the same findings are another content")
	}
	if a, b := build("a", "b"), build("a"); a.GetAnnotations()[contentAnnotation] == b.GetAnnotations()[contentAnnotation] {
		t.Error("other findings are the same content")
	}
}
