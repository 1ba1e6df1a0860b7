package manager

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// hindrance is what happens to a request on its way to the API server: a delay,
// and an answer without asking it, if status is not 0.
type hindrance struct {
	delay  time.Duration
	status int
}

// proxy is a way to the API server that KUBECONFIG leads to.
type proxy struct {
	kubeconfig string
	hinder     func(*http.Request) hindrance
	server     http.Handler
	closed     chan struct{}

	mu       sync.Mutex
	arrived  map[string]bool // resources that were asked for
	passed   map[string]bool // resources that are being watched
	election map[string]bool // passed as of the first request about a Lease
}

func newProxy(t *testing.T, hinder func(*http.Request) hindrance) *proxy {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		t.Fatal(err)
	}
	transport, err := rest.TransportFor(config)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{
		kubeconfig: filepath.Join(t.TempDir(), "kubeconfig"), hinder: hinder, closed: make(chan struct{}),
		arrived: map[string]bool{}, passed: map[string]bool{},
		server: &httputil.ReverseProxy{
			Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) },
			Transport:     transport,
			FlushInterval: -1, // watches
			ErrorHandler:  func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
		},
	}
	server := httptest.NewServer(p)
	t.Cleanup(func() {
		close(p.closed)
		server.CloseClientConnections()
		server.Close()
	})
	text := fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: it, contexts: [{name: it, context: {cluster: it}}], clusters: [{name: it, cluster: {server: %q}}]}`, server.URL)
	if err := os.WriteFile(p.kubeconfig, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// ServeHTTP hinders a request, and hands it on.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.note(r)
	h := p.hinder(r)
	ctx, cancel := context.WithTimeout(r.Context(), h.delay)
	defer cancel()
	select {
	case <-ctx.Done():
	case <-p.closed:
		return
	}
	if h.status != 0 {
		w.WriteHeader(h.status)
		return
	}
	// An informer begins with a watch, or with the pages of a list.
	if q := r.URL.Query(); q.Get("watch") == "true" || len(q.Get("limit")) > len("1") {
		p.mu.Lock()
		p.passed[path.Base(r.URL.Path)] = true
		p.mu.Unlock()
	}
	p.server.ServeHTTP(w, r)
}

func (p *proxy) note(r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.arrived[path.Base(r.URL.Path)] = true
	if p.election == nil && strings.Contains(r.URL.Path, "/leases") {
		p.election = maps.Clone(p.passed)
	}
}

// asked says whether anybody asked for a resource.
func (p *proxy) asked(resource string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.arrived[resource]
}

// beforeElection are the resources that were watched before the first request
// about a Lease.
func (p *proxy) beforeElection() map[string]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.election
}
