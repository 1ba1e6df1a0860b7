package explain

import (
	"slices"
	"strconv"
	"strings"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

const (
	// maxPaths bounds how many paths are written, maxPath one of them, in bytes.
	maxPaths = 16
	maxPath  = 512
)

// Path gives the lines of the ownership path, shortest first: from the seed, by
// what it holds, to the party of the tenant.
//
//	Lantern Group (HQ CN) > 100 % > Lantern HK (HK) > 28 % > Lantern Singapore Pte. Ltd. (SG)
//
// A party that is itself the cause is a line of its own.
func Path(d residency.Decision) []string {
	var paths [][]string
	for _, f := range toBlame(d) {
		if f.Cause == nil {
			continue
		}
		w := walker{definite: f.Verdict == residency.Restricted}
		w.walk(f.Cause, nil, false)
		paths = append(paths, w.paths...)
	}
	slices.SortStableFunc(paths, func(a, b []string) int { return len(a) - len(b) })
	var lines []string
	for _, path := range paths {
		line := cut.Text(strings.Join(path, " > "), maxPath)
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
		if len(lines) == maxPaths {
			break
		}
	}
	return lines
}

type walker struct {
	definite bool
	paths    [][]string
}

// walk follows the holdings that count up to the seeds. tail is what has been
// passed, in the order of the line. There are no more paths than parties in
// the tree, which is bounded. inPart says that only a part of the party counts,
// so that what makes it need not restrict.
func (w *walker) walk(c *residency.Cause, tail []string, inPart bool) {
	here := append([]string{partyOf(c)}, tail...)
	ended := true
	for _, t := range c.Tallies {
		if !inPart && !t.Definite && (w.definite || !t.Possible) {
			continue
		}
		for _, h := range t.Holdings {
			if (h.Definite || !w.definite) && !isSame(h) {
				ended = false
				w.walk(h.Holder, append([]string{amount(h)}, here...), t.Method == ownership.Effective)
			}
		}
		if t.Undisclosed > 0 && !w.definite {
			ended = false
			w.paths = append(w.paths, append([]string{"undisclosed", most(t.Undisclosed)}, here...))
		}
	}
	switch {
	case c.Standing == residency.BySeat:
		w.paths = append(w.paths, here)
	case ended && (c.Repeated || c.LeftOut > 0):
		w.paths = append(w.paths, append([]string{"…"}, here...))
	case ended:
		here[0] += strings.ReplaceAll(strings.Replace(unknownHere(c, nil), ", of which the ", ", ", 1), ",", ":")
		w.paths = append(w.paths, here)
	}
}

// toBlame has the findings that the verdict comes from: those that count, or
// those that an exemption sets aside if no other is to blame.
func toBlame(d residency.Decision) []residency.Finding {
	var count, aside []residency.Finding
	for _, f := range d.Findings {
		switch {
		case f.Verdict == residency.Clear:
		case f.Exempted != nil:
			aside = append(aside, f)
		default:
			count = append(count, f)
		}
	}
	if len(count) > 0 {
		return count
	}
	return aside
}

func amount(h residency.Holding) string {
	switch h.Kind {
	case ownership.Control:
		return "control"
	case ownership.VotingRights:
		return shareText(h.Share) + " of votes"
	default:
		return shareText(h.Share)
	}
}

func decimal(n int) string { return strconv.Itoa(n) }
