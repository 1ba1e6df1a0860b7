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
//	  "message": the sentence of the refusal
//	  "rule": {"threshold", "comparison", "aggregation", "method" (absent:
//	           Cascade), "interests": […], "controlByOtherMeans",
//	           "undisclosed"}: as in a TenantPolicy
//	  "findings": [{"verdict", "reason", "tenant", "role", "party": PARTY}]
//	}]}
//
// A PARTY is {"label", "name", "type", "identifiers": [{"scheme", "id"}],
// "jurisdictions": [{"basis", "code", "blocked"}], "standing", "source",
// "tallies", "others": [HOLDING], "repeated", "leftOut"}. label identifies it;
// standing is RestrictedJurisdiction, RestrictedOwner, PossiblyRestricted,
// Clear, RegisterUnavailable, JurisdictionUnknown or NotFound. repeated says that its holdings
// stand at another place of the tree, leftOut how many do not stand there.
//
// A tally is {"method", "kind", "country", "owner", "lower", "upper",
// "undisclosed", "definite", "possible", "holdings": [HOLDING], "leftOut"}: what
// counts together, of the country or of the owner with that label if the policy
// aggregates so; method is absent where the policy's is Cascade. A HOLDING is
// {"kind", "lower", "upper", "part", "product", "counts" (Definitely, Possibly
// or No), "records": [{"lower", "upper", "since", "until", "source"}],
// "leftOut", "holder": PARTY}. By Effective, part {"lower", "upper"} is how much
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
}

type jsonRule struct {
	Threshold   string   `json:"threshold"`
	Comparison  string   `json:"comparison"`
	Aggregation string   `json:"aggregation"`
	Method      string   `json:"method,omitempty"`
	Interests   []string `json:"interests"`
	Control     string   `json:"controlByOtherMeans"`
	Undisclosed string   `json:"undisclosed"`
}

type jsonFinding struct {
	Verdict string     `json:"verdict"`
	Reason  string     `json:"reason"`
	Tenant  string     `json:"tenant,omitempty"`
	Role    string     `json:"role,omitempty"`
	Party   *jsonParty `json:"party,omitempty"`
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
	if d.Policy != "" && d.Reason != residency.PolicyInvalid {
		out.Rule = ruleJSON(d.Rule)
	}
	for _, f := range d.Findings {
		finding := jsonFinding{Verdict: f.Verdict.String(), Reason: string(f.Reason), Tenant: f.Tenant}
		if f.Tenant != "" && f.Cause != nil {
			finding.Role = f.Role.String()
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
	if r.UndisclosedPossible {
		out.Undisclosed = "CountsAsPossible"
	}
	return out
}
