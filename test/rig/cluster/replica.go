package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// replica is one pod of the manager, run as a process.
type replica struct {
	name, program, kubeconfig, log string
	address                        netip.Addr
	upstream                       *forwarder // to the API server
	invocation                     *invocation
	volumes                        string // the folder that its emptyDirs are in
	spawner                        *spawner
	ready                          atomic.Bool
	patience                       time.Duration // how long it may take to be ready

	mu      sync.Mutex
	process *process // nil before the first start
}

// start runs the process and watches its readiness.
func (r *replica) start() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process != nil && r.process.running() {
		return fmt.Errorf("%s is running", r.name)
	}
	url, err := r.probeURL()
	if err != nil {
		return err
	}
	cmd := exec.Command(r.program, r.invocation.args...)
	cmd.Env = append([]string{"KUBECONFIG=" + r.kubeconfig}, r.invocation.env...)
	p, err := r.spawner.start(r.name, cmd, r.log, syscall.SIGKILL)
	if err != nil {
		return err
	}
	r.process = p
	go r.watch(p, url)
	return nil
}

// probeURL is where the readiness probe asks.
func (r *replica) probeURL() (string, error) {
	probe := r.invocation.readiness.HTTPGet
	if probe == nil {
		return "", errors.New("a readinessProbe with httpGet is expected")
	}
	port, err := r.invocation.port(probe.Port)
	if err != nil {
		return "", fmt.Errorf("readiness probe: %w", err)
	}
	if probe.Scheme != "" && probe.Scheme != corev1.URISchemeHTTP {
		return "", fmt.Errorf("readiness probe: scheme %s is not supported", probe.Scheme)
	}
	return "http://" + netip.AddrPortFrom(r.address, port).String() + probe.Path, nil
}

// probeTimeout is how long a probe may take.
const probeTimeout = 5 * time.Second

// steadyInterval is how often a replica that is ready is asked whether it still is:
// more often than by a kubelet, and seldom enough to cost nothing.
const steadyInterval = 10 * pollInterval

// watch asks the readiness probe as long as the process lives, over one connection.
func (r *replica) watch(p *process, url string) {
	client := &http.Client{Timeout: probeTimeout, Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			r.ready.Store(false)
			return
		case <-tick.C:
			if probe(client, url) {
				r.ready.Store(true)
				tick.Reset(steadyInterval)
			} else {
				r.ready.Store(false)
				tick.Reset(pollInterval)
			}
			if p.stopped.Load() { // meanwhile
				r.ready.Store(false)
			}
		}
	}
}

func probe(client *http.Client, url string) bool {
	response, err := client.Get(url)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20)) //nolint:errcheck // only the status counts
	return response.StatusCode >= 200 && response.StatusCode < 400
}

// current is the process that was started last.
func (r *replica) current() *process {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.process
}

// readyTimeout is how long a replica may take to be ready, unless Options say
// something else. It takes a second or two, and machines may be busy.
const readyTimeout = time.Minute

// waitReady returns when the probe succeeds, or when it no longer can.
func (r *replica) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	p := r.current()
	err := Poll(ctx, r.name+" to be ready", func(context.Context) (bool, error) {
		select {
		case <-p.done:
			return true, nil
		default:
			return r.ready.Load(), nil
		}
	})
	if err != nil {
		return fmt.Errorf("%w; its last words:\n%s", err, tail(r.log))
	}
	if !p.running() {
		return errors.Join(p.ended(), fmt.Errorf("%s is not running", r.name))
	}
	return nil
}

// stop ends the process as a kubelet would.
func (r *replica) stop() error {
	p := r.current()
	if p == nil || !p.running() {
		return fmt.Errorf("%s is not running", r.name)
	}
	p.stopped.Store(true)
	r.ready.Store(false)
	return p.stop(r.invocation.grace)
}

// kill ends the process, if it runs.
func (r *replica) kill() {
	if p := r.current(); p != nil {
		r.ready.Store(false)
		p.kill()
	}
}

// ended is an error if the process ended by itself.
func (r *replica) ended() error {
	if p := r.current(); p != nil {
		return p.ended()
	}
	return nil
}

// endpoint is the address and number of a named port.
func (r *replica) endpoint(port string) (string, error) {
	number, err := r.invocation.port(intstr.FromString(port))
	if err != nil {
		return "", err
	}
	return netip.AddrPortFrom(r.address, number).String(), nil
}
