package impact

import (
	"time"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/residency"
)

// state is what a tenant is in for, the gravest last.
type state uint8

const (
	uncovered state = iota // no policy is about the tenant
	cleared
	exempted
	unidentified
	indeterminate
	restricted
)

// judgement is what a policy says about a tenant.
type judgement struct {
	policy   *residency.Policy
	decision residency.Decision
	// notice is set if something milder is done until an instant.
	notice *report.Notice
	state  state
}

// action is what is done once the policy is effective.
func (j *judgement) action() residency.Action {
	if !j.decision.EffectiveFrom.IsZero() {
		return j.decision.Then
	}
	return j.decision.Action
}

// judge asks a policy about a tenant at an instant; nil if the policy is not
// about it. Now is the instant of asking, to say what is done until then.
func judge(w *world.View, p *residency.Policy, name string, at, now time.Time) *judgement {
	request := residency.Request{At: at, Tenant: w.Tenant(name)}
	if request.Tenant == nil {
		request.Claimed = name
	}
	if p.SelectsTenant != nil && (request.Tenant == nil || !p.SelectsTenant(request.Tenant.Labels)) {
		return nil
	}
	j := &judgement{policy: p, decision: residency.Evaluate(p, w.Graph, request)}
	j.state = stateOf(j.decision)
	milder := j.decision
	if milder.EffectiveFrom.IsZero() && j.state > exempted && p.EffectiveFrom.After(now) {
		request.At = now
		milder = residency.Evaluate(p, w.Graph, request)
	}
	if !milder.EffectiveFrom.IsZero() {
		j.notice = &report.Notice{Action: milder.Action.String(), Until: milder.EffectiveFrom.UTC()}
	}
	return j
}

func stateOf(d residency.Decision) state {
	switch {
	case len(d.Exemptions) > 0:
		return exempted
	case d.Verdict == residency.Restricted:
		return restricted
	case d.Verdict == residency.Unidentified:
		return unidentified
	case d.Verdict == residency.Clear:
		return cleared
	default:
		return indeterminate
	}
}

// graver says whether a judgement counts more than another, which may be nil:
// what was found out, then what is done. Of two alike the first counts.
func (j *judgement) graver(other *judgement) bool {
	switch {
	case other == nil:
		return true
	case j.state != other.state:
		return j.state > other.state
	case j.action() != other.action():
		return j.action() < other.action()
	default:
		return j.suspends() && !other.suspends()
	}
}

// suspends says whether what runs is suspended once the policy is effective.
func (j *judgement) suspends() bool {
	return j.policy.Suspends && j.state == restricted && j.action() == residency.Deny
}

// side is the judgement as it is told. Nil tells that no policy is about the
// tenant.
func (j *judgement) side() report.Side {
	if j == nil {
		return report.Side{}
	}
	s := report.Side{
		Policy:  j.policy.Name,
		Verdict: j.decision.Verdict.String(),
		Action:  j.action().String(),
		Notice:  j.notice,
		Suspend: j.suspends(),
		Reason:  string(j.decision.Reason),
	}
	if j.decision.Verdict != residency.Clear {
		s.Message, s.Path = explain.Sentence(j.decision), explain.Path(j.decision)
	}
	if len(j.decision.Exemptions) > 0 {
		s.Exemption = j.decision.Exemptions[0].Name
	}
	return s
}

// actsAs says whether the same is done with a tenant, at the same time.
func (j *judgement) actsAs(other *judgement) bool {
	switch {
	case j == nil || other == nil:
		return j == other
	case j.action() != other.action(), j.suspends() != other.suspends():
		return false
	case j.notice == nil || other.notice == nil:
		return j.notice == other.notice
	default:
		return *j.notice == *other.notice
	}
}
