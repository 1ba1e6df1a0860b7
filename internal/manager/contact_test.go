package manager

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
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
			Object: runtime.RawExtension{Object: object},
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

// A replica that is cut off from the API server, with its connections open, must not
// go on deciding from what it knew.
func TestACutOffReplicaDoesNotDecideFromAnOldWorld(t *testing.T) {
	const namespace = "domicile-system"
	c := controlPlane(t, namespace)
	declare(t, c, lanternIsFine)
	// Somebody else leads: a leader that is cut off ends.
	lease := &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "domicile"}, Spec: coordinationv1.LeaseSpec{
		HolderIdentity: ptr.To("somebody"), LeaseDurationSeconds: ptr.To[int32](3600),
		AcquireTime: ptr.To(metav1.NowMicro()), RenewTime: ptr.To(metav1.NowMicro()),
	}}
	if err := c.Create(t.Context(), lease); err != nil {
		t.Fatal(err)
	}
	w := newWire(t)
	m := startProcess(t, namespace, w.kubeconfig)
	m.waitFor(t, "not ready", answers(t, m.readyz, http.StatusOK))

	asks, own := newCaller(m.admit), map[string]string{"domicile.dev/tenant": "lantern"}
	workload := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "work", Annotations: own}}
	create := func(ctx context.Context) (said, error) { return asks.ask(ctx, admissionv1.Create, workload, nil) }
	is := func(what string, want func(said) bool) func(context.Context) error {
		return func(ctx context.Context) error {
			got, err := create(ctx)
			if err == nil && !want(got) {
				err = fmt.Errorf("want %s, got %+v", what, got)
			}
			return err
		}
	}
	m.waitFor(t, "a clear tenant is not admitted", is("yes", func(s said) bool { return s.allowed && !s.closes }))

	w.cut()
	cut := time.Now()
	lantern := &v1alpha1.LegalEntity{}
	if err := c.Get(t.Context(), client.ObjectKey{Name: "lantern"}, lantern); err != nil {
		t.Fatal(err)
	}
	lantern.Spec.Jurisdictions.Headquarters = "KP"
	if err := c.Update(t.Context(), lantern); err != nil {
		t.Fatal(err)
	}
	m.waitFor(t, "it goes on deciding", is("503 and the end of the connection", func(s said) bool {
		return s.status == http.StatusServiceUnavailable && s.closes
	}))
	t.Logf("refuses to decide %s after the cut", time.Since(cut).Round(time.Millisecond))
	if took := time.Since(cut); took > minContactBound+time.Second {
		t.Errorf("it took %s to refuse, and the bound is %s", took, minContactBound)
	}
	if code, why := get(t, m.readyz+"/webhook"); code == http.StatusOK || !strings.Contains(why, "contact with the API server is lost") {
		t.Errorf("it is ready (%d), or does not say why it is not: %s", code, why)
	}
	unchanged, err := asks.ask(t.Context(), admissionv1.Update, workload, workload)
	if err != nil || !unchanged.allowed || !unchanged.closes {
		t.Errorf("what grows nothing needs no world: %+v, %v", unchanged, err)
	}
	for range 24 {
		if got, err := create(t.Context()); err != nil || got.status != http.StatusServiceUnavailable {
			t.Errorf("a restricted tenant gets %+v, %v", got, err)
		}
	}

	w.heal()
	healed := time.Now()
	m.waitFor(t, "it does not heal", func(ctx context.Context) error {
		switch got, err := create(ctx); {
		case err != nil:
			return err
		case got.allowed:
			t.Errorf("it decided from an old world: %+v", got)
			return nil
		case got.status != http.StatusOK || !strings.Contains(got.message, "Lantern"):
			return errors.New(got.message)
		default:
			return nil
		}
	})
	t.Logf("decides again %s after the cut has ended", time.Since(healed).Round(time.Millisecond))
	m.waitFor(t, "it is not ready again", answers(t, m.readyz, http.StatusOK))
}
