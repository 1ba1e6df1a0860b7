package residency

import (
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// tracer answers for one policy on one day.
type tracer struct {
	policy  *Policy
	graph   *ownership.Graph
	view    *ownership.View
	outcome *ownership.Outcome
	limits  Limits
}

func newTracer(p *Policy, g *ownership.Graph, at time.Time, limits Limits) *tracer {
	view := g.At(at)
	return &tracer{policy: p, graph: g, view: view, outcome: p.outcome(view, false), limits: limits}
}

// party finds out about one party, which may be nowhere.
func (t *tracer) party(ref ownership.Ref) Finding {
	node, found := t.graph.Find(ref)
	if !found {
		return Finding{Verdict: Indeterminate, Reason: PartyNotFound, Cause: &Cause{Label: labelOf(ref)}}
	}
	f := Finding{}
	f.Verdict, f.Reason = t.judge(node)
	if f.Reason == RegisterUnavailable {
		f.Missing = t.graph.Missing()
	}
	if f.Verdict != Clear || t.limits.All {
		f.Cause = t.cause(node)
	}
	return f
}

// judge is the verdict about a node of the graph by itself, and why.
func (t *tracer) judge(n ownership.Node) (Verdict, Reason) {
	switch verdict := t.verdictOf(n); verdict {
	case Restricted:
		if seats, _ := t.policy.seats(t.graph.Profile(n)); len(blockedCountries(seats)) > 0 {
			return verdict, RestrictedSeed
		}
		return verdict, RestrictedOwner
	case Clear:
		return verdict, NoRestrictedOwner
	default:
		return verdict, t.doubt(n)
	}
}

// verdictOf is the verdict about a node without why: that takes a few look-ups.
func (t *tracer) verdictOf(n ownership.Node) Verdict {
	switch {
	case t.outcome.Definite(n):
		return Restricted
	case t.outcome.Possible(n), !t.graph.Loaded(n), !t.locates(n), len(t.graph.Missing()) > 0:
		return Indeterminate
	default:
		return Clear
	}
}

// locates says whether anything was given about where a party sits.
func (t *tracer) locates(n ownership.Node) bool {
	profile := t.graph.Profile(n)
	return t.policy.locates(profile) || len(profile.Jurisdictions.Unread) > 0
}

// doubt is why a node is Indeterminate.
func (t *tracer) doubt(n ownership.Node) Reason {
	known := t.locates(n)
	switch {
	case !t.graph.Loaded(n):
		return PartyNotFound
	case t.outcome.Possible(n) && (known || t.possiblyHeld(n)):
		if !t.policy.outcome(t.view, true).Possible(n) {
			return JurisdictionNotUnderstood
		}
		return PossiblyRestricted
	case !known:
		return JurisdictionUnknown
	default:
		return RegisterUnavailable
	}
}

// possiblyHeld reports whether a party is possibly restricted because of
// somebody who holds something in it, and not only because nobody knows where
// it sits itself and whose it is.
func (t *tracer) possiblyHeld(n ownership.Node) bool {
	coalitions, _ := t.outcome.Restricting(n, t.limits.Coalitions)
	for _, coalition := range coalitions {
		for _, tally := range coalition.Tallies(n, 1) {
			if tally.Possible && len(tally.Counted) > 0 {
				return true
			}
		}
	}
	return false
}

// labelOf names a party that is not in the graph.
func labelOf(ref ownership.Ref) string {
	if ref.Key != "" {
		return ref.Key
	}
	if ref.Identifier != (ownership.Identifier{}) {
		return ref.Identifier.String()
	}
	return ""
}
