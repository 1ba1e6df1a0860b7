package audit

// What the audit goes over is in zz_generated.rights.go. A ServiceAccount says
// what workloads may use. Kinds that a policy adds need a rule of the admin's (the
// chart's rbac.extraRules).
//+kubebuilder:rbac:groups="",resources=serviceaccounts,verbs=list

// The reports, of either API. To apply one that does not exist takes both create
// and patch.
//
//+kubebuilder:rbac:groups=openreports.io,resources=clusterreports;reports,verbs=get;list;create;patch;delete
//+kubebuilder:rbac:groups=wgpolicyk8s.io,resources=clusterpolicyreports;policyreports,verbs=get;list;create;patch;delete
