package controllers

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/register/store"
)

// Progress is what one replica found out about one register.
type Progress struct {
	owner      string
	generation int64
	ready      readiness
	inUse      *store.Entry
	report     *register.Report
	due        time.Time
}

// Progress tells what is known about a register; false if nothing is yet.
func (l *RegisterLoader) Progress(name string) (Progress, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.progress[name]
	return p, ok
}

// report makes known what the loader found out, here and as metrics.
func (l *RegisterLoader) report() {
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
	l.metrics.registers(l.states)
	l.changed.Wake()
}

// readiness is the condition of the register, as far as this replica knows.
func (s *registerState) readiness() readiness {
	switch {
	case len(s.invalid) > 0:
		r := invalid(s.invalid)
		r.message = cut.Text(r.message+s.still(), maxMessage)
		return r
	case s.failure != nil:
		return notReady(s.failure.reason, oneLine(s.failure.message)+"."+s.still())
	case s.attempted == 0:
		return readiness{status: metav1.ConditionUnknown, reason: v1alpha1.ReasonLoading, message: "Being loaded." + s.still()}
	default:
		return isReady(v1alpha1.ReasonLoaded, "In use.")
	}
}

// still says what is in use instead of what the register declares.
func (s *registerState) still() string {
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

// shortRevision is what people are shown of a revision.
func shortRevision(revision string) string { return revision[:min(12, len(revision))] }
