package mirror

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/domicile-dev/domicile/internal/mirror"
)

const (
	// serviceName is the name of the Service of the API servers, and of its
	// EndpointSlice in the namespace default.
	serviceName = "kubernetes"
	// mostServers bounds how many API servers are asked.
	mostServers = 16
	// answerTimeout is how long an API server may take to answer.
	answerTimeout = 3 * time.Second
)

// APIServers are the endpoints of the Service "kubernetes", or whoever answers at the
// address of the configuration if there are none, or none that can be reached from here.
type APIServers struct {
	config    *rest.Config
	namespace string
	main      kubernetes.Interface

	mu      sync.Mutex
	clients map[string]kubernetes.Interface // by address
}

// NewAPIServers makes clients with a configuration. The probes are in the manager's
// namespace.
func NewAPIServers(config *rest.Config, namespace string) (*APIServers, error) {
	main, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("make a client: %w", err)
	}
	return &APIServers{config: config, namespace: namespace, main: main, clients: map[string]kubernetes.Interface{}}, nil
}

// Ask implements Servers.
func (s *APIServers) Ask(ctx context.Context, policies []string) []Answer {
	addresses, err := s.addresses(ctx)
	if err != nil {
		return []Answer{{Server: s.config.Host, Err: err}}
	}
	answers := make([]Answer, len(addresses))
	var asking sync.WaitGroup
	for i, address := range addresses {
		asking.Go(func() { answers[i] = s.askOne(ctx, address, policies) })
	}
	asking.Wait()
	if !slices.ContainsFunc(answers, func(a Answer) bool { return a.Err == nil }) && addresses[0] != "" {
		return []Answer{s.askOne(ctx, "", policies)}
	}
	return answers
}

// addresses are those of the API servers; the one of the configuration is "".
func (s *APIServers) addresses(ctx context.Context) ([]string, error) {
	slice, err := s.main.DiscoveryV1().EndpointSlices(metav1.NamespaceDefault).Get(ctx, serviceName, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return []string{""}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read EndpointSlice %s: %w", serviceName, err)
	}
	addresses := addressesOf(slice)
	if len(addresses) == 0 {
		return []string{""}, nil
	}
	return addresses[:min(len(addresses), mostServers)], nil
}

func addressesOf(slice *discoveryv1.EndpointSlice) (addresses []string) {
	for _, port := range slice.Ports {
		if port.Port == nil {
			continue
		}
		for _, e := range slice.Endpoints {
			if ready := e.Conditions.Ready; ready != nil && !*ready {
				continue
			}
			for _, address := range e.Addresses {
				addresses = append(addresses, net.JoinHostPort(address, strconv.Itoa(int(*port.Port))))
			}
		}
	}
	return addresses
}

func (s *APIServers) askOne(ctx context.Context, address string, policies []string) Answer {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	a := Answer{Server: address}
	if address == "" {
		a.Server = s.config.Host
	}
	c, err := s.client(address)
	if err != nil {
		a.Err = err
		return a
	}
	for _, policy := range policies {
		said, err := tryProbe(ctx, c, s.namespace, policy)
		if err != nil {
			a.Err = err
			return a
		}
		a.Said = append(a.Said, said)
	}
	return a
}

// tryProbe tries to create a Lease that a policy refuses, as a dry run, and returns what
// it is refused with.
func tryProbe(ctx context.Context, c kubernetes.Interface, namespace, policy string) (said string, err error) {
	lease := &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: mirror.Probe(policy)}}
	_, err = c.CoordinationV1().Leases(namespace).Create(ctx, lease, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	switch {
	case err == nil:
		return "", nil
	case apierrors.IsForbidden(err):
		return err.Error(), nil
	default:
		return "", fmt.Errorf("try the probe: %w", err)
	}
}

// client is the client of one API server. Its certificate is that of the Service.
func (s *APIServers) client(address string) (kubernetes.Interface, error) {
	if address == "" {
		return s.main, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.clients[address]; c != nil {
		return c, nil
	}
	config := rest.CopyConfig(s.config)
	config.Host = "https://" + address
	if !config.Insecure && config.ServerName == "" {
		// Any of them may answer at the address of the configuration, so it is in their
		// certificates.
		config.ServerName = hostOf(s.config.Host)
	}
	c, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("make a client of %s: %w", address, err)
	}
	if len(s.clients) >= mostServers { // API servers come and go
		clear(s.clients)
	}
	s.clients[address] = c
	return c, nil
}

// hostOf is the host in the address of a configuration.
func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}
