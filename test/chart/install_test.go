package chart

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/yaml"
)

// server is a real API server.
type server struct {
	client.Client
	config *rest.Config
	env    []string // makes helm talk to it
}

func start(t *testing.T) server {
	t.Helper()
	environment := &envtest.Environment{}
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		assets, err := filepath.Abs(filepath.Join(root, "bin", "envtest"))
		if err != nil {
			t.Fatal(err)
		}
		environment.BinaryAssetsDirectory = assets
	}
	config, err := environment.Start()
	if err != nil {
		t.Fatalf("%v: run `make controlplane`", err)
	}
	t.Cleanup(func() {
		if err := environment.Stop(); err != nil {
			t.Error(err)
		}
	})
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(kubeconfig, environment.KubeConfig, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return server{c, config, []string{"KUBECONFIG=" + kubeconfig}}
}

func (s server) helm(t *testing.T, args ...string) {
	t.Helper()
	mustRun(t, s.env, "helm", append(args, "--namespace", namespace)...)
}

// left lists what is there of what the chart renders.
func (s server) left(ctx context.Context, t *testing.T, rendered map[id]*unstructured.Unstructured) []id {
	t.Helper()
	var left []id
	for key, object := range rendered {
		err := s.Get(ctx, client.ObjectKeyFromObject(object), object.DeepCopy())
		if client.IgnoreNotFound(err) != nil {
			t.Errorf("%v: %v", key, err)
		}
		if err == nil {
			left = append(left, key)
		}
	}
	return left
}

func TestOnARealServer(t *testing.T) {
	s := start(t)
	t.Run("install, upgrade, uninstall", func(t *testing.T) { testLifecycle(t, s) })
	t.Run("upgrades", func(t *testing.T) { testUpgrades(t, s) })
	t.Run("everything is taken", func(t *testing.T) { testEverythingIsTaken(t, s) })
	t.Run("the guard", func(t *testing.T) { testGuard(t, s) })
	t.Run("notes", func(t *testing.T) { testNotes(t, s) })
	t.Run("roles", func(t *testing.T) { testRoles(t, s) }) // of what the notes have installed
}

func testLifecycle(t *testing.T, s server) {
	rows := []struct {
		name   string
		args   []string
		reason string
	}{
		{"default", nil, "what most people run"},
		{"again", nil, "definitions that an uninstall has kept are taken over"},
		{"platform", []string{"--values", "testdata/platform.values.yaml", "--set", "webhook.service.clusterIP="}, "every option that needs no other operator"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			rendered := objects(t, render(t, row.args...))
			s.helm(t, append([]string{"install", release, chartDir, "--create-namespace"}, row.args...)...)
			if left := s.left(t.Context(), t, rendered); len(left) != len(rendered) {
				t.Errorf("%d of %d objects installed: %s", len(left), len(rendered), row.reason)
			}

			secret := certificateSecret(t, s, rendered)
			secret.Data = map[string][]byte{"tls.crt": []byte("kept")}
			if err := s.Update(t.Context(), secret); err != nil {
				t.Fatal(err)
			}
			s.helm(t, append([]string{"upgrade", release, chartDir, "--set", "replicas=2"}, row.args...)...)
			if got := certificateSecret(t, s, rendered).Data["tls.crt"]; string(got) != "kept" {
				t.Errorf("after the upgrade the certificate is %q: admission would stop until every replica has a new one", got)
			}

			s.helm(t, "uninstall", release)
			for _, key := range s.left(t.Context(), t, rendered) {
				if key.kind != kindCRD {
					t.Errorf("%v is left behind", key)
				}
			}
		})
	}
}

func certificateSecret(t *testing.T, s server, rendered map[id]*unstructured.Unstructured) *corev1.Secret {
	t.Helper()
	for key, object := range rendered {
		if key.kind != "Secret" {
			continue
		}
		secret := &corev1.Secret{}
		if err := s.Get(t.Context(), client.ObjectKeyFromObject(object), secret); err != nil {
			t.Fatal(err)
		}
		return secret
	}
	t.Fatal("the chart renders no Secret")
	return nil
}

// elsewhere are the groups of kinds that other programs bring.
var elsewhere = []string{"cert-manager.io", "monitoring.coreos.com"}

// Everything that the chart renders, with whatever values, is taken by an API server, in
// a namespace with the strictest of the Pod Security Standards.
func testEverythingIsTaken(t *testing.T, s server) {
	const strict = "strict"
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: strict, Labels: map[string]string{"pod-security.kubernetes.io/enforce": "restricted"}}}
	if err := s.Create(t.Context(), ns); err != nil {
		t.Fatal(err)
	}
	inputs, err := filepath.Glob("testdata/*.values.yaml")
	if err != nil || len(inputs) < 5 {
		t.Fatalf("only %d sets of values: %v", len(inputs), err)
	}
	for _, input := range inputs {
		t.Run(filepath.Base(input), func(t *testing.T) {
			// The standard forbids the node's network, and the address is of another cluster.
			text := mustRun(t, nil, "helm", "template", release, chartDir, "--namespace", strict, "--values", input, "--set", "hostNetwork=false,webhook.service.clusterIP=")
			pods := 0
			for key, object := range objects(t, text) {
				if slices.Contains(elsewhere, object.GroupVersionKind().Group) {
					continue
				}
				if namespaced, err := s.IsObjectNamespaced(object); err == nil && namespaced {
					object.SetNamespace(cmp.Or(key.namespace, strict))
					s.hasNamespace(t, object.GetNamespace())
				}
				pods += s.takes(t, key, object)
			}
			if pods < 2 { // the manager's, and that of helm test
				t.Errorf("%d pods were tried", pods)
			}
		})
	}
}

func (s server) hasNamespace(t *testing.T, name string) {
	t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if err := s.Create(t.Context(), ns); err != nil && !apierrors.IsAlreadyExists(err) {
		t.Fatal(err)
	}
}

// takes checks that the API server takes an object, and the pods that it makes, of which
// it returns the number.
func (s server) takes(t *testing.T, key id, object *unstructured.Unstructured) (pods int) {
	t.Helper()
	var options []client.CreateOption
	if key.kind != "ServiceAccount" { // pods need these
		options = append(options, client.DryRunAll)
	}
	if err := s.Create(t.Context(), object.DeepCopy(), options...); err != nil && !apierrors.IsAlreadyExists(err) {
		t.Errorf("%v is refused: %v", key, err)
	}
	spec := []string{"spec", "template"}
	switch key.kind {
	case "Pod":
		spec = nil
	case "Deployment":
	default:
		return 0
	}
	template, _, err := unstructured.NestedMap(object.Object, spec...)
	if err != nil {
		t.Fatal(err)
	}
	pod := &corev1.Pod{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(template, pod); err != nil {
		t.Fatal(err)
	}
	if c := pod.Spec.Containers[0].SecurityContext; c.ReadOnlyRootFilesystem == nil || !*c.ReadOnlyRootFilesystem {
		t.Errorf("%v: the root filesystem can be written to, which no standard looks at", key)
	}
	pod.Name, pod.Namespace = "a", object.GetNamespace()
	if err := s.Create(t.Context(), pod, client.DryRunAll); err != nil {
		t.Errorf("a pod of %v is refused: %v", key, err)
	}
	return 1
}

// What the notes tell people to apply can be applied.
func testNotes(t *testing.T, s server) {
	s.helm(t, "install", release, chartDir, "--create-namespace")
	notes := mustRun(t, s.env, "helm", "get", "notes", release, "--namespace", namespace)
	_, rest, _ := strings.Cut(notes, "<<EOF\n")
	text, _, found := strings.Cut(rest, "\n     EOF\n")
	if !found {
		t.Fatalf("no policy in the notes:\n%s", notes)
	}
	policy := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &policy.Object); err != nil {
		t.Fatal(err)
	}
	// A definition is served a moment after it has been created.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := wait.PollUntilContextCancel(ctx, 100*time.Millisecond, true, func(ctx context.Context) (bool, error) {
		err := s.Create(ctx, policy.DeepCopy())
		if meta.IsNoMatchError(err) || apierrors.IsNotFound(err) {
			return false, nil
		}
		return err == nil, err
	})
	if err != nil {
		t.Errorf("the policy in the notes is refused: %v\n%s", err, text)
	}
}
