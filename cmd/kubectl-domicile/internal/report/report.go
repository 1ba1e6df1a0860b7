package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

// Report is the outcome of a check.
type Report struct {
	// Results has one result for each object, in the order of the input.
	Results []Result `json:"results"`
}

// Result is the answer to the creation of one object.
type Result struct {
	Resource  Resource   `json:"resource"`
	Allowed   bool       `json:"allowed"`
	Decisions []Decision `json:"decisions"`

	// Position is where the object begins.
	Position manifest.Position `json:"-"`
	// Display is how kubectl calls the object, such as deployment.apps/web, or
	// job.batch/train-* if the API server generates the rest of the name.
	Display string `json:"-"`
}

// Resource names an object.
type Resource struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
}

// Decision is what one policy says, or (Policy "") a refusal that needs none.
type Decision struct {
	Policy  string   `json:"policy"`
	Tenant  string   `json:"tenant"`
	Verdict string   `json:"verdict"`
	Reason  string   `json:"reason"`
	Action  string   `json:"action"`
	Message string   `json:"message"`
	Path    []string `json:"path"`
	// Exemptions are those because of which something that was found does not
	// count.
	Exemptions []Exemption `json:"exemptions,omitempty"`

	// Notice says, in a notice period, when the action becomes which; or it is "".
	Notice string `json:"-"`
	// More is the command that explains more, or "".
	More string `json:"-"`
}

// Exemption is a TenantExemption that a decision names.
type Exemption struct {
	Name      string `json:"name"`
	Tenant    string `json:"tenant"`
	Reference string `json:"reference"`
	// ExpiresAt is the first instant at which it has no effect, as RFC 3339.
	ExpiresAt string `json:"expiresAt"`
}

// The actions as results have them.
const (
	deny  = "Deny"
	warn  = "Warn"
	audit = "Audit"
	allow = "Allow"
)

// Denied counts the objects that are denied.
func (r Report) Denied() int {
	n := 0
	for _, result := range r.Results {
		if !result.Allowed {
			n++
		}
	}
	return n
}

// where is what the object is called, and its namespace.
func (r Result) where() string {
	if r.Resource.Namespace == "" {
		return r.Display
	}
	return r.Display + " in namespace " + r.Resource.Namespace
}

// action is the strictest action of all decisions.
func (r Result) action() string {
	for _, action := range []string{deny, warn, audit} {
		if slices.ContainsFunc(r.Decisions, func(d Decision) bool { return d.Action == action }) {
			return action
		}
	}
	return allow
}

// Format is a way to write a report.
type Format func(io.Writer, Report) error

// Formats names the formats, in the order in which help lists them.
var Formats = []string{"table", "json", "sarif", "junit"}

// ParseFormat returns the format of a name. The version is that of the tool,
// which some formats name.
func ParseFormat(name, version string) (Format, error) {
	switch name {
	case "table":
		return Table, nil
	case "json":
		return JSON, nil
	case "sarif":
		return func(w io.Writer, r Report) error { return SARIF(w, r, version) }, nil
	case "junit":
		return JUnit, nil
	default:
		return nil, fmt.Errorf("unknown output format %q: use one of %s", name, strings.Join(Formats, ", "))
	}
}
