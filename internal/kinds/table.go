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
		Subresources: []string{"ephemeralcontainers", "resize", "status"}, Pods: []Pods{{Spec: "spec"}}, Rank: 9, Way: Evict}
	ServiceAccount = Kind{Kind: "ServiceAccount", Resource: "serviceaccounts", Version: "v1"}
)

var autoscalers = []Kind{
	{Group: "autoscaling", Kind: "HorizontalPodAutoscaler", Resource: "horizontalpodautoscalers", Version: "v2", Way: Set, Field: minReplicas},
	{Group: "keda.sh", Kind: "ScaledObject", Resource: "scaledobjects", Version: "v1alpha1", Asked: true, Way: Set, Field: paused, Halted: pausedObject},
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
		Kind{Kind: "PodTemplate", Resource: "podtemplates", Pods: []Pods{{Spec: "template.spec"}}, Rank: 8},
		Kind{Kind: "ReplicationController", Resource: "replicationcontrollers", Subresources: status, Scale: true, Pods: replicated, Controller: "replication-controller", Rank: 7, Way: Set, Field: Replicas, Halted: noCopies},
	),
	in("apps",
		Kind{Kind: "DaemonSet", Resource: "daemonsets", Subresources: status, Pods: template, Controller: "daemon-set-controller", Rank: 7, Way: Set, Field: nowhere, Halted: unobserved},
		Kind{Kind: "Deployment", Resource: "deployments", Subresources: status, Scale: true, Pods: replicated, Rank: 6, Way: Set, Field: Replicas, Halted: noCopies},
		Kind{Kind: "ReplicaSet", Resource: "replicasets", Subresources: status, Scale: true, Pods: replicated, Controller: "replicaset-controller", Rank: 7, Way: Set, Field: Replicas, Halted: noCopies},
		Kind{Kind: "StatefulSet", Resource: "statefulsets", Subresources: status, Scale: true, Pods: replicated, Controller: "statefulset-controller", Rank: 7, Way: Set, Field: Replicas, Halted: noCopies},
	),
	in("batch",
		// How many Pods a CronJob runs depends on the time.
		Kind{Kind: "CronJob", Resource: "cronjobs", Subresources: status, Pods: []Pods{{Spec: "spec.jobTemplate.spec.template.spec"}}, Rank: 6, Way: Set, Field: Suspend},
		Kind{Kind: "Job", Resource: "jobs", Subresources: status, Pods: []Pods{{Spec: "spec.template.spec", Count: "spec.parallelism"}}, Controller: "job-controller", Rank: 7, Way: Set, Field: Suspend, Halted: suspendedCondition},
	),
	in("apps.nvidia.com",
		Kind{Kind: "NIMBuild", Resource: "nimbuilds"},
		Kind{Kind: "NIMCache", Resource: "nimcaches"},
		Kind{Kind: "NIMPipeline", Resource: "nimpipelines", Pods: []Pods{{Count: "spec.services[].spec.replicas"}}},
		Kind{Kind: "NIMService", Resource: "nimservices", Rank: 1},
		Kind{Kind: "NemoCustomizer", Resource: "nemocustomizers"},
		Kind{Kind: "NemoDatastore", Resource: "nemodatastores"},
		Kind{Kind: "NemoEntitystore", Resource: "nemoentitystores"},
		Kind{Kind: "NemoEvaluator", Resource: "nemoevaluators"},
		Kind{Kind: "NemoGuardrail", Resource: "nemoguardrails"},
	),
	in("argoproj.io",
		// A Workflow that is suspended starts no more Pods; those that it has are evicted.
		Kind{Kind: "AnalysisRun", Resource: "analysisruns", Rank: 5, Pods: analysisPods},
		Kind{Kind: "AnalysisTemplate", Resource: "analysistemplates", Pods: analysisPods},
		Kind{Kind: "ClusterAnalysisTemplate", Resource: "clusteranalysistemplates", ClusterScoped: true, Pods: analysisPods},
		Kind{Kind: "ClusterWorkflowTemplate", Resource: "clusterworkflowtemplates", ClusterScoped: true},
		Kind{Kind: "CronWorkflow", Resource: "cronworkflows", Way: Set, Field: Suspend},
		Kind{Kind: "Experiment", Resource: "experiments", Rank: 4, Pods: []Pods{{Spec: "spec.templates[].template.spec", Count: "spec.templates[].replicas"}}},
		Kind{Kind: "Workflow", Resource: "workflows", Rank: 1, Way: Set, Field: Suspend},
		Kind{Kind: "WorkflowArtifactGCTask", Resource: "workflowartifactgctasks", Rank: 2},
		Kind{Kind: "WorkflowEventBinding", Resource: "workfloweventbindings"},
		Kind{Kind: "WorkflowTaskSet", Resource: "workflowtasksets", Rank: 2},
		Kind{Kind: "WorkflowTemplate", Resource: "workflowtemplates"},
		Kind{Kind: "Rollout", Resource: "rollouts", Scale: true, Pods: replicated, Rank: 3, Way: Set, Field: Replicas, Halted: noCopies},
	),
	in("batch.volcano.sh",
		// Volcano is told by Commands to stop a Job, and to go on.
		Kind{Kind: "CronJob", Resource: "cronjobs", Way: Set, Field: Suspend, Pods: volcanoPods("spec.jobTemplate.spec")},
		Kind{Kind: "Job", Resource: "jobs", Rank: 1, Pods: volcanoPods("spec")},
	),
	in("disaggregatedset.x-k8s.io",
		Kind{Kind: "DisaggregatedSet", Resource: "disaggregatedsets", Rank: 1, Pods: []Pods{
			{Spec: "spec.roles[].spec.leaderWorkerTemplate.leaderTemplate.spec", Count: "spec.roles[].spec.replicas"},
			{Spec: "spec.roles[].spec.leaderWorkerTemplate.workerTemplate.spec"},
		}},
		Kind{Kind: "DisaggregatedSetRoleScaler", Resource: "disaggregatedsetrolescalers", Scale: true},
	),
	in("external-secrets.io",
		Kind{Kind: "ClusterExternalSecret", Resource: "clusterexternalsecrets", ClusterScoped: true},
		Kind{Kind: "ClusterPushSecret", Resource: "clusterpushsecrets", ClusterScoped: true},
		Kind{Kind: "ExternalSecret", Resource: "externalsecrets", Rank: 1},
		Kind{Kind: "PushSecret", Resource: "pushsecrets", Rank: 1},
	),
	in("flow.volcano.sh",
		Kind{Kind: "JobFlow", Resource: "jobflows", Pods: volcanoPods("spec.flows[].patch.jobSpec")},
		Kind{Kind: "JobTemplate", Resource: "jobtemplates", Pods: volcanoPods("spec")},
	),
	in("jobset.x-k8s.io",
		Kind{Kind: "JobSet", Resource: "jobsets", Scale: true, Rank: 2, Way: Set, Field: Suspend, Halted: suspendedCondition, Pods: []Pods{
			{Spec: "spec.replicatedJobs[].template.spec.template.spec", Count: "spec.replicatedJobs[].replicas"},
		}},
	),
	in("keda.sh",
		Kind{Kind: "ScaledJob", Resource: "scaledjobs", Way: Set, Field: paused, Halted: pausedCondition, Pods: []Pods{
			{Spec: "spec.jobTargetRef.template.spec", Count: "spec.maxReplicaCount"},
		}},
	),
	in("kubeflow.org",
		// An Experiment of Katib makes Trials, and these what they are told to.
		Kind{Kind: "Experiment", Resource: "experiments"},
		Kind{Kind: "Trial", Resource: "trials", Rank: 1},
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
		Kind{Kind: "Workload", Resource: "workloads", Pods: []Pods{{Spec: "spec.podSets[].template.spec"}}, Rank: 10, Way: Set, Field: active, Halted: evictedCondition, StartsOwner: true},
	),
	in("leaderworkerset.x-k8s.io",
		Kind{Kind: "LeaderWorkerSet", Resource: "leaderworkersets", Scale: true, Rank: 2, Way: Set, Field: Replicas, Halted: noCopies, Pods: []Pods{
			{Spec: "spec.leaderWorkerTemplate.leaderTemplate.spec", Count: "spec.replicas"},
			{Spec: "spec.leaderWorkerTemplate.workerTemplate.spec", Count: "spec.replicas"},
		}},
	),
	in("machinelearning.seldon.io",
		Kind{Kind: "SeldonDeployment", Resource: "seldondeployments", Scale: true, Pods: []Pods{
			{Spec: "spec.predictors[].componentSpecs[].spec", Count: "spec.predictors[].replicas"},
			{Count: "spec.predictors[].componentSpecs[].replicas"},
		}},
	),
	in("mlops.seldon.io",
		// A Model is loaded into the Pods of a Server.
		Kind{Kind: "Experiment", Resource: "experiments"},
		Kind{Kind: "Model", Resource: "models", Scale: true, Pods: []Pods{{Count: "spec.replicas"}}},
		Kind{Kind: "Pipeline", Resource: "pipelines"},
		Kind{Kind: "SeldonConfig", Resource: "seldonconfigs", Pods: []Pods{{Spec: "spec.components[].podSpec", Count: "spec.components[].replicas"}}},
		Kind{Kind: "SeldonRuntime", Resource: "seldonruntimes", Pods: []Pods{{Spec: "spec.overrides[].podSpec", Count: "spec.overrides[].replicas"}}},
		Kind{Kind: "Server", Resource: "servers", Scale: true, Rank: 1, Pods: []Pods{{Spec: "spec.podSpec", Count: "spec.replicas"}}},
		Kind{Kind: "ServerConfig", Resource: "serverconfigs", Pods: []Pods{{Spec: "spec.podSpec"}}},
	),
	in("production-stack.vllm.ai",
		Kind{Kind: "CacheServer", Resource: "cacheservers", Pods: []Pods{{Count: "spec.replicas"}}},
		Kind{Kind: "LoraAdapter", Resource: "loraadapters", Pods: []Pods{{Count: "spec.loraAdapterDeploymentConfig.replicas"}}},
		Kind{Kind: "VLLMRouter", Resource: "vllmrouters", Pods: []Pods{{Count: "spec.replicas"}}},
		Kind{Kind: "VLLMRuntime", Resource: "vllmruntimes", Scale: true, Pods: []Pods{{Count: "spec.deploymentConfig.replicas"}}},
	),
	in("ray.io",
		// KubeRay leaves a RayCluster suspended until it says suspend: false.
		Kind{Kind: "RayCluster", Resource: "rayclusters", Scale: true, Rank: 3, Way: Set, Field: Suspend, Explicit: true, Halted: rayState, Pods: rayPods("spec")},
		Kind{Kind: "RayCronJob", Resource: "raycronjobs", Rank: 1, Way: Set, Field: Suspend, Pods: rayPods("spec.jobTemplate.rayClusterSpec")},
		Kind{Kind: "RayJob", Resource: "rayjobs", Scale: true, Rank: 2, Way: Set, Field: Suspend, Unless: keptRayCluster, Halted: rayJobStatus,
			Pods: append(rayPods("spec.rayClusterSpec"), Pods{Spec: "spec.submitterPodTemplate.spec"})},
		// A RayService cannot be suspended, but the RayClusters that it made can.
		Kind{Kind: "RayService", Resource: "rayservices", Scale: true, Rank: 1, Pods: rayPods("spec.rayClusterConfig")},
	),
	in("resource.k8s.io",
		Kind{Kind: "ResourceClaim", Resource: "resourceclaims", Rank: 9},
		Kind{Kind: "ResourceClaimTemplate", Resource: "resourceclaimtemplates"},
	),
	in("serving.knative.dev",
		Kind{Kind: "Configuration", Resource: "configurations", Rank: 4, Pods: template},
		Kind{Kind: "Revision", Resource: "revisions", Rank: 5, Pods: []Pods{{Spec: "spec"}}},
		Kind{Kind: "Service", Resource: "services", Rank: 3, Pods: template},
	),
	in("serving.kserve.io",
		// A ClusterStorageContainer runs in the Pods that load a model.
		Kind{Kind: "ClusterStorageContainer", Resource: "clusterstoragecontainers", ClusterScoped: true},
		Kind{Kind: "ClusterServingRuntime", Resource: "clusterservingruntimes", ClusterScoped: true, Pods: []Pods{{Spec: "spec"}, {Spec: "spec.workerSpec"}}},
		Kind{Kind: "InferenceGraph", Resource: "inferencegraphs", Way: Set, Field: stop, Unless: notServerless, Pods: []Pods{{Count: "spec.minReplicas"}}},
		Kind{Kind: "InferenceService", Resource: "inferenceservices", Scale: true, Rank: 2, Way: Set, Field: stop, Unless: notServerless, Halted: stoppedCondition, Pods: []Pods{
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
	in("sparkoperator.k8s.io",
		Kind{Kind: "ScheduledSparkApplication", Resource: "scheduledsparkapplications", Way: Set, Field: Suspend, Pods: sparkPods("spec.template")},
		Kind{Kind: "SparkApplication", Resource: "sparkapplications", Rank: 1, Way: Set, Field: Suspend, Halted: sparkState, Pods: sparkPods("spec")},
		Kind{Kind: "SparkConnect", Resource: "sparkconnects", Pods: []Pods{
			{Spec: "spec.executor.template.spec", Count: "spec.executor.instances"}, {Spec: "spec.server.template.spec"},
		}},
	),
	in("tekton.dev",
		Kind{Kind: "ClusterTask", Resource: "clustertasks", ClusterScoped: true},
		Kind{Kind: "CustomRun", Resource: "customruns", Rank: 1},
		Kind{Kind: "Pipeline", Resource: "pipelines"},
		Kind{Kind: "PipelineRun", Resource: "pipelineruns"},
		Kind{Kind: "StepAction", Resource: "stepactions"},
		Kind{Kind: "Task", Resource: "tasks"},
		Kind{Kind: "TaskRun", Resource: "taskruns", Rank: 1},
	),
	in("trainer.kubeflow.org",
		// An OptimizationJob makes TrainJobs.
		Kind{Kind: "OptimizationJob", Resource: "optimizationjobs", Pods: []Pods{{Count: "spec.trainJobTemplate.spec.trainer.numNodes"}}},
		Kind{Kind: "ClusterTrainingRuntime", Resource: "clustertrainingruntimes", ClusterScoped: true, Pods: trainingPods},
		Kind{Kind: "TrainingRuntime", Resource: "trainingruntimes", Pods: trainingPods},
		// A TrainJob's Pods are those of the runtime that it names.
		Kind{Kind: "TrainJob", Resource: "trainjobs", Scale: true, Rank: 1, Way: Set, Field: Suspend, Halted: suspendedCondition, Pods: []Pods{{Count: "spec.trainer.numNodes"}}},
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

var analysisPods = []Pods{{Spec: "spec.metrics[].provider.job.spec.template.spec", Count: "spec.metrics[].provider.job.spec.parallelism"}}

// volcanoPods are the places in the spec of a Volcano Job.
func volcanoPods(spec string) []Pods {
	return []Pods{{Spec: spec + ".tasks[].template.spec", Count: spec + ".tasks[].replicas"}}
}

// sparkPods are the places in the spec of a SparkApplication.
func sparkPods(spec string) []Pods {
	return []Pods{{Spec: spec + ".driver.template.spec"}, {Spec: spec + ".executor.template.spec", Count: spec + ".executor.instances"}}
}

// in says which group kinds are of.
func in(group string, kinds ...Kind) []Kind {
	for i := range kinds {
		kinds[i].Group = group
	}
	return kinds
}

// trainingJob is a kind of Kubeflow's training operator.
func trainingJob(kind, resource, specs string) Kind {
	return Kind{Kind: kind, Resource: resource, Scale: true, Way: Set, Field: runPolicy, Halted: suspendedCondition, Pods: []Pods{
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
