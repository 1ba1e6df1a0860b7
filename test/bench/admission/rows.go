package main

import (
	"github.com/domicile-dev/domicile/test/bench/report"
)

// What Domicile may cost beside a webhook that always says yes, and beside itself with
// fewer tenants.
const (
	mostLatency, mostMirror     = 1.25, 1.15
	mostAPIServer, mostEtcd     = 1.25, 1.1
	mostBesideTheSmallest       = 1.05
	besideYes, besideSmallest   = ", beside always yes", ", beside the smallest size"
	addedLatency, ownProcessing = "p50 added", "CPU of its own"
)

// rows are the table of one shape.
func (b *bench) rows(s shape, all *[contestants]measured) (rows []report.Row) {
	add := func(name string, value float64, unit report.Unit, aim float64) {
		rows = append(rows, report.Row{Name: name, Value: value, Unit: unit, Aim: aim})
	}
	for c := range contestants {
		m := &all[c]
		if len(m.took) == 0 {
			continue
		}
		name := c.String() + ": "
		add(name+"p50", float64(m.took.Quantile(0.5)), report.Nanoseconds, 0)
		add(name+"p99", float64(m.took.Quantile(0.99)), report.Nanoseconds, 0)
		add(name+"requests", float64(len(m.took)), report.Count, 0)
		add(name+"CPU of the API server", m.each(apiServer), report.Nanoseconds, 0)
		add(name+"CPU of etcd", m.each(store), report.Nanoseconds, 0)
		if c != notAsked && m.cpu[answering] > 0 {
			add(name+ownProcessing, m.each(answering), report.Nanoseconds, 0)
		}
	}
	floor, yes, ours := &all[notAsked], &all[alwaysYes], &all[domicile]
	// All turns are of the same length.
	add("Domicile: "+ownProcessing+" in that time without a request", float64(floor.cpu[answering])/float64(len(ours.took)), report.Nanoseconds, 0)
	added := func(m *measured) float64 { return float64(m.took.Quantile(0.5) - floor.took.Quantile(0.5)) }
	aim := func(most float64) float64 { // There are aims for the usual case.
		if s.clients == 1 && s.aim > 0 {
			return most
		}
		return 0
	}
	add("Domicile: "+addedLatency+besideYes, added(ours)/added(yes), report.Ratio, aim(mostLatency))
	if mirror := &all[mirrorAlone]; len(mirror.took) > 0 {
		add("mirror alone: "+addedLatency+besideYes, added(mirror)/added(yes), report.Ratio, aim(mostMirror))
	}
	add("Domicile: CPU of the API server for it"+besideYes, (ours.each(apiServer)-floor.each(apiServer))/(yes.each(apiServer)-floor.each(apiServer)), report.Ratio, aim(mostAPIServer))
	add("Domicile: CPU of etcd"+besideYes, ours.each(store)/yes.each(store), report.Ratio, aim(mostEtcd))
	add("Domicile: "+ownProcessing+besideYes, ours.each(answering)/yes.each(answering), report.Ratio, aim(s.aim))
	return append(rows, b.beside(s, rows)...)
}

// beside compares with the smallest size: the ratios to what was measured at the same time,
// because a machine is never the same twice.
func (b *bench) beside(s shape, rows []report.Row) (more []report.Row) {
	before := b.smallest[s.String()]
	for _, name := range []string{"Domicile: " + addedLatency + besideYes, "Domicile: " + ownProcessing + besideYes} {
		then := before[name]
		for _, r := range rows {
			if r.Name == name && then > 0 {
				more = append(more, report.Row{Name: name + besideSmallest, Value: r.Value / then, Unit: report.Ratio, Aim: mostBesideTheSmallest})
			}
		}
	}
	return more
}
