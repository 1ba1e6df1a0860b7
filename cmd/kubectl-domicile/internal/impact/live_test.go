package impact_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/plugin"
)

// What is live: nobody is blocked yet.
const world = `
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: no-owners}
spec: {jurisdictions: {blocked: [KP]}}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: lantern-group}
spec: {displayName: Lantern Group, type: Company, jurisdictions: {headquarters: CN, incorporation: KY}}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: lantern-sg}
spec:
  displayName: Lantern Singapore Pte. Ltd.
  type: Company
  jurisdictions: {incorporation: SG}
  interests: [{holder: {name: lantern-group}, kind: Shareholding, share: {exact: "68"}}]
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: meridian}
spec: {displayName: Meridian Labs, type: Company, jurisdictions: {incorporation: DE}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: lantern}
spec:
  parties: [{role: Customer, entity: {name: lantern-sg}}]
  annualValue: {amount: "1200000", currency: USD}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: meridian}
spec: {parties: [{role: Customer, entity: {name: meridian}}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: lantern, annotations: {domicile.dev/tenant: lantern}}
---
apiVersion: v1
kind: Namespace
metadata: {name: meridian, annotations: {domicile.dev/tenant: meridian}}
---
apiVersion: v1
kind: Namespace
metadata: {name: domicile-system, annotations: {domicile.dev/tenant: lantern}}
---
apiVersion: v1
kind: Secret
metadata: {name: key, namespace: lantern, labels: {domicile.dev/api-key: "true"}}
stringData: {key: never-to-be-seen}
---
apiVersion: v1
kind: Secret
metadata: {name: certificate, namespace: lantern}
stringData: {key: never-to-be-seen}
---
apiVersion: v1
kind: Secret
metadata: {name: held, namespace: domicile-system, labels: {domicile.dev/api-key: "true"}}
`

// change blocks where Lantern Group has its headquarters.
const change = `
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: no-owners}
spec: {jurisdictions: {blocked: [CN, KP]}}
`

// workload creates a Deployment with one Pod that has two GPUs; nothing else
// makes Pods of Deployments here.
func workload(t *testing.T, namespace string, annotations map[string]string) {
	t.Helper()
	labels := map[string]string{"app": "chat"}
	spec := corev1.PodSpec{Containers: []corev1.Container{{
		Name: "chat", Image: "chat",
		Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{"nvidia.com/gpu": resource.MustParse("2")}},
	}}}
	d := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "chat", Namespace: namespace, Annotations: annotations},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: spec},
		},
	}
	if err := cluster.Create(context.Background(), d); err != nil {
		t.Fatal(err)
	}
	isTrue := true
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: "chat", Namespace: namespace, Annotations: annotations,
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "Deployment", Name: d.Name, UID: d.UID, Controller: &isTrue}},
		},
		Spec: spec,
	}
	if err := cluster.Create(context.Background(), pod); err != nil {
		t.Fatal(err)
	}
}

func TestComparesWithACluster(t *testing.T) {
	create(t, world)
	for namespace, annotations := range map[string]map[string]string{
		"lantern": nil, "meridian": {"domicile.dev/on-behalf-of": "lantern"}, "domicile-system": nil,
	} {
		account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default", Namespace: namespace}}
		if err := client.IgnoreAlreadyExists(cluster.Create(context.Background(), account)); err != nil {
			t.Fatal(err)
		}
		workload(t, namespace, annotations)
	}
	file := filepath.Join(t.TempDir(), "change.yaml")
	if err := os.WriteFile(file, []byte(change), 0o600); err != nil {
		t.Fatal(err)
	}
	own := list("domicile.dev", "tenantpolicies", "tenants", "legalentities", "ownershipregisters", "tenantexemptions")
	all := kubeconfig(t, "all", own, list("*", "*"))
	viewer := kubeconfig(t, "viewer", own, list("resource.k8s.io", "resourceclaims", "resourceclaimtemplates"), list("apps", "deployments", "replicasets", "statefulsets", "daemonsets"),
		list("batch", "jobs", "cronjobs"), list("", "namespaces", "serviceaccounts", "podtemplates", "replicationcontrollers"))
	narrow := kubeconfig(t, "narrow", list("domicile.dev", "tenantpolicies", "tenants"))

	t.Run("Counts", func(t *testing.T) {
		stdout, stderr, code := call("-f", file, "-o", "json", "--kubeconfig", all)
		if code != plugin.ExitOK || stderr != "" {
			t.Fatalf("exit code %d\n%s", code, stderr)
		}
		r := read(t, stdout)
		if len(r.Tenants) != 1 || r.Tenants[0].Name != "lantern" || r.Tenants[0].Change != report.NewlyRestricted {
			t.Fatalf("the tenants are %+v", r.Tenants)
		}
		// The Pod is the Deployment's; every Secret of the namespace is judged as a key;
		// what is in Domicile's own namespace is nobody's.
		if diff := cmp.Diff(report.Counts{Workloads: 1, APIKeys: 2, GPUs: 2}, r.Tenants[0].Counts); diff != "" {
			t.Errorf("what runs for the tenant (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(report.Counts{Workloads: 1, GPUs: 2}, r.Others.Named); diff != "" {
			t.Errorf("what another tenant runs on its behalf (-want +got):\n%s", diff)
		}
		if len(r.Uncounted) > 0 || strings.Contains(stdout, "never-to-be-seen") {
			t.Errorf("uncounted are %v:\n%s", r.Uncounted, stdout)
		}
	})

	t.Run("WithoutSomeRights", func(t *testing.T) {
		stdout, stderr, code := call("-f", file, "-o", "json", "--kubeconfig", viewer)
		if code != plugin.ExitOK {
			t.Fatalf("exit code %d\n%s", code, stderr)
		}
		r := read(t, stdout)
		if !slices.Equal(r.Uncounted, []string{report.WorkloadsCount, report.GPUsCount, report.APIKeysCount}) || len(r.Warnings) != 2 {
			t.Errorf("uncounted are %v, the warnings %v", r.Uncounted, r.Warnings)
		}
		if r.Tenants[0].Workloads != 1 || r.Tenants[0].GPUs != 0 {
			t.Errorf("what runs is %+v", r.Tenants[0].Counts)
		}
		stdout, stderr, _ = call("-f", file, "--kubeconfig", viewer)
		if want := `you need the verb "list" in the whole cluster on pods, secrets`; !strings.Contains(stderr, want) {
			t.Errorf("nobody says %q:\n%s", want, stderr)
		}
		if !strings.Contains(stdout, "1+? workloads, ? API keys and ? GPUs") {
			t.Errorf("the table says\n%s", stdout)
		}
	})

	t.Run("WithoutTheRightToAsk", func(t *testing.T) {
		_, stderr, code := call("-f", file, "--kubeconfig", narrow)
		if code != plugin.ExitError || !strings.Contains(stderr, `you need the verb "list" on legalentities.domicile.dev; the ClusterRole domicile-viewer grants it`) {
			t.Errorf("exit code %d\n%s", code, stderr)
		}
	})

	t.Run("WritesNothing", func(t *testing.T) {
		stdout, _, _ := call("-f", file, "-o", "json", "--kubeconfig", all)
		if again := read(t, stdout); len(again.Tenants) != 1 {
			t.Errorf("the second time, the tenants are %+v", again.Tenants)
		}
	})

	t.Run("Registers", func(t *testing.T) { registers(t, all) })
}

// registers are read on both sides, each from where it is.
func registers(t *testing.T, kubeconfig string) {
	const register = `
apiVersion: domicile.dev/v1alpha1
kind: OwnershipRegister
metadata: {name: nordic}
spec: {format: FollowTheMoney, source: {file: {paths: [nordic.jsonl]}}}
`
	create(t, register)
	folder := t.TempDir()
	for name, text := range map[string]string{
		"register.yaml": register,
		"nordic.jsonl":  `{"id":"copper","schema":"Company","properties":{"name":["Copper Fields AB"],"jurisdiction":["se"]}}` + "\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-f", filepath.Join(folder, "register.yaml"), "--kubeconfig", kubeconfig}
	stdout, stderr, code := call(args...)
	for _, want := range []string{"say where its data is with --against-register nordic=FILE", "without the data of register nordic nothing that depends on it is right"} {
		if code != plugin.ExitError || !strings.Contains(stderr, want) {
			t.Errorf("live data is missing, and nobody says %q: exit code %d\n%s", want, code, stderr)
		}
	}
	for _, want := range []string{"2 tenants, 1200000 USD a year", "Not what the cluster would say: the live data of nordic is missing here."} {
		if !strings.Contains(stdout, want) {
			t.Errorf("while live data is missing nobody is clear:\n%s", stdout)
		}
	}
	stdout, _, _ = call(append(args, "-o", "json")...)
	if r := read(t, stdout); !slices.Equal(r.Missing, []string{"nordic"}) {
		t.Errorf("missing are %v", r.Missing)
	}
	args = append(args, "--against-register", "nordic="+folder)
	stdout, stderr, code = call(args...)
	if code != plugin.ExitOK || stderr != "" || !strings.Contains(stdout, "Nothing changes for any tenant") {
		t.Errorf("the data is the same: exit code %d\n%s\n%s", code, stdout, stderr)
	}

	// The managers have other data than the file here, and say so.
	tenant := &unstructured.Unstructured{}
	tenant.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("Tenant"))
	if err := cluster.Get(context.Background(), client.ObjectKey{Name: "meridian"}, tenant); err != nil {
		t.Fatal(err)
	}
	tenant.Object["status"] = map[string]any{
		"observedGeneration": tenant.GetGeneration(),
		"verdicts": []any{map[string]any{
			"policy": "no-owners", "verdict": "Restricted", "reason": "RestrictedOwner", "action": "Deny", "since": "2026-07-01T12:00:00Z",
		}},
	}
	if err := cluster.Status().Update(context.Background(), tenant); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code = call(args...)
	if code != plugin.ExitError || !strings.Contains(stdout, "Nothing changes") ||
		!strings.Contains(stderr, "about tenant meridian policy no-owners says Restricted (RestrictedOwner), Deny in the cluster, and Clear (NoRestrictedOwner), Allow here") {
		t.Errorf("the cluster says something else: exit code %d\n%s\n%s", code, stdout, stderr)
	}
}

func read(t *testing.T, text string) report.Report {
	t.Helper()
	var r report.Report
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	return r
}
