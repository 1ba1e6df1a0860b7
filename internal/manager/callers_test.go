package manager

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/callers/callerstest"
	"github.com/domicile-dev/domicile/webhook"
)

const (
	callersNamespace = "domicile-system"
	// callersRange has the Service's address, which the API server dials itself without a
	// kube-proxy, and where the manager listens.
	callersRange, callersIP = "127.0.103.0/24", "127.0.103.10"
)

// calling is a manager that an API server calls through its Service.
type calling struct {
	client.Client
	t             *testing.T
	address       string // of the Service, and of the manager
	manager       *process
	metrics       string
	metricsReader string // a token
}

// startCalling starts an API server whose kubeConfigFile for webhooks has this user, and
// what is necessary to call a manager; startManager starts that.
func startCalling(t *testing.T, user string) *calling {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", callersIP+":0")
	if err != nil {
		t.Fatal(err)
	}
	c := &calling{t: t, address: listener.Addr().String(), metrics: freeAddress(t)}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(c.address)
	kubeconfig := callerstest.Write(t, filepath.Join(t.TempDir(), "webhooks.kubeconfig"), `apiVersion: v1
kind: Config
users:
- name: domicile-webhook.domicile-system.svc:`+port+`
  user: `+user+`
`)
	admission := callerstest.Write(t, filepath.Join(t.TempDir(), "admission.yaml"), `apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: ValidatingAdmissionWebhook
  configuration:
    apiVersion: apiserver.config.k8s.io/v1
    kind: WebhookAdmissionConfiguration
    kubeConfigFile: `+kubeconfig+`
`)
	c.Client = controlPlane(t, callersNamespace, "admission-control-config-file="+admission, "service-cluster-ip-range="+callersRange)
	c.metricsReader = c.token("metrics-reader", "")
	var number int32
	if _, err := fmt.Sscan(port, &number); err != nil {
		t.Fatal(err)
	}
	for _, o := range []client.Object{
		&corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Namespace: callersNamespace, Name: "domicile-webhook"},
			Spec:       corev1.ServiceSpec{ClusterIP: callersIP, Ports: []corev1.ServicePort{{Port: number}}},
		},
		&rbacv1.ClusterRole{
			ObjectMeta: metav1.ObjectMeta{Name: "metrics-reader"},
			Rules:      []rbacv1.PolicyRule{{NonResourceURLs: []string{"/metrics"}, Verbs: []string{"get"}}},
		},
		&rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: "metrics-reader"},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "metrics-reader"},
			Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: callersNamespace, Name: "metrics-reader"}},
		},
	} {
		if err := c.Create(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// startManager returns when the API server asks the manager.
func (c *calling) startManager(flags ...string) {
	c.t.Helper()
	_, port, _ := net.SplitHostPort(c.address)
	c.manager = startProcess(c.t, callersNamespace, os.Getenv("KUBECONFIG"), append([]string{
		"--webhook-bind-address=" + c.address, "--service-port=" + port, "--metrics-bind-address=" + c.metrics,
	}, flags...)...)
	c.manager.waitFor(c.t, "ready", answers(c.t, c.manager.readyz, http.StatusOK))
}

// url is what tokens are for.
func (c *calling) url() string {
	_, port, _ := net.SplitHostPort(c.address)
	return "https://domicile-webhook.domicile-system.svc:" + port
}

// token is one of a ServiceAccount for an audience.
func (c *calling) token(account, audience string) string {
	c.t.Helper()
	sa := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: callersNamespace, Name: account}}
	if err := c.Create(c.t.Context(), sa); err != nil && !apierrors.IsAlreadyExists(err) {
		c.t.Fatal(err)
	}
	request := &authenticationv1.TokenRequest{}
	if audience != "" {
		request.Spec.Audiences = []string{audience}
	}
	if err := c.SubResource("token").Create(c.t.Context(), sa, request); err != nil {
		c.t.Fatal(err)
	}
	return request.Status.Token
}

// declare creates a Tenant, about which the API server asks.
func (c *calling) declare(ctx context.Context) error {
	return c.Create(ctx, &v1alpha1.Tenant{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "tenant-"},
		Spec:       v1alpha1.TenantSpec{Parties: []v1alpha1.TenantParty{{Role: v1alpha1.RoleCustomer, Entity: v1alpha1.PartyReference{Name: "somebody"}}}},
	})
}

// admits waits until the API server is answered.
func (c *calling) admits(reason string) {
	c.t.Helper()
	before := c.counted("Authenticated")
	c.manager.waitFor(c.t, "the API server is not answered: "+reason, func(ctx context.Context) error {
		if err := c.declare(ctx); err != nil {
			return err
		}
		if c.counted("Authenticated") == before {
			return errors.New("the API server does not ask yet")
		}
		return nil
	})
}

// refuses waits until the API server is turned away.
func (c *calling) refuses(reason string) {
	c.t.Helper()
	c.manager.waitFor(c.t, "the API server is answered: "+reason, func(ctx context.Context) error {
		err := c.declare(ctx)
		if !apierrors.IsInternalError(err) || !strings.Contains(err.Error(), "provide credentials") {
			return fmt.Errorf("the API server says %w", err)
		}
		return nil
	})
}

// counted reads a metric as Prometheus does.
func (c *calling) counted(caller string) (n int) {
	c.t.Helper()
	status, text := callerstest.Do(c.t, http.MethodGet, "https://"+c.metrics+"/metrics", nil, c.metricsReader)
	if status != http.StatusOK {
		c.t.Fatalf("metrics answer %d: %s", status, text)
	}
	_, rest, _ := strings.Cut(text, "\ndomicile_webhook_calls_total{caller=\""+caller+"\"} ")
	if _, err := fmt.Sscan(rest, &n); err != nil {
		c.t.Fatalf("the metric of %s: %v", caller, err)
	}
	return n
}

// turnsAway asks as somebody else does.
func (c *calling) turnsAway(reason string, certificate *tls.Certificate, token, counted string) {
	c.t.Helper()
	before := c.counted(counted)
	status, body := callerstest.Do(c.t, http.MethodPost, "https://"+c.address+webhook.WorkloadPath, certificate, token)
	if status != http.StatusUnauthorized || body != "" {
		c.t.Errorf("%s: answered with %d %q", reason, status, body)
	}
	if got := c.counted(counted); got != before+1 {
		c.t.Errorf("%s: %s is %d after %d", reason, counted, got, before)
	}
}

func TestOnlyAnAPIServerWithACertificateIsAnswered(t *testing.T) {
	dir := t.TempDir()
	ours, others := callerstest.NewCA(t), callerstest.NewCA(t)
	user := fmt.Sprintf("{client-certificate: %s/api.crt, client-key: %s/api.key}", dir, dir)
	ours.Issue("domicile-api-server").Files(t, dir, "api")
	c := startCalling(t, user)
	file := callerstest.Write(t, filepath.Join(dir, "ca.crt"), ours.PEM)
	c.startManager("--caller-ca-file="+file, "--caller-name=domicile-api-server")
	c.admits("it shows a certificate of the CA")

	c.turnsAway("nothing is shown", nil, "", "NoCredentials")
	c.turnsAway("tokens count for nothing", nil, c.metricsReader, "NoCredentials")
	c.turnsAway("a certificate of somebody else's", others.Issue("domicile-api-server").Certificate(t), "", "BadCredentials")
	c.turnsAway("a certificate that the CA gave to somebody else", ours.Issue("kubelet").Certificate(t), "", "NotNamed")
	if status, _ := callerstest.Do(t, http.MethodPost, "https://"+c.address+webhook.WorkloadPath, ours.Issue("domicile-api-server").Certificate(t), ""); status != http.StatusUnsupportedMediaType {
		t.Errorf("whoever may call is answered with %d", status)
	}

	callerstest.Write(t, file, others.PEM)
	c.refuses("its CA has been taken away")
	if got := statusOf(t, c.manager.readyz); got != http.StatusOK {
		t.Errorf("/readyz answers %d: whether it is ready has nothing to do with who calls", got)
	}
	callerstest.Write(t, file, "no certificate at all")
	c.refuses("what cannot be read changes nothing")
	callerstest.Write(t, file, others.PEM+ours.PEM)
	c.admits("its CA is there again, beside another")
	c.manager.terminate(t)
	c.manager.waitEnd(t)
}

func TestOnlyAnAPIServerWithATokenIsAnswered(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	c := startCalling(t, "{tokenFile: "+file+"}")
	callerstest.Write(t, file, c.token("api-server", c.url()))
	c.startManager("--caller-tokens", "--caller-name=system:serviceaccount:domicile-system:api-server")
	c.admits("it shows a token for the webhook")

	c.turnsAway("nothing is shown", nil, "", "NoCredentials")
	c.turnsAway("certificates count for nothing", callerstest.NewCA(t).Issue("domicile-api-server").Certificate(t), "", "NoCredentials")
	c.turnsAway("a token for nothing in particular, which any Pod has", nil, c.token("api-server", ""), "BadCredentials")
	c.turnsAway("a token for another path", nil, c.token("api-server", c.url()+webhook.TenantPath), "BadCredentials")
	c.turnsAway("a token for the webhook, which any Pod can get", nil, c.token("default", c.url()), "NotNamed")
	c.turnsAway("no token at all", nil, "x", "BadCredentials")
	for _, audience := range []string{c.url(), c.url() + webhook.WorkloadPath} {
		if status, _ := callerstest.Do(t, http.MethodPost, "https://"+c.address+webhook.WorkloadPath, nil, c.token("api-server", audience)); status != http.StatusUnsupportedMediaType {
			t.Errorf("whoever may call with a token for %s is answered with %d", audience, status)
		}
	}
	c.manager.terminate(t)
	c.manager.waitEnd(t)
}

func TestAnAPIServerWithoutCredentialsIsAnsweredOnlyWhileCallersAreCounted(t *testing.T) {
	c := startCalling(t, "{}")
	file := callerstest.Write(t, filepath.Join(t.TempDir(), "ca.crt"), callerstest.NewCA(t).PEM)
	c.startManager("--caller-ca-file="+file, "--caller-count-only")
	before := c.counted("NoCredentials")
	c.manager.waitFor(t, "nobody is counted", func(ctx context.Context) error {
		if err := c.declare(ctx); err != nil {
			return err
		}
		if c.counted("NoCredentials") == before {
			return errors.New("the API server does not ask yet")
		}
		return nil
	})
	c.manager.terminate(t)
	c.manager.waitEnd(t)
	c.startManager("--caller-ca-file=" + file)
	c.refuses("it shows nothing")
	c.manager.terminate(t)
	c.manager.waitEnd(t)
}
