package translate

import (
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// builtinGroup is the kinds of one API group that are covered by default.
type builtinGroup struct {
	group string
	kinds []builtinKind
	// subresources are covered besides; */scale is every scale of the group.
	subresources []string
}

type builtinKind struct {
	kind, resource string
}

// scale is every scale subresource of a group, also of kinds that are added
// to it later.
var scale = []string{"*/scale"}

var builtinGroups = []builtinGroup{
	{
		group: "",
		kinds: []builtinKind{
			{"Pod", "pods"},
			{"PodTemplate", "podtemplates"},
			{"ReplicationController", "replicationcontrollers"},
		},
		subresources: []string{"pods/ephemeralcontainers", "pods/resize", "*/scale"},
	},
	{
		group: "apps",
		kinds: []builtinKind{
			{"DaemonSet", "daemonsets"},
			{"Deployment", "deployments"},
			{"ReplicaSet", "replicasets"},
			{"StatefulSet", "statefulsets"},
		},
		subresources: scale,
	},
	{
		group: "batch",
		kinds: []builtinKind{
			{"CronJob", "cronjobs"},
			{"Job", "jobs"},
		},
	},
	{
		group: "argoproj.io",
		kinds: []builtinKind{
			{"Rollout", "rollouts"},
		},
		subresources: scale,
	},
	{
		group: "jobset.x-k8s.io",
		kinds: []builtinKind{
			{"JobSet", "jobsets"},
		},
		subresources: scale,
	},
	{
		group: "kubeflow.org",
		kinds: []builtinKind{
			{"JAXJob", "jaxjobs"},
			{"MPIJob", "mpijobs"},
			{"MXJob", "mxjobs"},
			{"PaddleJob", "paddlejobs"},
			{"PyTorchJob", "pytorchjobs"},
			{"TFJob", "tfjobs"},
			{"XGBoostJob", "xgboostjobs"},
		},
		subresources: scale,
	},
	{
		group: "kueue.x-k8s.io",
		kinds: []builtinKind{
			{"Workload", "workloads"},
		},
	},
	{
		group: "leaderworkerset.x-k8s.io",
		kinds: []builtinKind{
			{"LeaderWorkerSet", "leaderworkersets"},
		},
		subresources: scale,
	},
	{
		group: "ray.io",
		kinds: []builtinKind{
			{"RayCluster", "rayclusters"},
			{"RayCronJob", "raycronjobs"},
			{"RayJob", "rayjobs"},
			{"RayService", "rayservices"},
		},
		subresources: scale,
	},
	{
		group: "serving.kserve.io",
		kinds: []builtinKind{
			{"ClusterServingRuntime", "clusterservingruntimes"},
			{"InferenceGraph", "inferencegraphs"},
			{"InferenceService", "inferenceservices"},
			{"LLMInferenceService", "llminferenceservices"},
			{"LLMInferenceServiceConfig", "llminferenceserviceconfigs"},
			{"ServingRuntime", "servingruntimes"},
			{"TrainedModel", "trainedmodels"},
		},
		subresources: scale,
	},
	{
		group: "trainer.kubeflow.org",
		kinds: []builtinKind{
			{"ClusterTrainingRuntime", "clustertrainingruntimes"},
			{"TrainingRuntime", "trainingruntimes"},
			{"TrainJob", "trainjobs"},
		},
		subresources: scale,
	},
}

// ResourceOf finds the resource of a kind without a cluster to ask. What is not
// built in is guessed from the kind, as kubectl does it.
func ResourceOf(gvk schema.GroupVersionKind) schema.GroupVersionResource {
	for _, g := range builtinGroups {
		if g.group != gvk.Group {
			continue
		}
		for _, k := range g.kinds {
			if k.kind == gvk.Kind {
				return gvk.GroupVersion().WithResource(k.resource)
			}
		}
	}
	plural, _ := meta.UnsafeGuessKindToResource(gvk)
	return plural
}

func isSubresource(resource string) bool { return strings.Contains(resource, "/") }
