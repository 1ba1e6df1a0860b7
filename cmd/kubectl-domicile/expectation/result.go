package expectation

// Result is what must come out for one object, in the form of
// kubectl domicile check -o json.
type Result struct {
	Resource  Resource   `json:"resource" yaml:"resource"`
	Allowed   bool       `json:"allowed" yaml:"allowed"`
	Decisions []Decision `json:"decisions" yaml:"decisions"`
}

// Resource names an object.
type Resource struct {
	APIVersion string `json:"apiVersion" yaml:"apiVersion"`
	Kind       string `json:"kind" yaml:"kind"`
	Namespace  string `json:"namespace,omitempty" yaml:"namespace"`
	Name       string `json:"name" yaml:"name"`
}

// String is what an object is called in a message.
func (r Resource) String() string {
	s := r.Kind + " " + r.Name
	if r.Namespace != "" {
		s += " in namespace " + r.Namespace
	}
	return s
}

// Decision is what one policy says, or (policy "") a refusal that needs none.
// Message and Path are compared only where the case gives them.
type Decision struct {
	Policy  string   `json:"policy" yaml:"policy"`
	Tenant  string   `json:"tenant" yaml:"tenant"`
	Verdict string   `json:"verdict" yaml:"verdict"`
	Reason  string   `json:"reason" yaml:"reason"`
	Action  string   `json:"action" yaml:"action"`
	Message string   `json:"message,omitempty" yaml:"message"`
	Path    []string `json:"path,omitempty" yaml:"path"`
	// Exemptions are those because of which something does not count.
	Exemptions []Exemption `json:"exemptions,omitempty" yaml:"exemptions"`
}

// Exemption is one that a decision names. All but Name are compared only where
// the case gives them.
type Exemption struct {
	Name      string `json:"name" yaml:"name"`
	Tenant    string `json:"tenant,omitempty" yaml:"tenant"`
	Reference string `json:"reference,omitempty" yaml:"reference"`
	ExpiresAt string `json:"expiresAt,omitempty" yaml:"expiresAt"`
}
