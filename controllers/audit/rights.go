package audit

// What the audit goes over. Of Secrets it asks for the metadata alone, unless a
// policy names keys in their data; RBAC knows no such difference. Kinds that a
// policy adds need a rule of the admin's (the chart's rbac.extraRules).
//
//+kubebuilder:rbac:groups="",resources=pods;podtemplates;replicationcontrollers;secrets;serviceaccounts,verbs=list
//+kubebuilder:rbac:groups=apps,resources=daemonsets;deployments;replicasets;statefulsets,verbs=list
//+kubebuilder:rbac:groups=batch,resources=cronjobs;jobs,verbs=list
//+kubebuilder:rbac:groups=argoproj.io,resources=rollouts,verbs=list
//+kubebuilder:rbac:groups=jobset.x-k8s.io,resources=jobsets,verbs=list
//+kubebuilder:rbac:groups=kubeflow.org,resources=jaxjobs;mpijobs;mxjobs;paddlejobs;pytorchjobs;tfjobs;xgboostjobs,verbs=list
//+kubebuilder:rbac:groups=kueue.x-k8s.io,resources=workloads,verbs=list
//+kubebuilder:rbac:groups=leaderworkerset.x-k8s.io,resources=leaderworkersets,verbs=list
//+kubebuilder:rbac:groups=ray.io,resources=rayclusters;raycronjobs;rayjobs;rayservices,verbs=list
//+kubebuilder:rbac:groups=serving.kserve.io,resources=clusterservingruntimes;inferencegraphs;inferenceservices;llminferenceservices;llminferenceserviceconfigs;servingruntimes;trainedmodels,verbs=list
//+kubebuilder:rbac:groups=trainer.kubeflow.org,resources=clustertrainingruntimes;trainingruntimes;trainjobs,verbs=list

// The reports, of either API. To apply one that does not exist takes both create
// and patch.
//
//+kubebuilder:rbac:groups=openreports.io,resources=clusterreports;reports,verbs=get;list;create;patch;delete
//+kubebuilder:rbac:groups=wgpolicyk8s.io,resources=clusterpolicyreports;policyreports,verbs=get;list;create;patch;delete
