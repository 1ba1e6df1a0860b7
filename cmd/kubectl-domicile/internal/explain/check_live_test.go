package explain_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/plugin"
)

// checkLive asks check about a cluster, in which Lantern is restricted and
// nobody knows the data of register world.
func checkLive(t *testing.T, admin string) {
	clients := kubernetes.NewForConfigOrDie(environment.Config)
	for name, tenant := range map[string]string{"apps": "lantern", "others": "nobody-at-all"} {
		ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{"domicile.dev/tenant": tenant}}}
		if _, err := clients.CoreV1().Namespaces().Create(context.Background(), ns, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	folder := t.TempDir()
	for name, text := range map[string]string{
		"pod.yaml":     "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n",
		"foundry.yaml": "apiVersion: example.net/v1\nkind: Foundry\nmetadata: {name: a}\nspec: {replicas: 1}\n",
		"looser.yaml":  "apiVersion: domicile.dev/v1alpha1\nkind: TenantPolicy\nmetadata: {name: no-cn}\nspec: {jurisdictions: {blocked: [KP]}}\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	defines(t)
	config, err := clientcmd.LoadFromFile(admin)
	if err != nil {
		t.Fatal(err)
	}
	config.Contexts[config.CurrentContext].Namespace = "apps"
	inApps := filepath.Join(folder, "kubeconfig")
	if err := clientcmd.WriteToFile(*config, inApps); err != nil {
		t.Fatal(err)
	}
	viewer := kubeconfig(t, "checker", may([]string{"get", "list"}, "tenantpolicies", "tenants", "legalentities", "ownershipregisters", "tenantexemptions"))
	getter := kubeconfig(t, "checker-of-namespaces", may([]string{"get", "list"}, "tenantpolicies", "tenants", "legalentities", "ownershipregisters", "tenantexemptions"),
		rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"namespaces"}, Verbs: []string{"get"}})
	for _, tc := range []struct {
		reason   string
		args     []string
		code     int
		out, err string
	}{
		{"the current namespace is that of the kubeconfig", []string{"--live", "--register", "world=", "--kubeconfig", inApps}, plugin.ExitDenied, "apps        pod/web    lantern   no-cn    Restricted   Deny", ""},
		{"-n goes before it", []string{"--live", "--register", "world=", "--kubeconfig", inApps, "-n", "others"}, plugin.ExitDenied, "others      pod/web    nobody-at-all   no-cn    Unidentified   Deny", ""},
		{"without --live no cluster is asked", nil, plugin.ExitOK, "1 not covered by any policy", "there is no TenantPolicy"},
		{"nor is anybody told so in silence", []string{"--kubeconfig", inApps}, plugin.ExitError, "", "--kubeconfig says how to connect to a cluster, and none is asked without --live"},
		{"manifests take the place of what is there", []string{"--live", "--register", "world=", "--kubeconfig", inApps, "-f", filepath.Join(folder, "looser.yaml")}, plugin.ExitOK, "lantern   no-cn    Indeterminate", ""},
		{"data that is missing", []string{"--live", "--kubeconfig", inApps}, plugin.ExitError, "Restricted", "without the data of register world nothing that depends on it is right"},
		{"a namespace has to be read", []string{"--live", "--register", "world=", "--kubeconfig", viewer, "-n", "apps"}, plugin.ExitError, "", "you need the verb \"get\" on namespaces"},
		{"and that is all", []string{"--live", "--register", "world=", "--kubeconfig", getter, "-n", "apps"}, plugin.ExitDenied, "Restricted", ""},
		{"a kind that holds Pods by its definition in the cluster", []string{"--live", "--register", "world=", "--kubeconfig", inApps, "-f", filepath.Join(folder, "foundry.yaml")}, plugin.ExitDenied, "apps        foundry.example.net/a   lantern   no-cn    Restricted   Deny", ""},
		{"who may not read definitions is told", []string{"--live", "--register", "world=", "--kubeconfig", getter, "-n", "apps", "-f", filepath.Join(folder, "foundry.yaml")}, plugin.ExitDenied, "1 not covered by any policy", "you need the verb \"list\" on customresourcedefinitions"},
		{"a namespace that is not there belongs to nobody", []string{"--live", "--register", "world=", "--kubeconfig", admin, "-n", "nowhere"}, plugin.ExitOK, "nowhere     pod/web    <none>   no-cn    Unidentified", ""},
	} {
		got := call(t, append([]string{"check", "-f", filepath.Join(folder, "pod.yaml")}, tc.args...)...)
		if got.code != tc.code || !holds(got.out, tc.out) || !strings.Contains(got.err, tc.err) || tc.err == "" && got.err != "" {
			t.Errorf("%s: exit code %d\n%s\n%s", tc.reason, got.code, got.out, got.err)
		}
	}
}

// defines makes the definition of a kind that holds Pods, and that nobody knows by name.
func defines(t *testing.T) {
	var pods map[string]any
	if err := json.Unmarshal([]byte(`{"type": "object", "properties": {"spec": {"type": "object", "properties": {"image": {"type": "string"}, "replicas": {"type": "integer"}}}}}`), &pods); err != nil {
		t.Fatal(err)
	}
	definition := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
		"metadata": map[string]any{"name": "foundryworks.example.net"},
		"spec": map[string]any{
			"group": "example.net", "scope": "Namespaced",
			"names":    map[string]any{"kind": "Foundry", "plural": "foundryworks"},
			"versions": []any{map[string]any{"name": "v1", "served": true, "storage": true, "schema": map[string]any{"openAPIV3Schema": pods}}},
		},
	}}
	resource := schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
	if _, err := dynamic.NewForConfigOrDie(environment.Config).Resource(resource).Create(t.Context(), definition, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}
