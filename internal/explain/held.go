package explain

import (
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

const (
	// maxHolders bounds how many holders a sentence names side by side,
	// maxChain how many it names one behind the other.
	maxHolders = 4
	maxChain   = 5
)

// heldSentence says how much of a party is held from where, and by whom:
// Lantern Singapore Pte. Ltd. (SG) is 68 % held from CN: Lantern Group (HQ CN)
// 40 %, Lantern HK (HK) 28 %.
func heldSentence(d residency.Decision, f residency.Finding, definite bool) string {
	c := f.Cause
	subject := partyOf(c) + who(d, f)
	tally := decisive(c.Tallies, definite)
	if tally == nil {
		if definite {
			return subject + " traces to a restricted owner"
		}
		return subject + " may trace to a restricted owner"
	}
	from := originsOf(tally, definite)
	if from == "" && f.Reason == residency.JurisdictionNotUnderstood {
		from = "a jurisdiction that is not understood"
	}
	if from == "" {
		from = "owners who are not known"
	}
	sentence := subject + " " + heldHow(tally, definite) + " from " + from
	if holders := holdersOf(tally, definite); holders != "" {
		sentence += ": " + holders
	}
	return sentence
}

// leading is the tally that says why a party counts: one that restricts or,
// below a holding of which only a part counts, the largest.
func leading(c *residency.Cause, definite bool) *residency.Tally {
	tally := decisive(c.Tallies, definite)
	for i, t := range c.Tallies {
		switch {
		case t.Method != ownership.Effective:
		case tally == nil, size(&c.Tallies[i], definite) > size(tally, definite):
			tally = &c.Tallies[i]
		}
	}
	return tally
}

func size(t *residency.Tally, definite bool) ownership.Percent {
	if definite {
		return t.Lower
	}
	return t.Upper
}

// decisive is the first tally that restricts by itself.
func decisive(tallies []residency.Tally, definite bool) *residency.Tally {
	for i, tally := range tallies {
		if tally.Definite || !definite && tally.Possible {
			return &tallies[i]
		}
	}
	return nil
}

func heldHow(t *residency.Tally, definite bool) string {
	if t.Kind == ownership.Control {
		if definite {
			return "is controlled, by other means than shares,"
		}
		return "may be controlled, by other means than shares,"
	}
	be, held := "is ", " held"
	if t.Kind == ownership.VotingRights {
		be, held = "has ", " of its votes held"
	}
	switch {
	case !definite && t.Kind == ownership.VotingRights:
		return "may have " + upTo(t.Upper) + held
	case !definite:
		return "may be " + upTo(t.Upper) + held
	case t.Method == ownership.Effective && exact(t) && t.Upper == t.Lower+1:
		return be + partText(ownership.Share{Lower: t.Lower, Upper: t.Upper}) + held
	case exact(t):
		return be + percent(t.Lower) + held
	default:
		return be + atLeast(t.Lower) + held
	}
}

// exact reports whether everything that counts is known exactly.
func exact(t *residency.Tally) bool {
	for _, h := range t.Holdings {
		if h.Definite && (h.Share.Lower != h.Share.Upper || h.Part.Upper-h.Part.Lower > 1) {
			return false
		}
	}
	return true
}

// originsOf lists the blocked jurisdictions of the seeds behind a tally.
func originsOf(t *residency.Tally, definite bool) string {
	var codes []string
	walk(counted(t, definite), func(c *residency.Cause) {
		for _, seat := range c.Seats {
			if seat.Blocked && !slices.Contains(codes, string(seat.Code)) {
				codes = append(codes, string(seat.Code))
			}
		}
	})
	slices.Sort(codes)
	return andList(codes)
}

// walk visits the parties below holdings, each place of the tree once.
func walk(holdings []residency.Holding, visit func(*residency.Cause)) {
	for _, h := range holdings {
		visit(h.Holder)
		for _, t := range h.Holder.Tallies {
			walk(t.Holdings, visit)
		}
	}
}

// counted are the holdings that count: all, or only those that do for certain.
func counted(t *residency.Tally, definite bool) []residency.Holding {
	var holdings []residency.Holding
	for _, h := range t.Holdings {
		if (h.Definite || !definite) && !isSame(h) {
			holdings = append(holdings, h)
		}
	}
	return holdings
}

// holdersOf names the holders that count, the largest first.
func holdersOf(t *residency.Tally, definite bool) string {
	named := map[string]bool{}
	holdings := counted(t, definite)
	for _, h := range holdings {
		named[h.Holder.Label] = true
	}
	var words []string
	for i, h := range holdings {
		if i == maxHolders {
			break
		}
		word := partyOf(h.Holder)
		if h.Kind != ownership.Control {
			word += " " + shareText(h.Adds)
			if isJoint(h) {
				word += " jointly"
			}
		}
		word += times(h)
		words = append(words, word+chain(h.Holder, named, definite, maxChain))
	}
	if left := len(holdings) + t.LeftOut - len(words); left > 0 {
		words = append(words, andMore(left))
	}
	if t.Undisclosed > 0 && !definite {
		words = append(words, most(t.Undisclosed)+" undisclosed")
	}
	separator := ", "
	if strings.Contains(strings.Join(words, ""), which) {
		separator = "; "
	}
	return strings.Join(words, separator)
}

// times says how much of a holder counts, if that is not all of it.
func times(h residency.Holding) string {
	if h.Part == (ownership.Share{}) || h.Part.Lower == ownership.Whole {
		return ""
	}
	return " × " + partText(h.Part)
}

// isSame says whether nothing is added of a holding, because its shares are the
// same as those of others.
func isSame(h residency.Holding) bool {
	return h.Kind != ownership.Control && h.Adds.Upper == 0 && h.Share.Upper > 0
}

// isJoint says whether a holder counts with all of a joint holding.
func isJoint(h residency.Holding) bool { return h.Adds.Upper > h.Share.Upper }

func andMore(left int) string {
	if left == 1 {
		return "and 1 more"
	}
	return "and " + decimal(left) + " more"
}

// chain says why a holder counts that is no seed itself, unless all seeds
// behind it are named already. It follows a single holder further, and stops
// where there are several.
func chain(c *residency.Cause, named map[string]bool, definite bool, depth int) string {
	if c.Standing == residency.BySeat {
		return ""
	}
	tally := leading(c, c.Standing == residency.ByOwners || definite)
	if tally == nil || len(tally.Holdings) == 0 || allNamed(tally.Holdings, named) {
		return unknownHere(c, tally)
	}
	if depth == 0 {
		return ", and so on"
	}
	holders := tally.Holdings[:min(len(tally.Holdings), maxHolders)]
	words := make([]string, 0, len(holders))
	for _, h := range holders {
		words = append(words, byHolder(h))
	}
	text := which + how(tally.Kind) + " " + andList(words)
	if len(holders) == 1 && tally.LeftOut == 0 {
		holder := holders[0].Holder
		if named[holder.Label] {
			return text
		}
		named[holder.Label] = true
		text += chain(holder, named, definite, depth-1)
	}
	return text
}

// which begins what is said about a holder.
const which = ", which "

func how(k ownership.Kind) string {
	switch k {
	case ownership.VotingRights:
		return "has its votes held"
	case ownership.Control:
		return "is controlled"
	default:
		return "is held"
	}
}

func byHolder(h residency.Holding) string {
	if h.Kind == ownership.Control {
		return "by " + partyOf(h.Holder)
	}
	share := shareText(h.Share)
	if h.Share == ownership.UnknownShare {
		share = "to an unknown extent"
	}
	return share + " by " + partyOf(h.Holder)
}

// unknownHere explains a holder that counts only because nothing is known.
func unknownHere(c *residency.Cause, tally *residency.Tally) string {
	switch {
	case c.Standing == residency.NotFound:
		return ", about which nothing is known"
	case len(c.Unread) > 0:
		return ", of which " + notUnderstood(c)
	case c.Standing == residency.Unknown:
		return ", whose jurisdiction is not known"
	case tally != nil && tally.Undisclosed > 0:
		return ", whose owners are not declared"
	default:
		return ""
	}
}

// allNamed reports whether every seed behind the holdings is named already.
func allNamed(holdings []residency.Holding, named map[string]bool) bool {
	seeds, all := false, true
	walk(holdings, func(c *residency.Cause) {
		if c.Standing == residency.BySeat {
			seeds = true
			all = all && named[c.Label]
		}
	})
	return seeds && all
}
