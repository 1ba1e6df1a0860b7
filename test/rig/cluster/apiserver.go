package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
)

// APIServer is an API server beside that of the control plane. It has the same etcd,
// certificates and flags, and a port of its own.
type APIServer struct {
	*Program
	cluster *Cluster
	address netip.AddrPort
	args    []string
}

// AnotherAPIServer starts an API server beside the one that there is, and returns when it is
// ready. Replicas that are started from now on connect to either, as they would through the
// Service. It is killed on Close.
func (c *Cluster) AnotherAPIServer(ctx context.Context) (*APIServer, error) {
	program, err := c.program("controlplane", "controlplane")
	if err != nil {
		return nil, err
	}
	const name = "kube-apiserver"
	pid, err := c.PID(name)
	if err != nil {
		return nil, err
	}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return nil, fmt.Errorf("read the flags of the API server: %w", err)
	}
	first, err := c.firstServer()
	if err != nil {
		return nil, err
	}
	address, err := freeAddress(first.Addr())
	if err != nil {
		return nil, err
	}
	s := &APIServer{cluster: c, address: address, args: []string{name}, Program: &Program{
		path: program, name: name + "-2", spawner: c.spawner, log: filepath.Join(c.dir, name+"-2.log"),
	}}
	own := map[string]string{
		"--secure-port":    strconv.Itoa(int(address.Port())),
		"--audit-log-path": filepath.Join(c.dir, name+"-2.audit.log"),
	}
	for _, arg := range strings.Split(string(bytes.TrimRight(line, "\x00")), "\x00")[1:] {
		flag, _, _ := strings.Cut(arg, "=")
		if value, ok := own[flag]; ok {
			arg = flag + "=" + value
		}
		s.args = append(s.args, arg)
	}
	c.closers = append(c.closers, s.close)
	if err := s.StartAgain(ctx); err != nil {
		return nil, err
	}
	c.other.Store(&address)
	return s, nil
}

// firstServer is where the API server of the control plane listens.
func (c *Cluster) firstServer() (netip.AddrPort, error) {
	host, err := url.Parse(c.config.Host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	server, err := netip.ParseAddrPort(host.Host)
	if err != nil {
		return server, fmt.Errorf("the API server's address: %w", err)
	}
	return server, nil
}

// freeAddress is one at which nobody listens.
func freeAddress(at netip.Addr) (netip.AddrPort, error) {
	l, err := net.Listen("tcp", netip.AddrPortFrom(at, 0).String())
	if err != nil {
		return netip.AddrPort{}, err
	}
	defer l.Close() //nolint:errcheck // it was only asked for its port
	return netip.ParseAddrPort(l.Addr().String())
}

// StartAgain starts it after Kill, and returns when it is ready.
func (s *APIServer) StartAgain(ctx context.Context) error {
	if err := s.Start(s.args...); err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(s.Config())
	if err != nil {
		return err
	}
	return Poll(ctx, "the other API server to be ready", func(ctx context.Context) (bool, error) {
		if err := s.Err(); err != nil {
			return false, err
		}
		code := 0
		err := client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).StatusCode(&code).Error()
		return code == http.StatusOK, err
	})
}

// Config connects to it as an administrator, without a rate limit.
func (s *APIServer) Config() *rest.Config {
	config := s.cluster.Config()
	config.Host = "https://" + s.address.String()
	return config
}

// Announce makes it and the first API server the endpoints of the Service kubernetes, as they do by
// themselves unless they listen on loopback: addresses of loopback are refused there. So they
// are announced by ports of another address, which lead to them until Close.
func (s *APIServer) Announce(ctx context.Context) error {
	first, err := s.cluster.firstServer()
	if err != nil {
		return err
	}
	machine, err := machineAddress()
	if err != nil {
		return err
	}
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Name: "kubernetes", Namespace: metav1.NamespaceDefault, Labels: map[string]string{discoveryv1.LabelServiceName: "kubernetes"}},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints:   []discoveryv1.Endpoint{{Addresses: []string{machine.String()}}},
	}
	for i, server := range []netip.AddrPort{first, s.address} {
		f, err := forward(netip.AddrPortFrom(machine, 0), func() []netip.AddrPort { return []netip.AddrPort{server} })
		if err != nil {
			return err
		}
		s.cluster.closers = append(s.cluster.closers, f.close)
		at, err := netip.ParseAddrPort(f.listener.Addr().String())
		if err != nil {
			return err
		}
		slice.Ports = append(slice.Ports, discoveryv1.EndpointPort{
			Name: ptr.To(fmt.Sprintf("https-%d", i)), Port: ptr.To(int32(at.Port())), Protocol: ptr.To(corev1.ProtocolTCP),
		})
	}
	_, err = s.cluster.client.DiscoveryV1().EndpointSlices(slice.Namespace).Create(ctx, slice, metav1.CreateOptions{})
	return err
}

// machineAddress is an address of this machine that is not on loopback.
func machineAddress() (netip.Addr, error) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return netip.Addr{}, err
	}
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && p.Addr().IsGlobalUnicast() {
			return p.Addr(), nil
		}
	}
	return netip.Addr{}, errors.New("this needs a machine with an IPv4 address that is not on loopback")
}
