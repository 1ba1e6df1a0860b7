package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/bench/filled"
	"github.com/domicile-dev/domicile/test/rig/cluster"
)

const (
	systemNamespace = "domicile-system"
	// The replicas, in the order of their start: the first becomes the leader.
	leader, follower = 0, 1
	replicas         = 2
	// readyTimeout is how long a manager may take to be ready.
	readyTimeout = 10 * time.Minute
)

var roles = [replicas]string{"leader", "follower"}

// rig is a cluster with two managers.
type rig struct {
	*cluster.Cluster
	client.Client
	options
	progress io.Writer
	manager  *cluster.Manager
	api      kubernetes.Interface
	etcd     *filled.Etcd
	// registerDir is the folder that registers are in.
	registerDir    string
	storedRegister []byte
	// requests is how many requests this process made to the API server.
	requests atomic.Int64
	token    string // may read metrics
}

// newRig starts a control plane and installs the chart. No manager runs yet.
func newRig(ctx context.Context, o options, progress io.Writer) (r *rig, err error) {
	r = &rig{options: o, progress: progress}
	// Hundreds of thousands of Tenants are more than etcd's default of 2 GB, with
	// what they were before. The control plane inherits the environment.
	if err := os.Setenv("ETCD_QUOTA_BACKEND_BYTES", fmt.Sprint(int64(8)<<30)); err != nil {
		return nil, err
	}
	if r.Cluster, err = cluster.Start(ctx, cluster.Options{Nodes: 1, ReadyTimeout: readyTimeout}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Close())
		}
	}()
	r.registerDir = filepath.Join(r.Dir(), "registers")
	if err := os.Mkdir(r.registerDir, 0o700); err != nil {
		return nil, err
	}
	config := r.Config()
	config.Wrap(r.counted)
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return nil, err
	}
	if r.Client, err = client.New(config, client.Options{Scheme: scheme}); err != nil {
		return nil, err
	}
	if r.api, err = kubernetes.NewForConfig(config); err != nil {
		return nil, err
	}
	pid, err := r.PID("etcd")
	if err != nil {
		return nil, err
	}
	if r.etcd, err = filled.FindEtcd(pid); err != nil {
		return nil, err
	}
	values := []string{
		fmt.Sprintf("replicas=%d", replicas),
		// A folder of this machine in the place of a volume: the last flag counts.
		"extraArgs[0]=--register-dir=" + r.registerDir,
	}
	if slices.Contains(o.registers, true) { // otherwise the chart's own limit is what counts
		values = append(values, "registers.cacheSize=16Gi", "registers.memory=4Gi", "resources.limits.memory=16Gi")
	}
	return r, r.InstallChart(ctx, systemNamespace, values...)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// counted counts requests.
func (r *rig) counted(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		r.requests.Add(1)
		return next.RoundTrip(request)
	})
}

func (r *rig) say(format string, args ...any) { fmt.Fprintf(r.progress, format+"\n", args...) }

// start starts both managers, as new ones, and says how long each took to be
// ready. The second one waits until the first one leads.
func (r *rig) start(ctx context.Context) (ready [replicas]time.Duration, err error) {
	for i := range replicas {
		if err := r.manager.EmptyVolumes(i); err != nil {
			return ready, err
		}
		begin := time.Now()
		if err := r.manager.StartReplica(ctx, i); err != nil {
			return ready, err
		}
		ready[i] = time.Since(begin)
		if err := cluster.Poll(ctx, "the leader", r.led); err != nil {
			return ready, err
		}
	}
	return ready, nil
}

func (r *rig) led(ctx context.Context) (bool, error) {
	var lease coordinationv1.Lease
	err := r.Get(ctx, client.ObjectKey{Namespace: systemNamespace, Name: "domicile"}, &lease)
	return err == nil && lease.Spec.HolderIdentity != nil && *lease.Spec.HolderIdentity != "", err
}

// stop ends both managers, and with them the leader's claim to lead.
func (r *rig) stop(ctx context.Context) error {
	for i := range replicas {
		r.manager.KillReplica(i)
	}
	lease := &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Namespace: systemNamespace, Name: "domicile"}}
	return client.IgnoreNotFound(r.Delete(ctx, lease))
}

// lastWords says which manager has ended by itself.
func (r *rig) lastWords() error {
	if r.manager == nil {
		return nil
	}
	return r.manager.Err()
}
