package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/rig/cluster"
)

const (
	systemNamespace = "domicile-system"
	// patience is how long a test waits for what must come true.
	patience = 2 * time.Minute
)

// declared is two tenants with a namespace each. No policy is about them yet.
const declared = `
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: lantern}
spec: {displayName: Lantern, type: Company, jurisdictions: {headquarters: KP}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: lantern}
spec: {parties: [{role: Customer, entity: {name: lantern}}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: lantern, annotations: {domicile.dev/tenant: lantern}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {namespace: lantern, name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      tolerations: [{operator: Exists}]
      containers: [{name: c, image: i, resources: {limits: {cpu: 10m}}}]
`

const policy = `
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: no-kp}
spec: {jurisdictions: {blocked: [KP]}}
`

// world is a cluster with Domicile in it.
type world struct {
	*cluster.Cluster
	client.Client
	t       *testing.T
	manager *cluster.Manager
}

func start(t *testing.T) *world {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	c, err := cluster.Start(ctx, cluster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		t.Fatal(err)
	}
	w := &world{Cluster: c, t: t}
	if w.Client, err = client.New(c.Config(), client.Options{Scheme: scheme}); err != nil {
		t.Fatal(err)
	}
	if err := c.InstallChart(ctx, systemNamespace, "replicas=2", "audit.interval=1h", "log.level=debug"); err != nil {
		t.Fatal(err)
	}
	if w.manager, err = c.RunManager(ctx, systemNamespace, "domicile"); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) apply(manifests string) {
	w.t.Helper()
	for _, document := range strings.Split(manifests, "\n---\n") {
		u := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(document), u); err != nil {
			w.t.Fatal(err)
		}
		// A webhook that was asked for a moment ago may not answer yet.
		w.eventually("apply "+u.GetKind()+" "+u.GetName(), func(ctx context.Context) error {
			return w.Apply(ctx, client.ApplyConfigurationFromUnstructured(u), client.FieldOwner("test"), client.ForceOwnership)
		})
	}
}

func (w *world) eventually(what string, check func(context.Context) error) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	var last error
	err := cluster.Poll(ctx, what, func(ctx context.Context) (bool, error) {
		last = check(ctx)
		return last == nil, nil
	})
	if err != nil {
		w.t.Fatalf("%v: %v\n%s", err, last, w.logs())
	}
}

// logs are the lines of the audit in the managers' logs.
func (w *world) logs() string {
	var lines []string
	for i := range w.manager.Replicas() {
		text, err := os.ReadFile(w.manager.Log(i))
		if err != nil {
			w.t.Error(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, `"logger":"audit"`) {
				lines = append(lines, line)
			}
		}
	}
	return strings.Join(lines, "")
}

// report says what the report of a namespace has, and is not there yet or not
// any more if it has nothing.
func (w *world) report(ctx context.Context, namespace string) ([]string, error) {
	u := &unstructured.Unstructured{}
	u.SetAPIVersion("openreports.io/v1alpha1")
	u.SetKind("Report")
	if err := w.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "domicile"}, u); err != nil {
		return nil, client.IgnoreNotFound(err)
	}
	var report struct {
		Results []struct {
			Policy     string                   `json:"policy"`
			Result     string                   `json:"result"`
			Resources  []corev1.ObjectReference `json:"resources"`
			Properties map[string]string        `json:"properties"`
		} `json:"results"`
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, &report); err != nil {
		return nil, err
	}
	var rows []string
	for _, r := range report.Results {
		rows = append(rows, strings.TrimSpace(fmt.Sprintf("%s/%s %s %s %s mirror=%s children=%s", r.Resources[0].Kind, r.Resources[0].Name,
			r.Policy, r.Result, r.Properties["tenant"], r.Properties["mirror"], r.Properties["children"])))
	}
	slices.Sort(rows)
	return rows, nil
}

func (w *world) reports(namespace string, want ...string) {
	w.t.Helper()
	w.eventually("the report of namespace "+namespace, func(ctx context.Context) error {
		rows, err := w.report(ctx, namespace)
		if err != nil {
			return err
		}
		if diff := cmp.Diff(want, rows); diff != "" {
			return errors.New(diff)
		}
		return nil
	})
}

func (w *world) affects(want *v1alpha1.AffectedCounts) {
	w.t.Helper()
	w.eventually("the status of the policy", func(ctx context.Context) error {
		var p v1alpha1.TenantPolicy
		if err := w.Get(ctx, client.ObjectKey{Name: "no-kp"}, &p); err != nil {
			return err
		}
		if diff := cmp.Diff(want, p.Status.Affected); diff != "" {
			return errors.New(diff)
		}
		return nil
	})
}

func TestAuditInACluster(t *testing.T) {
	w := start(t)
	w.apply(declared)
	w.eventually("the pods to run", func(ctx context.Context) error {
		var d appsv1.Deployment
		if err := w.Get(ctx, client.ObjectKey{Namespace: "lantern", Name: "web"}, &d); err != nil {
			return err
		}
		if d.Status.AvailableReplicas != 3 {
			return fmt.Errorf("%d are", d.Status.AvailableReplicas)
		}
		return nil
	})

	// The policy comes after what it is about. The ReplicaSet and its pods are
	// part of the Deployment that made them.
	w.apply(policy)
	web := "Deployment/web no-kp fail lantern mirror= children=4"
	w.reports("lantern", web)
	w.affects(&v1alpha1.AffectedCounts{Workloads: ptr.To(int32(1)), APIKeys: ptr.To(int32(0)), GPUs: ptr.To(int64(0))})

	// Nobody answers, and somebody has removed the webhook to get on.
	for i := range w.manager.Replicas() {
		if err := w.manager.StopReplica(i); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Delete(t.Context(), &admissionv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "domicile"}}); err != nil {
		t.Fatal(err)
	}
	w.apply(`
{apiVersion: v1, kind: Pod, metadata: {namespace: lantern, name: outage}, spec: {tolerations: [{operator: Exists}], containers: [{name: c, image: i, resources: {limits: {nvidia.com/gpu: 8}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {namespace: lantern, name: static, annotations: {kubernetes.io/config.mirror: h}}, spec: {nodeName: node-0, containers: [{name: c, image: i}]}}
---
{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {namespace: lantern, name: key}, stringData: {token: secret-bytes}}`)
	for i := range w.manager.Replicas() {
		if err := w.manager.StartReplica(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
	w.reports("lantern", web, "Pod/outage no-kp fail lantern mirror= children=",
		"Pod/static no-kp fail lantern mirror=true children=", "Secret/key no-kp fail lantern mirror= children=")
	w.affects(&v1alpha1.AffectedCounts{Workloads: ptr.To(int32(3)), APIKeys: ptr.To(int32(1)), GPUs: ptr.To(int64(8))})

	// The subsidiary is sold to somebody elsewhere.
	w.apply(strings.ReplaceAll(strings.Split(declared, "\n---\n")[0], "KP", "NZ"))
	w.reports("lantern")
	w.affects(&v1alpha1.AffectedCounts{Workloads: ptr.To(int32(0)), APIKeys: ptr.To(int32(0)), GPUs: ptr.To(int64(0))})

	log := w.logs()
	if strings.Contains(log, "Could not") {
		t.Errorf("the audit has not all the rights that it needs, or failed otherwise:\n%s", log)
	}
	if strings.Contains(log, "secret-bytes") || strings.Contains(log, "c2VjcmV0LWJ5dGVz") {
		t.Errorf("the log has the data of a Secret:\n%s", log)
	}
}
