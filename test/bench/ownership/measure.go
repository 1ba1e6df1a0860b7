package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/test/bench/report"
)

// measure takes all measurements of one size.
func measure(ctx context.Context, s size, patience time.Duration, progress io.Writer) ([]report.Row, error) {
	p, err := policy()
	if err != nil {
		return nil, err
	}
	w := &stopwatch{ctx: ctx, progress: progress, patience: patience}
	fmt.Fprintf(progress, "%s\n", s.name)
	folder, err := os.MkdirTemp("", "domicile-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // it is in a temporary folder
	file := filepath.Join(folder, "compiled")
	if err := compile(w, s, file); err != nil {
		return nil, err
	}
	base, err := w.read(s, p, file)
	if err != nil {
		return nil, err
	}
	w.change(s, p, base)
	w.trace(s, base)
	return w.rows, ctx.Err()
}

// compile builds the layer and writes it to a file.
func compile(w *stopwatch, s size, name string) error {
	var layer *ownership.Layer
	before := heap()
	w.timed("build the layer", 0, func() time.Duration {
		layer = nil
		var b ownership.Builder
		begin := time.Now()
		s.register.Build(&b)
		layer = b.Layer()
		return time.Since(begin)
	})
	perParty := (heap() - before) / float64(s.register.Parties)
	w.add(report.Row{Name: "layer, bytes for each party", Value: perParty, Unit: report.Bytes, Aim: 400})
	var err error
	w.time("write the compiled file", 0, func() {
		var file *os.File
		if file, err = os.Create(name); err == nil {
			err = errors.Join(register.Compile(file, layer, register.Report{}, register.Options{}), file.Close())
		}
	})
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err == nil {
		w.add(report.Row{Name: "compiled file", Value: float64(info.Size()), Unit: report.Bytes})
	}
	return err
}

// read decodes the layer and asks the first question.
func (w *stopwatch) read(s size, p *residency.Policy, name string) (*ownership.Layer, error) {
	var base *ownership.Layer
	var err error
	files := []register.File{{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(name) }}}
	read := func() { base, _, err = register.Read(w.ctx, files, register.Options{}) }
	w.time("read the compiled file", 0, read)
	if err != nil {
		return nil, err
	}
	entities, tenant := top(s.register, 0), tenants()[0]
	w.time("file → graph → first verdict", aim(s, 2*time.Second, 0), func() {
		if read(); err != nil {
			return
		}
		base = base.Named("bench")
		residency.Evaluate(p, ownership.NewGraph(base, entities), residency.Request{At: at, Tenant: tenant})
	})
	return base, err
}

// aim is an aim for the size of GLEIF, and one for that of PSC.
func aim(s size, gleif, psc time.Duration) time.Duration {
	switch s.name {
	case "gleif":
		return gleif
	case "psc":
		return psc
	default:
		return 0
	}
}

// change replaces a LegalEntity or a Tenant and asks about every tenant.
func (w *stopwatch) change(s size, p *residency.Policy, base *ownership.Layer) {
	all := tenants()
	version := 0
	verdicts := func(g *ownership.Graph) {
		v := residency.NewVerdicts(&residency.World{Graph: g, Policies: []*residency.Policy{p}}, at)
		for _, t := range all {
			v.Of(p, t, at)
		}
	}
	before := heap()
	g := ownership.NewGraph(base, top(s.register, 0))
	verdicts(g)
	w.add(report.Row{Name: "graph beside its layer, bytes for each party", Value: (heap() - before) / float64(s.register.Parties), Unit: report.Bytes})
	w.timed("one LegalEntity changed → first verdict", 0, func() time.Duration {
		version++
		begin := time.Now()
		next := ownership.NewGraph(base, top(s.register, version))
		residency.Evaluate(p, next, residency.Request{At: at, Tenant: all[version%entities]})
		return time.Since(begin)
	})
	w.timed(fmt.Sprintf("one LegalEntity changed → %d verdicts", entities), aim(s, 50*time.Millisecond, 0), func() time.Duration {
		version++
		begin := time.Now()
		verdicts(ownership.NewGraph(base, top(s.register, version)))
		return time.Since(begin)
	})
	world := &residency.World{Graph: g, Policies: []*residency.Policy{p}}
	var known *residency.Verdicts
	w.timed(fmt.Sprintf("one Tenant changed → %d verdicts", entities), aim(s, 50*time.Millisecond, 0), func() time.Duration {
		begin := time.Now()
		known = residency.NewVerdicts(world, at)
		return time.Since(begin)
	})
	w.many("a tenant's verdict", aim(s, 100*time.Nanosecond, 100*time.Nanosecond), func() { known.Of(p, all[1], at) })
	request := residency.Request{At: at, Tenant: all[1]}
	w.many("verdict with its whole explanation", 0, func() { residency.Evaluate(p, g, request) })
}

// trace runs the rule in all its forms.
func (w *stopwatch) trace(s size, base *ownership.Layer) {
	var g *ownership.Graph
	w.time("link the graph", 0, func() { g = ownership.NewGraph(base, nil) })
	v := g.At(at)
	w.add(report.Row{
		Name: "what a trace reads", Value: float64(v.Memory()), Unit: report.Bytes,
		Aim: float64(12*s.register.Parties + 16*s.register.Interests),
	})
	seeds := start(g)
	plain := newPrototype(v, seeds.Seeds)
	restricted := 0
	w.time("prototype: one fixpoint on bare arrays", 0, func() { restricted = plain.cascade() })
	w.add(report.Row{Name: "prototype: parties restricted", Value: float64(restricted), Unit: report.Count})
	for _, m := range []struct {
		name   string
		method ownership.Method
	}{{"Cascade", ownership.Cascade}, {"Effective", ownership.Effective}, {"Either", ownership.Either}} {
		for _, a := range []struct {
			name        string
			aggregation ownership.Aggregation
		}{{"AllRestricted", ownership.AllRestricted}, {"SameJurisdiction", ownership.SameJurisdiction}, {"SingleOwner", ownership.SingleOwner}} {
			r := rule()
			r.Method, r.Aggregation = m.method, a.aggregation
			var most time.Duration
			if m.method == ownership.Cascade && a.aggregation == ownership.AllRestricted {
				most = aim(s, 20*time.Millisecond, 200*time.Millisecond)
			}
			var o *ownership.Outcome
			w.time("both fixpoints: "+m.name+", "+a.name, most, func() { o = v.Trace(r, seeds) })
			if most != 0 || s.name == "small" && m.method == ownership.Cascade && a.aggregation == ownership.AllRestricted {
				w.add(report.Row{Name: "Cascade, AllRestricted: parties restricted", Value: definite(o, g), Unit: report.Count})
			}
		}
	}
}

func definite(o *ownership.Outcome, g *ownership.Graph) (n float64) {
	for node := range ownership.Node(g.Len()) {
		if o.Definite(node) {
			n++
		}
	}
	return n
}
