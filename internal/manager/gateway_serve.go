package manager

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
	toolscache "k8s.io/client-go/tools/cache"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/certwatcher"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/domicile-dev/domicile/controllers/informers"
	"github.com/domicile-dev/domicile/internal/gateway/envoy"
	"github.com/domicile-dev/domicile/internal/gateway/forward"
	"github.com/domicile-dev/domicile/internal/gateway/observe"
	"github.com/domicile-dev/domicile/internal/residency"
)

const (
	// maxCheck is how large a check may be: the longest body that an AccessPoint has
	// read, and what is around it.
	maxCheck = 17 << 20
	// jwksTimeout is how long an issuer may take.
	jwksTimeout = 10 * time.Second
	// readHeaders is how long a client may take for its headers, and idle how long a
	// connection may be silent.
	readHeaders, idle = 5 * time.Second, 2 * time.Minute
)

// addServers adds what proxies talk to. They are served from the start: until
// everything is known the answer is that nothing is.
func (p *gatewayParts) addServers(ctx context.Context) error {
	observer, err := observe.New(metrics.Registry, p.keys.Len, ctrl.Log.WithName("requests"))
	if err != nil {
		return fmt.Errorf("observe requests: %w", err)
	}
	g, err := p.newGateway(ctx, observer.Observe)
	if err != nil {
		return err
	}
	serving, err := p.serving()
	if err != nil {
		return err
	}
	options := []grpc.ServerOption{
		grpc.MaxRecvMsgSize(maxCheck),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: readHeaders, PermitWithoutStream: true}),
	}
	if serving != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(serving)))
	}
	checks := grpc.NewServer(options...)
	authv3.RegisterAuthorizationServer(checks, envoy.NewServer(g))
	return p.add(
		&grpcServer{checks, p.options.grpcAddress},
		&httpServer{
			server: &http.Server{
				Handler: forward.NewHandler(g, envoy.NamesOf), TLSConfig: serving, ReadHeaderTimeout: readHeaders, IdleTimeout: idle,
			},
			address: p.options.httpAddress, drain: p.options.drainTimeout,
		},
	)
}

// serving is how both are served; nil without TLS.
func (p *gatewayParts) serving() (*tls.Config, error) {
	if p.options.certFile == "" {
		return nil, nil
	}
	watcher, err := certwatcher.New(p.options.certFile, p.options.keyFile)
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: watcher.GetCertificate}
	if p.options.clientCAFile != "" {
		text, err := os.ReadFile(p.options.clientCAFile)
		if err != nil {
			return nil, fmt.Errorf("read the CAs of proxies: %w", err)
		}
		config.ClientCAs, config.ClientAuth = x509.NewCertPool(), tls.VerifyClientCertIfGiven
		if !config.ClientCAs.AppendCertsFromPEM(text) {
			return nil, errors.New("--client-ca-file has no certificate")
		}
	}
	return config, p.add(watcher)
}

type grpcServer struct {
	server  *grpc.Server
	address string
}

// NeedLeaderElection says no: every replica answers.
func (s *grpcServer) NeedLeaderElection() bool { return false }

// Start serves until the context ends, and what has begun to its end.
func (s *grpcServer) Start(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.address)
	if err != nil {
		return fmt.Errorf("listen for Envoy: %w", err)
	}
	stop := context.AfterFunc(ctx, s.server.GracefulStop)
	defer stop()
	if err := s.server.Serve(listener); err != nil {
		return fmt.Errorf("serve Envoy: %w", err)
	}
	return nil
}

type httpServer struct {
	server  *http.Server
	address string
	drain   time.Duration
}

// NeedLeaderElection says no: every replica answers.
func (s *httpServer) NeedLeaderElection() bool { return false }

// Start serves until the context ends, and what has begun to its end.
func (s *httpServer) Start(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.address)
	if err != nil {
		return fmt.Errorf("listen for HTTP: %w", err)
	}
	if s.server.TLSConfig != nil {
		listener = tls.NewListener(listener, s.server.TLSConfig)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve HTTP: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.drain)
	defer cancel()
	if err := s.server.Shutdown(last); err != nil {
		return fmt.Errorf("end serving HTTP: %w", err)
	}
	return nil
}

// newJWKSClient follows no redirects: keys come from where the AccessPoint says.
func newJWKSClient() *http.Client {
	return &http.Client{Timeout: jwksTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// jwksIn reads the keys of an issuer out of a ConfigMap.
func jwksIn(configMaps corev1client.ConfigMapInterface) func(context.Context, string) ([]byte, error) {
	return func(ctx context.Context, name string) ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, jwksTimeout)
		defer cancel()
		c, err := configMaps.Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return nil, fmt.Errorf("read ConfigMap %s: %w", name, err)
		}
		return []byte(c.Data["jwks.json"]), nil
	}
}

// watchedNamespaces are the Namespaces of keys, as the informer has them.
type watchedNamespaces struct {
	cached  *namespaceCache
	changes atomic.Uint64
}

func newWatchedNamespaces(ctx context.Context, c cache.Cache) (*watchedNamespaces, error) {
	cached, err := newNamespaceCache(ctx, c)
	if err != nil {
		return nil, err
	}
	informer, err := c.GetInformer(ctx, informers.NamespaceMetadata())
	if err != nil {
		return nil, fmt.Errorf("watch Namespaces: %w", err)
	}
	n := &watchedNamespaces{cached: cached}
	changed := func(any) { n.changes.Add(1) }
	_, err = informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc: changed, DeleteFunc: changed, UpdateFunc: func(_, o any) { changed(o) },
	})
	if err != nil {
		return nil, fmt.Errorf("watch Namespaces: %w", err)
	}
	return n, nil
}

// Get implements gateway.Namespaces.
func (n *watchedNamespaces) Get(name string) (*residency.Namespace, bool) {
	return n.cached.namespace(name)
}

// Changes implements gateway.Namespaces.
func (n *watchedNamespaces) Changes() uint64 { return n.changes.Load() }
