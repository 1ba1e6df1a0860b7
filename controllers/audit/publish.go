package audit

import (
	"context"
	"errors"
	"slices"
)

// publish takes the summaries of a scan in place of those before, and tells of
// them. What cannot be written is gone over again.
func (a *Auditor) publish(ctx context.Context, namespaces []string, found map[string]*summary) {
	touched := namespaces
	if namespaces == nil {
		a.summaries = found
		if err := a.reports.load(ctx); err != nil && !errors.Is(err, errNotInstalled) {
			a.failed(ctx, err, "Could not read the reports")
			a.again.everything = true
		}
		touched = a.reports.existing()
		for namespace := range found {
			touched = append(touched, namespace)
		}
		slices.Sort(touched)
		touched = slices.Compact(touched)
	} else {
		for _, namespace := range namespaces {
			delete(a.summaries, namespace)
			if s := found[namespace]; s != nil {
				a.summaries[namespace] = s
			}
		}
	}
	a.writeReports(ctx, touched)
	a.metrics.found(a.summaries)
	a.settleStatus(ctx)
	a.tell(ctx)
}

func (a *Auditor) writeReports(ctx context.Context, namespaces []string) {
	for _, namespace := range namespaces {
		if namespace == "" || ctx.Err() != nil {
			continue
		}
		s := a.summaries[namespace]
		var f *findings
		if s != nil {
			f = &s.findings
		}
		if err := a.reports.write(ctx, namespace, f); err != nil && !errors.Is(err, errNotInstalled) {
			a.failed(ctx, err, "Could not write a report")
			a.again.add(namespace)
		}
		if s != nil {
			s.findings.first = nil // it is in the report, or will be found again
		}
	}
	if err := a.reports.write(ctx, "", a.clusterFindings()); err != nil && !errors.Is(err, errNotInstalled) {
		a.failed(ctx, err, "Could not write the report of the cluster")
		a.again.everything = true
	}
}

// clusterFindings are those about what is in no namespace: Namespaces, and
// objects of other kinds.
func (a *Auditor) clusterFindings() *findings {
	all := &findings{}
	take := func(f *findings) {
		all.fail, all.warn = all.fail+f.fail, all.warn+f.warn
		all.first = append(all.first, f.first[:min(len(f.first), maxResults-len(all.first))]...)
	}
	names := make([]string, 0, len(a.summaries))
	for namespace := range a.summaries {
		names = append(names, namespace)
	}
	slices.Sort(names)
	for _, namespace := range names {
		s := a.summaries[namespace]
		take(&s.own)
		if namespace == "" {
			take(&s.findings)
		}
	}
	return all
}

func (a *Auditor) failed(ctx context.Context, err error, message string) {
	if ctx.Err() != nil {
		return
	}
	a.metrics.failures.WithLabelValues(failureReport).Inc()
	a.options.Log.Error(err, message)
	a.postpone()
}
