package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/actor"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// testPod installs what `helm test` needs, and returns the Pod that it would create: there
// is no kubelet here to run it.
func (w *world) testPod(t *testing.T) *corev1.Pod {
	t.Helper()
	r, err := w.Helm(t.Context(), "template", "domicile", "charts/domicile", "--namespace", systemNamespace, "--show-only", "templates/tests/check.yaml")
	if err != nil || r.Code != 0 {
		t.Fatalf("helm template: %v\n%s", err, r.Stderr)
	}
	var pod *corev1.Pod
	for _, o := range actor.Objects(r.Stdout) {
		if o.GetKind() != "Pod" {
			w.creates(t, o)
			continue
		}
		if err := w.admin.Create(t.Context(), o.DeepCopy(), client.DryRunAll); err != nil {
			t.Errorf("the API server does not take the Pod: %v", err)
		}
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		pod = &corev1.Pod{}
		if err := json.Unmarshal(text, pod); err != nil {
			t.Fatal(err)
		}
	}
	if pod == nil {
		t.Fatal("the chart has no test")
	}
	return pod
}

func TestHelmTestSaysWhetherItWorks(t *testing.T) {
	w := theWorld(t)
	p := w.testPod(t)
	r, err := w.RunPod(t.Context(), p)
	if err != nil || r.Code != 0 || !strings.Contains(r.Stdout, "domicile-system/domicile works") {
		t.Fatalf("%v, exit code %d\n%s%s", err, r.Code, r.Stdout, r.Stderr)
	}
	for i, arg := range p.Spec.Containers[0].Args {
		if strings.HasPrefix(arg, "--owner-cluster-role=") {
			p.Spec.Containers[0].Args[i] = "--owner-cluster-role=second"
		}
	}
	p.Spec.Containers[0].Args = append(p.Spec.Containers[0].Args, "--timeout=5s")
	r, err = w.RunPod(t.Context(), p)
	if err != nil || r.Code == 0 || !strings.Contains(r.Stderr, "belongs to domicile-system/domicile") {
		t.Errorf("another installation passes for this one: %v, exit code %d\n%s%s", err, r.Code, r.Stdout, r.Stderr)
	}
}

// A second installation says no: Helm does before anything is changed, and a manager that
// is started in spite of that waits.
func TestASecondInstallationSaysNo(t *testing.T) {
	w := theWorld(t)
	install := func(values ...string) (string, int) {
		args := []string{"install", "second", "charts/domicile", "--namespace", "elsewhere", "--create-namespace"}
		for _, v := range append(values, "replicas=1", "webhook.port=19443", "health.port=18081", "metrics.port=18443", "webhook.service.port=18444") {
			args = append(args, "--set", v)
		}
		r, err := w.Helm(t.Context(), args...)
		if err != nil {
			t.Fatal(err)
		}
		return r.Stdout + r.Stderr, r.Code
	}
	said, code := install()
	if code == 0 || !strings.Contains(said, "cannot be imported into the current release") || !strings.Contains(said, `"domicile"`) {
		t.Errorf("exit code %d, and it does not name the other release:\n%s", code, said)
	}
	before, err := w.configuration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if said, code := install("crds.install=false"); code != 0 {
		t.Fatalf("exit code %d\n%s", code, said)
	}
	t.Cleanup(func() {
		if r, err := w.Helm(context.Background(), "uninstall", "second", "--namespace", "elsewhere"); err != nil || r.Code != 0 {
			t.Errorf("helm uninstall: %v\n%s", err, r.Stderr)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		m, err := w.RunManager(ctx, "elsewhere", "second-domicile")
		if m != nil {
			m.KillReplica(0)
		}
		ended <- err
	}()
	suite.Eventually(t, patience, "an event that says why", func(ctx context.Context) (bool, error) {
		events := &unstructured.UnstructuredList{}
		events.SetAPIVersion("events.k8s.io/v1")
		events.SetKind("EventList")
		err := w.admin.List(ctx, events, client.InNamespace("elsewhere"))
		return slices.ContainsFunc(events.Items, func(e unstructured.Unstructured) bool {
			note, _, _ := unstructured.NestedString(e.Object, "note")
			return strings.Contains(note, "belongs to domicile-system/domicile, which lives")
		}), err
	})
	cancel()
	if err := <-ended; err == nil {
		t.Error("it is ready")
	}
	now, err := w.configuration(t.Context())
	if err != nil || fmt.Sprint(now) != fmt.Sprint(before) {
		t.Errorf("it has changed the configuration: %v", err)
	}
}
