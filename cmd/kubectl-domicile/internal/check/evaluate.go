package check

import (
	"time"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/report"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Evaluate asks for every object whether it may be created at an instant, and for every
// request whether it is served.
func Evaluate(m *world.Manifests, at time.Time) report.Report {
	var out report.Report
	for _, o := range m.Objects {
		var answer residency.Answer
		if admission := m.Admitted(o); admission != nil {
			answer = residency.Decide(&m.View.World, admission, at)
		}
		out.Results = append(out.Results, result(o, answer))
	}
	return out
}

func result(o world.Object, answer residency.Answer) report.Result {
	r := report.Result{
		Resource: report.Resource{
			APIVersion: o.Kind.GroupVersion().String(),
			Kind:       o.Kind.Kind,
			Namespace:  o.Namespace,
			Name:       o.Name,
		},
		Allowed:  answer.Action() != residency.Deny,
		Position: o.Position,
		Display:  o.Display(),
	}
	for _, d := range answer.Decisions {
		decision := report.Decision{
			Policy:  d.Policy,
			Tenant:  d.Tenant,
			Verdict: d.Verdict.String(),
			Reason:  string(d.Reason),
			Action:  d.Action.String(),
			Message: explain.Sentence(d),
			Path:    explain.Path(d),
			More:    explain.Command(d),
		}
		if !d.EffectiveFrom.IsZero() {
			decision.Notice = "from " + d.EffectiveFrom.UTC().Format(time.RFC3339) + " on " + d.Then.String()
		}
		for _, e := range d.Exemptions {
			decision.Exemptions = append(decision.Exemptions, report.Exemption{
				Name: e.Name, Tenant: e.Tenant, Reference: e.Reference, ExpiresAt: e.ExpiresAt.UTC().Format(time.RFC3339),
			})
		}
		r.Decisions = append(r.Decisions, decision)
	}
	return r
}
