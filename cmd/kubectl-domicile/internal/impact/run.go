package impact

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/explain/svg"
	"github.com/domicile-dev/domicile/internal/residency"
)

// report compares and counts.
func (o *options) report(ctx context.Context, change *change, l *live, now time.Time) (*report.Report, error) {
	after, steps, err := l.Apply(change.View, change.remove)
	if err != nil {
		return nil, err
	}
	if err := known(o.policy, l.View, after); err != nil {
		return nil, err
	}
	r := &report.Report{
		Now: now.UTC().Truncate(time.Second), Live: l.from, Given: []report.Given{}, Announced: announced(steps, after, now),
		Uncounted: []string{}, Warnings: change.notes(l.Notes), Missing: append([]string{}, l.Missing...), Tenants: []report.Tenant{},
	}
	r.At = instant(r.Announced, r.Now, o.Asked())
	for _, step := range steps {
		r.Given = append(r.Given, report.Given{Kind: step.Kind, Name: step.Name, Operation: string(step.Operation)})
	}
	c := &comparison{before: l.View, after: after, policy: o.policy, at: r.At, now: r.Now}
	verdicts := c.tenants()
	count := newCounter(c, verdicts)
	missed, err := l.runs(ctx, c.both(), c.at, count.visit)
	if err != nil {
		return nil, err
	}
	gaps(r, missed)
	r.Others = count.others
	var tally report.Tally
	for name, v := range verdicts {
		counts := count.of(name)
		tally.Add(v.change, c.value(name), counts)
		if o.all || v.change.Listed() {
			r.Tenants = append(r.Tenants, v.told(c, counts))
		}
	}
	report.Sort(r.Tenants)
	r.Totals, r.Policies = tally.Totals(), byPolicy(verdicts, c.policies(l.View), c.policies(after), steps)
	if o.output == "html" {
		err = c.draw(r, verdicts, o.pictures)
	}
	return r, err
}

// draw makes the pictures of the tenants that are restricted by the change.
func (c *comparison) draw(r *report.Report, verdicts map[string]*verdict, most int) error {
	for i := range r.Tenants {
		v := verdicts[r.Tenants[i].Name]
		if v.change == report.Removed || v.after.stateOrNone() != restricted {
			continue
		}
		if len(r.Pictures) >= most {
			r.PicturesLeftOut++
			continue
		}
		request := residency.Request{At: c.at, Tenant: c.after.Tenant(v.name)}
		d := residency.Explain(v.after.policy, c.after.Graph, request, residency.ExplainLimits)
		var picture, text bytes.Buffer
		if err := svg.Write(&picture, d, explain.Setting{At: c.at, From: r.Live + ", with the change"}); err != nil {
			return fmt.Errorf("draw tenant %s: %w", v.name, err)
		}
		if err := explain.Text(&text, []residency.Decision{d}); err != nil {
			return fmt.Errorf("explain tenant %s: %w", v.name, err)
		}
		r.Pictures = append(r.Pictures, report.Picture{Tenant: v.name, Policy: v.after.policy.Name, SVG: picture.Bytes(), Text: text.Bytes()})
	}
	return nil
}
