package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Options says what to start.
type Options struct {
	// Kubeconfig names a cluster that exists. If it is set no control plane is
	// started, and the existing one is left running.
	Kubeconfig string
	// Dir is the folder for data and logs; it must be absent or empty. Without
	// it a temporary one is made, and removed on Close.
	Dir string
	// Data is the folder for the control plane's data, a folder within Dir if it
	// is empty. "controlplane down" ends the control plane of a folder.
	Data string
	// IPv6 makes every address one of IPv6Range. Only the API server listens on ::1, and etcd
	// on 127.0.0.1.
	IPv6 bool
	// Nodes is the number of simulated nodes, 3 if it is 0.
	Nodes int
	// APIServerArgs are further flags of kube-apiserver, such as
	// --feature-gates=X=true.
	APIServerArgs []string
	// Manager is the path of another program than bin/manager to run replicas with.
	Manager string
	// Revive starts components of the control plane again that end: see KillComponent.
	Revive bool
	// ReadyTimeout is how long a replica may take to be ready, a minute if it
	// is 0.
	ReadyTimeout time.Duration
}

// Cluster is a cluster to test against. Its methods may be called concurrently.
type Cluster struct {
	dir          string
	bin          string // folder with the programs
	manager      string // another program than that of bin
	root         string // folder with the repository
	data         string // folder of the control plane
	kubeconfig   string
	existing     bool
	config       *rest.Config
	client       kubernetes.Interface
	addresses    *addresses // nil for a cluster that exists
	readyTimeout time.Duration
	spawner      *spawner
	plane        *process // nil for a cluster that exists
	closers      []func() error
	kept         atomic.Bool                    // Dir stays
	other        atomic.Pointer[netip.AddrPort] // the second API server
	replicas     atomic.Int32                   // that were given an address
}

// Start starts a control plane, or connects to the one that o names. The caller
// must call Close.
func Start(ctx context.Context, o Options) (c *Cluster, err error) {
	c = &Cluster{existing: o.Kubeconfig != "", kubeconfig: o.Kubeconfig, manager: o.Manager, readyTimeout: cmp.Or(o.ReadyTimeout, readyTimeout)}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
			c = nil
		}
	}()
	if c.root, err = repository(); err != nil {
		return c, err
	}
	c.bin = filepath.Join(c.root, "bin")
	if err := c.folder(o.Dir); err != nil {
		return c, err
	}
	c.spawner = newSpawner()
	c.closers = append(c.closers, c.spawner.close)
	if !c.existing {
		if err := c.startControlPlane(ctx, o); err != nil {
			return c, err
		}
	}
	if c.config, err = clientcmd.BuildConfigFromFlags("", c.kubeconfig); err != nil {
		return c, fmt.Errorf("read KUBECONFIG: %w", err)
	}
	c.config.QPS = -1 // tests and the demo are not to be slowed down by themselves
	if c.client, err = kubernetes.NewForConfig(c.config); err != nil {
		return c, err
	}
	if _, err := c.client.Discovery().ServerVersion(); err != nil {
		return c, fmt.Errorf("ask the API server: %w", err)
	}
	return c, nil
}

// folder makes the folder for data and logs.
func (c *Cluster) folder(dir string) error {
	if dir == "" {
		var err error
		if c.dir, err = os.MkdirTemp("", "domicile-"); err != nil {
			return err
		}
		c.closers = append(c.closers, func() error {
			if c.kept.Load() {
				return nil
			}
			return os.RemoveAll(c.dir)
		})
		return nil
	}
	var err error
	if c.dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	return os.MkdirAll(c.dir, 0o700)
}

// Close ends everything that was started and says what had ended by itself.
func (c *Cluster) Close() error {
	var errs []error
	for _, closer := range slices.Backward(c.closers) {
		errs = append(errs, closer())
	}
	c.closers = nil
	return errors.Join(errs...)
}

// Keep makes Close leave Dir, for whoever wants to read the logs.
func (c *Cluster) Keep() { c.kept.Store(true) }

// Dir is the folder for data and logs.
func (c *Cluster) Dir() string { return c.dir }

// Kubeconfig is the path of an administrator's kubeconfig.
func (c *Cluster) Kubeconfig() string { return c.kubeconfig }

// Ended is closed when the control plane ends. It is never closed for a cluster
// that existed before.
func (c *Cluster) Ended() <-chan struct{} {
	if c.plane == nil {
		return nil
	}
	return c.plane.done
}

// PID is the process of a component of the control plane, such as etcd.
func (c *Cluster) PID(component string) (int, error) {
	text, err := os.ReadFile(filepath.Join(c.data, "run", component+".pid"))
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// KillComponent ends a component of the control plane, such as etcd, as the failure of
// its node would.
func (c *Cluster) KillComponent(component string) error {
	pid, err := c.PID(component)
	if err != nil {
		return err
	}
	return syscall.Kill(pid, syscall.SIGKILL)
}

// Config connects as an administrator, without a rate limit.
func (c *Cluster) Config() *rest.Config { return rest.CopyConfig(c.config) }

// As connects as somebody else, by impersonation.
func (c *Cluster) As(user string, groups ...string) *rest.Config {
	config := c.Config()
	config.Impersonate = rest.ImpersonationConfig{UserName: user, Groups: groups}
	return config
}
