package gateway

import (
	"net/http"
	"time"

	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Outcome is what becomes of a request.
type Outcome uint8

// The outcomes. The zero value serves nobody.
const (
	// Unavailable: it cannot be known now.
	Unavailable Outcome = iota
	// Unauthenticated: nobody knows whose the request is.
	Unauthenticated
	// Refused: a policy, or what the request says of whose it is, refuses it.
	Refused
	// Warned: it is served, with a warning.
	Warned
	// Served: it is served.
	Served
)

var outcomes = [...]string{"unavailable", "unauthenticated", "refused", "warned", "served"}

// String is the word for it in metrics.
func (o Outcome) String() string { return outcomes[o] }

// Status is that of the answer over HTTP.
func (o Outcome) Status() int {
	return [...]int{http.StatusServiceUnavailable, http.StatusUnauthorized, http.StatusForbidden, http.StatusOK, http.StatusOK}[o]
}

// outcome is the part of an answer that is kept.
type outcome struct {
	Outcome
	// Tenant is whose the request is, if anybody's.
	Tenant string
	// Decisions are those of the core; they are not for customers.
	Decisions []residency.Decision
	// From is when a request that is warned of now is refused; zero if that is not known.
	From time.Time
}

// Answer is the answer about one request.
type Answer struct {
	*outcome
	// Point is the access point; nil if that is not known.
	Point *call.Point
	At    time.Time
	// Err is why it cannot be known.
	Err error
}

var nothing = &outcome{}

func unknown(p *call.Point, err error) Answer { return Answer{outcome: nothing, Point: p, Err: err} }

// Allowed says whether the request is served.
func (a *Answer) Allowed() bool { return a.Outcome >= Warned }

// Reference is the number of the refusal.
func (a *Answer) Reference() call.Reference {
	name := ""
	if a.Point != nil {
		name = a.Point.Name
	}
	return call.NewReference(a.At, name, a.Tenant)
}

// conclude makes what the core says an answer. Whoever shows nothing that is known gets
// to know that, and not that a policy refuses it.
func conclude(i call.Identity, o *residency.Object, answer residency.Answer) *outcome {
	out := &outcome{Tenant: residency.Belongs(o), Decisions: answer.Decisions, Outcome: Served}
	switch answer.Action() {
	case residency.Deny:
		out.Outcome = Refused
		if i.Problem == call.UnknownCredential || out.Tenant == "" && i.Problem == call.NoProblem {
			out.Outcome = Unauthenticated
		}
	case residency.Warn:
		out.Outcome = Warned
	case residency.Audit, residency.Allow:
	}
	for _, d := range answer.Decisions {
		if d.Action == residency.Warn && d.Then == residency.Deny && (out.From.IsZero() || d.EffectiveFrom.Before(out.From)) {
			out.From = d.EffectiveFrom
		}
	}
	return out
}
