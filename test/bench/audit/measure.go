package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/audit"
	"github.com/domicile-dev/domicile/controllers/informers"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/scan"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/bench/program"
)

// result is what one scan took.
type result struct {
	name              string
	namespaces        int
	objects, requests int64
	bytes             int64
	took, cpu         time.Duration
	peak              uint64
}

// traffic counts what goes to and comes from the API server.
type traffic struct {
	requests, bytes atomic.Int64
}

func (c *traffic) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		c.requests.Add(1)
		response, err := next.RoundTrip(r)
		if err == nil {
			response.Body = &countedBody{ReadCloser: response.Body, bytes: &c.bytes}
		}
		return response, err
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type countedBody struct {
	io.ReadCloser
	bytes *atomic.Int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.bytes.Add(int64(n))
	return n, err
}

// observer is told when scans begin (with their first object) and end.
type observer struct {
	objects int64
	peak    uint64
	ended   chan []string
}

// Observe implements audit.Observer.
func (o *observer) Observe(*scan.Found) {
	if o.objects++; o.objects%200 == 0 {
		o.peak = max(o.peak, heap())
	}
}

// Abandoned implements audit.Observer.
func (o *observer) Abandoned() {}

// Audited implements audit.Observer.
func (o *observer) Audited(namespaces []string, _ *snapshot.Snapshot, _ time.Time) {
	o.ended <- namespaces
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// measure measures a sweep, and the change of one tenant's verdict.
func (w *world) measure(ctx context.Context) ([]result, error) {
	ctx, cancel := context.WithCancel(ctx)
	config := w.Config()
	t, o, holder := &traffic{}, &observer{ended: make(chan []string)}, &snapshot.Holder{}
	mgr, err := manager.New(config, manager.Options{Scheme: w.scheme, Metrics: metricsserver.Options{BindAddress: "0"}})
	if err != nil {
		cancel()
		return nil, err
	}
	config.Wrap(t.wrap)
	objects, err1 := dynamic.NewForConfig(config)
	meta, err2 := metadata.NewForConfig(config)
	served, err3 := discovery.NewDiscoveryClientForConfig(config)
	registry := prometheus.NewRegistry()
	auditor, err4 := audit.New(audit.Options{
		Scanner:   scan.New(scan.Options{Objects: objects, Metadata: meta, Discovery: served}),
		Snapshots: holder, Cache: mgr.GetCache(), Namespaces: func(ctx context.Context) ([]*residency.Namespace, error) {
			return informers.Namespaces(ctx, mgr.GetCache())
		}, Client: mgr.GetClient(), Objects: objects, Metadata: meta,
		ReportAPI: audit.OpenReports, Events: mgr.GetEventRecorder("domicile"), Observers: []audit.Observer{o},
		Clock: clock.RealClock{}, Registerer: registry,
	})
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		cancel()
		return nil, err
	}
	if err := mgr.Add(auditor); err != nil {
		cancel()
		return nil, err
	}
	done := make(chan error, 1)
	go func() { done <- mgr.Start(ctx) }()
	results, err := w.steps(ctx, t, o, holder, registry)
	cancel()
	return results, errors.Join(err, <-done)
}

func (w *world) steps(ctx context.Context, t *traffic, o *observer, holder *snapshot.Holder, registry *prometheus.Registry) ([]result, error) {
	var results []result
	for _, step := range []struct {
		name   string
		change func()
	}{
		{"sweep, nobody restricted", func() {}},
		{"one tenant becomes restricted", func() { w.Entities[0].Spec.Jurisdictions.Headquarters = "KP" }},
		{"sweep, one tenant restricted", func() { w.Policies[0].Spec.Match = everyNamespace() }},
		{"it becomes clear again", func() { w.Entities[0].Spec.Jurisdictions.Headquarters = "NZ" }},
	} {
		runtime.GC()
		before := heap()
		*o = observer{ended: o.ended}
		t.requests.Store(0)
		t.bytes.Store(0)
		known, busy := seconds(registry), program.CPU()
		step.change()
		holder.Store(snapshottest.Compile(w.declared))
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case namespaces := <-o.ended:
			results = append(results, result{
				name: step.name, namespaces: len(namespaces), objects: o.objects,
				requests: t.requests.Load(), bytes: t.bytes.Load(),
				cpu:  program.CPU() - busy,
				took: time.Duration((seconds(registry) - known) * float64(time.Second)),
				peak: max(o.peak, before) - before,
			})
		}
		if err := w.settled(ctx, t); err != nil {
			return nil, err
		}
		last := &results[len(results)-1]
		last.requests, last.bytes = t.requests.Load(), t.bytes.Load()
	}
	return results, nil
}

// seconds is how long all scans took.
func seconds(registry *prometheus.Registry) float64 {
	families, err := registry.Gather()
	if err != nil {
		return 0
	}
	var sum float64
	for _, f := range families {
		if f.GetName() == "domicile_audit_duration_seconds" {
			for _, m := range f.GetMetric() {
				sum += m.GetHistogram().GetSampleSum()
			}
		}
	}
	return sum
}

func table(out io.Writer, results []result) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tnamespaces\tobjects\ttime\tprocessor\trequests\treceived\theap\t")
	for _, r := range results {
		namespaces := "all"
		if r.namespaces > 0 {
			namespaces = fmt.Sprint(r.namespaces)
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%.2f s\t%.2f s\t%d\t%.1f MB\t%.1f MB\t\n", r.name, namespaces, r.objects, r.took.Seconds(), r.cpu.Seconds(),
			r.requests, float64(r.bytes)/1e6, float64(r.peak)/1e6)
	}
	return t.Flush()
}

// quiet is how long nothing is asked after everything has been written.
const quiet = time.Second

// settled waits until what was found has been written.
func (w *world) settled(ctx context.Context, t *traffic) error {
	last := int64(-1)
	return wait.PollUntilContextCancel(ctx, quiet, true, func(context.Context) (bool, error) {
		before := last
		last = t.requests.Load()
		return last == before, nil
	})
}

// everyNamespace covers what no selector covers too, but is another scope.
func everyNamespace() *v1alpha1.Match {
	return &v1alpha1.Match{NamespaceSelector: &metav1.LabelSelector{}}
}
