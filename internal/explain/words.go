package explain

import (
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// The words of the API for what the core has as numbers.

func typeWord(t ownership.PartyType) string {
	return map[ownership.PartyType]string{
		ownership.Company:     "Company",
		ownership.Person:      "Person",
		ownership.State:       "State",
		ownership.Arrangement: "Arrangement",

		ownership.JointArrangement: "Arrangement",
	}[t]
}

func kindWord(k ownership.Kind) string {
	return map[ownership.Kind]string{
		ownership.Shareholding: "Shareholding",
		ownership.VotingRights: "VotingRights",
		ownership.Control:      "Control",
	}[k]
}

func comparisonWord(c ownership.Comparison) string {
	if c == ownership.AtLeast {
		return "AtLeast"
	}
	return "MoreThan"
}

func methodWord(m ownership.Method) string {
	return map[ownership.Method]string{
		ownership.Cascade:   "Cascade",
		ownership.Effective: "Effective",
		ownership.Either:    "Either",
	}[m]
}

func aggregationWord(a ownership.Aggregation) string {
	return map[ownership.Aggregation]string{
		ownership.AllRestricted:    "AllRestricted",
		ownership.SameJurisdiction: "SameJurisdiction",
		ownership.SingleOwner:      "SingleOwner",
	}[a]
}

func standingWord(s residency.Standing) string {
	return map[residency.Standing]string{
		residency.NotFound:        "NotFound",
		residency.Unknown:         "JurisdictionUnknown",
		residency.Unconfirmed:     "RegisterUnavailable",
		residency.NotRestricted:   "Clear",
		residency.MaybeRestricted: "PossiblyRestricted",
		residency.ByOwners:        "RestrictedOwner",
		residency.BySeat:          "RestrictedJurisdiction",
	}[s]
}

// standingPhrase is the standing for people.
func standingPhrase(s residency.Standing) string {
	return map[residency.Standing]string{
		residency.NotFound:        "not found",
		residency.Unknown:         "jurisdiction not known",
		residency.Unconfirmed:     "clear as far as is known: the data of a register is missing",
		residency.NotRestricted:   "clear",
		residency.MaybeRestricted: "possibly restricted",
		residency.ByOwners:        "restricted by its owners",
		residency.BySeat:          "restricted by where it sits",
	}[s]
}

// threshold is what a sum is compared with: "more than 50 % restricts".
func threshold(r ownership.Rule) string {
	if r.Comparison == ownership.AtLeast {
		return percent(r.Threshold) + " or more restricts"
	}
	return "more than " + percent(r.Threshold) + " restricts"
}

// day writes a date, "" for none.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}
