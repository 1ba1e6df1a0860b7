package webhook

import (
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/residency"
)

// The keys of the audit annotations. The API server puts the webhook's name
// before them. decisions lists all decisions, each as
// POLICY/TENANT/VERDICT/REASON/ACTION, with commas in between; exemptions lists
// the names of those because of which something that was found did not count; replaces
// names what a Pod is made again for that would be denied if it were new.
const (
	auditPolicy    = "policy"
	auditTenant    = "tenant"
	auditVerdict   = "verdict"
	auditReason    = "reason"
	auditAction    = "action"
	auditRevision  = "snapshot-revision"
	auditDecisions = "decisions"
	auditExemption = "exemptions"
	auditReplaces  = "replaces"
)

// maxAudit bounds the value of one audit annotation.
const maxAudit = 4096

// none stands for what an outcome does not have.
const none = "None"

// failed is the reason when the answer is not known.
const failed = "Unavailable"

// auditAnnotations tell the audit log what was decided, always. The first five
// are about the strictest decision.
func auditAnnotations(o outcome) map[string]string {
	s := summarize(o)
	annotations := map[string]string{
		auditPolicy:   s.policy,
		auditTenant:   s.tenant,
		auditVerdict:  s.verdict,
		auditReason:   s.reason,
		auditAction:   s.action,
		auditRevision: s.revision,
	}
	if len(o.decisions) > 0 {
		annotations[auditDecisions] = listOf(o.decisions)
	}
	if names := exemptionsOf(o.decisions); len(names) > 0 {
		annotations[auditExemption] = cut.Text(strings.Join(names, ","), maxAudit)
	}
	if o.replaces != "" {
		annotations[auditReplaces] = o.object.Replaces
	}
	return annotations
}

// exemptionsOf names the exemptions of all decisions, each once.
func exemptionsOf(decisions []residency.Decision) []string {
	var names []string
	for _, d := range decisions {
		for _, e := range d.Exemptions {
			if !slices.Contains(names, e.Name) {
				names = append(names, e.Name)
			}
		}
	}
	return names
}

func listOf(decisions []residency.Decision) string {
	list := make([]string, 0, len(decisions))
	for _, d := range decisions {
		list = append(list, strings.Join([]string{d.Policy, d.Tenant, d.Verdict.String(), string(d.Reason), d.Action.String()}, "/"))
	}
	return cut.Text(strings.Join(list, ","), maxAudit)
}

// summary is an outcome in constants and names.
type summary struct {
	policy, tenant, verdict, reason, action, revision string
}

func summarize(o outcome) summary {
	s := summary{
		policy: none, tenant: none, verdict: none, reason: none,
		action: residency.Allow.String(), revision: orNone(o.revision),
	}
	switch {
	case o.failure != nil:
		s.reason, s.action = failed, residency.Deny.String()
	case o.passed != "":
		s.reason = string(o.passed)
	case len(o.decisions) > 0:
		d := strictest(o.decisions)
		s.policy, s.tenant, s.reason, s.action = orNone(d.Policy), orNone(d.Tenant), string(d.Reason), d.Action.String()
		if d.Policy != "" {
			s.verdict = d.Verdict.String()
		}
	}
	return s
}

// strictest is the first of the decisions with the strictest action.
func strictest(decisions []residency.Decision) residency.Decision {
	first := decisions[0]
	for _, d := range decisions[1:] {
		if d.Action < first.Action {
			first = d
		}
	}
	return first
}

func orNone(s string) string {
	if s == "" {
		return none
	}
	return s
}

// levelOf is at which level a decision is logged: what is simply allowed on request only.
func levelOf(d residency.Decision) int {
	if d.Action == residency.Deny || d.Action == residency.Warn {
		return 0
	}
	return 1
}
