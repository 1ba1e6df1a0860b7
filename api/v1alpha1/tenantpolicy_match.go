package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ResourceRule names resources that a policy covers beyond the built-in ones.
// +kubebuilder:validation:XValidation:rule="!self.resources.exists(r, r == 'bindings' || r == 'pods/binding' || r.endsWith('/status'))",message="bindings, pods/binding and status subresources cannot be covered: a refusal there would stop schedulers and controllers"
// +kubebuilder:validation:XValidation:rule="!self.apiGroups.exists(g, g == 'domicile.dev' || g == 'coordination.k8s.io' || g == 'admissionregistration.k8s.io')",message="Domicile's own kinds, Leases and webhook configurations cannot be covered"
type ResourceRule struct {
	// apiGroups lists API groups; "" is the core group.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=0
	// +kubebuilder:validation:items:MaxLength=253
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$')",message="must be an API group such as serving.kserve.io, or '' for the core group; wildcards are not allowed"
	APIGroups []string `json:"apiGroups,omitempty"`

	// apiVersions lists API versions; "*" is every one. Default: "*".
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^([*]|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$')",message="must be an API version such as v1beta1, or '*' for every one"
	// +kubebuilder:default={"*"}
	APIVersions []string `json:"apiVersions,omitempty"`

	// resources lists resources in the plural, in lower case; a subresource is
	// written RESOURCE/SUBRESOURCE. Wildcards are not allowed, so that nothing
	// is hooked by accident.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=128
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?(/[a-z0-9]([-a-z0-9]*[a-z0-9])?)?$')",message="must be a resource in the plural and in lower case, such as inferenceservices or rayclusters/scale; wildcards are not allowed"
	Resources []string `json:"resources,omitempty"`
}

// ExcludedResources names custom resources that a policy leaves out, in all versions.
type ExcludedResources struct {
	// apiGroups lists API groups of custom resources.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)+$')",message="must be an API group with a dot, such as monitoring.coreos.com: what Kubernetes itself runs is always covered; wildcards are not allowed"
	APIGroups []string `json:"apiGroups,omitempty"`

	// resources lists resources in the plural, in lower case.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=128
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",message="must be a resource in the plural and in lower case, such as prometheuses; wildcards and subresources are not allowed"
	Resources []string `json:"resources,omitempty"`
}

// MatchCondition is a CEL expression that must be true for a policy to apply.
type MatchCondition struct {
	// name identifies the condition in messages.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$')",message="must be a name of letters, digits, '-', '_' and '.', with a letter or digit at both ends"
	Name string `json:"name,omitempty"`

	// expression is a CEL expression over object, oldObject and request, as in
	// a ValidatingWebhookConfiguration (KEP-3716), without authorizer. When its
	// evaluation fails the policy applies.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Expression string `json:"expression,omitempty"`
}

// Covered is a sort of thing that a policy covers.
// +kubebuilder:validation:Enum=Objects;Requests
type Covered string

// What policies cover.
const (
	// CoveredObjects are objects of the cluster: workloads, Namespaces, API keys.
	CoveredObjects Covered = "Objects"
	// CoveredRequests are API requests that a gateway asks about.
	CoveredRequests Covered = "Requests"
)

// RequestMatch says which API requests a policy covers. A request whose model
// cannot be read for certain counts as one for every model.
// +kubebuilder:validation:MinProperties=1
type RequestMatch struct {
	// accessPoints are the AccessPoints at which they come in. Without it, all.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	AccessPoints []ObjectName `json:"accessPoints,omitempty"`

	// models are names of models, in which * stands for any text. Upper and lower case
	// are the same. Without it, all.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=256
	Models []ModelPattern `json:"models,omitempty"`
}

// Match says which objects a policy covers. Without it, everything that
// Domicile covers by default.
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:XValidation:rule="!has(self.requests) || !has(self.covers) || 'Requests' in self.covers",message="requests is without effect: covers does not have Requests"
type Match struct {
	// covers is what the policy is about. Objects: workloads, Namespaces and API keys of
	// the cluster. Requests: API requests that a gateway asks about. Selectors and
	// conditions are about objects, requests is about requests. Without it, both.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=2
	Covers []Covered `json:"covers,omitempty"`

	// requests narrows down which API requests are covered. Without it, all are.
	// +optional
	Requests *RequestMatch `json:"requests,omitzero"`

	// namespaceSelector selects namespaces by label. Without it, all.
	// +optional
	// +kubebuilder:validation:XValidation:rule="(!has(self.matchLabels) || self.matchLabels.size() <= 32) && (!has(self.matchExpressions) || self.matchExpressions.size() <= 32)",message="at most 32 matchLabels and 32 matchExpressions"
	NamespaceSelector *metav1.LabelSelector `json:"namespaceSelector,omitempty"`

	// objectSelector selects objects by label. Whoever may label an object chooses then
	// whether the policy covers it. Without it, all.
	// +optional
	// +kubebuilder:validation:XValidation:rule="(!has(self.matchLabels) || self.matchLabels.size() <= 32) && (!has(self.matchExpressions) || self.matchExpressions.size() <= 32)",message="at most 32 matchLabels and 32 matchExpressions"
	ObjectSelector *metav1.LabelSelector `json:"objectSelector,omitempty"`

	// resources are covered in addition to those that are by default. Without it, none.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Resources []ResourceRule `json:"resources,omitempty"`

	// excludeResources are custom resources that are not covered although they are by
	// default, with their subresources. The Pods that they make still are. What resources
	// names is covered in any case. Without it, none.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	ExcludeResources []ExcludedResources `json:"excludeResources,omitempty"`

	// apiKeys lists what makes a Secret an API-key Secret, in addition to its type
	// and label: keys of its data, and labels and annotations as label:KEY,
	// label:KEY=VALUE, annotation:KEY or annotation:KEY=VALUE, such as
	// label:konghq.com/credential. Without it, type and label alone.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=400
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^([-._a-zA-Z0-9]+|(label|annotation):([-.a-z0-9]+/)?[-._a-zA-Z0-9]+(=[-._a-zA-Z0-9]*)?)$')",message="must be a key of a Secret's data (letters, digits, '-', '_' and '.'), or label:KEY, label:KEY=VALUE, annotation:KEY or annotation:KEY=VALUE"
	APIKeys []string `json:"apiKeys,omitempty"`

	// matchConditions must all be true for the policy to apply. Without any, it applies.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	MatchConditions []MatchCondition `json:"matchConditions,omitempty"`
}
