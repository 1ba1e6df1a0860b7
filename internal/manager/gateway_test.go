package manager

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/middleware"
)

// gatewayProcess is a gateway in a process of its own.
type gatewayProcess struct {
	*process
	grpc, http string
}

func startGateway(t *testing.T, namespace string, args ...string) gatewayProcess {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	health := freeAddress(t)
	g := gatewayProcess{&process{
		ended: make(chan struct{}), readyz: "http://" + health + "/readyz", healthz: "http://" + health + "/healthz",
	}, freeAddress(t), freeAddress(t)}
	g.command = exec.Command(program, append([]string{
		"gateway", "--namespace=" + namespace, "--grpc-bind-address=" + g.grpc, "--http-bind-address=" + g.http,
		"--health-probe-bind-address=" + health, "--metrics-bind-address=0", "--shutdown-delay=0s", "--register-cache-dir=" + t.TempDir(),
	}, args...)...)
	g.command.Env = append(os.Environ(), beManager+"=1")
	g.command.Stdout, g.command.Stderr = &g.said, &g.said
	if err := g.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		g.err = g.command.Wait()
		close(g.ended)
	}()
	t.Cleanup(g.kill)
	return g
}

// create creates objects from YAML.
func create(t *testing.T, c client.Client, text string, objects ...client.Object) {
	t.Helper()
	for i, document := range strings.Split(text, "---\n") {
		if err := yaml.UnmarshalStrict([]byte(document), objects[i]); err != nil {
			t.Fatal(err)
		}
		if err := c.Create(t.Context(), objects[i]); err != nil {
			t.Fatal(err)
		}
	}
}

const gatewayWorld = `{metadata: {name: no-cn}, spec: {jurisdictions: {blocked: [CN]}}}
---
{metadata: {name: wren}, spec: {displayName: Wren Health Ltd., type: Company, jurisdictions: {headquarters: GB}}}
---
{metadata: {name: wren}, spec: {parties: [{role: Customer, entity: {name: wren}}], namespaces: {bound: [wren-keys]}, identifiers: [{scheme: orgs, id: org-1}]}}
---
{metadata: {name: wren-keys}}
---
metadata: {name: public}
spec:
  identify:
  - apiKey: {}
  - jwtClaim: {issuer: https://id.example.org, audiences: [api], claim: org, jwksConfigMap: issuer}
    identifierScheme: orgs
  response: OpenAI
`

// TestTheGatewayServesAndRefuses is a gateway at a real API server: keys, tokens and
// companies change, and the answers with them.
func TestTheGatewayServesAndRefuses(t *testing.T) {
	const namespace = "domicile-system"
	c := controlPlane(t, namespace)
	entity, secret := &v1alpha1.LegalEntity{}, keySecret("wren-keys", "sk-1")
	create(t, c, gatewayWorld, &v1alpha1.TenantPolicy{}, entity, &v1alpha1.Tenant{}, &corev1.Namespace{}, &v1alpha1.AccessPoint{})
	if err := c.Create(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	token := issue(t, c, namespace)
	g := startGateway(t, namespace)
	g.waitFor(t, "ready", answers(t, g.readyz, http.StatusOK))

	connection, err := grpc.NewClient(g.grpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }() // the test is over
	envoy := authv3.NewAuthorizationClient(connection)
	upstream := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "served %s", r.Header.Get(middleware.TenantHeader))
	})
	wrap, err := middleware.New(middleware.Options{Gateway: "http://" + g.http, AccessPoint: "public"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(wrap(upstream))
	defer server.Close()
	ask := func(credential string, want int) func(context.Context) error {
		return func(ctx context.Context) error {
			response, err := envoy.Check(ctx, &authv3.CheckRequest{Attributes: &authv3.AttributeContext{
				Request: &authv3.AttributeContext_Request{Http: &authv3.AttributeContext_HttpRequest{Headers: map[string]string{"authorization": "Bearer " + credential}}},
			}})
			if err != nil {
				return err
			}
			status := http.StatusOK
			if denied := response.GetDeniedResponse(); denied != nil {
				status = int(denied.GetStatus().GetCode())
			}
			served, body, err := getAs(ctx, server.URL, credential)
			if err != nil || status != want || served != want {
				return fmt.Errorf("Envoy is told %d, the middleware %d (%s): %w", status, served, body, err)
			}
			if want == http.StatusOK && body != "served wren" {
				return fmt.Errorf("the upstream is told %q", body)
			}
			return nil
		}
	}
	g.waitFor(t, "a key is served", ask("sk-1", http.StatusOK))
	g.waitFor(t, "a token is served", ask(token, http.StatusOK))
	g.waitFor(t, "nobody knows the key", ask("sk-2", http.StatusUnauthorized))

	entity.Spec.Jurisdictions.Headquarters = "CN"
	if err := c.Update(t.Context(), entity); err != nil {
		t.Fatal(err)
	}
	g.waitFor(t, "a restricted tenant is refused", ask("sk-1", http.StatusForbidden))
	g.waitFor(t, "so are its tokens", ask(token, http.StatusForbidden))
	entity.Spec.Jurisdictions.Headquarters = "GB"
	if err := c.Update(t.Context(), entity); err != nil {
		t.Fatal(err)
	}
	g.waitFor(t, "it is served again", ask("sk-1", http.StatusOK))
	if err := c.Delete(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	g.waitFor(t, "a key that is deleted", ask("sk-1", http.StatusUnauthorized))
	g.terminate(t)
	g.waitEnd(t)
}

func keySecret(namespace, key string) *corev1.Secret {
	digest := translate.DigestKey(key)
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: "key", Labels: map[string]string{v1alpha1.APIKeyLabel: "true"},
			Annotations: map[string]string{v1alpha1.KeyDigestAnnotation: hex.EncodeToString(digest[:])},
		},
		Type: v1alpha1.APIKeySecretType,
	}
}

// issue publishes the key of an issuer, and is a token of org-1.
func issue(t *testing.T, c client.Client, namespace string) string {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: private.Public(), KeyID: "1", Algorithm: "ES256", Use: "sig"}}})
	if err != nil {
		t.Fatal(err)
	}
	keys := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "issuer"}, Data: map[string]string{"jwks.json": string(public)}}
	if err := c.Create(t.Context(), keys); err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: private, KeyID: "1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(map[string]any{
		"iss": "https://id.example.org", "aud": "api", "org": "org-1", "exp": time.Now().Add(time.Hour).Unix(),
	}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// getAs is what a server answers to somebody with a credential.
func getAs(ctx context.Context, url, credential string) (status int, body string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("Authorization", "Bearer "+credential)
	r.Header.Set(middleware.TenantHeader, "somebody else")
	response, err := (&http.Client{Timeout: 5 * time.Second}).Do(r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}
