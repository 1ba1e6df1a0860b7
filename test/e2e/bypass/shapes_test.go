package bypass

import "strings"

func replace(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }

// in is a manifest of a kind: in Lantern's own namespace if nothing in it says whose it
// is, otherwise in a namespace of nobody, where nothing but its inside can.
func in(manifest string) string {
	namespace := "lantern"
	if strings.Contains(manifest, "$LANTERN") {
		namespace = "shared"
	}
	return replace(manifest, "$META", "metadata: {name: new, namespace: "+namespace+"-$HALF}")
}

const rayGroup = `headGroupSpec: {template: {spec: {$CONTAINER}}}, workerGroupSpecs: [{groupName: a, template: {metadata: {$LANTERN}, spec: {$CONTAINER}}}]`

// shapes are the kinds that something runs in, by the number in the list.
var shapes = append([]attack{
	one("16", "joins a Workload by label", "the Pod is judged by its own claim", "", creates(pod("lantern", `labels: {kueue.x-k8s.io/queue-name: q, kueue.x-k8s.io/pod-group-name: queued}`)), never),
	one("17", "base of an LLMInferenceService", "it runs whatever the base says", "wanda", creates(`{apiVersion: serving.kserve.io/v1, kind: LLMInferenceService, metadata: {name: new, namespace: lantern-$HALF}, spec: {baseRefs: [{name: base}]}}`), never),
	one("17", "runtime in no namespace", "its annotations go to the Pods", "carl", creates(`{apiVersion: serving.kserve.io/v1alpha1, kind: ClusterServingRuntime, metadata: {name: new-$HALF}, spec: {$LANTERN}}`), never),
	one("18", "JobSet for another cluster", "it is judged here, before it leaves", "wanda", creates(in(`{apiVersion: jobset.x-k8s.io/v1alpha2, kind: JobSet, $META, spec: {managedBy: kueue.x-k8s.io/multikueue}}`)), never),
	one("18", "Job for another cluster", "it is judged here, before it leaves", "", creates(in(`{apiVersion: batch/v1, kind: Job, $META, spec: {managedBy: kueue.x-k8s.io/multikueue, $JOB}}`)), never),
}, kindsOf(map[string][]string{
	"15": {
		`{apiVersion: v1, kind: Pod, $META, spec: {$CONTAINER}}`,
		`{apiVersion: v1, kind: PodTemplate, $META, template: {spec: {$CONTAINER}}}`,
		`{apiVersion: v1, kind: ReplicationController, $META, spec: {selector: {app: a}, template: {metadata: {labels: {app: a}}, spec: {$CONTAINER}}}}`,
		`{apiVersion: apps/v1, kind: DaemonSet, $META, spec: {$TEMPLATE}}`,
		`{apiVersion: apps/v1, kind: Deployment, $META, spec: {$TEMPLATE}}`,
		`{apiVersion: apps/v1, kind: ReplicaSet, $META, spec: {$TEMPLATE}}`,
		`{apiVersion: apps/v1, kind: StatefulSet, $META, spec: {serviceName: a, $TEMPLATE}}`,
		`{apiVersion: batch/v1, kind: CronJob, $META, spec: {schedule: "0 0 1 1 *", jobTemplate: {spec: {$JOB}}}}`,
		`{apiVersion: batch/v1, kind: Job, $META, spec: {$JOB}}`,
	},
	"16": {
		`{apiVersion: ray.io/v1, kind: RayCluster, $META, spec: {` + rayGroup + `}}`,
		`{apiVersion: ray.io/v1, kind: RayService, $META, spec: {rayClusterConfig: {` + rayGroup + `}}}`,
		`{apiVersion: ray.io/v1, kind: RayJob, $META, spec: {clusterSelector: {a: b}, submitterPodTemplate: {metadata: {$LANTERN}, spec: {$CONTAINER}}}}`,
		`{apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, $META, spec: {leaderWorkerTemplate: {leaderTemplate: {metadata: {$LANTERN}}, workerTemplate: {spec: {$CONTAINER}}}}}`,
		`{apiVersion: jobset.x-k8s.io/v1alpha2, kind: JobSet, $META, spec: {replicatedJobs: [{name: a, template: {spec: {template: {metadata: {$LANTERN}, spec: {$CONTAINER}}}}}]}}`,
		`{apiVersion: kueue.x-k8s.io/v1, kind: Workload, $META, spec: {podSets: [{name: a, template: {metadata: {$LANTERN}}}]}}`,
	},
	"17": {
		`{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, $META, spec: {predictor: {}, transformer: {$LANTERN}}}`,
		`{apiVersion: serving.kserve.io/v1alpha1, kind: ServingRuntime, $META, spec: {workerSpec: {$LANTERN}}}`,
		`{apiVersion: serving.kserve.io/v1alpha1, kind: InferenceGraph, $META, spec: {}}`,
		`{apiVersion: serving.kserve.io/v1alpha1, kind: TrainedModel, $META, spec: {}}`,
		`{apiVersion: serving.kserve.io/v1, kind: LLMInferenceService, $META, spec: {router: {scheduler: {template: {metadata: {$LANTERN}}}}}}`,
		`{apiVersion: trainer.kubeflow.org/v1, kind: TrainJob, $META, spec: {podTemplateOverrides: [{metadata: {$LANTERN}}]}}`,
	},
	"19": {
		`{apiVersion: example.com/v1, kind: Widget, $META, spec: {anything: [{template: {metadata: {$LANTERN}, spec: {$CONTAINER}}}]}}`,
		`{apiVersion: argoproj.io/v1, kind: Rollout, $META, spec: {$TEMPLATE}}`,
	},
})...)

// kindsOf are attacks that create an object of each kind.
func kindsOf(manifests map[string][]string) []attack {
	var list []attack
	for id, of := range manifests {
		for _, manifest := range of {
			manifest = in(manifest)
			list = append(list, one(id, object(filler("")(manifest)).GetKind(), "Pods come of it", "wanda", creates(manifest), never))
		}
	}
	return list
}
