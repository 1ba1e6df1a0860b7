package cluster

import (
	"context"
	"fmt"
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// forwardServices does for the Services of a namespace that select the replicas
// what kube-proxy does.
func (m *Manager) forwardServices(ctx context.Context, namespace string, pod map[string]string) error {
	services, err := m.cluster.client.CoreV1().Services(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, s := range services.Items {
		selected := len(s.Spec.Selector) > 0 && labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(pod))
		if !selected || s.Spec.ClusterIP == "" || s.Spec.ClusterIP == corev1.ClusterIPNone {
			continue
		}
		for _, port := range s.Spec.Ports {
			if err := m.forwardPort(&s, &port); err != nil {
				return fmt.Errorf("serve port %d of Service %s: %w", port.Port, s.Name, err)
			}
		}
	}
	return nil
}

// Forward does for a Service without a selector what kube-proxy does: its first port leads
// to an address, until Close.
func (c *Cluster) Forward(ctx context.Context, namespace, service string, to netip.AddrPort) error {
	s, err := c.client.CoreV1().Services(namespace).Get(ctx, service, metav1.GetOptions{})
	if err != nil {
		return err
	}
	address, err := netip.ParseAddr(s.Spec.ClusterIP)
	if err != nil {
		return err
	}
	at := netip.AddrPortFrom(address, uint16(s.Spec.Ports[0].Port)) //nolint:gosec // the API server has checked the range
	f, err := forward(at, func() []netip.AddrPort { return []netip.AddrPort{to} })
	if err != nil {
		return fmt.Errorf("serve Service %s: %w", service, err)
	}
	c.closers = append(c.closers, f.close)
	return nil
}

func (m *Manager) forwardPort(s *corev1.Service, port *corev1.ServicePort) error {
	address, err := netip.ParseAddr(s.Spec.ClusterIP)
	if err != nil {
		return err
	}
	target, err := m.list()[0].invocation.port(port.TargetPort)
	if err != nil {
		return err
	}
	f, err := forward(netip.AddrPortFrom(address, uint16(port.Port)), func() []netip.AddrPort { //nolint:gosec // the API server has checked the range
		var ready []netip.AddrPort
		only := m.only.Load()
		for i, r := range m.list() {
			if r.ready.Load() && (only < 0 || only == int32(i)) { //nolint:gosec // a handful
				ready = append(ready, netip.AddrPortFrom(r.address, target))
			}
		}
		return ready
	})
	if err != nil {
		return err
	}
	m.cluster.closers = append(m.cluster.closers, f.close)
	m.forwarders = append(m.forwarders, f)
	return nil
}
