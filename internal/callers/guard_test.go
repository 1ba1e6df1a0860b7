package callers

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	authenticationv1 "k8s.io/api/authentication/v1"
	authenticationclient "k8s.io/client-go/kubernetes/typed/authentication/v1"
	"k8s.io/client-go/rest"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/domicile-dev/domicile/internal/callers/callerstest"
)

const path = "/admit"

func newGuard(t *testing.T, o Options) *Guard {
	t.Helper()
	o.Registerer, o.Log, o.URL = prometheus.NewRegistry(), logr.Discard(), "https://webhook.system.svc:443"
	g, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// serve answers what the guard lets through with 418.
func serve(t *testing.T, g *Guard) string {
	t.Helper()
	teapot := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	s := httptest.NewUnstartedServer(g.Only(path, teapot))
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	g.TLS(s.TLS)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL + path
}

// asks calls the webhook and holds that nothing is told to those who may not.
func asks(t *testing.T, url string, certificate *tls.Certificate, token string) int {
	t.Helper()
	status, body := callerstest.Do(t, http.MethodPost, url, certificate, token)
	if body != "" {
		t.Errorf("the body is %q", body)
	}
	return status
}

func TestCertificates(t *testing.T) {
	ca, other := callerstest.NewCA(t), callerstest.NewCA(t)
	file := callerstest.Write(t, filepath.Join(t.TempDir(), "ca.crt"), ca.PEM)
	for _, row := range []struct {
		reason      string
		names       []string
		certificate *callerstest.Pair
		want        caller
	}{
		{"nobody is known without one", nil, nil, noCredentials},
		{"without names the CA is for API servers alone", nil, new(ca.Issue("anybody")), authenticated},
		{"one of those that are named", []string{"a", "b"}, new(ca.Issue("b")), authenticated},
		{"a CA that signs for others, too", []string{"a", "b"}, new(ca.Issue("c")), notNamed},
		{"part of a name is none", []string{"api-server"}, new(ca.Issue("api")), notNamed},
		{"another CA", nil, new(other.Issue("b")), badCredentials},
		{"expired", nil, new(ca.Issue("b", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })), badCredentials},
		{"for servers", nil, new(ca.Issue("b", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })), badCredentials},
		{"nobody's", nil, new(ca.Issue("")), badCredentials},
	} {
		t.Run(row.reason, func(t *testing.T) {
			g := newGuard(t, Options{CAFile: file, Names: row.names})
			var certificate *tls.Certificate
			if row.certificate != nil {
				certificate = row.certificate.Certificate(t)
			}
			want := http.StatusUnauthorized
			if row.want == authenticated {
				want = http.StatusTeapot
			}
			if got := asks(t, serve(t, g), certificate, "x"); got != want {
				t.Errorf("answered with %d", got)
			}
			if got := testutil.ToFloat64(g.calls.WithLabelValues(string(row.want))); got != 1 {
				t.Errorf("%s is %v", row.want, got)
			}
		})
	}
}

// cluster answers TokenReviews.
type cluster struct {
	status authenticationv1.TokenReviewStatus
	code   int
	asked  atomic.Int64
	review authenticationv1.TokenReview // the last
}

func (c *cluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.asked.Add(1)
	if c.code != 0 {
		w.WriteHeader(c.code)
		return
	}
	_ = json.NewDecoder(r.Body).Decode(&c.review)
	w.Header().Set("Content-Type", "application/json")
	answer := c.review
	answer.Status = c.status
	_ = json.NewEncoder(w).Encode(answer)
}

func (c *cluster) reviews(t *testing.T) authenticationclient.TokenReviewInterface {
	t.Helper()
	s := httptest.NewServer(c)
	t.Cleanup(s.Close)
	client, err := authenticationclient.NewForConfig(&rest.Config{Host: s.URL, QPS: -1, ContentConfig: rest.ContentConfig{ContentType: "application/json", AcceptContentTypes: "application/json"}})
	if err != nil {
		t.Fatal(err)
	}
	return client.TokenReviews()
}

func good(change func(*authenticationv1.TokenReviewStatus)) authenticationv1.TokenReviewStatus {
	s := authenticationv1.TokenReviewStatus{
		Authenticated: true, Audiences: []string{"https://webhook.system.svc:443"},
		User: authenticationv1.UserInfo{Username: "system:serviceaccount:kube-system:api-server"},
	}
	change(&s)
	return s
}

func TestTokens(t *testing.T) {
	const attests = "attestation.authentication.kubernetes.io/admissionReviewAPIGroups"
	about := func(group string) func(*authenticationv1.TokenReviewStatus) {
		return func(s *authenticationv1.TokenReviewStatus) {
			s.User.Extra = map[string]authenticationv1.ExtraValue{attests: {group}}
		}
	}
	for _, row := range []struct {
		reason string
		status authenticationv1.TokenReviewStatus
		code   int
		want   caller
		answer int
	}{
		{"an API server", good(func(*authenticationv1.TokenReviewStatus) {}), 0, authenticated, http.StatusTeapot},
		{"for this path", good(func(s *authenticationv1.TokenReviewStatus) { s.Audiences[0] += path }), 0, authenticated, http.StatusTeapot},
		{"the API server of KEP-6060", good(about("*")), 0, authenticated, http.StatusTeapot},
		{"an aggregated API server, which could ask about what is not its own", good(about("apps")), 0, notNamed, http.StatusUnauthorized},
		{"somebody else", good(func(s *authenticationv1.TokenReviewStatus) { s.User.Username = "system:anonymous" }), 0, notNamed, http.StatusUnauthorized},
		{"for something else", good(func(s *authenticationv1.TokenReviewStatus) { s.Audiences[0] += "4" }), 0, badCredentials, http.StatusUnauthorized},
		{"from an authenticator that knows nothing of audiences", good(func(s *authenticationv1.TokenReviewStatus) { s.Audiences = nil }), 0, badCredentials, http.StatusUnauthorized},
		{"expired, or forged", authenticationv1.TokenReviewStatus{Error: "expired"}, 0, badCredentials, http.StatusUnauthorized},
		{"nobody knows; another replica may", authenticationv1.TokenReviewStatus{}, http.StatusForbidden, unverified, http.StatusServiceUnavailable},
	} {
		t.Run(row.reason, func(t *testing.T) {
			c := &cluster{status: row.status, code: row.code}
			g := newGuard(t, Options{Reviews: c.reviews(t), Names: []string{"system:serviceaccount:kube-system:api-server"}})
			if got := asks(t, serve(t, g), nil, "token"); got != row.answer {
				t.Errorf("answered with %d", got)
			}
			if got := testutil.ToFloat64(g.calls.WithLabelValues(string(row.want))); got != 1 {
				t.Errorf("%s is %v", row.want, got)
			}
			if row.code == 0 && (c.review.Spec.Token != "token" || len(c.review.Spec.Audiences) != 2) {
				t.Errorf("the cluster is asked %+v", c.review.Spec)
			}
		})
	}
}

func TestAGoodTokenIsRememberedForAWhile(t *testing.T) {
	c := &cluster{status: good(func(*authenticationv1.TokenReviewStatus) {})}
	now := clocktesting.NewFakeClock(time.Now())
	tokens := newTokens(Options{Reviews: c.reviews(t), Names: []string{c.status.User.Username}, URL: "https://webhook.system.svc:443", Clock: now})
	ask := func(path, token string) caller {
		r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, path, strings.NewReader(""))
		r.Header.Set("Authorization", "bearer "+token)
		who, _ := tokens.caller(r, path)
		return who
	}
	for _, step := range []struct {
		reason, path, token string
		after               time.Duration
		asked               int64
	}{
		{"it is not known", path, "1", 0, 1},
		{"it was good a moment ago", path, "1", goodFor - time.Second, 1},
		{"it may have been taken back", path, "1", 2 * time.Second, 2},
		{"another token", path, "2", 0, 3},
		{"another path, which it may not be for", path + "2", "1", 0, 4},
	} {
		now.Step(step.after)
		if who := ask(step.path, step.token); who != authenticated {
			t.Errorf("%s: %s", step.reason, who)
		}
		if got := c.asked.Load(); got != step.asked {
			t.Errorf("%s: the cluster was asked %d times", step.reason, got)
		}
	}
	for range 2 * reviewsAtOnce {
		ask(path, strings.Repeat("x", int(c.asked.Load())))
	}
	if got := c.asked.Load(); got > 2*reviewsAtOnce {
		t.Errorf("the cluster was asked %d times: whoever shows tokens must not keep it busy", got)
	}
	if who := ask(path, "1"); who != authenticated {
		t.Errorf("who is known already is %s while others show tokens that are not", who)
	}
}

func TestWhoMayCallMustBeKnown(t *testing.T) {
	ca := callerstest.NewCA(t)
	for _, row := range []struct {
		reason string
		o      Options
	}{
		{"every Pod can get a token for the webhook", Options{Reviews: (&cluster{}).reviews(t)}},
		{"nobody could call", Options{CAFile: filepath.Join(t.TempDir(), "missing")}},
		{"a key is no certificate", Options{CAFile: callerstest.Write(t, filepath.Join(t.TempDir(), "key"), ca.Issue("x").Key)}},
	} {
		row.o.Registerer = prometheus.NewRegistry()
		if _, err := New(row.o); err == nil {
			t.Errorf("no error: %s", row.reason)
		}
	}
}

func TestWithoutOptionsEverybodyIsAnswered(t *testing.T) {
	g := newGuard(t, Options{})
	if got := asks(t, serve(t, g), nil, ""); got != http.StatusTeapot {
		t.Errorf("answered with %d", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.Start(ctx); err != nil {
		t.Error(err)
	}
}

// What showing a certificate costs every request.
func BenchmarkCertificate(b *testing.B) {
	t := &testing.T{}
	ca := callerstest.NewCA(t)
	file := callerstest.Write(t, filepath.Join(b.TempDir(), "ca.crt"), ca.PEM)
	a, err := newAuthorities(file, nil)
	if err != nil {
		b.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(ca.Issue("api").Certificate(t).Certificate[0])
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, path, http.NoBody)
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}}
	for b.Loop() {
		if who, err := a.caller(r, path); who != authenticated {
			b.Fatal(who, err)
		}
	}
}
