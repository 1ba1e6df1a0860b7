package integration

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func TestEveryKindIsCovered(t *testing.T) {
	w := theWorld(t)
	template := `template: {metadata: {labels: {app: a}}, spec: {` + container + `}}`
	selector := `selector: {matchLabels: {app: a}}`
	job := `template: {spec: {restartPolicy: Never, ` + container + `}}`
	for name, tc := range map[string]struct {
		reason string
		object *unstructured.Unstructured
	}{
		"Pod":                      {"what runs", pod("lantern", "a", "")},
		"Pod without a name":       {"generateName", object(`{apiVersion: v1, kind: Pod, metadata: {generateName: a-, namespace: lantern}, spec: {%s}}`, container)},
		"Deployment":               {"makes pods", object(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: lantern}, spec: {%s, %s}}`, selector, template)},
		"Deployment of none":       {"made now, scaled later", object(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: lantern}, spec: {replicas: 0, %s, %s}}`, selector, template)},
		"ReplicaSet":               {"makes pods", object(`{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: a, namespace: lantern}, spec: {%s, %s}}`, selector, template)},
		"StatefulSet":              {"makes pods", object(`{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a, namespace: lantern}, spec: {serviceName: a, %s, %s}}`, selector, template)},
		"DaemonSet":                {"makes pods", object(`{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: a, namespace: lantern}, spec: {%s, %s}}`, selector, template)},
		"Job":                      {"makes pods", object(`{apiVersion: batch/v1, kind: Job, metadata: {name: a, namespace: lantern}, spec: {%s}}`, job)},
		"Job suspended":            {"made now, resumed later", object(`{apiVersion: batch/v1, kind: Job, metadata: {name: a, namespace: lantern}, spec: {suspend: true, %s}}`, job)},
		"CronJob":                  {"makes jobs", object(`{apiVersion: batch/v1, kind: CronJob, metadata: {name: a, namespace: lantern}, spec: {schedule: "0 0 1 1 *", jobTemplate: {spec: {%s}}}}`, job)},
		"ReplicationController":    {"makes pods", object(`{apiVersion: v1, kind: ReplicationController, metadata: {name: a, namespace: lantern}, spec: {selector: {app: a}, %s}}`, template)},
		"PodTemplate":              {"is made into pods", object(`{apiVersion: v1, kind: PodTemplate, metadata: {name: a, namespace: lantern}, %s}`, template)},
		"Namespace":                {"everything in it would be the tenant's", object(`{apiVersion: v1, kind: Namespace, metadata: {name: a, %s}}`, claim("lantern-sg"))},
		"API key":                  {"lets the tenant in", object(`{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {name: a, namespace: lantern}}`)},
		"InferenceService":         {"KServe", object(`{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, metadata: {name: a, namespace: shared}, spec: {transformer: {annotations: {domicile.dev/tenant: lantern-sg}}}}`)},
		"LLMInferenceService":      {"KServe", object(`{apiVersion: serving.kserve.io/v1alpha1, kind: LLMInferenceService, metadata: {name: a, namespace: shared}, spec: {prefill: {annotations: {domicile.dev/tenant: lantern-sg}}}}`)},
		"ClusterServingRuntime":    {"KServe, in no namespace", object(`{apiVersion: serving.kserve.io/v1alpha1, kind: ClusterServingRuntime, metadata: {name: a, %s}}`, claim("lantern-sg"))},
		"RayCluster":               {"Ray, with a list of groups", object(`{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: a, namespace: shared}, spec: {workerGroupSpecs: [{template: {metadata: {%s}}}]}}`, claim("lantern-sg"))},
		"RayJob":                   {"Ray, with a submitter", object(`{apiVersion: ray.io/v1, kind: RayJob, metadata: {name: a, namespace: shared}, spec: {clusterSelector: {a: b}, submitterPodTemplate: {metadata: {%s}}}}`, claim("lantern-sg"))},
		"JobSet":                   {"with a list of jobs", object(`{apiVersion: jobset.x-k8s.io/v1alpha2, kind: JobSet, metadata: {name: a, namespace: shared}, spec: {replicatedJobs: [{template: {spec: {template: {metadata: {%s}}}}}]}}`, claim("lantern-sg"))},
		"LeaderWorkerSet":          {"with two templates", object(`{apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, metadata: {name: a, namespace: shared}, spec: {leaderWorkerTemplate: {workerTemplate: {metadata: {%s}}}}}`, claim("lantern-sg"))},
		"Kueue Workload":           {"with a list of pod sets", object(`{apiVersion: kueue.x-k8s.io/v1beta1, kind: Workload, metadata: {name: a, namespace: shared}, spec: {podSets: [{template: {metadata: {%s}}}]}}`, claim("lantern-sg"))},
		"TrainJob":                 {"Kubeflow Trainer", object(`{apiVersion: trainer.kubeflow.org/v1alpha1, kind: TrainJob, metadata: {name: a, namespace: lantern}, spec: {managedBy: kueue.x-k8s.io/multikueue}}`)},
		"Rollout":                  {"Argo Rollouts", object(`{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: a, namespace: lantern}, spec: {}}`)},
		"Widget":                   {"a policy adds it", object(`{apiVersion: example.com/v1, kind: Widget, metadata: {name: a, namespace: lantern}}`)},
		"Gizmo of another version": {"an equivalent of what the policy names", object(`{apiVersion: example.com/v1beta1, kind: Gizmo, metadata: {name: a, namespace: lantern}}`)},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefused(t, tc.reason, w.admin.Create(t.Context(), tc.object, client.DryRunAll), "RestrictedOwner")
		})
	}
}

func TestTheNamespaceOfARequestCounts(t *testing.T) {
	w := theWorld(t)
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{GenerateName: "a-"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "example.org/c:1"}}}}
	_, err := w.admin.Typed.CoreV1().Pods("lantern").Create(t.Context(), p, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	wantRefused(t, "the object names neither a namespace nor itself", err, "RestrictedOwner")
}

func TestNothingElseIsAskedAbout(t *testing.T) {
	w := theWorld(t)
	for name, o := range map[string]*unstructured.Unstructured{
		"ConfigMap":      object(`{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: lantern, %s}}`, claim("lantern-sg")),
		"Service":        object(`{apiVersion: v1, kind: Service, metadata: {name: a, namespace: lantern}, spec: {ports: [{port: 80}]}}`),
		"Secret":         object(`{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: shared}, stringData: {password: a}}`),
		"ServiceAccount": object(`{apiVersion: v1, kind: ServiceAccount, metadata: {name: a, namespace: lantern}}`),
		"Lease":          object(`{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: a, namespace: lantern}}`),
		"unnamed kind":   object(`{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: a, namespace: unbound}}`),
	} {
		t.Run(name, func(t *testing.T) {
			if err := w.admin.Create(t.Context(), o, client.DryRunAll); err != nil {
				t.Error(err)
			}
		})
	}
}
