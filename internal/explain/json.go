package explain

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// JSON writes the whole tree of each decision as one JSON object:
//
//	{"decisions": [{
//	  "policy", "tenant": names, "" if there is none
//	  "verdict", "reason", "action": as in status and refusals
//	  "effectiveFrom", "then": in a notice period: when the action becomes which
//	  "exemptions": [{"name", "tenant", "reference", "expiresAt"}]: because of
//	           which something that was found does not count
//	  "message": the sentence of the refusal
//	  "rule": {"threshold", "comparison", "aggregation", "method" (absent:
//	           Cascade), "interests": […], "controlByOtherMeans",
//	           "undisclosed", "jointHoldings" (absent: AsDeclared)}: as in a
//	           TenantPolicy
//	  "findings": [{"verdict", "reason", "tenant", "role", "exemption",
//	                "party": PARTY}]: with an exemption, one that does not count
//	}]}
//
// A PARTY is {"label", "name", "type", "identifiers": [{"scheme", "id"}],
// "jurisdictions": [{"basis", "code", "blocked", "notUnderstood" (in the place
// of a code: what was given)}], "standing", "source",
// "tallies", "others": [HOLDING], "repeated", "leftOut"}. label identifies it;
// standing is RestrictedJurisdiction, RestrictedOwner, PossiblyRestricted,
// Clear, RegisterUnavailable, JurisdictionUnknown or NotFound. repeated says that its holdings
// stand at another place of the tree, leftOut how many do not stand there.
//
// A tally is {"method", "kind", "country", "owner", "lower", "upper",
// "undisclosed", "definite", "possible", "eachHoldsAll" (of a joint arrangement),
// "holdings": [HOLDING], "leftOut"}: what
// counts together, of the country or of the owner with that label if the policy
// aggregates so; method is absent where the policy's is Cascade. A HOLDING is
// {"kind", "lower", "upper", "part", "product", "counts" (Definitely, Possibly
// or No), "adds" {"lower", "upper"} (what is added of it, where that is
// not all, because others have the same shares, or more, by a joint holding),
// "records": [{"lower", "upper", "since", "until", "directness", "class",
// "joint", "source"}], "leftOut", "holder": PARTY}. By Effective, part {"lower", "upper"} is how much
// of the holder counts and product {"lower", "upper"} what that makes of the
// holding, rounded outward to seven decimals; lower and upper of the tally are
// the sum of the products, at most 100 and within what others leave.
//
// Percents are decimal strings, dates are days, until being the first day on
// which something no longer holds. Absent fields are unknown, empty or false.
func JSON(w io.Writer, decisions []residency.Decision) error {
	out := struct {
		Decisions []jsonDecision `json:"decisions"`
	}{Decisions: make([]jsonDecision, 0, len(decisions))}
	for _, d := range decisions {
		out.Decisions = append(out.Decisions, decisionJSON(d))
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(out); err != nil {
		return fmt.Errorf("write the explanation: %w", err)
	}
	return nil
}

type jsonDecision struct {
	Policy        string        `json:"policy"`
	Tenant        string        `json:"tenant"`
	Verdict       string        `json:"verdict"`
	Reason        string        `json:"reason"`
	Action        string        `json:"action"`
	EffectiveFrom string        `json:"effectiveFrom,omitempty"`
	Then          string        `json:"then,omitempty"`
	Message       string        `json:"message"`
	Rule          *jsonRule     `json:"rule,omitempty"`
	Findings      []jsonFinding `json:"findings,omitempty"`

	Exemptions []jsonExemption `json:"exemptions,omitempty"`
}

type jsonExemption struct {
	Name      string `json:"name"`
	Tenant    string `json:"tenant"`
	Reference string `json:"reference"`
	ExpiresAt string `json:"expiresAt"`
}

type jsonRule struct {
	Threshold   string   `json:"threshold"`
	Comparison  string   `json:"comparison"`
	Aggregation string   `json:"aggregation"`
	Method      string   `json:"method,omitempty"`
	Interests   []string `json:"interests"`
	Control     string   `json:"controlByOtherMeans"`
	Undisclosed string   `json:"undisclosed"`
	Joint       string   `json:"jointHoldings,omitempty"`
}

type jsonFinding struct {
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
	Tenant  string `json:"tenant,omitempty"`
	Role    string `json:"role,omitempty"`
	// Exemption is the name of the one because of which this does not count.
	Exemption string     `json:"exemption,omitempty"`
	Party     *jsonParty `json:"party,omitempty"`
}

func decisionJSON(d residency.Decision) jsonDecision {
	out := jsonDecision{
		Policy: d.Policy, Tenant: d.Tenant,
		Verdict: d.Verdict.String(), Reason: string(d.Reason), Action: d.Action.String(),
		Message: Sentence(d),
	}
	if !d.EffectiveFrom.IsZero() {
		out.EffectiveFrom, out.Then = d.EffectiveFrom.UTC().Format(time.RFC3339), d.Then.String()
	}
	for _, e := range d.Exemptions {
		out.Exemptions = append(out.Exemptions, jsonExemption{
			Name: e.Name, Tenant: e.Tenant, Reference: e.Reference, ExpiresAt: e.ExpiresAt.UTC().Format(time.RFC3339),
		})
	}
	if d.Policy != "" && d.Reason != residency.PolicyInvalid {
		out.Rule = ruleJSON(d.Rule)
	}
	for _, f := range d.Findings {
		finding := jsonFinding{Verdict: f.Verdict.String(), Reason: string(f.Reason), Tenant: f.Tenant}
		if f.Tenant != "" && f.Cause != nil {
			finding.Role = f.Role.String()
		}
		if f.Exempted != nil {
			finding.Exemption = f.Exempted.Name
		}
		if f.Cause != nil {
			finding.Party = partyJSON(f.Cause, d.Rule.Method)
		}
		out.Findings = append(out.Findings, finding)
	}
	return out
}

func ruleJSON(r ownership.Rule) *jsonRule {
	out := &jsonRule{
		Threshold:   r.Threshold.String(),
		Comparison:  comparisonWord(r.Comparison),
		Aggregation: aggregationWord(r.Aggregation),
		Interests:   []string{},
		Control:     "Ignored",
		Undisclosed: "Ignored",
	}
	if r.Method != ownership.Cascade {
		out.Method = methodWord(r.Method)
	}
	if r.Shareholding {
		out.Interests = append(out.Interests, kindWord(ownership.Shareholding))
	}
	if r.VotingRights {
		out.Interests = append(out.Interests, kindWord(ownership.VotingRights))
	}
	if r.ControlRestricts {
		out.Control = "Restricts"
	}
	if r.EachHoldsAll {
		out.Joint = "EachHoldsAll"
	}
	if r.UndisclosedPossible {
		out.Undisclosed = "CountsAsPossible"
	}
	return out
}
