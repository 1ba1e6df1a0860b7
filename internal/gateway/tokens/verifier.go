// Package tokens verifies JSON Web Tokens with the keys of their issuers, which it
// fetches beside the requests: no request waits for an issuer.
package tokens

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/go-logr/logr"
	"k8s.io/utils/clock"

	"github.com/domicile-dev/domicile/internal/call"
)

const (
	// look is how often it is looked whether keys are due.
	look = 5 * time.Second
	// refresh is how old keys become before they are fetched again, and atOnce how old
	// they have to be when a token has a key that is not among them.
	refresh, atOnce = 5 * time.Minute, 15 * time.Second
	// tooOld is when keys that could not be fetched again are not used any more: one
	// that was withdrawn must not count for ever.
	tooOld = time.Hour
	// leeway is how far clocks may be apart.
	leeway  = 30 * time.Second
	maxKeys = 1 << 20
)

// algorithms are those that need no shared secret.
var algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// source is where the keys of an issuer are.
type source struct{ url, configMap string }

type keySet struct {
	keys jose.JSONWebKeySet
	at   time.Time
	// tried is when they were asked for last, wanted that a token has another key.
	tried  time.Time
	wanted bool
}

// Options are what a Verifier needs.
type Options struct {
	Client *http.Client
	// ConfigMap reads jwks.json of a ConfigMap.
	ConfigMap func(ctx context.Context, name string) ([]byte, error)
	// Wanted are the tokens that may come.
	Wanted func() []*call.Token
	Clock  clock.WithTicker
	Log    logr.Logger
}

// Verifier verifies tokens. It is safe for use by many.
type Verifier struct {
	o    Options
	mu   sync.Mutex
	sets map[source]*keySet
}

// New makes a verifier, which knows no keys until it is started.
func New(o Options) *Verifier { return &Verifier{o: o, sets: map[source]*keySet{}} }

func sourceOf(t *call.Token) source { return source{t.JWKSURL, t.ConfigMap} }

// Verify implements gateway.Tokens.
func (v *Verifier) Verify(t *call.Token, presented string) (call.Claims, error) {
	token, err := jwt.ParseSigned(presented, algorithms)
	if err != nil || len(token.Headers) != 1 {
		return nil, call.ErrUnverified
	}
	keys, err := v.keys(sourceOf(t), token.Headers[0].KeyID)
	if err != nil {
		return nil, err
	}
	now := v.o.Clock.Now()
	for _, key := range keys {
		var standard jwt.Claims
		var all call.Claims
		if !key.Valid() || !key.IsPublic() || key.Use == "enc" || token.Claims(key, &standard, &all) != nil {
			continue
		}
		expected := jwt.Expected{Issuer: t.Issuer, AnyAudience: t.Audiences, Time: now}
		if standard.Expiry == nil || len(t.Audiences) == 0 || standard.ValidateWithLeeway(expected, leeway) != nil {
			return nil, call.ErrUnverified
		}
		return all, nil
	}
	return nil, call.ErrUnverified
}

// keys are those that a token may be signed with.
func (v *Verifier) keys(s source, id string) ([]jose.JSONWebKey, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	set := v.sets[s]
	if set == nil || set.at.IsZero() || v.o.Clock.Since(set.at) > tooOld {
		return nil, fmt.Errorf("%w: the keys of the issuer are not known", call.ErrCannotKnow)
	}
	if id == "" {
		return set.keys.Keys, nil
	}
	keys := set.keys.Key(id)
	if len(keys) == 0 {
		set.wanted = true
	}
	return keys, nil
}

// Start fetches keys until the context ends.
func (v *Verifier) Start(ctx context.Context) error {
	ticker := v.o.Clock.NewTicker(look)
	defer ticker.Stop()
	for {
		for _, s := range v.due() {
			if err := v.fetch(ctx, s); err != nil && ctx.Err() == nil {
				v.o.Log.Error(err, "Could not fetch the keys of an issuer", "url", s.url, "configMap", s.configMap)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C():
		}
	}
}

// NeedLeaderElection says no: every replica answers.
func (v *Verifier) NeedLeaderElection() bool { return false }

// due are the sources to be fetched from now.
func (v *Verifier) due() (due []source) {
	v.mu.Lock()
	defer v.mu.Unlock()
	wanted, now := map[source]bool{}, v.o.Clock.Now()
	for _, t := range v.o.Wanted() {
		s := sourceOf(t)
		if s == (source{}) || wanted[s] {
			continue
		}
		wanted[s] = true
		set := v.sets[s]
		if set == nil {
			set = &keySet{}
			v.sets[s] = set
		}
		age := refresh
		if set.wanted || set.at.IsZero() || s.configMap != "" || now.Sub(set.at) > refresh {
			age = atOnce
		}
		if set.tried.IsZero() || now.Sub(set.tried) >= age {
			set.tried, set.wanted = now, false
			due = append(due, s)
		}
	}
	for s := range v.sets {
		if !wanted[s] {
			delete(v.sets, s)
		}
	}
	return due
}

func (v *Verifier) fetch(ctx context.Context, s source) error {
	at := v.o.Clock.Now()
	text, err := v.read(ctx, s)
	if err != nil {
		return err
	}
	var keys jose.JSONWebKeySet
	if err := json.Unmarshal(text, &keys); err != nil {
		return fmt.Errorf("read the keys: %w", err)
	}
	if len(keys.Keys) == 0 {
		return errors.New("there is no key among them")
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if set := v.sets[s]; set != nil {
		set.keys, set.at = keys, at
	}
	return nil
}

func (v *Verifier) read(ctx context.Context, s source) ([]byte, error) {
	if s.configMap != "" {
		return v.o.ConfigMap(ctx, s.configMap)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	response, err := v.o.Client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("fetch the keys: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch the keys: status %d", response.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxKeys))
	if err != nil {
		return nil, fmt.Errorf("fetch the keys: %w", err)
	}
	return text, nil
}
