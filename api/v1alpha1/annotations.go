package v1alpha1

// Annotations, labels and types that users put on objects of other kinds.
const (
	// TenantAnnotation names the Tenant that an object, or everything in a
	// namespace, belongs to. It is read from an object's own annotations, from
	// every map called "annotations" inside it but in its status, and from its Namespace.
	TenantAnnotation = "domicile.dev/tenant"

	// OnBehalfOfAnnotation is a comma-separated list of further Tenants whose
	// access chains are traced too. It can only make a verdict stricter.
	OnBehalfOfAnnotation = "domicile.dev/on-behalf-of"

	// OwnerAnnotation is a comma-separated list of SCHEME:ID identifiers of
	// further parties that are traced too. It can only make a verdict stricter.
	OwnerAnnotation = "domicile.dev/owner"

	// APIKeyLabel marks a Secret as an API key when its value is "true".
	APIKeyLabel = "domicile.dev/api-key"

	// APIKeySecretType is the type of Secrets that hold an API key.
	APIKeySecretType = "domicile.dev/api-key"

	// KeyDigestAnnotation has, on an API-key Secret, the SHA-256 of each key in it, in
	// hexadecimal and separated by commas. The gateway finds the tenant of a request
	// by it. The Secret must have APIKeyLabel.
	KeyDigestAnnotation = "domicile.dev/key-sha256"

	// KeyedDigestAnnotation is KeyDigestAnnotation with HMAC-SHA-256 under a secret
	// that the gateway has as well, for keys that could be guessed.
	KeyedDigestAnnotation = "domicile.dev/key-hmac-sha256"

	// SuspendedLabel is "true" on whatever Domicile has suspended, so that it is
	// found again.
	SuspendedLabel = "domicile.dev/suspended"

	// SuspendedByAnnotation names, on what is suspended, the TenantPolicies for
	// which it is, separated by commas.
	SuspendedByAnnotation = "domicile.dev/suspended-by"

	// FormerAnnotation has, on what is suspended, the fields that were changed,
	// as they were before: a JSON object of field paths and values.
	FormerAnnotation = "domicile.dev/former"

	// HeldInAnnotation names, on an API-key Secret whose data is held, the Secret
	// in Domicile's own namespace that has it.
	HeldInAnnotation = "domicile.dev/held-in"

	// HeldSecretType is the type of the Secrets in Domicile's own namespace that
	// hold the data of API keys and the manifests of evicted Pods.
	HeldSecretType = "domicile.dev/held"

	// HeldLabel is "true" on such Secrets, and OriginAnnotation says on them whose
	// data they hold.
	HeldLabel        = "domicile.dev/held"
	OriginAnnotation = "domicile.dev/origin"

	// BindVerb is the RBAC verb on a Tenant that is needed to put, change or
	// remove a claim on a Namespace or on an object that exists.
	BindVerb = "bind"

	// ClaimVerb is the RBAC verb on a Tenant that is needed to create an object that
	// claims it where no namespace is bound to it. BindVerb includes it.
	ClaimVerb = "claim"
)
