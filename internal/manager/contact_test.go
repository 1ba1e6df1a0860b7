package manager

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admission/v1"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/webhook"
)

// wire is a TCP connection to the API server that can stop to forward what is sent,
// with all connections open.
type wire struct {
	kubeconfig string
	target     string

	mu     sync.Mutex
	moving chan struct{} // closed while it forwards
}

func newWire(t *testing.T) *wire {
	t.Helper()
	config, err := clientcmd.LoadFromFile(os.Getenv("KUBECONFIG"))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{kubeconfig: filepath.Join(t.TempDir(), "kubeconfig"), moving: make(chan struct{})}
	close(w.moving)
	for _, c := range config.Clusters {
		server, err := url.Parse(c.Server)
		if err != nil {
			t.Fatal(err)
		}
		w.target, server.Host = server.Host, listener.Addr().String()
		c.Server = server.String()
	}
	if err := clientcmd.WriteToFile(*config, w.kubeconfig); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.heal()
		_ = listener.Close() // it was only listened to
	})
	go w.accept(t.Context(), listener)
	return w
}

func (w *wire) accept(ctx context.Context, listener net.Listener) {
	for {
		from, err := listener.Accept()
		if err != nil {
			return
		}
		to, err := new(net.Dialer).DialContext(ctx, "tcp", w.target)
		if err != nil {
			_ = from.Close() // the API server is gone
			continue
		}
		context.AfterFunc(ctx, func() { _, _ = from.Close(), to.Close() })
		go w.forward(ctx, to, from)
		go w.forward(ctx, from, to)
	}
}

func (w *wire) forward(ctx context.Context, to, from net.Conn) {
	defer func() { _ = to.Close() }() // either side may have closed it
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		w.mu.Lock()
		moving := w.moving
		w.mu.Unlock()
		select {
		case <-moving:
		case <-ctx.Done():
			return
		}
		if _, failed := to.Write(buffer[:n]); err != nil || failed != nil {
			return
		}
	}
}

// cut stops to forward.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.moving = make(chan struct{})
}

// heal goes on.
func (w *wire) heal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.moving:
	default:
		close(w.moving)
	}
}

// caller asks a webhook as the API server does, which keeps its connections.
type caller struct {
	url    string
	client *http.Client
}

func newCaller(url string) *caller {
	return &caller{url: url, client: &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}}, // whether anybody answers, not who
	}}}
}

// said is an answer: an AdmissionReview's if the status is 200.
type said struct {
	status  int
	closes  bool
	allowed bool
	message string
}

func (c *caller) ask(ctx context.Context, operation admissionv1.Operation, object, old client.Object) (said, error) {
	review := admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"},
		Request: &admissionv1.AdmissionRequest{
			UID: "1", Operation: operation, Namespace: object.GetNamespace(), Name: object.GetName(),
			Kind: metav1.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}, Resource: metav1.GroupVersionResource{Version: "v1", Resource: "configmaps"},
			Object: runtime.RawExtension{Object: object}, UserInfo: authenticationv1.UserInfo{Username: "admin", Groups: []string{"system:masters"}},
		},
	}
	if old != nil {
		review.Request.OldObject.Object = old
	}
	body, err := json.Marshal(review)
	if err != nil {
		return said{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return said{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := c.client.Do(request)
	if err != nil {
		return said{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return said{}, err
	}
	s := said{status: response.StatusCode, closes: response.Close, message: string(text)}
	if s.status != http.StatusOK {
		return s, nil
	}
	if err := json.Unmarshal(text, &review); err != nil {
		return said{}, fmt.Errorf("%s: %w", text, err)
	}
	s.allowed = review.Response.Allowed
	if review.Response.Result != nil {
		s.message = review.Response.Result.Message
	}
	return s, nil
}

// lanternIsFine is a world in which nobody is restricted.
const lanternIsFine = `
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: no-kp}
spec:
  jurisdictions: {blocked: [KP]}
  match: {resources: [{apiGroups: [""], resources: [configmaps]}]}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: lantern}
spec: {displayName: Lantern, type: Company, jurisdictions: {headquarters: SG}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: lantern}
spec: {parties: [{role: Customer, entity: {name: lantern}}], namespaces: {names: [default]}}
`

func declare(t *testing.T, c client.Client, text string) {
	t.Helper()
	for part := range strings.SplitSeq(text, "---\n") {
		var kind metav1.TypeMeta
		if err := yaml.Unmarshal([]byte(part), &kind); err != nil {
			t.Fatal(err)
		}
		object, err := c.Scheme().New(kind.GroupVersionKind())
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.UnmarshalStrict([]byte(part), object); err != nil {
			t.Fatal(err)
		}
		if err := c.Create(t.Context(), object.(client.Object)); err != nil {
			t.Fatal(err)
		}
	}
}

// ledByNobody is a world in which this replica does not lead: a leader that is cut off
// ends, and nobody has the API server ask webhooks.
func ledByNobody(t *testing.T, namespace string) client.Client {
	t.Helper()
	c := controlPlane(t, namespace)
	declare(t, c, lanternIsFine)
	lease := &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "domicile"}, Spec: coordinationv1.LeaseSpec{
		HolderIdentity: ptr.To("somebody"), LeaseDurationSeconds: ptr.To[int32](3600),
		AcquireTime: ptr.To(metav1.NowMicro()), RenewTime: ptr.To(metav1.NowMicro()),
	}}
	if err := c.Create(t.Context(), lease); err != nil {
		t.Fatal(err)
	}
	return c
}

// unasked keeps a replica from guarding the configuration: its owner is gone.
const unasked = "--owner-cluster-role=gone"

// restrict makes the tenant restricted.
func restrict(t *testing.T, c client.Client) {
	t.Helper()
	lantern := &v1alpha1.LegalEntity{}
	if err := c.Get(t.Context(), client.ObjectKey{Name: "lantern"}, lantern); err != nil {
		t.Fatal(err)
	}
	lantern.Spec.Jurisdictions.Headquarters = "KP"
	if err := c.Update(t.Context(), lantern); err != nil {
		t.Fatal(err)
	}
}

// work is an object of the tenant.
func work() *corev1.ConfigMap {
	own := map[string]string{"domicile.dev/tenant": "lantern"}
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "work", Annotations: own}}
}

// creating is what somebody who creates an object is told.
func (c *caller) creating(what string, want func(said) bool) func(context.Context) error {
	return func(ctx context.Context) error {
		got, err := c.ask(ctx, admissionv1.Create, work(), nil)
		if err == nil && !want(got) {
			err = fmt.Errorf("want %s, got %+v", what, got)
		}
		return err
	}
}

func admitted(s said) bool { return s.allowed && !s.closes }

func sentAway(s said) bool { return s.status == http.StatusServiceUnavailable && s.closes }

func restricted(s said) bool {
	return s.status == http.StatusOK && !s.allowed && strings.Contains(s.message, "Lantern")
}

// A replica that is cut off from the API server, with its connections open, must not
// go on deciding from what it knew.
func TestACutOffReplicaDoesNotDecideFromAnOldWorld(t *testing.T) {
	const namespace = "domicile-system"
	c := ledByNobody(t, namespace)
	w := newWire(t)
	m := startProcess(t, namespace, w.kubeconfig, unasked)
	asks := newCaller(m.admit)
	m.waitFor(t, "not ready", answers(t, m.readyz, http.StatusOK))
	m.waitFor(t, "a clear tenant is not admitted", asks.creating("yes", admitted))

	w.cut()
	cut := time.Now()
	restrict(t, c)
	m.waitFor(t, "it goes on deciding", asks.creating("503 and the end of the connection", sentAway))
	took := time.Since(cut)
	t.Logf("refuses to decide %s after the cut", took.Round(time.Millisecond))
	if took > 2*minContactBound { // a busy machine asks late
		t.Errorf("it took %s to refuse, and the bound is %s", took, minContactBound)
	}
	if code, why := get(t, m.readyz+"/webhook"); code == http.StatusOK || !strings.Contains(why, "contact with the API server is lost") {
		t.Errorf("it is ready (%d), or does not say why it is not: %s", code, why)
	}
	if got, err := asks.ask(t.Context(), admissionv1.Update, work(), work()); err != nil || !got.allowed || !got.closes {
		t.Errorf("what grows nothing needs no world: %+v, %v", got, err)
	}
	for range 24 {
		if err := asks.creating("503", sentAway)(t.Context()); err != nil {
			t.Errorf("a restricted tenant: %v", err)
		}
	}

	w.heal()
	healed := time.Now()
	m.waitFor(t, "it does not heal", asks.creating("the new world", func(s said) bool {
		if s.allowed {
			t.Errorf("it decided from an old world: %+v", s)
		}
		return restricted(s)
	}))
	t.Logf("decides again %s after the cut has ended", time.Since(healed).Round(time.Millisecond))
	m.waitFor(t, "it is not ready again", answers(t, m.readyz, http.StatusOK))
}

// A watch may hang by itself, while everything else works: reads prove nothing then.
func TestAWatchThatHangsAloneIsNoticed(t *testing.T) {
	const namespace = "domicile-system"
	c := ledByNobody(t, namespace)
	var hangs atomic.Bool
	p := newProxy(t, func(r *http.Request) hindrance {
		if hangs.Load() && about(r, "legalentities") && r.URL.Query().Get("watch") == "true" {
			return hindrance{delay: time.Hour}
		}
		return hindrance{}
	})
	m := startProcess(t, namespace, p.kubeconfig, unasked)
	asks := newCaller(m.admit)
	m.waitFor(t, "not ready", answers(t, m.readyz, http.StatusOK))
	m.waitFor(t, "a clear tenant is not admitted", asks.creating("yes", admitted))

	hangs.Store(true)
	m.waitFor(t, "it relies on reads", asks.creating("503 and the end of the connection", sentAway))
	m.waitFor(t, "nobody knows which watch hangs", func(context.Context) error {
		if status, why := get(t, m.readyz+"/webhook"); !strings.Contains(why, "each LegalEntity") {
			return fmt.Errorf("%d %s", status, why)
		}
		return nil
	})
	restrict(t, c)
	hangs.Store(false)
	m.waitFor(t, "it does not heal", asks.creating("the new world", func(s said) bool {
		if s.allowed {
			t.Errorf("it decided from an old world: %+v", s)
		}
		return restricted(s)
	}))
}

// The API server that is sent away comes back, over another connection, while somebody
// waits for its answer.
func TestTheAPIServerAsksAgain(t *testing.T) {
	c := controlPlane(t, "domicile-system")
	var asked, away atomic.Int64 // how often it has been asked, and how often it sends away
	mux := http.NewServeMux()
	handler, err := webhook.NewHandler(webhook.Dependencies{
		Snapshots: &snapshot.Holder{}, Lookup: &webhook.LiveLookup{}, Access: &webhook.ClusterAccess{},
		Refresher: struct{ webhook.Refresher }{}, Registerer: prometheus.NewRegistry(),
		Fresh: func() error {
			if asked.Add(1) > away.Load() {
				return nil
			}
			return errors.New("this replica hears nothing")
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle(webhook.WorkloadPath, handler)
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	none := admissionregistrationv1.SideEffectClassNone
	err = c.Create(t.Context(), &admissionregistrationv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "test"},
		Webhooks: []admissionregistrationv1.ValidatingWebhook{{
			Name: "test.domicile.dev", SideEffects: &none, AdmissionReviewVersions: []string{"v1"}, TimeoutSeconds: ptr.To[int32](5),
			ClientConfig: admissionregistrationv1.WebhookClientConfig{
				URL:      ptr.To(server.URL + webhook.WorkloadPath),
				CABundle: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}),
			},
			Rules: []admissionregistrationv1.RuleWithOperations{{
				Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
				Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"configmaps"}},
			}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		reason string
		away   int64
		want   string
	}{
		{"the next replica answers, here that it knows nothing yet", 2, "have not been read yet"},
		{"nobody knows until the time is up", 1000, "failed calling webhook"},
	} {
		var got error
		err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
			asked.Store(0)
			away.Store(tc.away)
			got = c.Create(ctx, work(), client.DryRunAll)
			return asked.Load() > 0, nil
		})
		if err != nil || got == nil || !strings.Contains(got.Error(), tc.want) {
			t.Errorf("%s: asked %d times: %v, want %q; %v", tc.reason, asked.Load(), got, tc.want, err)
		}
	}
}
