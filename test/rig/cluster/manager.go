package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Manager is the processes of a Deployment's replicas.
type Manager struct {
	cluster    *Cluster
	replicas   atomic.Pointer[[]*replica] // the list is never changed, but replaced
	forwarders []*forwarder
	only       atomic.Int32 // the replica that Services lead to; -1 for all
}

// list is the replicas that there are now.
func (m *Manager) list() []*replica {
	if list := m.replicas.Load(); list != nil {
		return *list
	}
	return nil
}

func (m *Manager) setList(list []*replica) { m.replicas.Store(&list) }

// RunManager runs bin/manager once for each pod of a Deployment and forwards the
// Services that select the pods. It returns when every replica is ready. The
// replicas are killed on Close.
func (c *Cluster) RunManager(ctx context.Context, namespace, deployment string) (*Manager, error) {
	if c.existing {
		return nil, errors.New("the kubelets of a cluster that existed before run its pods")
	}
	program, err := c.program("manager", "build")
	if err != nil {
		return nil, err
	}
	pods, err := c.podsOf(ctx, namespace, deployment)
	if err != nil {
		return nil, err
	}
	m := &Manager{cluster: c}
	m.only.Store(-1)
	var list []*replica
	for _, pod := range pods {
		r, err := m.replicaFor(ctx, program, &pod)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	m.setList(list)
	c.closers = append(c.closers, m.close)
	if err := m.forwardServices(ctx, namespace, pods[0].Labels); err != nil {
		return nil, err
	}
	return m, m.start(ctx)
}

// replicaFor makes a replica with an address of its own.
func (m *Manager) replicaFor(ctx context.Context, program string, pod *corev1.Pod) (r *replica, err error) {
	c := m.cluster
	r = &replica{program: program, address: c.addresses.replica(int(c.replicas.Add(1)) - 1), spawner: c.spawner, patience: c.readyTimeout}
	if r.upstream, err = c.upstream(r.address); err != nil {
		return nil, err
	}
	return r, c.become(ctx, r, pod)
}

// become makes a replica the process of a pod.
func (c *Cluster) become(ctx context.Context, r *replica, pod *corev1.Pod) (err error) {
	r.name = pod.Name
	r.log = filepath.Join(c.dir, pod.Name+".log")
	r.kubeconfig = filepath.Join(c.dir, pod.Name+".kubeconfig")
	r.volumes = filepath.Join(c.dir, pod.Name+".volumes")
	if r.invocation, err = invoke(pod, r.address, r.volumes); err != nil {
		return fmt.Errorf("run pod %s as a process: %w", pod.Name, err)
	}
	return c.credentials(ctx, pod.Namespace, pod.Spec.ServiceAccountName, r.upstream.listener.Addr().String(), r.kubeconfig)
}

// start starts all replicas and waits until they are ready.
func (m *Manager) start(ctx context.Context) error {
	for _, r := range m.list() {
		if err := r.start(); err != nil {
			return err
		}
	}
	for _, r := range m.list() {
		if err := r.waitReady(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Redeploy runs the pods that the Deployment has by now, as many as before. It has to
// be rolled out already.
func (m *Manager) Redeploy(ctx context.Context, namespace, deployment string) error {
	for _, r := range m.list() {
		if err := r.stop(); err != nil {
			return err
		}
	}
	pods, err := m.cluster.podsOf(ctx, namespace, deployment)
	if err != nil {
		return err
	}
	if len(pods) != m.Replicas() {
		return fmt.Errorf("there are %d pods for %d replicas", len(pods), m.Replicas())
	}
	for i, r := range m.list() {
		if err := m.cluster.become(ctx, r, &pods[i]); err != nil {
			return err
		}
	}
	return m.start(ctx)
}

// Roll does what a rolling update does once the Deployment has its new pods and no others:
// one replica more for a new pod, and when it is ready one fewer, in turn.
func (m *Manager) Roll(ctx context.Context, namespace, deployment string) error {
	pods, err := m.cluster.podsOf(ctx, namespace, deployment)
	if err != nil {
		return err
	}
	old := m.list()
	for i := range pods {
		r, err := m.replicaFor(ctx, old[0].program, &pods[i])
		if err != nil {
			return err
		}
		m.setList(append(slices.Clone(m.list()), r))
		if err := errors.Join(r.start(), r.waitReady(ctx)); err != nil {
			return err
		}
		if i >= len(old) {
			continue
		}
		m.setList(slices.DeleteFunc(slices.Clone(m.list()), func(r *replica) bool { return r == old[i] }))
		if err := old[i].stop(); err != nil {
			return err
		}
	}
	return nil
}

// upstream is the way of the replica at an address to the API servers.
func (c *Cluster) upstream(address netip.Addr) (*forwarder, error) {
	first, err := c.firstServer()
	if err != nil {
		return nil, err
	}
	f, err := forward(netip.AddrPortFrom(address, 0), func() []netip.AddrPort {
		if other := c.other.Load(); other != nil {
			return []netip.AddrPort{first, *other}
		}
		return []netip.AddrPort{first}
	})
	if err != nil {
		return nil, err
	}
	f.next.Store(uint32(address.As16()[15])) // so that not all begin with the same one
	c.closers = append(c.closers, f.close)
	return f, nil
}

// podsOf waits until all pods of a Deployment are there and on a node, and
// returns them by name.
func (c *Cluster) podsOf(ctx context.Context, namespace, name string) ([]corev1.Pod, error) {
	d, err := c.client.AppsV1().Deployments(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	if d.Spec.Replicas == nil || *d.Spec.Replicas < 1 {
		return nil, fmt.Errorf("the Deployment %s/%s has no replicas", namespace, name)
	}
	selector, err := metav1.LabelSelectorAsSelector(d.Spec.Selector)
	if err != nil {
		return nil, err
	}
	var pods []corev1.Pod
	err = Poll(ctx, fmt.Sprintf("%d pods of Deployment %s/%s", *d.Spec.Replicas, namespace, name), func(ctx context.Context) (bool, error) {
		list, err := c.client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector.String()})
		if err != nil {
			return false, err
		}
		pods = slices.DeleteFunc(list.Items, func(p corev1.Pod) bool {
			return p.DeletionTimestamp != nil || p.Spec.NodeName == ""
		})
		return len(pods) == int(*d.Spec.Replicas), nil
	})
	slices.SortFunc(pods, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
	return pods, err
}

func (m *Manager) close() error {
	var errs []error
	for _, r := range m.list() {
		errs = append(errs, r.ended())
	}
	for _, r := range m.list() {
		r.kill()
	}
	return errors.Join(errs...)
}

// Replicas is the number of replicas.
func (m *Manager) Replicas() int { return len(m.list()) }

// StopReplica ends a replica as the deletion of its pod would: no new
// connections, SIGTERM, and SIGKILL after the pod's grace period. Anything but a
// clean exit within it is an error.
func (m *Manager) StopReplica(i int) error { return m.list()[i].stop() }

// KillReplica ends a replica as the failure of its node would.
func (m *Manager) KillReplica(i int) { m.list()[i].kill() }

// StartReplica starts a replica that was stopped or killed and returns when it is
// ready.
func (m *Manager) StartReplica(ctx context.Context, i int) error {
	if err := m.list()[i].start(); err != nil {
		return err
	}
	return m.list()[i].waitReady(ctx)
}

// EmptyVolumes makes a replica that does not run as new: its emptyDirs are empty
// when it starts again.
func (m *Manager) EmptyVolumes(i int) error { return os.RemoveAll(m.list()[i].volumes) }

// Only makes the Services lead to one replica alone, or with -1 to all, and ends the
// connections that there are.
func (m *Manager) Only(i int) {
	m.only.Store(int32(i)) //nolint:gosec // there is a handful
	for _, f := range m.forwarders {
		f.reset()
	}
}

// Cut cuts a replica off from the API server: its connections stay open, and nothing comes
// through. The API server still reaches the replica.
func (m *Manager) Cut(i int) { m.list()[i].upstream.hold() }

// Heal undoes Cut.
func (m *Manager) Heal(i int) { m.list()[i].upstream.release() }

// PID is the process of a replica that was started last.
func (m *Manager) PID(i int) int { return m.list()[i].current().cmd.Process.Pid }

// Running says whether the process of a replica runs.
func (m *Manager) Running(i int) bool {
	p := m.list()[i].current()
	return p != nil && p.running()
}

// Volume is the folder that an emptyDir of a replica is.
func (m *Manager) Volume(i int, name string) string {
	return filepath.Join(m.list()[i].volumes, name)
}

// Ready says whether the readiness probe of a replica succeeds.
func (m *Manager) Ready(i int) bool { return m.list()[i].ready.Load() }

// Pod is the name of a replica's pod.
func (m *Manager) Pod(i int) string { return m.list()[i].name }

// Address is the address and port at which a replica serves the container's port
// of that name.
func (m *Manager) Address(i int, port string) (string, error) { return m.list()[i].endpoint(port) }

// Log is the path of the file that a replica logs to, across restarts.
func (m *Manager) Log(i int) string { return m.list()[i].log }

// Err is nil as long as no replica has ended by itself.
func (m *Manager) Err() error {
	var errs []error
	for _, r := range m.list() {
		errs = append(errs, r.ended())
	}
	return errors.Join(errs...)
}
