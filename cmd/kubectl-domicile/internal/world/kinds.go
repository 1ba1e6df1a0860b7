package world

import (
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/translate"
)

// clusterScoped are the kinds of Kubernetes, and of the projects that Domicile
// covers by default, that are in no namespace, besides those of the table of
// kinds. Kinds that are not known are taken for namespaced unless the input has
// their CustomResourceDefinition.
var clusterScoped = map[string][]string{
	"":                             {"Node", "PersistentVolume", "ComponentStatus"},
	"admissionregistration.k8s.io": {"MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration"},
	"apiextensions.k8s.io":         {"CustomResourceDefinition"},
	"apiregistration.k8s.io":       {"APIService"},
	"authentication.k8s.io":        {"SelfSubjectReview", "TokenReview"},
	"authorization.k8s.io":         {"SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"},
	"certificates.k8s.io":          {"CertificateSigningRequest", "ClusterTrustBundle"},
	"flowcontrol.apiserver.k8s.io": {"FlowSchema", "PriorityLevelConfiguration"},
	"gateway.networking.k8s.io":    {"GatewayClass"},
	"kueue.x-k8s.io":               {"AdmissionCheck", "ClusterQueue", "Cohort", "MultiKueueCluster", "MultiKueueConfig", "ProvisioningRequestConfig", "ResourceFlavor", "Topology", "WorkloadPriorityClass"},
	"networking.k8s.io":            {"IPAddress", "IngressClass", "ServiceCIDR"},
	"node.k8s.io":                  {"RuntimeClass"},
	"rbac.authorization.k8s.io":    {"ClusterRole", "ClusterRoleBinding"},
	"resource.k8s.io":              {"DeviceClass", "DeviceTaintRule", "ResourceSlice"},
	"scheduling.k8s.io":            {"PriorityClass"},
	"serving.kserve.io":            {"ClusterStorageContainer"},
	"storage.k8s.io":               {"CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"},
	"storagemigration.k8s.io":      {"StorageVersionMigration"},
}

// served knows what a cluster's discovery would tell of a kind.
type served struct {
	cluster map[schema.GroupKind]bool
	plurals map[schema.GroupKind]string // from CustomResourceDefinitions
}

func newServed() *served {
	k := &served{cluster: map[schema.GroupKind]bool{}, plurals: map[schema.GroupKind]string{}}
	for group, names := range clusterScoped {
		for _, name := range names {
			k.cluster[schema.GroupKind{Group: group, Kind: name}] = true
		}
	}
	for _, known := range append(kinds.Workloads(), kinds.Namespace) {
		k.cluster[schema.GroupKind{Group: known.Group, Kind: known.Kind}] = known.ClusterScoped
	}
	return k
}

// learn takes what definitions say.
func (k *served) learn(all Definitions) {
	for _, d := range all {
		k.plurals[d.kind] = d.plural
		k.cluster[d.kind] = d.cluster
	}
}

func (k *served) resource(gvk schema.GroupVersionKind) schema.GroupVersionResource {
	if plural := k.plurals[gvk.GroupKind()]; plural != "" {
		return gvk.GroupVersion().WithResource(plural)
	}
	return translate.ResourceOf(gvk)
}

func (k *served) namespaced(gvk schema.GroupVersionKind) bool {
	return !k.cluster[gvk.GroupKind()]
}
