package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/test/bench/report"
)

// asks says which replica answers what a row is about.
func asks(asked int) string { return " (" + roles[asked] + ")" }

const (
	p50 = ": p50"
	p99 = ": p99"
	// own is the processor time of the replica that is not asked.
	own = ": CPU for each"
)

// addLoad adds what else the machine does: times mean little where it is more
// than a part of a core.
func (b *bench) addLoad() {
	if load, known := loadAverage(); known {
		b.add("load of the machine before", load, report.Number, 0)
	}
}

// quantiles adds what samples say.
func (b *bench) quantiles(name string, s report.Samples, aim time.Duration) {
	b.took(name+p50, s.Quantile(0.5), 0)
	b.took(name+p99, s.Quantile(0.99), aim)
	b.took(name+": at most", s.Quantile(1), 0)
}

// change measures one kind of change.
func (b *bench) change(ctx context.Context, c change, asked int) error {
	b.say("%s%s …", c.name, asks(asked))
	t, err := b.time(ctx, c, asked)
	if err != nil {
		return err
	}
	name := c.name + asks(asked)
	if c.back == "" {
		b.quantiles(name, append(t.there, t.back...), c.aim)
	} else {
		b.quantiles(name, t.there, c.aim)
		b.quantiles(c.back+asks(asked), t.back, c.aim)
	}
	each := func(process int) time.Duration { return t.cpu[process] / time.Duration(t.changes()) }
	b.took(name+own+", "+roles[1-asked], each(1-asked), 0)
	b.took(name+own+", "+roles[asked]+" and questions", each(asked), 0)
	b.took(name+own+", API server and questions", each(apiServer), 0)
	b.took(name+own+", etcd", each(store), 0)
	return nil
}

// admissions measures what an innocent Pod waits.
func (b *bench) admissions(ctx context.Context, asked int) error {
	if err := b.rest(ctx); err != nil {
		return err
	}
	b.say("admission, in quiet and in a stream of changes%s …", asks(asked))
	a, err := b.admission(ctx, asked)
	if err != nil {
		return err
	}
	b.quantiles("admission in quiet"+asks(asked), a.quiet, 0)
	b.quantiles("admission in a stream of changes"+asks(asked), a.stream, 2*a.quiet.Quantile(0.99))
	b.add("changes a second in that stream"+asks(asked), float64(a.changes)/a.streamed.Seconds(), report.Count, 0)
	return b.rest(ctx)
}

// statuses measures what status of a new policy takes.
func (b *bench) statuses(ctx context.Context, tenants int) error {
	if err := b.rest(ctx); err != nil {
		return err
	}
	b.say("status of a new policy …")
	s, err := b.status(ctx, tenants)
	if err != nil {
		return err
	}
	if s.counts > 0 {
		b.took("new policy: counts in its status", s.counts, time.Second)
	}
	if s.half > 0 {
		b.took("new policy: half of the tenants' status", s.half, 0)
	}
	if s.all > 0 {
		b.took("new policy: all tenants' status", s.all, 0)
	}
	b.add("new policy: tenants' status in the end", s.written(tenants), report.Percent, 0)
	b.add("new policy: statuses written a second", s.traffic.tenants/s.took.Seconds(), report.Count, 0)
	b.add("new policy: all requests but ours, a second", s.traffic.all/s.took.Seconds(), report.Count, 0)
	if n := time.Duration(s.traffic.status); n > 0 {
		b.took("new policy: CPU of the API server for each status", s.cpu[apiServer]/n, 0)
		b.took("new policy: CPU of the leader for each status", s.cpu[leader]/n, 0)
	}
	b.quantiles("one Tenant changed meanwhile → its status", s.person, time.Second)
	return nil
}

// compare adds how much more one change costs than at the smallest size.
func (b *bench) compare(register bool) {
	before := b.smallest[register]
	if before == nil {
		return
	}
	for _, r := range slices.Clone(b.rows) {
		oneObject := slices.ContainsFunc([]string{"LegalEntity", "Tenant ", "TenantExemption"}, func(kind string) bool { return strings.HasPrefix(r.Name, kind) })
		_, of, _ := strings.Cut(r.Name, own)
		pure := of == ", "+roles[leader] || of == ", "+roles[follower]
		if then := before[r.Name]; oneObject && then > 0 && (pure || strings.HasSuffix(r.Name, p50)) {
			b.add(r.Name+", beside the smallest size", r.Value/then, report.Ratio, 2)
		}
	}
}
