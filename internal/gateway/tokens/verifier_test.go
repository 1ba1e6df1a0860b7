package tokens

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/go-logr/logr"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/domicile-dev/domicile/internal/call"
)

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, algorithm jose.SignatureAlgorithm, key any, id string, claims map[string]any) string {
	t.Helper()
	return signSaying(t, nil, algorithm, key, id, claims)
}

// signSaying is sign with more headers.
func signSaying(t *testing.T, headers *jose.SignerOptions, algorithm jose.SignatureAlgorithm, key any, id string, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: id}}, headers)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// TestTokens holds which tokens are believed, and that keys that are not there, or too
// old, leave nothing to be known.
func TestTokens(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	own, other := newKey(t), newKey(t)
	public, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: own.Public(), KeyID: "1", Algorithm: "ES256"}}})
	if err != nil {
		t.Fatal(err)
	}
	want := &call.Token{Issuer: "https://id.example.org", Audiences: []string{"api"}, Claim: "org", ConfigMap: "keys"}
	clock := clocktesting.NewFakeClock(now)
	v := New(Options{
		ConfigMap: func(context.Context, string) ([]byte, error) { return public, nil },
		Wanted:    func() []*call.Token { return []*call.Token{want} }, Clock: clock, Log: logr.Discard(),
	})
	good := map[string]any{"iss": want.Issuer, "aud": "api", "org": "o", "exp": now.Add(time.Minute).Unix()}
	with := func(changes map[string]any) map[string]any {
		claims := maps.Clone(good)
		maps.Copy(claims, changes)
		return claims
	}
	token := sign(t, jose.ES256, own, "1", good)
	if _, err := v.Verify(want, token); !errors.Is(err, call.ErrCannotKnow) {
		t.Errorf("before any key is known: %v", err)
	}
	for _, s := range v.due() {
		if err := v.fetch(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	withoutEnd := maps.Clone(good)
	delete(withoutEnd, "exp")
	for name, tc := range map[string]struct {
		reason, token string
		err           error
	}{
		"good":             {"as it should be", token, nil},
		"another key":      {"anybody can say that it is key 1", sign(t, jose.ES256, other, "1", good), call.ErrUnverified},
		"unknown key":      {"a key that was withdrawn", sign(t, jose.ES256, other, "2", good), call.ErrUnverified},
		"shared secret":    {"the public key must not do as a secret", sign(t, jose.HS256, public, "1", good), call.ErrUnverified},
		"no signature":     {"alg: none", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUub3JnIn0.", call.ErrUnverified},
		"no token":         {"an API key", "sk-1", call.ErrUnverified},
		"another audience": {"it was made for somebody else", sign(t, jose.ES256, own, "1", with(map[string]any{"aud": "billing"})), call.ErrUnverified},
		"another issuer":   {"as above", sign(t, jose.ES256, own, "1", with(map[string]any{"iss": "https://x"})), call.ErrUnverified},
		"expired":          {"it is over", sign(t, jose.ES256, own, "1", with(map[string]any{"exp": now.Add(-time.Minute).Unix()})), call.ErrUnverified},
		"not yet":          {"it has not begun", sign(t, jose.ES256, own, "1", with(map[string]any{"nbf": now.Add(time.Hour).Unix()})), call.ErrUnverified},
		"made later":       {"it says that it was made tomorrow", sign(t, jose.ES256, own, "1", with(map[string]any{"iat": now.Add(24 * time.Hour).Unix()})), call.ErrUnverified},
		"an end as text":   {"it is no time", sign(t, jose.ES256, own, "1", with(map[string]any{"exp": "2099-01-01"})), call.ErrUnverified},
		"an issuer twice":  {"a list is no issuer", sign(t, jose.ES256, own, "1", with(map[string]any{"iss": []string{want.Issuer, "https://x"}})), call.ErrUnverified},
		"audiences":        {"one of several is this one", sign(t, jose.ES256, own, "1", with(map[string]any{"aud": []string{"billing", "api"}})), nil},
		"no audience":      {"it was made for nobody", sign(t, jose.ES256, own, "1", with(map[string]any{"aud": nil})), call.ErrUnverified},
		"a key of its own": {"what it brings along is not the issuer's", signSaying(t, &jose.SignerOptions{EmbedJWK: true}, jose.ES256, other, "1", good), call.ErrUnverified},
		"keys elsewhere":   {"it does not say where keys are", signSaying(t, (&jose.SignerOptions{}).WithHeader("jku", "https://x/jwks"), jose.ES256, other, "1", good), call.ErrUnverified},
		"a path for a key": {"an ID is no path and no query", sign(t, jose.ES256, other, "../../1' OR '1'='1", good), call.ErrUnverified},
		"no ID":            {"any key of the issuer will do", sign(t, jose.ES256, own, "", good), nil},
		"no ID, not his":   {"nobody else's will", sign(t, jose.ES256, other, "", good), call.ErrUnverified},
		"more to know":     {"it has to be understood, and is not", signSaying(t, (&jose.SignerOptions{}).WithHeader("crit", []string{"scope"}).WithHeader("scope", 1), jose.ES256, own, "1", good), call.ErrUnverified},
		"signed by nobody": {"the signature is cut off", token[:strings.LastIndexByte(token, '.')+1], call.ErrUnverified},
		"without an end":   {"it would count for ever", sign(t, jose.ES256, own, "1", withoutEnd), call.ErrUnverified},
	} {
		claims, err := v.Verify(want, tc.token)
		if !errors.Is(err, tc.err) || err == nil && claims["org"] != "o" {
			t.Errorf("%s (%s): %v, %v", name, tc.reason, claims, err)
		}
	}
	clock.Step(tooOld + time.Second)
	if _, err := v.Verify(want, token); !errors.Is(err, call.ErrCannotKnow) {
		t.Errorf("keys that could not be fetched again: %v", err)
	}
}

// TestKeysOfAnIssuerAreRotated holds that a new key is fetched as soon as a token has it, and
// that one which the issuer has withdrawn does not count from then on.
func TestKeysOfAnIssuerAreRotated(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	keys := map[string]*ecdsa.PrivateKey{"old": newKey(t), "new": newKey(t)}
	published := "old"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: keys[published].Public(), KeyID: published}}}) // else nothing is believed
	}))
	defer server.Close()
	want := &call.Token{Issuer: "https://id.example.org", Audiences: []string{"api"}, Claim: "org", JWKSURL: server.URL}
	clock := clocktesting.NewFakeClock(now)
	v := New(Options{Client: server.Client(), Wanted: func() []*call.Token { return []*call.Token{want} }, Clock: clock, Log: logr.Discard()})
	fetch := func() (fetched int) {
		t.Helper()
		for _, s := range v.due() {
			if err := v.fetch(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			fetched++
		}
		return fetched
	}
	believed := func(key string) bool {
		claims := map[string]any{"iss": want.Issuer, "aud": "api", "org": "o", "exp": now.Add(time.Hour).Unix()}
		_, err := v.Verify(want, sign(t, jose.ES256, keys[key], key, claims))
		return err == nil
	}
	fetch()
	if !believed("old") || believed("new") {
		t.Error("the key that is published is not the one that counts")
	}
	published = "new"
	if fetch() != 0 {
		t.Error("whoever shows tokens can have keys fetched as often as he likes")
	}
	clock.Step(atOnce)
	if fetch() != 1 || !believed("new") {
		t.Error("a new key is not known soon")
	}
	if believed("old") {
		t.Error("a key that was withdrawn still counts")
	}
	clock.Step(atOnce)
	if fetch() != 1 { // somebody has asked for the old one
		t.Error("a key that is missing is not looked for")
	}
	clock.Step(atOnce)
	if fetch() != 0 {
		t.Error("keys are fetched that nobody misses")
	}
}
