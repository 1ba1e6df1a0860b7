package explain

import (
	"strconv"
	"strings"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// ruleText says an ownership rule in words.
func ruleText(r ownership.Rule) string {
	var kinds []string
	if r.Shareholding {
		kinds = append(kinds, "of the shares")
	}
	if r.VotingRights {
		kinds = append(kinds, "of the votes")
	}
	amount := "more than " + percent(r.Threshold)
	if r.Comparison == ownership.AtLeast {
		amount = percent(r.Threshold) + " or more"
	}
	whose := map[ownership.Aggregation]string{
		ownership.AllRestricted:    "restricted parties together",
		ownership.SameJurisdiction: "restricted parties of one jurisdiction together",
		ownership.SingleOwner:      "one restricted owner, directly or through others",
	}[r.Aggregation]
	rules := []string{
		amount + " " + strings.Join(kinds, " or ") + ", held by " + whose + ", restricts",
		methodText(r.Method),
	}
	if r.ControlRestricts {
		rules = append(rules, "control by other means restricts")
	} else {
		rules = append(rules, "control by other means is ignored")
	}
	if r.EachHoldsAll {
		rules = append(rules, "each joint holder counts with all of the joint holding")
	}
	if r.UndisclosedPossible {
		rules = append(rules, "what is undisclosed counts as possible")
	}
	return strings.Join(rules, "; ") + "."
}

// methodText says how indirect holdings are counted.
func methodText(m ownership.Method) string {
	const (
		cascade   = "a restricted holder counts with its whole share"
		effective = "shares multiply along each path and add over paths"
	)
	switch m {
	case ownership.Effective:
		return effective
	case ownership.Either:
		return "counted in two ways, either of which suffices: " + cascade + ", or " + effective
	default:
		return cascade
	}
}

// capacity says why a decision is about a party.
func capacity(d residency.Decision, f residency.Finding) string {
	switch {
	case f.Tenant != "":
		return f.Role.String() + " of tenant " + clean(f.Tenant)
	case d.Tenant != "":
		return "Owner"
	default:
		return "Party"
	}
}

// seatsOf lists where a party sits, what is blocked first if there is too much.
func seatsOf(c *residency.Cause) []string {
	seats := c.Seats
	if len(seats) > maxCodes {
		seats = nil
		for _, blocked := range []bool{true, false} {
			for _, seat := range c.Seats {
				if seat.Blocked == blocked {
					seats = append(seats, seat)
				}
			}
		}
	}
	var words []string
	for i, seat := range seats {
		if i == maxCodes {
			words = append(words, "…")
			break
		}
		word := seatWord(c.Type, seat)
		if i > 0 && word == "inc. "+string(seat.Code) && seats[i-1].Basis == residency.Headquarters && seats[i-1].Code == seat.Code {
			words = words[:len(words)-1]
			word = "HQ and " + word
		}
		if seat.Blocked {
			word += " (blocked)"
		}
		words = append(words, word)
	}
	for i, u := range c.Unread {
		if i == maxCodes {
			words = append(words, "…")
			break
		}
		words = append(words, strconv.Quote(oneLine(u.Text, maxReference))+" (not understood)")
	}
	return words
}

func seatWord(t ownership.PartyType, seat residency.Seat) string {
	code := string(seat.Code)
	switch {
	case t == ownership.State:
		return "state of " + code
	case seat.Basis == residency.Headquarters:
		return "HQ " + code
	case seat.Basis == residency.Incorporation:
		return "inc. " + code
	case seat.Basis == residency.Nationality:
		return code + " national"
	default:
		return "resident in " + code
	}
}

// sourcesOf says from where a holding is known: one line for each record that
// has anything to say.
func sourcesOf(h residency.Holding) []string {
	var lines []string
	for _, r := range h.Records {
		var words []string
		if r.Directness == ownership.Indirect {
			words = append(words, "indirect")
		}
		if class := clean(r.Class); class != "" {
			words = append(words, "class "+class)
		}
		if joint := clean(r.Joint); joint != "" {
			words = append(words, "joint holding "+joint)
		}
		if len(h.Records) > 1 && h.Kind != ownership.Control {
			words = append(words, shareText(r.Share))
		}
		if since := day(r.Since); since != "" {
			words = append(words, "since "+since)
		}
		if until := day(r.Until); until != "" {
			words = append(words, "until "+until)
		}
		if source := clean(r.Source); source != "" {
			words = append(words, source)
		}
		if len(words) > 0 {
			lines = append(lines, strings.Join(words, ", "))
		}
	}
	if h.LeftOut > 0 {
		lines = append(lines, leftOut(h.LeftOut))
	}
	return lines
}
