package integration

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/suite"
)

// settles makes a tenant of a company of the same name, and a namespace that is bound
// to it, both clean. It returns what makes the tenant restricted by one of two policies.
func (w *world) settles(t *testing.T, tenant string) (sells func(headquarters string)) {
	t.Helper()
	w.declares(t, strings.ReplaceAll(`
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: TENANT-suspends}
spec: {jurisdictions: {blocked: [SY]}, enforcement: {existing: Suspend}}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: TENANT}
spec: {displayName: TENANT, type: Company, jurisdictions: {headquarters: NZ}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: TENANT}
spec: {parties: [{role: Customer, entity: {name: TENANT}}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: TENANT, annotations: {domicile.dev/tenant: TENANT}}`, "TENANT", tenant))
	w.admits(t, pod(tenant, "probe", ""))
	return func(headquarters string) {
		entity := object(`{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: %s}}`, tenant)
		if err := w.admin.Patch(t.Context(), entity, merge(`{"spec":{"jurisdictions":{"headquarters":%q}}}`, headquarters)); err != nil {
			t.Fatal(err)
		}
		w.refuses(t, pod(tenant, "probe", ""), "RestrictedJurisdiction")
	}
}

// running waits until so many Pods of a namespace run that are none of others, and
// returns them by UID.
func (w *world) running(t *testing.T, namespace string, n int, others map[types.UID]corev1.Pod) map[types.UID]corev1.Pod {
	t.Helper()
	var pods map[types.UID]corev1.Pod
	suite.Eventually(t, patience, "the Pods of "+namespace+" to run", func(ctx context.Context) (bool, error) {
		list, err := w.admin.Typed.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{FieldSelector: "status.phase=Running"})
		if err != nil {
			return false, err
		}
		pods = map[types.UID]corev1.Pod{}
		for _, p := range list.Items {
			if _, old := others[p.UID]; !old && p.DeletionTimestamp == nil {
				pods[p.UID] = p
			}
		}
		return len(pods) == n, nil
	})
	return pods
}

func TestWhatIsEvictedIsMadeAgain(t *testing.T) {
	w := theWorld(t)
	sells := w.settles(t, "ferry")
	const spec = `selector: {matchLabels: {app: NAME}}, template: {metadata: {labels: {app: NAME}}, spec: {` + container + `}}`
	makes := func(format, name string) {
		w.creates(t, object("%s", strings.ReplaceAll(strings.ReplaceAll(format, "SPEC", spec), "NAME", name)))
	}
	makes(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: NAME, namespace: ferry}, spec: {replicas: 2, SPEC}}`, "web")
	makes(`{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: NAME, namespace: ferry}, spec: {replicas: 2, podManagementPolicy: Parallel, serviceName: NAME, SPEC}}`, "db")
	makes(`{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: NAME, namespace: ferry}, spec: {SPEC}}`, "agent")
	makes(`{apiVersion: v1, kind: ReplicationController, metadata: {name: NAME, namespace: ferry}, spec: {replicas: 1, selector: {app: NAME}, template: {metadata: {labels: {app: NAME}}, spec: {`+container+`}}}}`, "old")
	nodes, err := w.admin.Typed.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	count := 2 + 2 + 1 + len(nodes.Items)
	before := w.running(t, "ferry", count, nil)
	sells("KP")

	for _, p := range before {
		if err := w.admin.Typed.PolicyV1().Evictions("ferry").Evict(t.Context(), &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: p.Name, Namespace: "ferry"}}); err != nil {
			t.Errorf("evict %s: %v", p.Name, err)
		}
	}
	after := w.running(t, "ferry", count, before)

	// What was given other labels runs on, and its controller wants one more.
	for _, p := range after {
		if p.Labels["app"] != "web" {
			continue
		}
		if err := w.admin.Patch(t.Context(), p.DeepCopy(), merge(`{"metadata":{"labels":{"app":"mine"}}}`)); err != nil {
			t.Fatal(err)
		}
		break
	}
	suite.Eventually(t, patience, "the ReplicaSet to try, and be told why not", func(ctx context.Context) (bool, error) {
		events, err := w.admin.Typed.CoreV1().Events("ferry").List(ctx, metav1.ListOptions{FieldSelector: "reason=FailedCreate"})
		if err != nil {
			return false, err
		}
		for _, e := range events.Items {
			if strings.HasPrefix(e.InvolvedObject.Name, "web-") && strings.Contains(e.Message, "has 2 of 2 Pods") {
				return true, nil
			}
		}
		return false, nil
	})
	w.running(t, "ferry", count, before)
	wantRefused(t, "more than there were", w.admin.Patch(t.Context(), object(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: ferry}}`), merge(`{"spec":{"replicas":3}}`)), "RestrictedJurisdiction")
}

func TestOnlyAControllerMakesPodsAgain(t *testing.T) {
	w := theWorld(t)
	sells := w.settles(t, "barge")
	// Nobody makes Pods for a Job that another controller cares for.
	job := w.creates(t, object(`{apiVersion: batch/v1, kind: Job, metadata: {name: load, namespace: barge}, spec: {managedBy: example.com/nobody, template: {spec: {restartPolicy: Never, `+container+`}}}}`))
	again := func(name, uid, more string) *unstructured.Unstructured {
		return object(`{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: barge, ownerReferences: [{apiVersion: batch/v1, kind: Job, name: load, uid: %s, controller: true}], %s}, spec: {restartPolicy: Never, nodeSelector: {no: node}, `+container+`}}`, name, uid, more)
	}
	const jobs = "system:serviceaccount:kube-system:job-controller"
	const refused = "RestrictedJurisdiction"
	uid := string(job.GetUID())
	sells("KP")
	for _, tc := range []struct {
		reason, user string
		pod          *unstructured.Unstructured
		want         string
	}{
		{"what its controller makes", jobs, again("load-x7k2p", uid, ""), ""},
		{"what somebody says that it made", "alice", again("load-x7k2p", uid, ""), refused},
		{"who calls an account so", "system:serviceaccount:barge:job-controller", again("load-x7k2p", uid, ""), refused},
		{"another controller", "system:serviceaccount:kube-system:replicaset-controller", again("load-x7k2p", uid, ""), refused},
		{"an owner that there was", jobs, again("load-x7k2p", "3f0c7c1e-5d0b-4a43-9f0e-2f4b0a6f1a01", ""), refused},
		{"another name", jobs, again("other-x7k2p", uid, ""), refused},
		{"somebody else's as well", jobs, again("load-x7k2p", uid, "annotations: {domicile.dev/on-behalf-of: lantern-sg}"), "RestrictedJurisdiction"},
	} {
		err := w.as(t, tc.user).Create(t.Context(), tc.pod, client.DryRunAll)
		wantOutcome(t, tc.reason, err, tc.want)
	}

	controller := w.as(t, jobs)
	if err := controller.Create(t.Context(), again("load-x7k2p", uid, "")); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, "more than it may have", controller.Create(t.Context(), again("load-bcdfg", uid, ""), client.DryRunAll), refused)
	orphan := object(`{apiVersion: v1, kind: Pod, metadata: {name: load-x7k2p, namespace: barge}}`)
	if err := w.admin.Patch(t.Context(), orphan, merge(`{"metadata":{"ownerReferences":null}}`)); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, "what was given away runs on", controller.Create(t.Context(), again("load-bcdfg", uid, ""), client.DryRunAll), refused)
	if err := w.admin.Delete(t.Context(), orphan, client.GracePeriodSeconds(0)); err != nil {
		t.Fatal(err)
	}
	wantOutcome(t, "it has ended", controller.Create(t.Context(), again("load-bcdfg", uid, ""), client.DryRunAll), "")

	sells("SY")
	suite.Eventually(t, patience, "the policy that suspends to count", func(ctx context.Context) (bool, error) {
		err := controller.Create(ctx, again("load-bcdfg", uid, ""), client.DryRunAll)
		return isRefused(err, refused), err
	})
}
