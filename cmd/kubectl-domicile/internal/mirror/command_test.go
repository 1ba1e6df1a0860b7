package mirror

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

const admissionConfiguration = `apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: ValidatingAdmissionPolicy
  configuration:
    apiVersion: apiserver.config.k8s.io/v1
    kind: ValidatingAdmissionPolicyConfiguration
    staticManifestsDir: FOLDER
`

// TestAnAPIServerReadsWhatThePluginWrites runs one with the feature gate, which is off by
// default in 1.36.
func TestAnAPIServerReadsWhatThePluginWrites(t *testing.T) {
	folder := t.TempDir()
	render(t, folder, residency)
	configuration := filepath.Join(t.TempDir(), "admission.yaml")
	if err := os.WriteFile(configuration, []byte(strings.Replace(admissionConfiguration, "FOLDER", folder, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	environment := &envtest.Environment{BinaryAssetsDirectory: os.Getenv("KUBEBUILDER_ASSETS")}
	if environment.BinaryAssetsDirectory == "" {
		environment.BinaryAssetsDirectory = filepath.Join("..", "..", "..", "..", "bin", "envtest")
	}
	environment.ControlPlane.GetAPIServer().Configure().
		Set("feature-gates", "ManifestBasedAdmissionControlConfig=true").Set("admission-control-config-file", configuration)
	config, err := environment.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := environment.Stop(); err != nil {
			t.Error(err)
		}
	})
	c, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}

	if said := tryPod(t.Context(), c); !strings.Contains(said, "tenant lantern is refused") {
		t.Errorf("at the start the API server says %q", said)
	}
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "domicile"}}
	if err := c.Create(t.Context(), role); err != nil {
		t.Fatal(err)
	}
	if err := c.Delete(t.Context(), role); err == nil || !strings.Contains(err.Error(), "guarded by a file") {
		t.Errorf("what is guarded is deleted: %v", err)
	}
	cutOff(t, folder, config)
	if said := tryPod(t.Context(), c); !strings.Contains(said, "tenant lantern is refused") {
		t.Errorf("with a file that is cut off the API server says %q", said)
	}
	again := strings.Replace(residency, "[KP]", "[CU]", 1)
	render(t, folder, again)
	if files, err := os.ReadDir(folder); err != nil || len(files) != 2 {
		t.Errorf("besides two files there are %v: %v", files, err)
	}
	last := ""
	err = wait.PollUntilContextTimeout(t.Context(), 200*time.Millisecond, 3*time.Minute, true, func(ctx context.Context) (bool, error) {
		last = tryPod(ctx, c)
		return !strings.Contains(last, "lantern"), nil
	})
	if err != nil {
		t.Errorf("after the files have changed the API server says %q", last)
	}
}

// cutOff cuts the mirror's file off, and waits until the API server has read it.
func cutOff(t *testing.T, folder string, config *rest.Config) {
	t.Helper()
	file := filepath.Join(folder, "domicile-mirror.yaml")
	all, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// What is left ends with a line, and as YAML in blocks it could be read.
	half := all[:strings.LastIndex(string(all[:len(all)/2]), "\n")+1]
	// Whoever writes into the file itself empties it first, and that is no error.
	other := filepath.Join(folder, "half")
	if err := errors.Join(os.WriteFile(other, half, 0o600), os.Rename(other, file)); err != nil {
		t.Fatal(err)
	}
	c, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	err = wait.PollUntilContextTimeout(t.Context(), time.Second, 3*time.Minute, true, func(ctx context.Context) (bool, error) {
		metrics, err := c.RESTClient().Get().AbsPath("/metrics").DoRaw(ctx)
		return failedReload.Match(metrics), err
	})
	if err != nil {
		t.Fatalf("the API server never read the file: %v", err)
	}
}

var failedReload = regexp.MustCompile(`apiserver_manifest_admission_config_controller_automatic_reloads_total\{[^}]*status="failure"[^}]*\} [1-9]`)

const residency = `
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: no-kp}
spec: {jurisdictions: {blocked: [KP]}}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: lantern}
spec: {displayName: Lantern, type: Company, jurisdictions: {headquarters: KP}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: lantern}
spec: {displayName: Lantern, parties: [{role: Customer, entity: {name: lantern}}]}
`

func render(t *testing.T, folder, manifests string) {
	t.Helper()
	streams, in, _, errOut := genericiooptions.NewTestIOStreams()
	in.WriteString(manifests)
	command := NewCommand("kubectl domicile", streams)
	command.SetArgs([]string{"render", "-f", "-", "--static", folder})
	if err := command.ExecuteContext(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, errOut)
	}
}

// tryPod is what the API server says to a Pod of lantern, as a dry run.
func tryPod(ctx context.Context, c client.Client) string {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", GenerateName: "a-", Annotations: map[string]string{"domicile.dev/tenant": "lantern"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "a"}}},
	}
	if err := c.Create(ctx, pod, client.DryRunAll); err != nil {
		return err.Error()
	}
	return ""
}
