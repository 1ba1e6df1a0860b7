package suspension

// What suspension needs is a ClusterRole of its own, which the chart makes only if
// suspension is switched on. The kinds are in zz_generated.rights.go. Whose an
// object is depends on its Namespace and ServiceAccounts. The rights to read what
// is covered are the audit's.
//+kubebuilder:rbac:groups="",resources=namespaces,verbs=get;list
//+kubebuilder:rbac:groups="",resources=serviceaccounts,verbs=get
