package suspension

// What suspension needs is a ClusterRole and a Role of its own, which the chart
// makes only if suspension is switched on. The rights to read what is covered
// are the audit's.
//
// Workloads are patched, bare Pods evicted and created again. API-key Secrets are
// patched; an immutable one is deleted and created again.
//+kubebuilder:rbac:groups="",resources=namespaces,verbs=get;list
//+kubebuilder:rbac:groups="",resources=serviceaccounts,verbs=get
//+kubebuilder:rbac:groups="",resources=pods,verbs=get;list;create;patch
//+kubebuilder:rbac:groups="",resources=pods/eviction,verbs=create
//+kubebuilder:rbac:groups="",resources=secrets,verbs=get;list;create;patch;delete
//+kubebuilder:rbac:groups="",resources=replicationcontrollers,verbs=get;list;patch
//+kubebuilder:rbac:groups=apps,resources=daemonsets;deployments;replicasets;statefulsets,verbs=get;list;patch
//+kubebuilder:rbac:groups=batch,resources=cronjobs;jobs,verbs=get;list;patch
//+kubebuilder:rbac:groups=argoproj.io,resources=rollouts,verbs=get;list;patch
//+kubebuilder:rbac:groups=jobset.x-k8s.io,resources=jobsets,verbs=get;list;patch
//+kubebuilder:rbac:groups=kubeflow.org,resources=jaxjobs;mpijobs;mxjobs;paddlejobs;pytorchjobs;tfjobs;xgboostjobs,verbs=get;list;patch
//+kubebuilder:rbac:groups=kueue.x-k8s.io,resources=workloads,verbs=get;list;patch
//+kubebuilder:rbac:groups=leaderworkerset.x-k8s.io,resources=leaderworkersets,verbs=get;list;patch
//+kubebuilder:rbac:groups=ray.io,resources=rayclusters;raycronjobs;rayjobs,verbs=get;list;patch
//+kubebuilder:rbac:groups=serving.kserve.io,resources=inferencegraphs;inferenceservices;llminferenceservices,verbs=get;list;patch
//+kubebuilder:rbac:groups=trainer.kubeflow.org,resources=trainjobs,verbs=get;list;patch
//
// Autoscalers that would undo it.
//+kubebuilder:rbac:groups=autoscaling,resources=horizontalpodautoscalers,verbs=get;list;patch
//+kubebuilder:rbac:groups=keda.sh,resources=scaledobjects,verbs=get;list;patch
