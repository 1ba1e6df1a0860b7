package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/domicile-dev/domicile/test/bench/procfs"
	"github.com/domicile-dev/domicile/test/bench/report"
)

// The processes whose processor time counts: the API server, its store, and who answers.
const (
	apiServer = iota
	store
	answering
	processes
)

// measured is what the turns of one contestant took.
type measured struct {
	took  report.Samples
	cpu   [processes]time.Duration
	bytes int // of an answer, which has the object as it would be stored
}

// each is the processor time of a process for one request.
func (m *measured) each(process int) float64 { return float64(m.cpu[process]) / float64(len(m.took)) }

// measure lets all contestants take turns with requests of one shape.
func (r *rig) measure(ctx context.Context, s shape) (*[contestants]measured, error) {
	var all [contestants]measured
	var asked []contestant
	for c := range contestants {
		if c.plays(r.o, s.what) {
			asked = append(asked, c)
		}
	}
	for round := range r.o.rounds + 1 {
		if round%2 == 1 { // Nobody always follows the same one.
			slices.Reverse(asked)
		}
		for _, c := range asked {
			m, err := r.turn(ctx, c, s)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c, err)
			}
			if round == 0 { // which opens connections
				continue
			}
			all[c].took = append(all[c].took, m.took...)
			all[c].bytes = m.bytes
			for p := range processes {
				all[c].cpu[p] += m.cpu[p]
			}
		}
	}
	return &all, nil
}

// turn is one contestant's.
func (r *rig) turn(ctx context.Context, c contestant, s shape) (m measured, err error) {
	q, err := s.in(r.Config().Host, c.namespace())
	if err != nil {
		return m, err
	}
	before, err := r.cpus(c)
	if err != nil {
		return m, err
	}
	end := time.Now().Add(r.o.block)
	took, errs, sizes := make([]report.Samples, s.clients), make([]error, s.clients), make([]int, s.clients)
	var all sync.WaitGroup
	for client := range s.clients {
		all.Go(func() {
			for time.Now().Before(end) && errs[client] == nil {
				begin := time.Now()
				sizes[client], errs[client] = r.ask(ctx, q)
				took[client] = append(took[client], time.Since(begin))
			}
		})
	}
	all.Wait()
	after, err := r.cpus(c)
	m.took, m.bytes = slices.Concat(took...), sizes[0]
	for p := range processes {
		m.cpu[p] = after[p] - before[p]
	}
	return m, errors.Join(errors.Join(errs...), err)
}

// ask makes a request, and says how long the answer is. What is not admitted is an error.
func (r *rig) ask(ctx context.Context, q question) (int, error) {
	request, err := http.NewRequestWithContext(ctx, q.method, q.url, bytes.NewReader(q.body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := r.transport.RoundTrip(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusCreated {
		err = errors.Join(err, fmt.Errorf("%s: %.500s", response.Status, text))
	}
	return len(text), err
}

// cpus is how much processor time the processes have taken.
func (r *rig) cpus(c contestant) (taken [processes]time.Duration, err error) {
	for process, pid := range r.pids(c) {
		if pid == 0 {
			continue // Nobody answers.
		}
		var one error
		taken[process], one = procfs.CPU(pid)
		err = errors.Join(err, one)
	}
	return taken, err
}
