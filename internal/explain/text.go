package explain

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Text writes the whole tree of each decision for a terminal: who holds how
// much, where everybody sits, what is restricted and why, and from where each
// holding is known.
func Text(w io.Writer, decisions []residency.Decision) error {
	out := &textWriter{w: bufio.NewWriter(w)}
	for i, d := range decisions {
		if i > 0 {
			out.line("", "")
		}
		out.decision(d)
	}
	if out.err != nil {
		return fmt.Errorf("write the explanation: %w", out.err)
	}
	if err := out.w.Flush(); err != nil {
		return fmt.Errorf("write the explanation: %w", err)
	}
	return nil
}

// textWriter keeps the first error.
type textWriter struct {
	w    *bufio.Writer
	rule ownership.Rule
	err  error
}

func (t *textWriter) line(indent, text string) {
	if t.err != nil {
		return
	}
	_, t.err = t.w.WriteString(strings.TrimRight(indent+text, " ") + "\n")
}

func (t *textWriter) decision(d residency.Decision) {
	t.rule = d.Rule
	var head []string
	if d.Tenant != "" {
		head = append(head, "tenant "+clean(d.Tenant))
	}
	if d.Policy != "" {
		head = append(head, "policy "+clean(d.Policy))
	}
	head = append(head, fmt.Sprintf("%s (%s)", d.Verdict, d.Reason), d.Action.String())
	t.line("", strings.Join(head, ", "))
	if !d.EffectiveFrom.IsZero() {
		t.line("", fmt.Sprintf("In a notice period: from %s on %s.", d.EffectiveFrom.UTC().Format(time.RFC3339), d.Then))
	}
	t.line("", Sentence(d))
	for _, f := range d.Findings {
		t.line("", "")
		t.finding(d, f)
	}
}

func (t *textWriter) finding(d residency.Decision, f residency.Finding) {
	if f.Cause == nil {
		t.line("", fmt.Sprintf("Tenant %s: %s", clean(f.Tenant), f.Reason)+exemptedBy(f))
		return
	}
	t.line("", capacity(d, f)+exemptedBy(f)+": "+describe(f.Cause))
	t.below(f.Cause, "")
}

// exemptedBy says why a finding does not count, if it does not.
func exemptedBy(f residency.Finding) string {
	if f.Exempted == nil {
		return ""
	}
	return " (does not count: exempted by " + clean(f.Exempted.Name) + ")"
}

// describe is a party in one line.
func describe(c *residency.Cause) string {
	words := []string{nameOf(c)}
	if word := typeWord(c.Type); word != "" {
		words = append(words, word)
	}
	for i, seat := range c.Seats {
		if i == maxCodes {
			words = append(words, "…")
			break
		}
		word := strings.ToLower(seat.Basis.String()) + " " + string(seat.Code)
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
		words = append(words, strings.TrimPrefix(unreadWord(u), "the ")+" (not understood)")
	}
	text := strings.Join(words, ", ") + ": " + standingPhrase(c.Standing)
	if c.Source != "" && c.Source != nameOf(c) {
		text += " [" + clean(c.Source) + "]"
	}
	return text
}

// branch is one line below a party, with what stands below it in turn.
type branch struct {
	text string
	more func(indent string)
}

func (t *textWriter) below(c *residency.Cause, indent string) {
	var branches []branch
	for _, tally := range c.Tallies {
		branches = append(branches, branch{
			text: tallyLine(tally, t.rule),
			more: func(indent string) { t.holdings(tally.Holdings, tally.LeftOut, tally.Undisclosed, indent) },
		})
	}
	if len(c.Others) > 0 {
		branches = append(branches, branch{
			text: "other holdings",
			more: func(indent string) { t.holdings(c.Others, 0, 0, indent) },
		})
	}
	if c.Repeated {
		branches = append(branches, branch{text: "who holds it is shown elsewhere"})
	}
	if c.LeftOut > 0 {
		branches = append(branches, branch{text: leftOut(c.LeftOut)})
	}
	t.branches(branches, indent)
}

func (t *textWriter) branches(branches []branch, indent string) {
	for i, b := range branches {
		fork, rest := "├─ ", "│  "
		if i == len(branches)-1 {
			fork, rest = "└─ ", "   "
		}
		t.line(indent+fork, b.text)
		if b.more != nil {
			b.more(indent + rest)
		}
	}
}

func (t *textWriter) holdings(holdings []residency.Holding, left int, undisclosed ownership.Percent, indent string) {
	var branches []branch
	for _, h := range holdings {
		branches = append(branches, branch{
			text: amount(h) + adds(h) + product(h) + " " + describe(h.Holder),
			more: func(indent string) {
				t.records(h, indent)
				t.below(h.Holder, indent)
			},
		})
	}
	if undisclosed > 0 {
		branches = append(branches, branch{text: most(undisclosed) + " undisclosed: possibly restricted"})
	}
	if left > 0 {
		branches = append(branches, branch{text: leftOut(left)})
	}
	t.branches(branches, indent)
}

// records says from where a holding is known.
func (t *textWriter) records(h residency.Holding, indent string) {
	for _, source := range sourcesOf(h) {
		t.line(indent, "  "+source)
	}
}

func tallyLine(t residency.Tally, rule ownership.Rule) string {
	whose := ""
	switch {
	case t.Country != "":
		whose = " from " + string(t.Country)
	case t.Owner != "":
		whose = " by " + clean(t.Owner)
	}
	what := map[ownership.Kind]string{
		ownership.Shareholding: "shares",
		ownership.VotingRights: "voting rights",
		ownership.Control:      "control by other means",
	}[t.Kind] + whose
	if rule.Method == ownership.Either {
		what = "by " + methodWord(t.Method) + ", " + what
	}
	if t.Kind == ownership.Control && t.Method != ownership.Effective {
		return what
	}
	if t.EachHoldsAll {
		what += " of a joint arrangement, of which each holder has all"
	}
	return fmt.Sprintf("%s: %s counts; %s", what, sumText(t), threshold(rule))
}

// sumText is what a tally makes.
func sumText(t residency.Tally) string {
	sum := ownership.Share{Lower: t.Lower, Upper: max(t.Lower, t.Upper)}
	if t.Method == ownership.Effective {
		return partText(sum)
	}
	return rangeText(sum)
}

// product says what a holding makes of which only a part counts.
func product(h residency.Holding) string {
	if times(h) == "" || h.Kind == ownership.Control {
		return times(h)
	}
	return times(h) + " = " + partText(h.Product)
}

// adds says how much of a holding is added, if that is not what it is.
func adds(h residency.Holding) string {
	switch {
	case h.Adds == h.Share || h.Kind == ownership.Control:
		return ""
	case isSame(h):
		return " (the same shares as others here: not added)"
	case isJoint(h):
		return " (jointly " + shareText(h.Adds) + ")"
	default:
		return " (" + shareText(h.Adds) + " added, the rest are the same shares as others here)"
	}
}

func leftOut(n int) string { return fmt.Sprintf("… %d more left out", n) }
