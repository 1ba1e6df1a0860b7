package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/internal/money"
)

// Words says a change as people do.
func (c Change) Words() string {
	return map[Change]string{
		NewlyRestricted:    "newly restricted",
		NoLongerExempted:   "no longer exempted",
		NewlyIndeterminate: "newly indeterminate",
		ActionChanged:      "another action or date",
		NewlyExempted:      "newly exempted",
		NewlyClear:         "newly clear",
		Removed:            "removed",
		StillRestricted:    "still restricted",
		StillIndeterminate: "still indeterminate",
		StillExempted:      "still exempted",
		StillClear:         "still clear",
	}[c]
}

// VerdictWord is the verdict, and whether it is set aside.
func (s Side) VerdictWord() string {
	switch {
	case s.Verdict == "":
		return "no policy"
	case s.Exemption != "":
		return s.Verdict + " (exempted)"
	default:
		return s.Verdict
	}
}

// ActionWord is the action, and until when there is a milder one.
func (s Side) ActionWord() string {
	word := s.Action
	if word == "" {
		return "none"
	}
	if s.Suspend {
		word += " and suspend"
	}
	if s.Notice != nil {
		word += " (until " + Instant(s.Notice.Until) + " " + s.Notice.Action + ")"
	}
	return word
}

// Verdicts are the verdicts before and after, once if they are the same.
func (t *Tenant) Verdicts() string { return arrow(t.Before.VerdictWord(), t.After.VerdictWord()) }

// Actions are the actions before and after, once if they are the same.
func (t *Tenant) Actions() string { return arrow(t.Before.ActionWord(), t.After.ActionWord()) }

func arrow(before, after string) string {
	if before == after {
		return after
	}
	return before + " → " + after
}

// Value is what the tenant pays a year, "" if that is not known.
func (t *Tenant) Value() string {
	if t.AnnualValue == nil {
		return ""
	}
	return t.AnnualValue.Amount + " " + t.AnnualValue.Currency
}

// Instant writes an instant, as a date if it is the beginning of a day.
func Instant(at time.Time) string {
	at = at.UTC()
	if at.Equal(at.Truncate(24 * time.Hour)) {
		return at.Format(time.DateOnly)
	}
	return at.Format(time.RFC3339)
}

// Values lists sums: 300000 EUR and 1200000 USD a year.
func Values(sums []money.Amount) string {
	words := make([]string, 0, len(sums))
	for _, a := range sums {
		words = append(words, a.Amount+" "+a.Currency)
	}
	if len(words) == 0 {
		return "no annual value that is known"
	}
	return and(words) + " a year"
}

func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// Counted says how much runs: 3 workloads, 1 API key and 16 GPUs.
func (r *Report) Counted(c Counts) string {
	return and([]string{
		r.counted(WorkloadsCount, c.Workloads, "workload"),
		r.counted(APIKeysCount, c.APIKeys, "API key"),
		r.counted(GPUsCount, c.GPUs, "GPU"),
	})
}

func (r *Report) counted(what string, n int64, noun string) string {
	if n != 1 || r.isUncounted(what) {
		noun += "s"
	}
	return r.Count(what, n) + " " + noun
}

// Count writes a number, with a question mark if it may be too small.
func (r *Report) Count(what string, n int64) string {
	text := strconv.FormatInt(n, 10)
	switch {
	case !r.isUncounted(what):
		return text
	case n == 0:
		return "?"
	default:
		return text + "+?"
	}
}

func (r *Report) isUncounted(what string) bool { return slices.Contains(r.Uncounted, what) }

// Headline says what is compared, in a few sentences.
func (r *Report) Headline() []string {
	lines := []string{fmt.Sprintf("Compared with %s as of %s.", r.Live, r.At.UTC().Format(time.RFC3339))}
	if len(r.Missing) > 0 {
		lines = append(lines, fmt.Sprintf("Not what the cluster would say: the live data of %s is missing here.", and(r.Missing)))
	}
	for _, a := range r.Announced {
		line := fmt.Sprintf("Policy %s is effective from %s on", a.Policy, Instant(a.From))
		if !a.From.After(r.At) {
			line += "; this is as of then"
		}
		lines = append(lines, fmt.Sprintf("%s. Until then no action of it is stricter than %s.", line, a.BeforeEffective))
	}
	return lines
}

// PolicyLines says what each policy finds out by itself.
func (r *Report) PolicyLines() []string {
	var lines []string
	for _, p := range r.Policies {
		switch {
		case p.After == nil:
			lines = append(lines, fmt.Sprintf("Policy %s is gone; it had %s", p.Policy, p.Before.words()))
		case p.Before == nil:
			lines = append(lines, fmt.Sprintf("Policy %s by itself: %s", p.Policy, p.After.words()))
		case *p.Before == *p.After:
			lines = append(lines, fmt.Sprintf("Policy %s by itself: %s, as before", p.Policy, p.After.words()))
		default:
			lines = append(lines, fmt.Sprintf("Policy %s by itself: %s; before: %s", p.Policy, p.After.words(), p.Before.words()))
		}
	}
	return lines
}

func (f *Found) words() string {
	return fmt.Sprintf("%d restricted, %d indeterminate, %d exempted, %d clear", f.Restricted, f.Indeterminate, f.Exempted, f.Clear)
}
