// Package callers lets only those ask the webhook who show that they are an API server:
// with a client certificate, or with a token that the cluster vouches for.
package callers

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
	authenticationclient "k8s.io/client-go/kubernetes/typed/authentication/v1"
	"k8s.io/utils/clock"

	"github.com/domicile-dev/domicile/internal/cut"
)

// Options say how callers show who they are. Without CAFile and Reviews nobody has to.
type Options struct {
	// CAFile has the CAs (PEM) of the certificates that callers show. It is read again
	// whenever it changes. Without it certificates count for nothing.
	CAFile string
	// Reviews is asked about tokens. Without it tokens count for nothing.
	Reviews authenticationclient.TokenReviewInterface
	// URL is https://NAME.NAMESPACE.svc:PORT of the webhook's Service. A token has to be
	// for it, or for it with the path that is called.
	URL string
	// Names are the users who may call: the common name of a certificate, or the
	// user of a token. Without any, every certificate of those CAs will do, and no token.
	Names []string
	// CountOnly answers everybody all the same.
	CountOnly bool

	Registerer prometheus.Registerer
	Log        logr.Logger
	// Clock is for tokens that are remembered; nil for the real one.
	Clock clock.Clock
}

// caller is what is found out about who calls, the label of a metric.
type caller string

const (
	authenticated caller = "Authenticated"
	noCredentials caller = "NoCredentials"
	// badCredentials are not of the CAs, not for this webhook, expired, or forged.
	badCredentials caller = "BadCredentials"
	// notNamed is somebody else.
	notNamed caller = "NotNamed"
	// unverified: the API server did not say what a token is worth.
	unverified caller = "Unverified"
)

var everyCaller = []caller{authenticated, noCredentials, badCredentials, notNamed, unverified}

// method finds out who calls by one kind of credentials. Why it was not found out is for
// the log.
type method func(r *http.Request, path string) (caller, error)

// Guard stands in front of handlers.
type Guard struct {
	methods   []method
	ca        *authorities
	countOnly bool
	calls     *prometheus.CounterVec
	log       logr.Logger
	logged    rate.Sometimes
}

// New makes a Guard, which is to be run as long as it is used. It is an error if the
// file of CAs cannot be read.
func New(o Options) (*Guard, error) {
	g := &Guard{countOnly: o.CountOnly, log: o.Log, logged: rate.Sometimes{First: 1, Interval: 10 * time.Second}}
	g.calls = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "domicile_webhook_calls_total",
		Help: "Calls of the webhook by who called, if callers have to show who they are: one of those who may (Authenticated), or somebody without credentials (NoCredentials), with such that are worth nothing (BadCredentials), who may not call (NotNamed), or whose token the API server could not be asked about (Unverified).",
	}, []string{"caller"})
	for _, c := range everyCaller {
		g.calls.WithLabelValues(string(c))
	}
	if err := o.Registerer.Register(g.calls); err != nil {
		return nil, fmt.Errorf("register the metric of calls: %w", err)
	}
	if o.CAFile != "" {
		var err error
		if g.ca, err = newAuthorities(o.CAFile, o.Names); err != nil {
			return nil, err
		}
		g.methods = append(g.methods, g.ca.caller)
	}
	if o.Reviews != nil {
		if len(o.Names) == 0 {
			return nil, errors.New("whose tokens are good must be named: every Pod can get one for this webhook")
		}
		if o.Clock == nil {
			o.Clock = clock.RealClock{}
		}
		g.methods = append(g.methods, newTokens(o).caller)
	}
	return g, nil
}

// Start reads the file of CAs again whenever it changes, until the context ends.
func (g *Guard) Start(ctx context.Context) error {
	if g.ca == nil {
		<-ctx.Done()
		return nil
	}
	g.ca.run(ctx)
	return nil
}

// NeedLeaderElection says no: every replica is called.
func (g *Guard) NeedLeaderElection() bool { return false }

// TLS asks clients for a certificate. Who shows none, or a wrong one, is told so by an
// answer: health checks show none.
func (g *Guard) TLS(c *tls.Config) {
	if g.ca != nil {
		c.ClientAuth = tls.RequestClientCert
	}
}

// Only lets those call the handler of a path who may.
func (g *Guard) Only(path string, handler http.Handler) http.Handler {
	if len(g.methods) == 0 {
		return handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, reason := g.identify(r, path)
		g.calls.WithLabelValues(string(who)).Inc()
		if who != authenticated {
			g.logged.Do(func() {
				g.log.Info("Somebody called who is no API server", "caller", who, "address", r.RemoteAddr, "reason", reason, "answered", g.countOnly)
			})
			if !g.countOnly {
				refuse(w, who)
				return
			}
		}
		handler.ServeHTTP(w, r)
	})
}

// identify asks every method. Who has good credentials of one kind may have bad ones of
// another.
func (g *Guard) identify(r *http.Request, path string) (caller, string) {
	who, reason := noCredentials, ""
	for _, ask := range g.methods {
		c, err := ask(r, path)
		switch {
		case c == authenticated:
			return c, ""
		case c != noCredentials:
			who = c
		}
		if err != nil {
			reason = cmp.Or(reason, cut.Text(err.Error(), 512))
		}
	}
	return who, reason
}

// refuse says nothing but that somebody else has to ask. What this replica could not find
// out, the next one may: API servers try again after a 503.
func refuse(w http.ResponseWriter, who caller) {
	if who == unverified {
		w.Header().Set("Retry-After", strconv.Itoa(1))
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusUnauthorized)
}
