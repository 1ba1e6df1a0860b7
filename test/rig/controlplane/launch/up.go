package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// startTimeout bounds the whole start. It takes 6 s on an idle machine with two
// cores; the rest is for busy ones.
const startTimeout = 3 * time.Minute

// Up starts a control plane, calls ready with the path of the administrator's
// kubeconfig, and ends everything when ctx does. Then it removes its data; when
// something fails it keeps them for whoever wants to read the logs.
//
// The caller must have locked its goroutine to its thread (runtime.LockOSThread):
// on Linux, children die with the thread that started them.
func Up(ctx context.Context, o Options, ready func(kubeconfig string)) (err error) {
	o, err = o.absolute()
	if err != nil {
		return err
	}
	f := folder(o.Dir)
	lock, created, err := f.claim()
	if err != nil {
		return err
	}
	defer lock.Close()
	fmt.Fprintf(o.Progress, "starting a control plane in %s\n", o.Dir)
	p := newProcesses(f, o.Assets)
	defer func() {
		p.kill()
		if err != nil {
			err = fmt.Errorf("%w (logs are in %s)", err, f.path("log"))
			return
		}
		fmt.Fprintln(o.Progress, "the control plane has ended")
		err = f.remove(created)
	}()
	w := &waiter{died: p.died, progress: o.Progress, start: time.Now()}
	if err := start(ctx, p, o, w); err != nil {
		if ctx.Err() != nil {
			return nil // interrupted during the start, as asked
		}
		return err
	}
	ready(f.path(adminKubeconfig))
	for {
		select {
		case <-ctx.Done():
			return nil
		case d := <-p.died:
			if !o.Revive {
				return d.err
			}
			fmt.Fprintln(o.Progress, d.err)
			if err := p.start(d.name, d.args...); err != nil {
				return err
			}
		}
	}
}

// start starts every component and returns when pods can be created.
func start(ctx context.Context, p *processes, o Options, w *waiter) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	ports, err := freePorts(3)
	if err != nil {
		return err
	}
	if o.APIPort != 0 {
		ports[0] = o.APIPort
	}
	if err := configure(p.folder, o, "https://"+net.JoinHostPort(o.loopback(), strconv.Itoa(ports[0]))); err != nil {
		return err
	}
	w.report("certificates and kubeconfigs")
	if err := startStore(p, o, ports[0], ports[1], ports[2]); err != nil {
		return err
	}
	client, err := adminClient(p.folder)
	if err != nil {
		return err
	}
	if err := w.until(ctx, "API server ready", func() (bool, error) {
		code := 0
		err := client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).StatusCode(&code).Error()
		return code == http.StatusOK, err
	}); err != nil {
		return err
	}
	if err := startControllers(p, o); err != nil {
		return err
	}
	if err := createNodes(ctx, client, o.Nodes); err != nil {
		return err
	}
	if err := w.until(ctx, "nodes ready", func() (bool, error) { return nodesReady(ctx, client, o.Nodes) }); err != nil {
		return err
	}
	return w.until(ctx, "default namespace ready", func() (bool, error) { return namespaceReady(ctx, client) })
}

func adminClient(f folder) (kubernetes.Interface, error) {
	config, err := clientcmd.BuildConfigFromFlags("", f.path(adminKubeconfig))
	if err != nil {
		return nil, err
	}
	config.QPS = -1 // no limit: it only polls
	return kubernetes.NewForConfig(config)
}

// waiter waits for conditions while every process lives.
type waiter struct {
	died     <-chan death
	progress io.Writer
	start    time.Time
}

// until asks for a condition until it holds, ctx ends or a process dies.
func (w *waiter) until(ctx context.Context, what string, holds func() (bool, error)) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, last := holds()
		if ok {
			w.report(what)
			return nil
		}
		select {
		case d := <-w.died:
			return d.err
		case <-ctx.Done():
			return fmt.Errorf("waiting for %q: %w", what, errors.Join(ctx.Err(), last))
		case <-tick.C:
		}
	}
}

func (w *waiter) report(what string) {
	fmt.Fprintf(w.progress, "%6.1f s  %s\n", time.Since(w.start).Seconds(), what)
}
