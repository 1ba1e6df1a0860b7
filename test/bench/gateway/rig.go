package main

import (
	"bytes"
	"context"
	_ "embed" // the configuration of Envoy
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"text/template"
	"time"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// maxBody is more than any body here.
const maxBody = 128 << 10

// kinds are what a request may pass through.
var kinds = [...]string{"no filter", "always yes", "Domicile, few keys", "Domicile, many keys", "OPA, many keys"}

const (
	noFilter = iota
	alwaysYes
	fewKeys
	manyKeys
	opa
)

//go:embed envoy.yaml.tmpl
var envoyConfig string

// rig is what runs: a model server in this process, Envoy, and those that it asks.
type rig struct {
	o         options
	upstream  *httptest.Server
	folder    string
	processes []*exec.Cmd // Envoy, and those who answer, by kind
	// listeners are the ports of Envoy by kind, without and with reading bodies.
	listeners [len(kinds)][2]int
}

// newRig starts everything, and waits until it answers.
func newRig(ctx context.Context, o options, progress io.Writer) (r *rig, err error) {
	r = &rig{o: o, processes: make([]*exec.Cmd, len(kinds))}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close())
		}
	}()
	if r.folder, err = os.MkdirTemp("", "domicile-bench-"); err != nil {
		return r, err
	}
	r.upstream = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		_, _ = io.Copy(io.Discard, in.Body) // what cannot be read was not sent
		_, _ = io.WriteString(w, "{}")      // the client is gone if that fails
	}))
	program, err := os.Executable()
	if err != nil {
		return r, err
	}
	var ports [len(kinds)]int
	few, many := "-keys="+strconv.Itoa(o.few), "-keys="+strconv.Itoa(o.many)
	for kind, args := range map[int][]string{
		alwaysYes: {program, "-serve=yes"}, fewKeys: {program, "-serve=domicile", few}, manyKeys: {program, "-serve=domicile", many},
		opa: {filepath.Join("bin", "bench-opa"), many},
	} {
		address, err := freeAddress(ctx)
		if err != nil {
			return r, err
		}
		ports[kind] = address.Port
		args = append(args, "-address="+address.String(), "-tenants="+strconv.Itoa(o.tenants))
		if kind == opa && o.opa != "" {
			if args, err = r.withPlugin(ctx, address.String()); err != nil {
				return r, err
			}
		}
		if err := r.start(ctx, kind, args[0], args[1:]...); err != nil {
			return r, err
		}
	}
	if err := r.startEnvoy(ctx, ports); err != nil {
		return r, err
	}
	fmt.Fprintf(progress, "waiting until %d keys of %d tenants are known\n", o.many, o.tenants)
	return r, r.wait(ctx)
}

func (r *rig) start(ctx context.Context, kind int, program string, args ...string) error {
	log, err := os.Create(filepath.Join(r.folder, strconv.Itoa(kind)+".log"))
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // the child has it
	command := exec.CommandContext(ctx, program, args...)
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		return err
	}
	r.processes[kind] = command
	return nil
}

// listener is one of Envoy's.
type listener struct {
	Port, Check int
	// Body says that bodies are read, and Joined that headers are a map, as OPA has them.
	Body, Joined bool
}

func (r *rig) startEnvoy(ctx context.Context, checks [len(kinds)]int) error {
	upstream, ok := r.upstream.Listener.Addr().(*net.TCPAddr)
	if !ok {
		return errors.New("the upstream has no port")
	}
	values := struct {
		Upstream, MaxBody int
		Listeners         []listener
		Checks            []int
	}{Upstream: upstream.Port, MaxBody: maxBody, Checks: checks[alwaysYes:]}
	for kind := range kinds {
		for body := range 2 {
			address, err := freeAddress(ctx)
			if err != nil {
				return err
			}
			r.listeners[kind][body] = address.Port
			values.Listeners = append(values.Listeners, listener{Port: address.Port, Check: checks[kind], Body: body == 1, Joined: kind == opa})
		}
	}
	var config bytes.Buffer
	if err := template.Must(template.New("envoy").Parse(envoyConfig)).Execute(&config, values); err != nil {
		return err
	}
	path := filepath.Join(r.folder, "envoy.yaml")
	if err := os.WriteFile(path, config.Bytes(), 0o600); err != nil {
		return err
	}
	return r.start(ctx, noFilter, filepath.Join("bin", "proxies", "python", "bin", "envoy"),
		"--config-path", path, "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning")
}

// wait waits until every kind serves.
func (r *rig) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	for kind := range kinds {
		var last error
		err := cluster.Poll(ctx, kinds[kind], func(ctx context.Context) (bool, error) {
			_, err := r.ask(ctx, transport, turn{kind: kind}, 0)
			if ctx.Err() == nil {
				last = err
			}
			return err == nil, err
		})
		if err != nil {
			said, _ := os.ReadFile(filepath.Join(r.folder, strconv.Itoa(kind)+".log")) // it may have said nothing
			return fmt.Errorf("%w: %w\n%s", err, last, said)
		}
	}
	return nil
}

// close ends everything.
func (r *rig) close() error {
	var errs []error
	for _, p := range r.processes {
		if p != nil {
			errs = append(errs, p.Process.Kill())
			_ = p.Wait() // it was killed
		}
	}
	if r.upstream != nil {
		r.upstream.Close()
	}
	return errors.Join(append(errs, os.RemoveAll(r.folder))...)
}

// freeAddress is one at which nothing listens.
func freeAddress(ctx context.Context) (*net.TCPAddr, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return nil, errors.Join(errors.New("a listener has no port"), l.Close())
	}
	return address, l.Close()
}
