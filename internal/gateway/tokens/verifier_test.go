package tokens

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
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
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: id}}, nil)
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
