package audit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/scan"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// errGaps says that a scan did not see everything, and that the one before did.
var errGaps = errors.New("not everything could be seen")

// scan goes over what is due and publishes what it finds.
func (a *Auditor) scan(ctx context.Context, w *snapshot.Snapshot) {
	at := a.options.Clock.Now()
	namespaces := a.due.scope(len(a.summaries))
	found := newCollection()
	stats, err := a.options.Scanner.Scan(ctx, w, at, namespaces, func(f *scan.Found) error {
		for _, o := range a.options.Observers {
			o.Observe(f)
		}
		found.add(f)
		return nil
	})
	scope := scopeTenant
	if namespaces == nil {
		scope = scopeCluster
	}
	a.metrics.scanned(scope, a.options.Clock.Since(at), stats, err)
	if err == nil {
		stats.Gaps = slices.DeleteFunc(stats.Gaps, func(g scan.Gap) bool { return g.Reason == scan.GapUngranted })
		err = a.tolerate(stats.Gaps, namespaces == nil)
	}
	if err != nil {
		a.abandon(ctx, err)
		return
	}
	upTo := w
	if a.again.any() {
		upTo = nil
	}
	for _, o := range a.options.Observers {
		o.Audited(namespaces, upTo, at)
	}
	a.due = due{}
	if namespaces == nil {
		a.swept(w, len(stats.Gaps) == 0)
	}
	a.options.Log.V(1).Info("Audited", "scope", scope, "namespaces", len(namespaces), "objects", stats.Objects,
		"requests", stats.Requests, "snapshotRevision", w.Revision)
	a.publish(ctx, namespaces, found.summaries)
	if !a.again.any() && !a.unsettled {
		a.retry = firstRetry
	}
}

// tolerate says whether to take a scan with gaps for finished. Gaps that are
// known are likely to stay: what else was found is worth more than nothing. New
// ones may be gone in a moment, and what was found in them before must not be
// taken back because of them.
func (a *Auditor) tolerate(gaps []scan.Gap, everything bool) error {
	known := a.gaps
	if a.gaps = map[string]bool{}; !everything {
		maps.Copy(a.gaps, known)
	}
	var unknown error
	for _, g := range gaps {
		name := g.Resource + " " + string(g.Reason)
		a.gaps[name] = true
		if !known[name] {
			unknown = errors.Join(unknown, fmt.Errorf("%s: %w", name, g.Err))
		}
	}
	if unknown != nil {
		return fmt.Errorf("%w: %s", errGaps, cut.Text(unknown.Error(), maxMessage))
	}
	return nil
}

// abandon tries again after some time, and longer each time. What becomes due in
// between does not have to wait for that.
func (a *Auditor) abandon(ctx context.Context, err error) {
	for _, o := range a.options.Observers {
		o.Abandoned()
	}
	if ctx.Err() != nil {
		return
	}
	a.options.Log.Error(err, "Could not finish an audit", "retryAfter", a.retry.String())
	a.again.merge(a.due)
	a.due = due{}
	a.postpone()
}

// postpone says when to try again. Several failures of one scan count once.
func (a *Auditor) postpone() {
	now := a.options.Clock.Now()
	if a.againAt.After(now) {
		return
	}
	a.againAt = now.Add(a.retry)
	a.retry = min(2*a.retry, lastRetry)
}

// swept notes that the whole cluster was gone over.
func (a *Auditor) swept(w *snapshot.Snapshot, complete bool) {
	a.judged = make(map[string]bool, len(w.Policies))
	for _, p := range w.Policies {
		a.judged[p.Name] = true
	}
	now := a.options.Clock.Now()
	if complete {
		a.metrics.lastSuccess.Set(float64(now.UnixMilli()) / 1000)
	}
	if a.options.Interval > 0 {
		a.nextSweep = now.Add(a.options.Interval)
	}
}
