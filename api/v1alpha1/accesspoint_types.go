package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// HeaderName is the name of a header of HTTP, in any case.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=128
// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9][-A-Za-z0-9_]*$')",message="must be the name of a header: letters, digits, '-' and '_'"
type HeaderName string

// IdentifierScheme is a name for one list of identifiers of tenants, such as the
// organisations of one identity provider.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=64
// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9][A-Za-z0-9._-]*$')",message="must be a scheme such as acme-orgs: letters, digits, '-', '_' and '.'"
type IdentifierScheme string

// APIKeySource is where requests carry an API key.
// +kubebuilder:validation:MinProperties=0
type APIKeySource struct {
	// header has the key. Without it, the key is the bearer token of the header
	// Authorization.
	// +optional
	Header HeaderName `json:"header,omitempty"`
}

// VerifiedMetadata is what a proxy passes on of a token that it has verified.
type VerifiedMetadata struct {
	// namespace is that of the metadata, such as envoy.filters.http.jwt_authn.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Namespace string `json:"namespace,omitempty"`

	// key is under what the claims are in there, such as payload_in_metadata of
	// Envoy's filter.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Key string `json:"key,omitempty"`
}

// JWTClaimSource is a claim of a JSON Web Token.
// +kubebuilder:validation:ExactlyOneOf=jwksURL;jwksConfigMap;metadata
// +kubebuilder:validation:XValidation:rule="has(self.metadata) || has(self.audiences)",message="audiences is needed where the gateway verifies the token itself"
// +kubebuilder:validation:XValidation:rule="!has(self.metadata) || !has(self.header)",message="header is where a token is that the gateway verifies itself: with metadata there is none"
type JWTClaimSource struct {
	// issuer must be the token's claim iss.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Issuer string `json:"issuer,omitempty"`

	// audiences has one that must be among the token's claim aud. It is needed where the
	// gateway verifies the token itself. Without it, any.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=512
	Audiences []string `json:"audiences,omitempty"`

	// claim has who it is. It must be a string.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	Claim string `json:"claim,omitempty"`

	// header has the token. Without it, it is the bearer token of the header
	// Authorization.
	// +optional
	Header HeaderName `json:"header,omitempty"`

	// jwksURL is where the issuer publishes its keys. Exactly one of jwksURL,
	// jwksConfigMap and metadata is set.
	// +optional
	// +kubebuilder:validation:MinLength=9
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:XValidation:rule="isURL(self) && url(self).getScheme() == 'https'",message="must be a URL that begins with https://"
	JWKSURL string `json:"jwksURL,omitempty"`

	// jwksConfigMap names a ConfigMap in Domicile's own namespace that has the
	// issuer's keys under jwks.json. Exactly one of jwksURL, jwksConfigMap and metadata
	// is set.
	// +optional
	JWKSConfigMap ObjectName `json:"jwksConfigMap,omitempty"`

	// metadata is where the proxy passes the claims on of a token that it has
	// verified itself. Exactly one of jwksURL, jwksConfigMap and metadata is set.
	// +optional
	Metadata *VerifiedMetadata `json:"metadata,omitzero"`
}

// TLSSANSource is a name in the certificate that the client has shown to the proxy.
type TLSSANSource struct {
	// prefix is what the name begins with that says who it is, such as
	// spiffe://example.org/tenant/. What follows is the value.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Prefix string `json:"prefix,omitempty"`
}

// HeaderSource is a header in which a proxy says who it is.
type HeaderSource struct {
	// name is that of the header.
	// +required
	Name HeaderName `json:"name,omitempty"`

	// proxies are names in the client certificate that the proxy shows to the
	// gateway. Nobody else is believed.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	Proxies []string `json:"proxies,omitempty"`
}

// Identification is one way in which requests say whose they are.
// +kubebuilder:validation:ExactlyOneOf=apiKey;jwtClaim;tlsSAN;header
// +kubebuilder:validation:XValidation:rule="!has(self.apiKey) || !has(self.identifierScheme)",message="identifierScheme is not for apiKey: the Secret of a key says whose it is"
type Identification struct {
	// apiKey finds the tenant by the digest that the key's Secret carries. Exactly one
	// of apiKey, jwtClaim, tlsSAN and header is set.
	// +optional
	APIKey *APIKeySource `json:"apiKey,omitempty"`

	// jwtClaim finds the tenant by a claim of a JSON Web Token. Exactly one of apiKey,
	// jwtClaim, tlsSAN and header is set.
	// +optional
	JWTClaim *JWTClaimSource `json:"jwtClaim,omitzero"`

	// tlsSAN finds the tenant by the certificate of the client, as the proxy
	// passes it on. Exactly one of apiKey, jwtClaim, tlsSAN and header is set.
	// +optional
	TLSSAN *TLSSANSource `json:"tlsSAN,omitzero"`

	// header finds the tenant by a header of a proxy that authenticates itself. Exactly
	// one of apiKey, jwtClaim, tlsSAN and header is set.
	// +optional
	Header *HeaderSource `json:"header,omitzero"`

	// identifierScheme says that the value is an identifier of this scheme that a
	// Tenant lists in spec.identifiers. Without it, it is the metadata.name of a
	// Tenant.
	// +optional
	IdentifierScheme IdentifierScheme `json:"identifierScheme,omitempty"`
}

// OnBehalfOfSource is where a request names the customer for whom it is made.
// +kubebuilder:validation:ExactlyOneOf=header;claim
type OnBehalfOfSource struct {
	// header has the customers, separated by commas. Exactly one of header and claim is
	// set.
	// +optional
	Header HeaderName `json:"header,omitempty"`

	// claim is a claim of the token that jwtClaim reads: a string, or a list of them.
	// Exactly one of header and claim is set.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	Claim string `json:"claim,omitempty"`

	// identifierScheme says that the value is an identifier of this scheme that a
	// Tenant lists. Without it, it is the metadata.name of a Tenant.
	// +optional
	IdentifierScheme IdentifierScheme `json:"identifierScheme,omitempty"`
}

// ModelAlias is another name of a model.
type ModelAlias struct {
	// name is what requests may call it.
	// +required
	Name ModelName `json:"name,omitempty"`

	// model is what it stands for.
	// +required
	Model ModelName `json:"model,omitempty"`
}

// ModelName is the name of a model, which is the same in any case.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=256
// +kubebuilder:validation:XValidation:rule="self.matches('^[-A-Za-z0-9._:/@+]+$')",message="must be the name of a model: letters, digits and '-', '.', '_', ':', '/', '@', '+'"
type ModelName string

// ModelPattern is the name of a model, in which * stands for any text.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=256
// +kubebuilder:validation:XValidation:rule="self.matches('^[-A-Za-z0-9._:/@+*]+$')",message="must be the name of a model, in which * stands for any text"
type ModelPattern string

// ModelSource is where a request names the model that it is for. What is not
// there, is there twice, is cut off or cannot be read for certain counts as every
// model.
// +kubebuilder:validation:ExactlyOneOf=jsonPointer;path;header
// +kubebuilder:validation:XValidation:rule="!has(self.maxBodyBytes) || has(self.jsonPointer)",message="maxBodyBytes is for jsonPointer"
type ModelSource struct {
	// jsonPointer leads to the name in the body, such as /model (RFC 6901). Exactly one
	// of jsonPointer, path and header is set.
	// +optional
	// +kubebuilder:validation:MinLength=2
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule="self.matches('^(/([^~/]|~0|~1)+)+$')",message="must be a JSON pointer such as /model"
	JSONPointer string `json:"jsonPointer,omitempty"`

	// maxBodyBytes is up to how many bytes of a body are read. What is longer counts as
	// every model. Without it, 65536.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=16777216
	MaxBodyBytes int32 `json:"maxBodyBytes,omitempty"`

	// path is a pattern of the path that has {model} in it, such as
	// /v1/models/{model}:generate. * stands for one segment, ** at the end for all
	// that follows. Exactly one of jsonPointer, path and header is set.
	// +optional
	// +kubebuilder:validation:MinLength=8
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="self.matches('^/[^{}]*[{]model[}][^{}]*$')",message="must begin with / and have {model} once"
	Path string `json:"path,omitempty"`

	// header has the name. The proxy must set it itself: a client must not be able to.
	// Exactly one of jsonPointer, path and header is set.
	// +optional
	Header HeaderName `json:"header,omitempty"`

	// aliases are other names of models. A policy that names either of the two is
	// about both. Without it, none.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=256
	Aliases []ModelAlias `json:"aliases,omitempty"`

	// known are all models that are served here. A name that is none of them, and no
	// alias, counts as every model. Without it, each name is a model.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=256
	Known []ModelPattern `json:"known,omitempty"`
}

// ResponseFormat is the form of what a client is told when its request is refused.
// +kubebuilder:validation:Enum=OpenAI;Anthropic;Plain
type ResponseFormat string

// The forms of answers.
const (
	// ResponseOpenAI is the JSON that clients of OpenAI's API read.
	ResponseOpenAI ResponseFormat = "OpenAI"
	// ResponseAnthropic is the JSON that clients of Anthropic's API read.
	ResponseAnthropic ResponseFormat = "Anthropic"
	// ResponsePlain is text.
	ResponsePlain ResponseFormat = "Plain"
)

// AccessPointSpec says how requests are read that come in at one place.
type AccessPointSpec struct {
	// identify has every place at which requests say whose they are. All of them
	// are read: what is said at any of them must be known, and two must not
	// contradict each other.
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Identify []Identification `json:"identify,omitempty"`

	// onBehalfOf is where requests name the customer for whom they are made. It
	// can only make a verdict stricter. Without it, nobody is read there.
	// +optional
	OnBehalfOf *OnBehalfOfSource `json:"onBehalfOf,omitzero"`

	// requireEndUser selects Tenants, by label, whose requests must name such a
	// customer. An empty selector selects all. Without it, none.
	// +optional
	// +kubebuilder:validation:XValidation:rule="(!has(self.matchLabels) || self.matchLabels.size() <= 32) && (!has(self.matchExpressions) || self.matchExpressions.size() <= 32)",message="at most 32 matchLabels and 32 matchExpressions"
	RequireEndUser *metav1.LabelSelector `json:"requireEndUser,omitempty"`

	// model is where requests name the model. Without it, each request counts as
	// one for every model.
	// +optional
	Model *ModelSource `json:"model,omitzero"`

	// response is the form of what clients are told when they are refused. OpenAI: the
	// JSON of OpenAI's API. Anthropic: the JSON of Anthropic's API. Plain: text.
	// Default: Plain.
	// +optional
	// +kubebuilder:default=Plain
	Response ResponseFormat `json:"response,omitempty"`
}

// AccessPointStatus is what became of the access point.
// +kubebuilder:validation:MinProperties=1
type AccessPointStatus struct {
	// conditions has Ready: whether requests are read as declared.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// observedGeneration is the metadata.generation that this status is about.
	// +optional
	// +kubebuilder:validation:Minimum=1
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
}

// AccessPoint is a place where API requests come in, and how they are read: whose
// they are, for whom, and for which model. The gateway answers for it.
//
// +genclient
// +genclient:nonNamespaced
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Cluster,shortName=acp,categories=domicile
// +kubebuilder:printcolumn:name="Response",type=string,JSONPath=`.spec.response`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type AccessPoint struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is how requests are read.
	// +required
	Spec AccessPointSpec `json:"spec,omitzero"`

	// status is written by Domicile.
	// +optional
	Status AccessPointStatus `json:"status,omitzero"`
}

// AccessPointList is a list of AccessPoints.
//
// +kubebuilder:object:root=true
type AccessPointList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	// items are the AccessPoints.
	Items []AccessPoint `json:"items"`
}
