package bypass

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// must is a request that must work with Domicile off, on, and in a full outage.
type must struct {
	name, reason, user string
	request
}

// neverBefore has an object of 300,000 parts, too, which is more than the webhook reads.
var neverBefore = `
{apiVersion: example.com/v1, kind: Widget, metadata: {name: many, namespace: lantern-$HALF, finalizers: [example.com/wait]}, spec: {replicas: 3, list: [` + strings.Repeat("0,", 300000) + `0]}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: own, namespace: lantern-$HALF, $LANTERN, finalizers: [example.com/wait]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: clear, namespace: meridian-$HALF}, spec: {replicas: 1, $TEMPLATE}}
---
{apiVersion: v1, kind: Pod, metadata: {name: unscheduled, namespace: lantern-$HALF}, spec: {schedulerName: nobody, $CONTAINER}}
---
{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: goes, namespace: lantern-$HALF}, spec: {}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: svc, namespace: lantern-$HALF}, spec: {replicas: 2, selector: {matchLabels: {app: svc}}, template: {metadata: {labels: {app: svc}}, spec: {$CONTAINER}}}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: svc, namespace: lantern-$HALF}, spec: {maxUnavailable: 1, selector: {matchLabels: {app: svc}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: static, namespace: lantern-$HALF, annotations: {kubernetes.io/config.mirror: a}}, spec: {nodeName: node-0, $CONTAINER}}`

const (
	removesFinalizers = `{"metadata":{"finalizers":null}}`
	labels            = `{"metadata":{"labels":{"c":"d"}}}`
)

func deletes(object string) request { return request{verb: "delete", object: object} }

var (
	collector = "system:serviceaccount:kube-system:generic-garbage-collector in system:serviceaccounts"
	scheduler = "system:kube-scheduler"
	root      = "root in system:masters"
)

// musts are number 33.
var musts = []must{
	{"finalizer of a dying Pod", "it could never go", "wanda", merges(ref("v1", "Pod", "dying"), removesFinalizers)},
	{"finalizer of a large object", "it could never go", "wanda", merges(ref("example.com/v1", "Widget", "many"), removesFinalizers)},
	{"scale-down of a large object", "shrinking always works", "wanda", scales(ref("example.com/v1", "Widget", "many"), 1)},
	{"finalizer of an API key", "its namespace could never go", "wanda", merges(ref("v1", "Secret", "own"), removesFinalizers)},
	{"finalizer of a ServiceAccount", "its namespace could never go", "wanda", merges(ref("v1", "ServiceAccount", "own"), removesFinalizers)},
	{"scale-down", "shrinking always works", "tina", scales(ref("apps/v1", "Deployment", "web"), 0)},
	{"scale-down of a custom kind", "shrinking always works", "wanda", scales(ref("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", "leader"), 0)},
	{"scale-down through the object", "a Deployment scales its ReplicaSets so", "tina", merges(ref("apps/v1", "Deployment", "web"), `{"spec":{"replicas":0}}`)},
	{"label", "labels are no claims", "tina", merges(ref("apps/v1", "Deployment", "web"), labels)},
	{"annotation of others", "network plugins write them", "tina", merges(ref("v1", "Pod", "runs"), `{"metadata":{"annotations":{"cni.example.org/address":"10.0.0.1"}}}`)},
	{"status", "what there is must be seen", "wanda", merges(ref("apps/v1", "Deployment", "web"), `{"status":{"observedGeneration":9}}`).over("status")},
	{"status of a Pod", "a kubelet writes it", "wanda", merges(ref("v1", "Pod", "runs"), `{"status":{"message":"a"}}`).over("status")},
	{"owner references", "the garbage collector writes them", collector, merges(ref("v1", "Pod", "unscheduled"), `{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"a","uid":"a"}]}}`)},
	{"binding", "a Pod that is admitted is scheduled", scheduler, request{verb: "create", subresource: "binding", object: ref("v1", "Pod", "unscheduled"), patch: `{apiVersion: v1, kind: Binding, metadata: {name: unscheduled, namespace: lantern-$HALF}, target: {apiVersion: v1, kind: Node, name: node-0}}`}},
	{"eviction", "nodes are drained", root, request{verb: "create", subresource: "eviction", object: ref("v1", "Pod", "runs"), patch: `{apiVersion: policy/v1, kind: Eviction, metadata: {name: runs, namespace: lantern-$HALF}}`}},
	{"deletion of a Deployment", "everybody may go", "tina", deletes(ref("apps/v1", "Deployment", "web"))},
	{"deletion of a Pod", "everybody may go", "tina", deletes(ref("v1", "Pod", "runs"))},
	{"deletion of an API key", "everybody may go", "tina", deletes(ref("v1", "Secret", "own"))},
	{"deletion of a custom kind", "everybody may go", "wanda", deletes(ref("ray.io/v1", "RayCluster", "goes"))},
	{"deletion of a namespace", "everybody may go", root, deletes(`{apiVersion: v1, kind: Namespace, metadata: {name: lantern-$HALF}}`)},
	{"label of a namespace", "labels are no claims", "nora", merges(boundName, labels)},
	{"label of a clear Deployment", "labels are no claims", "tina", merges(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: clear, namespace: meridian-$HALF}}`, labels)},
	{"scale-down of a clear Deployment", "shrinking always works", "tina", scales(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: clear, namespace: meridian-$HALF}}`, 0)},
	{"ConfigMap", "it is not covered", "tina", creates(`{apiVersion: v1, kind: ConfigMap, metadata: {name: new, namespace: lantern-$HALF}}`)},
	{"Lease", "a controller leads by it", "wanda", creates(`{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: new, namespace: lantern-$HALF}}`)},
	{"node", "a kubelet writes it", root, merges(`{apiVersion: v1, kind: Node, metadata: {name: node-0}}`, labels)},
	{"status of a node", "a kubelet writes it", root, merges(`{apiVersion: v1, kind: Node, metadata: {name: node-0}}`, `{"status":{"nodeInfo":{"bootID":"a"}}}`).over("status")},
	{"kube-system", "the cluster starts from there", root, creates(`{apiVersion: v1, kind: Pod, metadata: {name: new, namespace: kube-system, $LANTERN}, spec: {$CONTAINER}}`)},
	{"Domicile's own Pods", "they end an outage", root, creates(`{apiVersion: v1, kind: Pod, metadata: {name: new, namespace: domicile-system}, spec: {$CONTAINER}}`)},
	{"label of a Tenant", "only its spec is validated", root, merges(`{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: meridian}}`, labels)},
	{"deletion of a policy", "whoever has to may switch it off", root, deletes(`{apiVersion: domicile.dev/v1alpha1, kind: TenantPolicy, metadata: {name: no-restricted-owners}}`)},
	{"deletion of a LegalEntity", "whoever has to may correct it", root, deletes(`{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: harbour-trading}}`)},
}

// tryNever tries all and says what each is told.
func (w *world) tryNever(ctx context.Context, half half) map[string]error {
	told := map[string]error{}
	for _, m := range musts {
		user, err := w.as(half.of(m.user))
		if err == nil {
			err = m.send(ctx, user, half, true)
		}
		told[m.name] = err
	}
	return told
}

func wantWorks(t *testing.T, when string, told map[string]error) {
	t.Helper()
	for _, m := range musts {
		if err := told[m.name]; err != nil {
			t.Errorf("%s: %s: %s: %v", when, m.name, m.reason, err)
		}
	}
}

func TestWhatMustNeverBeBlocked(t *testing.T) {
	w := theWorld(t)
	wantWorks(t, "with Domicile off", w.neverOff)
	wantWorks(t, "with Domicile on", w.tryNever(t.Context(), on))
}

// TestInAFullOutage is attacks/11-outage.sh: no manager runs at all.
func TestInAFullOutage(t *testing.T) {
	w := theWorld(t)
	for i := range w.manager.Replicas() {
		w.manager.KillReplica(i)
	}
	t.Cleanup(func() {
		for i := range w.manager.Replicas() {
			if err := w.manager.StartReplica(context.WithoutCancel(t.Context()), i); err != nil {
				t.Error(err)
			}
		}
	})
	wantWorks(t, "in an outage", w.tryNever(t.Context(), on))
	for _, a := range attacks {
		for i, err := range w.try(t.Context(), a, on) {
			if s := a.steps[i]; s.want != "" && err == nil {
				t.Errorf("an outage is a way around: %s, step %d", a.key(), i+1)
			}
		}
	}
}

// TestALargeObjectCanGo is attacks/02-review-too-large.sh: each byte of it is six in a
// review. (Posted as it is: a client would write six itself, which is too much for the
// API server.)
func TestALargeObjectCanGo(t *testing.T) {
	w := theWorld(t)
	wanda, err := w.as("wanda")
	if err != nil {
		t.Fatal(err)
	}
	large := func(namespace string) error {
		return wanda.Typed.RESTClient().Post().AbsPath("/apis/batch/v1/namespaces/"+namespace+"/jobs").SetHeader("Content-Type", "application/json").
			Body(largeJob()).Do(t.Context()).Error()
	}
	if err := large("lantern-on"); !is(err, never) {
		t.Errorf("of a restricted tenant it is refused as any other: %v", err)
	}
	if err := large("meridian-on"); err != nil {
		t.Fatalf("of a clear tenant it is admitted: %v", err)
	}
	job := object(on(`{apiVersion: batch/v1, kind: Job, metadata: {name: large, namespace: meridian-$HALF}}`))
	suite.Eventually(t, patience, "the Pod of the Job", func(ctx context.Context) (bool, error) {
		list, err := w.admin.Typed.CoreV1().Pods("meridian-on").List(ctx, listOf("job-name=large"))
		return err == nil && len(list.Items) > 0, err
	})
	if err := wanda.Patch(t.Context(), job.DeepCopy(), client.RawPatch(patches["merge"], []byte(labels))); err != nil {
		t.Errorf("a label: %v", err)
	}
	if err := wanda.Delete(t.Context(), job, client.PropagationPolicy("Background")); err != nil {
		t.Fatal(err)
	}
	suite.Eventually(t, patience, "its Pods to be gone", func(ctx context.Context) (bool, error) {
		list, err := w.admin.Typed.CoreV1().Pods("meridian-on").List(ctx, listOf("job-name=large"))
		if err != nil {
			return false, err
		}
		return len(list.Items) == 0, fmt.Errorf("%d are left", len(list.Items))
	})
}

// TestADrainEnds is attacks/09-drain.sh: what is evicted is made again, so the budget is
// restored.
func TestADrainEnds(t *testing.T) {
	w := theWorld(t)
	nodes, err := w.admin.Typed.CoreV1().Nodes().List(t.Context(), listOf(""))
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range nodes.Items {
		for _, args := range [][]string{{"drain", node.Name, "--ignore-daemonsets", "--force", "--pod-selector=app=svc", "--timeout=60s"}, {"uncordon", node.Name}} {
			if r, err := w.Kubectl(t.Context(), "", args...); err != nil || r.Code != 0 {
				t.Errorf("kubectl %s of %s does not end: %v\n%s%s", args[0], node.Name, err, r.Stdout, r.Stderr)
			}
		}
	}
	if err := cluster.Poll(t.Context(), "as many Pods as before", func(ctx context.Context) (bool, error) {
		d, err := w.admin.Typed.AppsV1().Deployments("lantern-on").Get(ctx, "svc", getOptions)
		return err == nil && d.Status.ReadyReplicas == 2, err
	}); err != nil {
		t.Error(err)
	}
}
