package webhook

import (
	"strings"
	"time"
	"unicode"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/residency"
)

// The API server cuts warnings to 256 characters each once all of them
// together are longer than 4096.
const (
	maxWarning  = 256
	maxWarnings = 4096 / maxWarning
)

// warnings tells whoever made the request what is wrong although it is
// admitted, and what will be denied when a notice period ends.
func warnings(decisions []residency.Decision, tell teller) []string {
	var list []string
	for _, d := range decisions {
		if d.Action != residency.Warn {
			continue
		}
		if len(list) == maxWarnings {
			break
		}
		list = append(list, warning(d, tell))
	}
	return list
}

func warning(d residency.Decision, tell teller) string {
	text := "policy " + d.Policy + ": " + tell(d)
	if !d.EffectiveFrom.IsZero() && d.Then != d.Action {
		text = "from " + d.EffectiveFrom.UTC().Format(time.RFC3339) + " " + consequence(d, tell)
	}
	return cut.Text(printable(text), maxWarning)
}

// consequence says what will happen when the notice period ends.
func consequence(d residency.Decision, tell teller) string {
	if d.Then == residency.Deny {
		return refusalOf(d, tell)
	}
	return "policy " + d.Policy + " answers " + d.Then.String() + ": " + tell(d)
}

// printable keeps a text fit for an HTTP header.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}
