package controllers

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// The API server of this package's tests.
var (
	serverConfig *rest.Config
	server       client.Client
	serverScheme = runtime.NewScheme()
)

const (
	ownNamespace = "domicile-system"
	certSecret   = "domicile-webhook-cert"
	within       = 20 * time.Second // what is waited for happens in milliseconds

	// Without kube-proxy the API server dials a Service's address itself, so
	// the webhook listens there.
	serviceRange = "127.0.102.0/24"
	serviceIP    = "127.0.102.10"
)

// testOptionsLive are testOptions with the port that the webhook listens on.
var testOptionsLive = RenderOptions{
	Namespace: testOptions.Namespace, Service: testOptions.Service, Timeout: testOptions.Timeout, Paths: testOptions.Paths,
}

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := withServer(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withServer(tests func() int) (code int, err error) {
	ctrl.SetLogger(logr.Discard())
	if err := errors.Join(clientgoscheme.AddToScheme(serverScheme), v1alpha1.AddToScheme(serverScheme)); err != nil {
		return 1, err
	}
	assets := os.Getenv("KUBEBUILDER_ASSETS")
	if assets == "" {
		if assets, err = filepath.Abs(filepath.Join("..", "bin", "envtest")); err != nil {
			return 1, err
		}
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", serviceIP+":0") // a port that is free
	if err != nil {
		return 1, err
	}
	testOptionsLive.Port = int32(listener.Addr().(*net.TCPAddr).Port)
	if err := listener.Close(); err != nil {
		return 1, err
	}
	environment := &envtest.Environment{
		BinaryAssetsDirectory: assets,
		CRDDirectoryPaths:     []string{filepath.Join("..", "config", "crd")},
		ErrorIfCRDPathMissing: true,
	}
	environment.ControlPlane.GetAPIServer().Configure().Set("service-cluster-ip-range", serviceRange)
	if serverConfig, err = environment.Start(); err != nil {
		return 1, fmt.Errorf("start the API server (is it there? make controlplane): %w", err)
	}
	defer func() { err = errors.Join(err, environment.Stop()) }()
	serverConfig.QPS = -1
	if server, err = client.New(serverConfig, client.Options{Scheme: serverScheme}); err != nil {
		return 1, err
	}
	for _, o := range []client.Object{
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: ownNamespace}},
		&corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Namespace: ownNamespace, Name: testOptionsLive.Service},
			Spec:       corev1.ServiceSpec{ClusterIP: serviceIP, Ports: []corev1.ServicePort{{Port: testOptionsLive.Port}}},
		},
	} {
		if err := server.Create(context.Background(), o); err != nil {
			return 1, err
		}
	}
	return tests(), nil
}

// replica is all controllers of one manager, as main puts them together.
type replica struct {
	builder   *SnapshotBuilder
	registers *RegisterLoader
	holder    *snapshot.Holder
	store     *CertificateStore
	metrics   *Metrics
	asked     *calls
	stop      func()
}

// settings are what tests change about a replica.
type settings struct {
	clock  clock.WithTicker // the real one if nil
	owner  string
	silent bool // it does not answer: another one does
	// registers is where registers come from and are kept; folders of the
	// test's if empty.
	registers RegisterOptions
}

func (s settings) registerOptions(t *testing.T) RegisterOptions {
	t.Helper()
	o := s.registers
	if o.CacheFolder == "" {
		o.CacheFolder = t.TempDir()
	}
	o.CacheBytes, o.MemoryBytes = 1<<30, 1<<30
	return o
}

// start starts a replica that ends with the test.
func start(t *testing.T, with settings) *replica {
	t.Helper()
	cl := with.clock
	if cl == nil {
		cl = clock.RealClock{}
	}
	holder := &snapshot.Holder{}
	mgr, err := manager.New(serverConfig, manager.Options{
		Scheme:         serverScheme,
		MapperProvider: NewMapper,
		NewCache:       NewCache(t.Context(), ownNamespace, certSecret, holder),
		Client:         client.Options{Cache: &client.CacheOptions{DisableFor: Uncached()}},
		Metrics: metricsserver.Options{
			BindAddress: "0",
		},
		Controller: config.Controller{SkipNameValidation: ptr.To(true)}, // every test starts its own
	})
	if err != nil {
		t.Fatal(err)
	}
	r := &replica{holder: holder, store: &CertificateStore{}}
	m, err := NewMetrics(prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	r.metrics = m
	events := mgr.GetEventRecorder("domicile")
	o := testOptionsLive
	// The builder follows the informers, in real time whatever the clock says.
	bulk := &Registers{}
	r.builder = NewSnapshotBuilder(mgr.GetCache(), mgr.GetAPIReader(), bulk, r.holder, clock.RealClock{}, m, logr.Discard())
	if r.registers, err = NewRegisterLoader(mgr.GetCache(), bulk, with.registerOptions(t), cl, m, logr.Discard()); err != nil {
		t.Fatal(err)
	}
	certificates := NewCertificateReconciler(mgr.GetClient(), CertificateOptions{
		Namespace: ownNamespace, Secret: certSecret, Service: "domicile-webhook", SelfSigned: true,
	}, r.store, cl, m)
	configuration := NewWebhookConfigReconciler(mgr.GetClient(), mgr.GetAPIReader(), holder, r.store, o, with.owner, events, m)
	status := NewStatusWriter(mgr.GetClient(), mgr.GetCache(), holder, StatusOptions{Render: o}, events, cl, m)
	registers := NewRegisterStatus(mgr.GetClient(), r.registers, events, cl)
	err = errors.Join(mgr.Add(r.builder), mgr.Add(r.registers), registers.SetupWithManager(mgr), certificates.SetupWithManager(mgr), configuration.SetupWithManager(mgr), status.SetupWithManager(mgr))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- mgr.Start(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the manager ended with: %v", err)
		}
		// Nobody answers any more: what is left would refuse the next test.
		remove(t, &admissionv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: ConfigurationName}})
	})
	t.Cleanup(r.stop)
	if !with.silent {
		r.asked = answer(t, r.store)
	}
	return r
}

// eventually waits until what is checked is no error any more.
func eventually(t *testing.T, what string, check func(context.Context) error) {
	t.Helper()
	var last error
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, within, true, func(ctx context.Context) (bool, error) {
		last = check(ctx)
		return last == nil, nil
	})
	if err != nil {
		t.Fatalf("%s: %v", what, last)
	}
}

// create creates objects and deletes them with the test.
func create(t *testing.T, objects ...client.Object) {
	t.Helper()
	for _, o := range objects {
		if err := server.Create(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { remove(t, o) })
	}
}

// remove deletes an object, and waits until it is gone.
func remove(t *testing.T, o client.Object) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	if err := client.IgnoreNotFound(server.Delete(ctx, o)); err != nil {
		t.Errorf("delete %s: %v", o.GetName(), err)
	}
}

// emptySecret is what the chart installs.
func emptySecret() *corev1.Secret {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: ownNamespace, Name: certSecret}, Type: corev1.SecretTypeOpaque}
}

// objects are those of the world, as a user creates them.
func objects() []client.Object {
	in := world()
	var all []client.Object
	for i := range in.entities {
		all = append(all, &in.entities[i])
	}
	for i := range in.tenants {
		all = append(all, &in.tenants[i])
	}
	return append(all, &in.policies[0])
}
