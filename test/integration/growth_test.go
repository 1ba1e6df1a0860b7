package integration

import (
	"context"
	"fmt"
	"strings"
	"testing"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/actor"
)

// growing is a tenant that is clean when its workloads are made.
const growing = `
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: harbour}
spec: {displayName: Harbour Trading, type: Company, jurisdictions: {headquarters: NZ}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: harbour}
spec: {parties: [{role: Customer, entity: {name: harbour}}], namespaces: {selector: {matchLabels: {team: harbour}}}}
---
apiVersion: v1
kind: Namespace
metadata: {name: NAMESPACE, labels: {team: harbour}}
`

// moves changes where Harbour Trading is run from.
func (w *world) moves(t *testing.T, headquarters string) {
	t.Helper()
	o := object(`{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: harbour}}`)
	if err := w.admin.Patch(t.Context(), o, merge(`{"spec":{"jurisdictions":{"headquarters":%q}}}`, headquarters)); err != nil {
		t.Fatal(err)
	}
}

func merge(format string, args ...any) client.Patch {
	return client.RawPatch(types.MergePatchType, fmt.Appendf(nil, format, args...))
}

// existing is what Harbour runs before it moves. Pods have a finalizer, so
// that one can be watched dying.
func existing(namespace string) []*unstructured.Unstructured {
	meta := func(name string) string {
		return fmt.Sprintf("metadata: {name: %s, namespace: %s, annotations: {domicile.dev/tenant: harbour}}", name, namespace)
	}
	const pods = `metadata: {labels: {app: a}, annotations: {domicile.dev/tenant: harbour}}, `
	template := `selector: {matchLabels: {app: a}}, template: {` + pods + `spec: {` + container + `}}`
	job := `template: {` + pods + `spec: {restartPolicy: Never, ` + container + `}}`
	// No node has what they select: what does not run yet can be resized
	// whatever the nodes support.
	resources := `spec: {nodeSelector: {no: node}, containers: [{name: c, image: example.org/c:1, resources: {requests: {cpu: 100m}, limits: {cpu: 200m}}}]}`
	return []*unstructured.Unstructured{
		object(`{apiVersion: apps/v1, kind: Deployment, %s, spec: {replicas: 2, %s}}`, meta("web"), template),
		object(`{apiVersion: apps/v1, kind: ReplicaSet, %s, spec: {replicas: 2, %s}}`, meta("set"), template),
		object(`{apiVersion: apps/v1, kind: StatefulSet, %s, spec: {serviceName: a, replicas: 2, %s}}`, meta("state"), template),
		object(`{apiVersion: apps/v1, kind: DaemonSet, %s, spec: {%s}}`, meta("daemon"), template),
		object(`{apiVersion: v1, kind: ReplicationController, %s, spec: {replicas: 2, selector: {app: a}, template: {%sspec: {%s}}}}`, meta("control"), pods, container),
		object(`{apiVersion: v1, kind: PodTemplate, %s, template: {spec: {%s}}}`, meta("template"), container),
		object(`{apiVersion: batch/v1, kind: Job, %s, spec: {parallelism: 2, completions: 100, %s}}`, meta("running"), job),
		object(`{apiVersion: batch/v1, kind: Job, %s, spec: {suspend: true, %s}}`, meta("suspended"), job),
		object(`{apiVersion: batch/v1, kind: CronJob, %s, spec: {schedule: "0 0 1 1 *", suspend: false, jobTemplate: {spec: {%s}}}}`, meta("cron"), job),
		object(`{apiVersion: batch/v1, kind: CronJob, %s, spec: {schedule: "0 0 1 1 *", suspend: true, jobTemplate: {spec: {%s}}}}`, meta("paused"), job),
		object(`{apiVersion: v1, kind: Pod, %s, %s}`, meta("pod"), resources),
		object(`{apiVersion: v1, kind: Pod, metadata: {name: dying, namespace: %s, finalizers: [example.com/wait], annotations: {domicile.dev/tenant: harbour}}, %s}`, namespace, resources),
		object(`{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, %s, stringData: {key: a, other: b}}`, meta("key")),
		object(`{apiVersion: v1, kind: Secret, %s, stringData: {password: a}}`, meta("plain")),
		object(`{apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, %s, spec: {replicas: 2}}`, meta("leader")),
		object(`{apiVersion: argoproj.io/v1alpha1, kind: Rollout, %s, spec: {replicas: 2}}`, meta("rollout")),
		object(`{apiVersion: example.com/v1, kind: Widget, %s, spec: {replicas: 2, color: red}}`, meta("widget")),
		object(`{apiVersion: ray.io/v1, kind: RayCluster, %s, spec: {workerGroupSpecs: [{groupName: a, replicas: 2, minReplicas: 1, maxReplicas: 4}]}}`, meta("ray")),
	}
}

// harbour is the world, and a namespace in which the tenant runs things.
type harbour struct {
	*world
	namespace string
}

// settleHarbour makes the tenant and what it runs, and then moves it to KP.
func settleHarbour(t *testing.T, namespace string) harbour {
	t.Helper()
	h := harbour{theWorld(t), namespace}
	if err := h.admin.Declare(t.Context(), actor.Objects(strings.ReplaceAll(growing, "NAMESPACE", namespace))...); err != nil {
		t.Fatal(err)
	}
	h.admits(t, pod(namespace, "probe", "harbour"))
	for _, o := range existing(namespace) {
		h.creates(t, o)
	}
	t.Cleanup(func() {
		if err := client.IgnoreNotFound(h.admin.Patch(context.Background(), h.dying(), merge(`{"metadata":{"finalizers":null}}`))); err != nil {
			t.Error(err)
		}
	})
	if err := h.admin.Delete(t.Context(), h.dying()); err != nil {
		t.Fatal(err)
	}
	h.moves(t, "KP")
	h.refuses(t, pod(namespace, "probe", "harbour"), "RestrictedJurisdiction")
	return h
}

func (h harbour) dying() *unstructured.Unstructured {
	return object(`{apiVersion: v1, kind: Pod, metadata: {name: dying, namespace: %s}}`, h.namespace)
}

// step is one thing to try on what exists.
type step struct {
	reason                        string
	apiVersion, kind, name, patch string
	subresource                   string
}

func (s step) try(t *testing.T, h harbour) error {
	t.Helper()
	o := object(`{apiVersion: %s, kind: %s, metadata: {name: %s, namespace: %s}}`, s.apiVersion, s.kind, s.name, h.namespace)
	kind := types.MergePatchType
	if s.kind == "Pod" {
		kind = types.StrategicMergePatchType
	}
	patch := client.RawPatch(kind, []byte(s.patch))
	if s.subresource == "" {
		return h.admin.Patch(t.Context(), o, patch)
	}
	return h.admin.SubResource(s.subresource).Patch(t.Context(), o, patch)
}

func scaled(reason, apiVersion, kind, name string, to int) step {
	return step{reason, apiVersion, kind, name, fmt.Sprintf(`{"spec":{"replicas":%d}}`, to), "scale"}
}

func TestARestrictedTenantMayNeverGrow(t *testing.T) {
	h := settleHarbour(t, "harbour-grows")
	for _, s := range []step{
		scaled("deployments/scale", "apps/v1", "Deployment", "web", 3),
		scaled("replicasets/scale", "apps/v1", "ReplicaSet", "set", 3),
		scaled("statefulsets/scale", "apps/v1", "StatefulSet", "state", 3),
		scaled("replicationcontrollers/scale", "v1", "ReplicationController", "control", 3),
		scaled("scale of a known custom kind", "leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", "leader", 3),
		scaled("scale of another one", "argoproj.io/v1alpha1", "Rollout", "rollout", 3),
		scaled("scale of a kind that a policy names", "example.com/v1", "Widget", "widget", 3),
		{"replicas", "apps/v1", "Deployment", "web", `{"spec":{"replicas":3}}`, ""},
		{"image of a Deployment", "apps/v1", "Deployment", "web", `{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"example.org/c:2"}]}}}}`, ""},
		{"kubectl rollout restart", "apps/v1", "DaemonSet", "daemon", `{"spec":{"template":{"metadata":{"annotations":{"restartedAt":"now"}}}}}`, ""},
		{"template of a StatefulSet", "apps/v1", "StatefulSet", "state", `{"spec":{"template":{"spec":{"priority":null,"hostNetwork":true}}}}`, ""},
		{"template of a PodTemplate", "v1", "PodTemplate", "template", `{"template":{"spec":{"containers":[{"name":"c","image":"example.org/c:2"}]}}}`, ""},
		{"more at a time", "batch/v1", "Job", "running", `{"spec":{"parallelism":3}}`, ""},
		{"resumed", "batch/v1", "Job", "suspended", `{"spec":{"suspend":false}}`, ""},
		{"resumed", "batch/v1", "CronJob", "paused", `{"spec":{"suspend":false}}`, ""},
		{"runs more often", "batch/v1", "CronJob", "cron", `{"spec":{"schedule":"* * * * *"}}`, ""},
		{"image of a Pod", "v1", "Pod", "pod", `{"spec":{"containers":[{"name":"c","image":"example.org/c:2","resources":{"requests":{"cpu":"100m"},"limits":{"cpu":"200m"}}}]}}`, ""},
		{"a debugger", "v1", "Pod", "pod", `{"spec":{"ephemeralContainers":[{"name":"d","image":"example.org/d:1"}]}}`, "ephemeralcontainers"},
		{"a debugger in a dying pod", "v1", "Pod", "dying", `{"spec":{"ephemeralContainers":[{"name":"d","image":"example.org/d:1"}]}}`, "ephemeralcontainers"},
		{"more CPU", "v1", "Pod", "pod", `{"spec":{"containers":[{"name":"c","resources":{"limits":{"cpu":"300m"}}}]}}`, "resize"},
		{"another key", "v1", "Secret", "key", `{"stringData":{"key":"b"}}`, ""},
		{"an API key made of a plain Secret", "v1", "Secret", "plain", `{"metadata":{"labels":{"domicile.dev/api-key":"true"}}}`, ""},
		{"an API key made by its data key", "v1", "Secret", "plain", `{"stringData":{"LANTERN_API_KEY":"b"}}`, ""},
		{"something else of a custom kind", "example.com/v1", "Widget", "widget", `{"spec":{"color":"blue"}}`, ""},
		{"more workers", "ray.io/v1", "RayCluster", "ray", `{"spec":{"workerGroupSpecs":[{"groupName":"a","replicas":3,"minReplicas":1,"maxReplicas":4}]}}`, ""},
	} {
		wantRefused(t, s.reason, s.try(t, h), "RestrictedJurisdiction")
	}
}

func TestARestrictedTenantMayAlwaysShrink(t *testing.T) {
	h := settleHarbour(t, "harbour-shrinks")
	for _, s := range []step{
		scaled("deployments/scale", "apps/v1", "Deployment", "web", 1),
		scaled("replicasets/scale", "apps/v1", "ReplicaSet", "set", 1),
		scaled("statefulsets/scale", "apps/v1", "StatefulSet", "state", 0),
		scaled("replicationcontrollers/scale", "v1", "ReplicationController", "control", 1),
		scaled("scale of a known custom kind", "leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", "leader", 0),
		scaled("scale of a kind that the manager may not even read would fail", "example.com/v1", "Widget", "widget", 1),
		{"replicas", "apps/v1", "Deployment", "web", `{"spec":{"replicas":0}}`, ""},
		{"paused", "apps/v1", "Deployment", "web", `{"spec":{"paused":true}}`, ""},
		{"metadata", "apps/v1", "Deployment", "web", `{"metadata":{"labels":{"a":"b"}}}`, ""},
		{"fewer at a time", "batch/v1", "Job", "running", `{"spec":{"parallelism":1}}`, ""},
		{"suspended", "batch/v1", "Job", "running", `{"spec":{"suspend":true}}`, ""},
		{"suspended", "batch/v1", "CronJob", "cron", `{"spec":{"suspend":true}}`, ""},
		{"less CPU", "v1", "Pod", "pod", `{"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"50m"},"limits":{"cpu":"150m"}}}]}}`, "resize"},
		{"status", "v1", "Pod", "pod", `{"status":{"message":"a"}}`, "status"},
		{"a value removed", "v1", "Secret", "key", `{"data":{"other":null}}`, ""},
		{"frozen", "v1", "Secret", "key", `{"immutable":true}`, ""},
		{"fewer workers", "ray.io/v1", "RayCluster", "ray", `{"spec":{"workerGroupSpecs":[{"groupName":"a","replicas":0,"minReplicas":0,"maxReplicas":2}]}}`, ""},
		{"finalizer removed", "v1", "Pod", "dying", `{"metadata":{"finalizers":null}}`, ""},
	} {
		if err := s.try(t, h); err != nil {
			t.Errorf("%s of %s %s: %v", s.reason, s.kind, s.name, err)
		}
	}
	for _, o := range existing(h.namespace) {
		if err := client.IgnoreNotFound(h.admin.Delete(t.Context(), o)); err != nil {
			t.Errorf("deletion: %v", err)
		}
	}
}

func TestAnAutoscalerDoesNotGrowARestrictedTenant(t *testing.T) {
	h := settleHarbour(t, "harbour-scales")
	hpa := h.as(t, "system:serviceaccount:kube-system:horizontal-pod-autoscaler", "system:masters")
	_, err := hpa.Typed.AppsV1().Deployments(h.namespace).UpdateScale(t.Context(), "web",
		&autoscalingv1.Scale{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: h.namespace}, Spec: autoscalingv1.ScaleSpec{Replicas: 5}}, metav1.UpdateOptions{})
	wantRefused(t, "who asks does not matter", err, "RestrictedJurisdiction")
}

func TestAChangeOfOwnershipIsFollowedWithoutARestart(t *testing.T) {
	h := settleHarbour(t, "harbour-returns")
	h.moves(t, "NZ")
	h.admits(t, pod(h.namespace, "probe", "harbour"))
	if err := scaled("grows again", "apps/v1", "Deployment", "web", 3).try(t, h); err != nil {
		t.Error(err)
	}
}
