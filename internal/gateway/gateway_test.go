package gateway_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/gateway"
	"github.com/domicile-dev/domicile/internal/gateway/envoy"
	"github.com/domicile-dev/domicile/internal/gateway/forward"
	"github.com/domicile-dev/domicile/internal/gateway/keys"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/test/decisions"
)

// world is what a gateway of a test decides from.
type world struct {
	holder     snapshot.Holder
	table      *keys.Table
	namespaces map[string]*residency.Namespace
	changes    uint64
	tokens     map[string]map[string]any
	now        time.Time
	stale      error
	last       *gateway.Answer
}

func (w *world) Get(name string) (*residency.Namespace, bool) {
	ns, ok := w.namespaces[name]
	return ns, ok
}

func (w *world) Changes() uint64 { return w.changes }

func (w *world) Verify(_ *call.Token, presented string) (call.Claims, error) {
	if claims, ok := w.tokens[presented]; ok {
		return claims, nil
	}
	return nil, call.ErrUnverified
}

func (w *world) gateway() *gateway.Gateway {
	return gateway.New(gateway.Options{
		Snapshots: &w.holder, Keys: w.table, Namespaces: w, Tokens: w,
		Fresh: func() error { return w.stale }, Clock: func() time.Time { return w.now },
		Observe: func(a gateway.Answer) { w.last = &a },
	})
}

// worldOf is the world of a case.
func worldOf(t *testing.T, in decisions.Input, at time.Time) *world {
	t.Helper()
	w := &world{table: keys.NewTable(nil), namespaces: map[string]*residency.Namespace{}, now: at}
	w.holder.Store(snapshottest.Compile(in.World()))
	for _, ns := range in.Namespaces {
		w.namespaces[ns.GetName()] = translate.NamespaceOf(ns.GetName(), ns.GetLabels(), ns.GetAnnotations())
	}
	for i, o := range in.Objects {
		if o.GetKind() != "Secret" {
			continue
		}
		if w.namespaces[o.GetNamespace()] == nil {
			w.namespaces[o.GetNamespace()] = translate.NamespaceOf(o.GetNamespace(), nil, nil)
		}
		w.table.Set([16]byte{byte(i + 1)}, o.GetNamespace(), translate.KeysOf(o.GetLabels(), o.GetAnnotations()))
	}
	return w
}

// TestTheCorpusThroughTheGateway holds that requests get through Envoy's protocol and
// over HTTP what the core decides, twice: the second time it is remembered.
func TestTheCorpusThroughTheGateway(t *testing.T) {
	t.Parallel()
	cases, err := decisions.Load()
	if err != nil {
		t.Fatal(err)
	}
	edges := map[string]func(*testing.T, *gateway.Gateway, *call.Manifest) int{"envoy": overEnvoy, "http": overHTTP}
	requests := 0
	for _, c := range cases {
		in, err := c.Read()
		if err != nil {
			t.Fatal(err)
		}
		w := worldOf(t, in, c.At)
		g := w.gateway()
		for i := range in.Objects {
			if !decisions.IsRequest(&in.Objects[i]) {
				continue
			}
			requests++
			for edge, ask := range edges {
				for _, time := range []string{"first", "again"} {
					check(t, c, w, g, &in.Objects[i], edge+", "+time, ask)
				}
			}
		}
	}
	if requests < 60 {
		t.Errorf("only %d requests", requests)
	}
}

func check(t *testing.T, c decisions.Case, w *world, g *gateway.Gateway, u *unstructured.Unstructured, how string, ask func(*testing.T, *gateway.Gateway, *call.Manifest) int) {
	t.Helper()
	m, err := decisions.RequestOf(u)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.TLSSANs)+len(m.Metadata) > 0 && strings.HasPrefix(how, "http") {
		return // nobody tells these over HTTP
	}
	w.tokens = m.Tokens
	status := ask(t, g, m)
	var want decisions.Result
	for _, r := range c.Expected {
		if r.Resource.Kind == call.ManifestKind && r.Resource.Name == u.GetName() {
			want = r
		}
	}
	if (status == http.StatusOK) != want.Allowed {
		t.Errorf("%s, %s, %s: status %d, and it is to be allowed: %t (%s)", c.Name, u.GetName(), how, status, want.Allowed, c.Comment)
	}
	if status == http.StatusServiceUnavailable {
		return // it cannot be known, and so nothing was decided
	}
	got := decisions.Result{Resource: want.Resource, Allowed: status == http.StatusOK}
	for _, d := range w.last.Decisions {
		got.Decisions = append(got.Decisions, decisions.Decision{
			Policy: d.Policy, Tenant: d.Tenant, Verdict: d.Verdict.String(), Reason: string(d.Reason), Action: d.Action.String(),
		})
	}
	if diff := decisions.Diff([]decisions.Result{want}, []decisions.Result{got}); diff != "" {
		t.Errorf("%s, %s:\n%s", c.Name, how, diff)
	}
}

// certificate is one that was shown and verified.
func certificate(names []string) [][]*x509.Certificate {
	if len(names) == 0 {
		return nil
	}
	return [][]*x509.Certificate{{{DNSNames: names, URIs: []*url.URL{{Scheme: "spiffe", Host: "example.org"}}}}}
}

// checkOf is what Envoy asks about a request.
func checkOf(t *testing.T, m *call.Manifest) *authv3.CheckRequest {
	t.Helper()
	h := &authv3.AttributeContext_HttpRequest{Path: m.Path, RawBody: []byte(m.Body), Size: int64(len(m.Body)), HeaderMap: &corev3.HeaderMap{}}
	for name, values := range m.Headers {
		for _, value := range values {
			h.HeaderMap.Headers = append(h.HeaderMap.Headers, &corev3.HeaderValue{Key: strings.ToLower(name), RawValue: []byte(value)})
		}
	}
	if m.BodyCut {
		h.HeaderMap.Headers = append(h.HeaderMap.Headers, &corev3.HeaderValue{Key: "x-envoy-auth-partial-body", Value: "true"})
	}
	in := &authv3.CheckRequest{Attributes: &authv3.AttributeContext{
		Request: &authv3.AttributeContext_Request{Http: h}, Source: &authv3.AttributeContext_Peer{},
		ContextExtensions: map[string]string{envoy.AccessPointExtension: m.AccessPoint}, MetadataContext: &corev3.Metadata{FilterMetadata: map[string]*structpb.Struct{}},
	}}
	for _, san := range m.TLSSANs {
		in.Attributes.Source.Principal = san
	}
	for name, values := range m.Metadata {
		s, err := structpb.NewStruct(values)
		if err != nil {
			t.Fatal(err)
		}
		in.Attributes.MetadataContext.FilterMetadata[name] = s
	}
	wire, err := proto.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	received := &authv3.CheckRequest{}
	if err := proto.Unmarshal(wire, received); err != nil {
		t.Fatal(err)
	}
	return received
}

// overEnvoy asks as Envoy does, and is the status that it would answer with.
func overEnvoy(t *testing.T, g *gateway.Gateway, m *call.Manifest) int {
	t.Helper()
	received := checkOf(t, m)
	ctx := peer.NewContext(t.Context(), &peer.Peer{AuthInfo: credentials.TLSInfo{State: tls.ConnectionState{VerifiedChains: certificate(m.Proxy)}}})
	response, err := envoy.NewServer(g).Check(ctx, received)
	if err != nil {
		t.Fatal(err)
	}
	if denied := response.GetDeniedResponse(); denied != nil {
		if response.GetStatus().GetCode() == 0 {
			t.Error("a refusal with the status of what is allowed")
		}
		return int(denied.GetStatus().GetCode())
	}
	if response.GetStatus().GetCode() != 0 || response.GetOkResponse() == nil {
		t.Error("what is allowed does not say so")
	}
	return http.StatusOK
}

// overHTTP asks as nginx does.
func overHTTP(t *testing.T, g *gateway.Gateway, m *call.Manifest) int {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, forward.Path+m.AccessPoint, strings.NewReader(m.Body))
	for name, values := range m.Headers {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	if m.Path != "" {
		r.Header.Set("X-Original-Uri", m.Path)
	}
	if m.BodyCut {
		r.Header.Set("X-Domicile-Body-Cut", "true")
	}
	r.TLS = &tls.ConnectionState{VerifiedChains: certificate(m.Proxy)}
	w := httptest.NewRecorder()
	forward.NewHandler(g, envoy.NamesOf).ServeHTTP(w, r)
	if said := w.Header().Get(gateway.AnswerHeader); w.Code != http.StatusOK && said != strings.TrimSpace(w.Body.String()) {
		t.Errorf("the header has %q, and the body is %q", said, w.Body)
	}
	return w.Code
}

// manifest is a request of wren's key for a model.
func manifest(key, body string) *call.Manifest {
	return &call.Manifest{AccessPoint: "public", Headers: map[string]call.Values{"Authorization": {"Bearer " + key}}, Body: body}
}

// caseWorld is the world of one case.
func caseWorld(t testing.TB, name string) (*world, decisions.Input) {
	t.Helper()
	cases, err := decisions.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if c.Name != name {
			continue
		}
		in, err := c.Read()
		if err != nil {
			t.Fatal(err)
		}
		w := &world{table: keys.NewTable(nil), namespaces: map[string]*residency.Namespace{}, now: c.At}
		w.holder.Store(snapshottest.Compile(in.World()).At(c.At))
		for _, ns := range in.Namespaces {
			w.namespaces[ns.GetName()] = translate.NamespaceOf(ns.GetName(), ns.GetLabels(), ns.GetAnnotations())
		}
		return w, in
	}
	t.Fatalf("there is no case %s", name)
	return nil, decisions.Input{}
}

func digestOf(key string) translate.SecretKeys {
	return translate.SecretKeys{Digests: []translate.KeyDigest{translate.DigestKey(key)}}
}

// TestWhatChangesIsAnsweredAtOnce holds that nothing that was remembered outlives what
// it depends on.
func TestWhatChangesIsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	w, in := caseWorld(t, "request-api-key")
	g := w.gateway()
	ask := func(reason string, want int) {
		t.Helper()
		for range 2 {
			if got := overEnvoy(t, g, manifest("sk", "")); got != want {
				t.Errorf("%s: %d, want %d", reason, got, want)
			}
		}
	}
	ask("a key that nobody knows", http.StatusUnauthorized)
	w.table.Set([16]byte{1}, "keys-wren", digestOf("sk"))
	ask("the key of a clean tenant", http.StatusOK)
	w.table.Set([16]byte{1}, "keys-lantern", digestOf("sk"))
	ask("moved to a restricted one while in use", http.StatusForbidden)
	w.table.Set([16]byte{1}, "keys-wren", digestOf("sk"))
	ask("and back", http.StatusOK)
	w.namespaces["keys-wren"], w.changes = translate.NamespaceOf("keys-wren", nil, map[string]string{"domicile.dev/tenant": "lantern"}), 1
	ask("its Namespace is bound to somebody else", http.StatusForbidden)
	w.namespaces["keys-wren"], w.changes = translate.NamespaceOf("keys-wren", nil, map[string]string{"domicile.dev/tenant": "wren"}), 2
	for i := range in.Entities {
		in.Entities[i].Spec.Jurisdictions.Headquarters = "GB"
	}
	in.Entities[1].Spec.Jurisdictions.Headquarters = "CN"
	w.holder.Store(snapshottest.Compile(in.World()).At(w.now))
	ask("the company moves to a blocked place", http.StatusForbidden)
	w.table.Remove([16]byte{1})
	ask("the Secret is deleted", http.StatusUnauthorized)
}

// TestAnAccessPointChangesWhileItIsUsed holds that requests are read as it says now, and that
// nobody guesses which one is meant.
func TestAnAccessPointChangesWhileItIsUsed(t *testing.T) {
	t.Parallel()
	w, in := caseWorld(t, "request-api-key")
	w.table.Set([16]byte{1}, "keys-wren", digestOf("sk"))
	g := w.gateway()
	one, second, elsewhere, wrong := in.AccessPoints[0], in.AccessPoints[0], in.AccessPoints[0], in.AccessPoints[0]
	second.Name = "second"
	elsewhere.Spec.Identify = []v1alpha1.Identification{{APIKey: &v1alpha1.APIKeySource{Header: "X-Api-Key"}}}
	wrong.Spec.Model = &v1alpha1.ModelSource{Path: "no path"}
	for _, step := range []struct {
		reason string
		points []v1alpha1.AccessPoint
		name   string
		want   int
	}{
		{"it is the only one", []v1alpha1.AccessPoint{one}, "", http.StatusOK},
		{"there are two, and nobody says which", []v1alpha1.AccessPoint{one, second}, "", http.StatusServiceUnavailable},
		{"somebody says", []v1alpha1.AccessPoint{one, second}, "second", http.StatusOK},
		{"in another case", []v1alpha1.AccessPoint{one, second}, "Second", http.StatusServiceUnavailable},
		{"it is gone", []v1alpha1.AccessPoint{one}, "second", http.StatusServiceUnavailable},
		{"keys are elsewhere now", []v1alpha1.AccessPoint{elsewhere}, "public", http.StatusUnauthorized},
		{"and back", []v1alpha1.AccessPoint{one}, "public", http.StatusOK},
		{"nobody can read what it says", []v1alpha1.AccessPoint{wrong}, "public", http.StatusServiceUnavailable},
		{"all are gone", nil, "public", http.StatusServiceUnavailable},
	} {
		in.AccessPoints = step.points
		w.holder.Store(snapshottest.Compile(in.World()).At(w.now))
		m := manifest("sk", "")
		m.AccessPoint = step.name
		for range 2 {
			if got := overEnvoy(t, g, m); got != step.want {
				t.Errorf("%s: %d, want %d", step.reason, got, step.want)
			}
		}
	}
}

// TestADecisionAllocatesNothing holds that the memory of a replica does not grow with the
// number of requests, but for what Envoy's protocol takes.
func TestADecisionAllocatesNothing(t *testing.T) {
	w, _ := caseWorld(t, "request-model")
	w.table.Set([16]byte{1}, "keys-wren", digestOf("sk"))
	g := gateway.New(gateway.Options{
		Snapshots: &w.holder, Keys: w.table, Namespaces: w, Tokens: w, Fresh: func() error { return nil }, Clock: func() time.Time { return w.now },
	})
	for reason, m := range map[string]*call.Manifest{
		"served":     manifest("sk", `{"model":"tern-2","messages":[{"role":"user","content":"hello"}]}`),
		"nobody's":   manifest("none", `{"model":"tern-2","messages":[{"role":"user","content":"hello"}]}`),
		"no model":   manifest("sk", `{"messages":[]}`),
		"no body":    manifest("sk", ""),
		"no letters": manifest("sk", `{"model":"ｔｅｒｎ-2"}`),
	} {
		r := m.Request()
		if n := testing.AllocsPerRun(100, func() { g.Check("public", r) }); n > 0 {
			t.Errorf("%s: %v allocations", reason, n)
		}
	}
	server := envoy.NewServer(g)
	in := checkOf(t, manifest("sk", `{"model":"tern-2"}`))
	// The response, its status, what it says in two messages, one header in three and their list.
	const protocol = 8
	if n := testing.AllocsPerRun(100, func() { _, _ = server.Check(t.Context(), in) }); n > protocol {
		t.Errorf("for Envoy: %v allocations, of which the answer is %d", n, protocol)
	}
}

// TestTimeAloneChangesTheAnswer holds that what is remembered ends with the notice period.
func TestTimeAloneChangesTheAnswer(t *testing.T) {
	t.Parallel()
	w, _ := caseWorld(t, "request-notice-period")
	w.table.Set([16]byte{1}, "keys-lantern", digestOf("sk"))
	g := w.gateway()
	end := time.Date(2026, time.August, 1, 0, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		reason string
		now    time.Time
		want   int
	}{
		{"long before", w.now, http.StatusOK}, {"the last instant", end.Add(-1), http.StatusOK},
		{"the first instant", end, http.StatusForbidden}, {"a clock that goes back", end.Add(-1), http.StatusOK}, {"later", end.Add(1), http.StatusForbidden},
	} {
		w.now = row.now
		if got := overEnvoy(t, g, manifest("sk", "")); got != row.want {
			t.Errorf("%s: %d, want %d", row.reason, got, row.want)
		}
		if w.last.Allowed() && !strings.Contains(w.last.Message(), "2026-08-01") {
			t.Errorf("%s: the warning does not say when: %s", row.reason, w.last.Message())
		}
	}
}

// TestWhatCannotBeKnownIsNeverAllowed holds that not knowing is status 503.
func TestWhatCannotBeKnownIsNeverAllowed(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		reason string
		change func(w *world)
	}{
		"stale":        {"contact is lost", func(w *world) { w.stale = errStale }},
		"no snapshot":  {"it is starting", func(w *world) { w.holder = snapshot.Holder{} }},
		"namespace":    {"the Namespace of the key is not known", func(w *world) { w.namespaces = nil }},
		"access point": {"nobody says how requests are read", func(w *world) { w.holder.Store(snapshot.New()) }},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _ := caseWorld(t, "request-api-key")
			w.table.Set([16]byte{1}, "keys-wren", digestOf("sk"))
			tc.change(w)
			g := w.gateway()
			for edge, ask := range map[string]func(*testing.T, *gateway.Gateway, *call.Manifest) int{"envoy": overEnvoy, "http": overHTTP} {
				if got := ask(t, g, manifest("sk", "")); got != http.StatusServiceUnavailable {
					t.Errorf("%s (%s): %d", edge, tc.reason, got)
				}
			}
		})
	}
}

var errStale = errors.New("contact is lost")

// TestCustomersAreToldNothingOfOwnership holds that a refusal names neither owners nor
// places nor policies, in the form that the client reads.
func TestCustomersAreToldNothingOfOwnership(t *testing.T) {
	t.Parallel()
	w, in := caseWorld(t, "request-api-key")
	w.table.Set([16]byte{1}, "keys-lantern", digestOf("sk"))
	g := w.gateway()
	for format, want := range map[string]string{
		"OpenAI": `{"error":{"message":"This request is not served.`, "Anthropic": `{"type":"error","error":{"type":"permission_error"`, "Plain": "This request is not served.",
	} {
		in.AccessPoints[0].Spec.Response = v1alpha1.ResponseFormat(format)
		w.holder.Store(snapshottest.Compile(in.World()).At(w.now))
		if got := overEnvoy(t, g, manifest("sk", "")); got != http.StatusForbidden {
			t.Fatalf("status %d", got)
		}
		_, body := w.last.Body()
		text := string(body)
		if !strings.HasPrefix(text, want) || !strings.Contains(text, w.last.Reference().String()) {
			t.Errorf("%s: %s", format, text)
		}
		for _, secret := range []string{"Lantern", "lantern", "CN", "blocked", "Restricted"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: it says %q: %s", format, secret, text)
			}
		}
	}
	r, err := call.ParseReference(strings.ToLower(w.last.Reference().String()))
	if err != nil || !r.IsOf("lantern") || r.IsOf("wren") || !r.IsAt("public") || !r.Time().Equal(w.now) {
		t.Errorf("the reference says %v (%v)", r, err)
	}
}

// BenchmarkCheck asks about a known key, and about one that nobody knows, among a
// million: what a flood of unknown keys costs.
func BenchmarkCheck(b *testing.B) {
	w, _ := caseWorld(b, "request-model")
	for i := range 1_000_000 {
		var id [16]byte
		binary.BigEndian.PutUint64(id[:], uint64(i))
		w.table.Set(id, "keys-wren", digestOf(fmt.Sprint("sk-", i)))
	}
	g := gateway.New(gateway.Options{
		Snapshots: &w.holder, Keys: w.table, Namespaces: w, Tokens: w, Fresh: func() error { return nil }, Clock: func() time.Time { return w.now },
	})
	for name, key := range map[string]string{"known": "sk-123456", "unknown": "none"} {
		r := manifest(key, `{"model": "tern-2", "messages": [{"role": "user", "content": "hello"}]}`).Request()
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if a := g.Check("public", r); a.Err != nil {
					b.Fatal(a.Err)
				}
			}
		})
	}
}
