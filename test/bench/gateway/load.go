package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/domicile-dev/domicile/test/bench/report"
)

// shape is what requests are like.
type shape struct {
	body    int // bytes; 0 for none that is read
	clients int
}

// String is the title of its table.
func (s shape) String() string {
	what := "no body is read"
	if s.body > 0 {
		what = fmt.Sprintf("a body of %d KiB is read", s.body>>10)
	}
	return fmt.Sprintf("%s, %d clients", what, s.clients)
}

func shapes() (all []shape) {
	for _, body := range []int{0, 4 << 10, 64 << 10} {
		for _, clients := range []int{1, 64} {
			all = append(all, shape{body, clients})
		}
	}
	return all
}

// turn is one kind's with requests of one shape.
type turn struct {
	kind int
	shape
}

// String says what is measured.
func (t turn) String() string { return kinds[t.kind] + ", " + t.shape.String() }

func turns() (all []turn) {
	for _, s := range shapes() {
		for kind := range kinds {
			all = append(all, turn{kind, s})
		}
	}
	return all
}

// samples are what was measured in the turns of one kind.
type samples struct {
	took []time.Duration
	// envoy and check are the processor time of Envoy and of whoever is asked.
	envoy, check time.Duration
}

func (s *samples) add(other samples) {
	s.took = append(s.took, other.took...)
	s.envoy += other.envoy
	s.check += other.check
}

// quantile is a quantile in nanoseconds.
func (s *samples) quantile(q float64) float64 {
	slices.Sort(s.took)
	return float64(s.took[min(int(q*float64(len(s.took))), len(s.took)-1)])
}

// take lets one kind have its turn.
func (r *rig) take(ctx context.Context, t turn, block time.Duration) (samples, error) {
	before, err := r.cpus(t.kind)
	if err != nil {
		return samples{}, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: t.clients}
	defer transport.CloseIdleConnections()
	end := time.Now().Add(block)
	took, errs := make([][]time.Duration, t.clients), make([]error, t.clients)
	var all sync.WaitGroup
	for client := range t.clients {
		all.Go(func() {
			for i := client; time.Now().Before(end) && errs[client] == nil; i += t.clients {
				var one time.Duration
				one, errs[client] = r.ask(ctx, transport, t, i)
				took[client] = append(took[client], one)
			}
		})
	}
	all.Wait()
	after, err := r.cpus(t.kind)
	s := samples{took: slices.Concat(took...), envoy: after[0] - before[0], check: after[1] - before[1]}
	return s, errors.Join(errors.Join(errs...), err)
}

// ask asks once, with the key of somebody who is clear.
func (r *rig) ask(ctx context.Context, transport http.RoundTripper, t turn, i int) (time.Duration, error) {
	reads, body := 0, `{"model":"tern-2"}`
	if t.body > 0 {
		reads = 1
		body = `{"model":"tern-2","messages":"` + strings.Repeat("x", t.body-len(body)-15) + `"}`
	}
	n := r.o.few
	if t.kind == manyKeys || t.kind == opa {
		n = r.o.many
	}
	holder := i * 7919 % n // from all over
	if holder%r.o.tenants%restrictedEvery == 1 {
		holder--
	}
	url := fmt.Sprintf("http://127.0.0.1:%d/v1/chat/completions", r.listeners[t.kind][reads])
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+key(holder))
	request.Header.Set("Content-Type", "application/json")
	begin := time.Now()
	response, err := transport.RoundTrip(request)
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	text, err := io.ReadAll(response.Body)
	took := time.Since(begin)
	if response.StatusCode != http.StatusOK {
		err = errors.Join(err, fmt.Errorf("status %d: %s", response.StatusCode, text))
	}
	return took, err
}

// most is how much slower than the server that always says yes Domicile's may be.
const most = 1.15

// rows are the table of one shape.
func (r *rig) rows(s shape, measured map[turn]*samples) (rows []report.Row) {
	for kind := range kinds {
		m := measured[turn{kind, s}]
		requests := float64(len(m.took))
		rows = append(rows,
			report.Row{Name: kinds[kind] + ": p50", Value: m.quantile(0.5), Unit: report.Nanoseconds},
			report.Row{Name: kinds[kind] + ": p99", Value: m.quantile(0.99), Unit: report.Nanoseconds},
			report.Row{Name: kinds[kind] + ": requests", Value: requests, Unit: report.Count},
			report.Row{Name: kinds[kind] + ": CPU of Envoy for each", Value: float64(m.envoy) / requests, Unit: report.Nanoseconds})
		if kind != noFilter {
			rows = append(rows, report.Row{Name: kinds[kind] + ": CPU of the check for each", Value: float64(m.check) / requests, Unit: report.Nanoseconds})
		}
	}
	yes := measured[turn{alwaysYes, s}]
	return append(rows, report.Row{
		Name: "p50, many keys beside always yes", Value: measured[turn{manyKeys, s}].quantile(0.5) / yes.quantile(0.5), Unit: report.Ratio, Aim: most,
	})
}
