package apiserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// root is the repository, as seen from the packages that are tested.
var root = filepath.Join("..", "..")

const (
	// Namespace is the manager's own.
	Namespace = "domicile-system"
	// Service is the webhook's.
	Service = "domicile-webhook"
	// Secret has the webhook's certificate.
	Secret = "domicile-webhook-cert"
	// Configuration is the webhook configuration that managers watch.
	Configuration = "domicile"

	// Without kube-proxy the API server dials a Service's address itself, so the
	// webhook listens there.
	serviceRange = "127.0.102.0/24"
	serviceIP    = "127.0.102.10"
)

// Server is an API server, and a client of it.
type Server struct {
	client.Client
	Config *rest.Config
	// Port is the Service's, and what Answer listens on.
	Port int32
}

// Run runs the tests of a package, two folders below the repository, with an API
// server that has the CRDs in config/crd and in the other folders that are given.
func Run(ctx context.Context, m *testing.M, s *Server, folders ...string) (code int) {
	stop, err := s.start(ctx, append(folders, "config/crd"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		if err := stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}()
	return m.Run()
}

func (s *Server) start(ctx context.Context, folders []string) (stop func() error, err error) {
	ctrl.SetLogger(logr.Discard())
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return nil, err
	}
	environment := &envtest.Environment{BinaryAssetsDirectory: os.Getenv("KUBEBUILDER_ASSETS"), ErrorIfCRDPathMissing: true}
	if environment.BinaryAssetsDirectory == "" {
		environment.BinaryAssetsDirectory = filepath.Join(root, "bin", "envtest")
	}
	for _, folder := range folders {
		environment.CRDDirectoryPaths = append(environment.CRDDirectoryPaths, filepath.Join(root, folder))
	}
	environment.ControlPlane.GetAPIServer().Configure().Set("service-cluster-ip-range", serviceRange)
	if s.Config, err = environment.Start(); err != nil {
		return nil, fmt.Errorf("start the API server (is it there? make controlplane): %w", err)
	}
	s.Config.QPS = -1
	if s.Client, err = client.New(s.Config, client.Options{Scheme: scheme}); err == nil {
		err = s.install(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, environment.Stop())
	}
	return environment.Stop, nil
}

// install makes what the chart does as far as tests need it: the namespace, and the
// Service with a port that is free.
func (s *Server) install(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", serviceIP+":0")
	if err != nil {
		return err
	}
	defer listener.Close() //nolint:errcheck // nobody has connected
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return fmt.Errorf("the address of a listener is %T", listener.Addr())
	}
	s.Port = int32(address.Port)
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: Namespace, Name: Service},
		Spec:       corev1.ServiceSpec{ClusterIP: serviceIP, Ports: []corev1.ServicePort{{Port: s.Port}}},
	}
	if err := s.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: Namespace}}); err != nil {
		return err
	}
	return s.Create(ctx, service)
}
