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

// annotate tells the audit log what was decided, always. The first five annotations are
// about the strictest decision.
func (o *outcome) annotate(s summary, add func(key, value string)) {
	add(auditPolicy, s.policy)
	add(auditTenant, s.tenant)
	add(auditVerdict, s.verdict)
	add(auditReason, s.reason)
	add(auditAction, s.action)
	add(auditRevision, s.revision)
	if len(o.decisions) > 0 {
		add(auditDecisions, listOf(o.decisions))
	}
	if names := exemptionsOf(o.decisions); len(names) > 0 {
		add(auditExemption, cut.Text(strings.Join(names, ","), maxAudit))
	}
	if o.replaces != "" {
		add(auditReplaces, o.object.Replaces)
	}
}

// exemptionsOf names the exemptions of all decisions, each once.
func exemptionsOf(decisions []residency.Decision) []string {
	var names []string
	for i := range decisions {
		for _, e := range decisions[i].Exemptions {
			if !slices.Contains(names, e.Name) {
				names = append(names, e.Name)
			}
		}
	}
	return names
}

func listOf(decisions []residency.Decision) string {
	var usual [256]byte
	list := usual[:0]
	for i := range decisions {
		d, separator := &decisions[i], byte(',')
		if i == 0 {
			separator = ' '
		}
		for _, part := range [...]string{d.Policy, d.Tenant, d.Verdict.String(), string(d.Reason), d.Action.String()} {
			list, separator = append(append(list, separator), part...), '/'
		}
	}
	return cut.Text(string(list[1:]), maxAudit)
}

// summary is an outcome in constants and names, for the audit log and metrics.
type summary struct {
	policy, tenant, verdict, reason, action, revision string
}

func summarize(o *outcome) summary {
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
		d := &o.decisions[strictest(o.decisions)]
		s.policy, s.tenant, s.reason, s.action = orNone(d.Policy), orNone(d.Tenant), string(d.Reason), d.Action.String()
		if d.Policy != "" {
			s.verdict = d.Verdict.String()
		}
	}
	return s
}

// strictest is the index of the first of the decisions with the strictest action.
func strictest(decisions []residency.Decision) int {
	first := 0
	for i := range decisions {
		if decisions[i].Action < decisions[first].Action {
			first = i
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
