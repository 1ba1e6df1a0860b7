package main

import (
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/gateway"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/test/bench/report"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

const (
	// decided is how many requests are decided by themselves.
	decided = 200_000
	// flipped is how many companies move.
	flipped = 200
	// soon is how long a decision may take.
	soon = 10 * time.Microsecond
)

// alone measures decisions without a proxy, without gRPC and without a network.
func alone(o options, keys int, progress io.Writer) ([]report.Row, error) {
	fmt.Fprintf(progress, "deciding alone with %d keys\n", keys)
	o.keys = keys
	g, holder := newGateway(o)
	requests := make([]*call.Request, decided)
	for i := range requests {
		requests[i] = &call.Request{
			Path:    "/v1/chat/completions",
			Headers: call.HeaderMap{"Authorization": {"Bearer " + key(i*7919%keys)}, "Content-Type": {"application/json"}},
			Body:    []byte(`{"model":"tern-2","messages":[{"role":"user","content":"Hello"}]}`),
		}
	}
	runtime.GC()
	var rows []report.Row
	for _, pass := range []string{"first time", "again"} {
		took, allocations, err := decide(g, requests)
		if err != nil {
			return nil, err
		}
		rows = append(rows,
			report.Row{Name: pass + ": p50", Value: took.quantile(0.5), Unit: report.Nanoseconds, Aim: float64(soon)},
			report.Row{Name: pass + ": p99", Value: took.quantile(0.99), Unit: report.Nanoseconds},
			report.Row{Name: pass + ": allocations", Value: allocations, Unit: report.Number},
		)
	}
	took, err := flip(g, holder)
	if err != nil {
		return nil, err
	}
	return append(rows,
		report.Row{Name: "a company moves: p50", Value: took.quantile(0.5), Unit: report.Nanoseconds},
		report.Row{Name: "a company moves: p99", Value: took.quantile(0.99), Unit: report.Nanoseconds},
	), nil
}

// decide is how long each decision took, and how much memory was asked for, by decision.
func decide(g *gateway.Gateway, requests []*call.Request) (*samples, float64, error) {
	s := &samples{took: make([]time.Duration, 0, len(requests))}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, r := range requests {
		begin := time.Now()
		a := g.Check("public", r)
		s.took = append(s.took, time.Since(begin))
		if a.Outcome != gateway.Served && a.Outcome != gateway.Refused {
			return nil, 0, fmt.Errorf("a known key is %s: %w", a.Outcome, a.Err)
		}
	}
	runtime.ReadMemStats(&after)
	return s, float64(after.Mallocs-before.Mallocs) / float64(len(requests)), nil
}

// flip is how long it takes in memory until a tenant is refused whose company has moved:
// the next world, and what had been decided in the one before.
func flip(g *gateway.Gateway, holder *snapshot.Holder) (*samples, error) {
	s := &samples{}
	request := &call.Request{Headers: call.HeaderMap{"Authorization": {"Bearer " + key(0)}}}
	for i := range flipped {
		place, want := "CN", gateway.Refused
		if i%2 == 1 {
			place, want = "GB", gateway.Served
		}
		moved := sample.Entity(tenant(0), place)
		begin := time.Now()
		holder.Store(holder.Load().With(snapshot.Changes{Entities: map[string]*translate.CompiledEntity{moved.Name: translate.LegalEntity(&moved)}}).At(time.Now()))
		a := g.Check("public", request)
		s.took = append(s.took, time.Since(begin))
		if a.Outcome != want {
			return nil, fmt.Errorf("a company in %s is %s", place, a.Outcome)
		}
	}
	return s, nil
}
