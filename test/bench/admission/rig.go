package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/bench/filled"
	"github.com/domicile-dev/domicile/test/bench/procfs"
	"github.com/domicile-dev/domicile/test/rig/cluster"
)

const (
	systemNamespace = "domicile-system"
	// tenant is who all requests are for. Nobody refuses it.
	tenant = "innocent"
	// account is who Pods run as.
	account = "web"
)

// rig is a cluster with one manager, and those who answer beside it.
type rig struct {
	*cluster.Cluster
	client.Client
	o         options
	progress  io.Writer
	transport http.RoundTripper
	manager   *cluster.Manager
	etcd      *filled.Etcd
	others    [contestants]*exec.Cmd
	plane     [2]int // those of the API server and of etcd
	folder    string
}

// newRig starts a control plane with everything but a manager.
func newRig(ctx context.Context, o options, progress io.Writer) (_ *rig, err error) {
	r := &rig{o: o, progress: progress}
	// Hundreds of thousands of Tenants are more than etcd's default of 2 GB, with what
	// they were before. The control plane inherits the environment.
	if err := os.Setenv("ETCD_QUOTA_BACKEND_BYTES", fmt.Sprint(int64(8)<<30)); err != nil {
		return nil, err
	}
	if r.Cluster, err = cluster.Start(ctx, cluster.Options{Nodes: 1, ReadyTimeout: o.patience}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.end())
		}
	}()
	r.folder = filepath.Join(r.Dir(), "admission")
	if err := os.Mkdir(r.folder, 0o700); err != nil {
		return nil, err
	}
	if err := r.connect(); err != nil {
		return nil, err
	}
	excluded := make([]string, 0, contestants)
	for _, c := range others() {
		excluded = append(excluded, c.namespace())
	}
	values := []string{
		"replicas=1", "excludedNamespaces={" + strings.Join(excluded, ",") + "}",
		"extraArgs[0]=--register-dir=" + r.folder, // instead of a volume: the last flag counts
		// At the usual pace status would still be written while requests are measured, and
		// take so little at a time that the manager seems to rest.
		"statusUpdates.perSecond=10000",
	}
	if o.parties > 0 {
		values = append(values, "registers.cacheSize=16Gi", "registers.memory=4Gi", "resources.limits.memory=16Gi")
	}
	if err := r.InstallChart(ctx, systemNamespace, append(values, o.values...)...); err != nil {
		return nil, err
	}
	return r, r.startOthers(ctx)
}

// connect makes the clients, and finds the processes of the control plane.
func (r *rig) connect() (err error) {
	config := r.Config()
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return err
	}
	if r.Client, err = client.New(config, client.Options{Scheme: scheme}); err != nil {
		return err
	}
	if r.transport, err = rest.TransportFor(config); err != nil {
		return err
	}
	for i, component := range []string{apiServer: "kube-apiserver", store: "etcd"} {
		if r.plane[i], err = r.PID(component); err != nil {
			return err
		}
	}
	r.etcd, err = filled.FindEtcd(r.plane[store])
	return err
}

func (r *rig) say(format string, args ...any) { fmt.Fprintf(r.progress, format+"\n", args...) }

// pids are the processes whose time counts in a contestant's turn; 0 is none. While nobody
// is asked, what Domicile does by itself counts.
func (r *rig) pids(c contestant) [processes]int {
	pids := [processes]int{apiServer: r.plane[apiServer], store: r.plane[store]}
	switch other := r.others[c]; {
	case c == domicile, c == notAsked:
		pids[answering] = r.manager.PID(0)
	case other != nil:
		pids[answering] = other.Process.Pid
	}
	return pids
}

// startOthers starts the webhooks beside Domicile's.
func (r *rig) startOthers(ctx context.Context) error {
	names := []string{serviceName(alwaysYes), serviceName(validator)}
	for i, name := range names {
		names[i] = name + "." + systemNamespace + ".svc"
	}
	bundle, err := writeCertificate(r.folder, names)
	if err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	for c, serves := range map[contestant]string{alwaysYes: "yes", validator: "validator"} {
		address, err := freeAddress(ctx)
		if err != nil {
			return err
		}
		command := exec.CommandContext(ctx, program, "-serve="+serves, "-address="+address.String(), "-folder="+r.folder, fmt.Sprintf("-tenants=%d", r.o.tenants[0]))
		command.Stdout, command.Stderr = r.progress, r.progress
		if err := command.Start(); err != nil {
			return err
		}
		r.others[c] = command
		if err := r.configure(ctx, c, bundle, address); err != nil {
			return err
		}
	}
	return nil
}

// end ends everything.
func (r *rig) end() error {
	var errs []error
	for _, c := range r.others {
		if c != nil {
			errs = append(errs, c.Process.Kill())
			_ = c.Wait() // it was killed
		}
	}
	return errors.Join(append(errs, r.Close())...)
}

// createNamespaces makes what there is in the namespaces of all contestants.
func (r *rig) createNamespaces(ctx context.Context) error {
	tenants := map[string]string{}
	for c := range contestants {
		tenants[c.namespace()] = tenant
	}
	if err := filled.Namespaces(ctx, r, tenants); err != nil {
		return err
	}
	for namespace := range tenants {
		d := &unstructured.Unstructured{Object: deploymentOf("registry.example/web:v1")}
		d.SetNamespace(namespace)
		sa := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: account}}
		if err := errors.Join(r.Create(ctx, sa), r.Create(ctx, d)); err != nil {
			return err
		}
	}
	return nil
}

const (
	// quiet is how long nothing happens before it counts as over.
	quiet = 2 * time.Second
	// idle is the part of a core that a manager may take meanwhile.
	idle = 0.1
)

// rest waits until the manager has come to rest.
func (r *rig) rest(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, r.o.patience)
	defer cancel()
	tick := time.NewTicker(quiet)
	defer tick.Stop()
	for before := time.Duration(0); ; {
		now, err := procfs.CPU(r.manager.PID(0))
		if err != nil {
			return err
		}
		if before > 0 && now-before < time.Duration(idle*float64(quiet)) {
			return nil
		}
		before = now
		select {
		case <-ctx.Done():
			return fmt.Errorf("the manager does not come to rest: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

// freeAddress is one at which nothing listens.
func freeAddress(ctx context.Context) (netip.AddrPort, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return netip.AddrPort{}, err
	}
	address, err := netip.ParseAddrPort(l.Addr().String())
	return address, errors.Join(err, l.Close())
}
