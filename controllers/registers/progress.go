package registers

import (
	"fmt"
	"time"
	"unicode"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/condition"
	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/register/store"
)

// Progress is what one replica found out about one register.
type Progress struct {
	owner      string
	generation int64
	ready      condition.State
	inUse      *store.Entry
	report     *register.Report
	due        time.Time
}

// Progress tells what is known about a register; false if nothing is yet.
func (l *Loader) Progress(name string) (Progress, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.progress[name]
	return p, ok
}

// report makes known what the loader found out, here and as metrics.
func (l *Loader) report() {
	progress := make(map[string]Progress, len(l.states))
	for name, s := range l.states {
		p := Progress{
			owner: string(s.owner), generation: s.generation, ready: s.readiness(),
			inUse: s.inUse, report: s.report, due: s.due,
		}
		if len(s.invalid) > 0 {
			p.due = time.Time{}
		}
		progress[name] = p
	}
	l.mu.Lock()
	l.progress = progress
	l.mu.Unlock()
	l.metrics.states(l.states)
	l.changed.Wake()
}

// readiness is the condition of the register, as far as this replica knows.
func (s *state) readiness() condition.State {
	switch {
	case len(s.invalid) > 0:
		c := condition.Invalid(s.invalid)
		c.Message += s.still()
		return c
	case s.failure != nil:
		return condition.False(s.failure.reason, oneLine(s.failure.message)+"."+s.still())
	case s.attempted == 0:
		return condition.Unknown(v1alpha1.ReasonLoading, "Being loaded."+s.still())
	default:
		return condition.True(v1alpha1.ReasonLoaded, "In use.")
	}
}

// still says what is in use instead of what the register declares.
func (s *state) still() string {
	if s.inUse == nil {
		return " Nothing was loaded before, so nobody is Clear."
	}
	return fmt.Sprintf(" What the source gave last, at %s, stays in use.", s.inUse.LoadedAt.UTC().Format(time.RFC3339))
}

// oneLine makes one line of printable text of a message about other people's
// data.
func oneLine(message string) string {
	const most = 1024
	line := make([]rune, 0, min(len(message), most))
	for _, r := range cut.Text(message, most) {
		if !printable(r) {
			r = ' '
		}
		line = append(line, r)
	}
	return string(line)
}

// printable says whether a character may stand in a line of text as it is.
func printable(r rune) bool {
	return unicode.IsPrint(r) && !unicode.Is(unicode.Bidi_Control, r)
}

// shortRevision is what people are shown of a revision.
func shortRevision(revision string) string { return revision[:min(12, len(revision))] }
