package kinds

// Namespace and Secret are not workloads, and admission has rules of their own
// for them. The API server lets a Namespace's metadata through on its
// subresources, too (CVE-2026-30963, CVE-2026-55636). Only a Secret that is an
// API key is suspended.
var (
	Namespace = Kind{Kind: "Namespace", Resource: "namespaces", Version: "v1", ClusterScoped: true, Subresources: []string{"status", "finalize"}}
	Secret    = Kind{Kind: "Secret", Resource: "secrets", Version: "v1", Way: Hold}
)

// Pod and ServiceAccount are what is read besides what a request is about.
var (
	Pod = Kind{Kind: "Pod", Resource: "pods", Version: "v1",
		Subresources: []string{"ephemeralcontainers", "resize", "status"}, Pods: []Pods{{Spec: "spec"}}, Rank: 7, Way: Evict}
	ServiceAccount = Kind{Kind: "ServiceAccount", Resource: "serviceaccounts", Version: "v1"}
)

var autoscalers = []Kind{
	{Group: "autoscaling", Kind: "HorizontalPodAutoscaler", Resource: "horizontalpodautoscalers", Version: "v2", Way: Set, Field: minReplicas},
	{Group: "keda.sh", Kind: "ScaledObject", Resource: "scaledobjects", Version: "v1alpha1", Way: Set, Field: paused},
}

// status of Kubernetes' own kinds takes annotations along. That of custom resources
// takes none.
var status = []string{"status"}

// The most common places of Pods.
var (
	template   = []Pods{{Spec: "spec.template.spec"}}
	replicated = []Pods{{Spec: "spec.template.spec", Count: "spec.replicas"}}
)

var groups = [][]Kind{
	in("",
		Pod,
		Kind{Kind: "PodTemplate", Resource: "podtemplates", Pods: []Pods{{Spec: "template.spec"}}, Rank: 6},
		Kind{Kind: "ReplicationController", Resource: "replicationcontrollers", Subresources: status, Scale: true, Pods: replicated, Controller: "replication-controller", Rank: 5, Way: Set, Field: Replicas},
	),
	in("apps",
		Kind{Kind: "DaemonSet", Resource: "daemonsets", Subresources: status, Pods: template, Controller: "daemon-set-controller", Rank: 5, Way: Set, Field: nowhere},
		Kind{Kind: "Deployment", Resource: "deployments", Subresources: status, Scale: true, Pods: replicated, Rank: 4, Way: Set, Field: Replicas},
		Kind{Kind: "ReplicaSet", Resource: "replicasets", Subresources: status, Scale: true, Pods: replicated, Controller: "replicaset-controller", Rank: 5, Way: Set, Field: Replicas},
		Kind{Kind: "StatefulSet", Resource: "statefulsets", Subresources: status, Scale: true, Pods: replicated, Controller: "statefulset-controller", Rank: 5, Way: Set, Field: Replicas},
	),
	in("batch",
		// How many Pods a CronJob runs depends on the time.
		Kind{Kind: "CronJob", Resource: "cronjobs", Subresources: status, Pods: []Pods{{Spec: "spec.jobTemplate.spec.template.spec"}}, Rank: 4, Way: Set, Field: Suspend},
		Kind{Kind: "Job", Resource: "jobs", Subresources: status, Pods: []Pods{{Spec: "spec.template.spec", Count: "spec.parallelism"}}, Controller: "job-controller", Rank: 5, Way: Set, Field: Suspend},
	),
	in("argoproj.io",
		Kind{Kind: "Rollout", Resource: "rollouts", Scale: true, Pods: replicated, Rank: 3, Way: Set, Field: Replicas},
	),
	in("jobset.x-k8s.io",
		Kind{Kind: "JobSet", Resource: "jobsets", Scale: true, Rank: 2, Way: Set, Field: Suspend, Pods: []Pods{
			{Spec: "spec.replicatedJobs[].template.spec.template.spec", Count: "spec.replicatedJobs[].replicas"},
		}},
	),
	in("kubeflow.org",
		trainingJob("JAXJob", "jaxjobs", "jaxReplicaSpecs"),
		trainingJob("MPIJob", "mpijobs", "mpiReplicaSpecs"),
		trainingJob("MXJob", "mxjobs", "mxReplicaSpecs"),
		trainingJob("PaddleJob", "paddlejobs", "paddleReplicaSpecs"),
		trainingJob("PyTorchJob", "pytorchjobs", "pytorchReplicaSpecs"),
		trainingJob("TFJob", "tfjobs", "tfReplicaSpecs"),
		trainingJob("XGBoostJob", "xgboostjobs", "xgbReplicaSpecs"),
	),
	in("kueue.x-k8s.io",
		// A Workload that is active is admitted, which starts the Job that it is for.
		Kind{Kind: "Workload", Resource: "workloads", Pods: []Pods{{Spec: "spec.podSets[].template.spec"}}, Rank: 8, Way: Set, Field: active, StartsOwner: true},
	),
	in("leaderworkerset.x-k8s.io",
		Kind{Kind: "LeaderWorkerSet", Resource: "leaderworkersets", Scale: true, Rank: 2, Way: Set, Field: Replicas, Pods: []Pods{
			{Spec: "spec.leaderWorkerTemplate.leaderTemplate.spec", Count: "spec.replicas"},
			{Spec: "spec.leaderWorkerTemplate.workerTemplate.spec", Count: "spec.replicas"},
		}},
	),
	in("ray.io",
		Kind{Kind: "RayCluster", Resource: "rayclusters", Scale: true, Rank: 3, Way: Set, Field: Suspend, Pods: rayPods("spec")},
		Kind{Kind: "RayCronJob", Resource: "raycronjobs", Rank: 1, Way: Set, Field: Suspend, Pods: rayPods("spec.jobTemplate.rayClusterSpec")},
		Kind{Kind: "RayJob", Resource: "rayjobs", Scale: true, Rank: 2, Way: Set, Field: Suspend,
			Pods: append(rayPods("spec.rayClusterSpec"), Pods{Spec: "spec.submitterPodTemplate.spec"})},
		// A RayService cannot be suspended, but the RayClusters that it made can.
		Kind{Kind: "RayService", Resource: "rayservices", Scale: true, Rank: 1, Pods: rayPods("spec.rayClusterConfig")},
	),
	in("serving.kserve.io",
		Kind{Kind: "ClusterServingRuntime", Resource: "clusterservingruntimes", ClusterScoped: true, Pods: []Pods{{Spec: "spec"}, {Spec: "spec.workerSpec"}}},
		Kind{Kind: "InferenceGraph", Resource: "inferencegraphs", Way: Set, Field: stop, Pods: []Pods{{Count: "spec.minReplicas"}}},
		Kind{Kind: "InferenceService", Resource: "inferenceservices", Scale: true, Rank: 2, Way: Set, Field: stop, Pods: []Pods{
			{Spec: "spec.predictor", Count: "spec.predictor.minReplicas"},
			{Spec: "spec.predictor.workerSpec"},
			{Spec: "spec.transformer", Count: "spec.transformer.minReplicas"},
			{Spec: "spec.explainer", Count: "spec.explainer.minReplicas"},
		}},
		Kind{Kind: "LLMInferenceService", Resource: "llminferenceservices", Scale: true, Rank: 1, Way: Set, Field: stop, Pods: llmPods},
		Kind{Kind: "LLMInferenceServiceConfig", Resource: "llminferenceserviceconfigs", Pods: llmPods},
		Kind{Kind: "ServingRuntime", Resource: "servingruntimes", Pods: []Pods{{Spec: "spec"}, {Spec: "spec.workerSpec"}}},
		// A TrainedModel is loaded into the Pods of an InferenceService.
		Kind{Kind: "TrainedModel", Resource: "trainedmodels"},
	),
	in("trainer.kubeflow.org",
		Kind{Kind: "ClusterTrainingRuntime", Resource: "clustertrainingruntimes", ClusterScoped: true, Pods: trainingPods},
		Kind{Kind: "TrainingRuntime", Resource: "trainingruntimes", Pods: trainingPods},
		// A TrainJob's Pods are those of the runtime that it names.
		Kind{Kind: "TrainJob", Resource: "trainjobs", Scale: true, Rank: 1, Way: Set, Field: Suspend, Pods: []Pods{{Count: "spec.trainer.numNodes"}}},
	),
}

var (
	llmPods = []Pods{
		{Spec: "spec.template", Count: "spec.replicas"},
		{Spec: "spec.worker"},
		{Spec: "spec.prefill.template", Count: "spec.prefill.replicas"},
		{Spec: "spec.prefill.worker"},
		{Spec: "spec.router.scheduler.template"},
	}
	trainingPods = []Pods{
		{Spec: "spec.template.spec.replicatedJobs[].template.spec.template.spec", Count: "spec.mlPolicy.numNodes"},
	}
)

// in says which group kinds are of.
func in(group string, kinds ...Kind) []Kind {
	for i := range kinds {
		kinds[i].Group = group
	}
	return kinds
}

// trainingJob is a kind of Kubeflow's training operator.
func trainingJob(kind, resource, specs string) Kind {
	return Kind{Kind: kind, Resource: resource, Scale: true, Way: Set, Field: runPolicy, Pods: []Pods{
		{Spec: "spec." + specs + ".*.template.spec", Count: "spec." + specs + ".*.replicas"},
	}}
}

// rayPods are the places in the spec of a RayCluster.
func rayPods(spec string) []Pods {
	return []Pods{
		{Spec: spec + ".headGroupSpec.template.spec"},
		{Spec: spec + ".workerGroupSpecs[].template.spec", Count: spec + ".workerGroupSpecs[].replicas"},
	}
}
