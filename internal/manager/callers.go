package manager

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"

	authenticationclient "k8s.io/client-go/kubernetes/typed/authentication/v1"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	webhookserver "sigs.k8s.io/controller-runtime/pkg/webhook"

	"github.com/domicile-dev/domicile/internal/callers"
)

// checkCallers checks those flags.
func (o *options) checkCallers() error {
	switch {
	case slices.Contains(o.callerNames, ""):
		return errors.New("--caller-name must not be empty")
	case o.callerTokens && len(o.callerNames) == 0:
		return errors.New("--caller-tokens needs --caller-name: every Pod can get a token for the webhook")
	case (o.callerCountOnly || len(o.callerNames) > 0) && !o.callerTokens && o.callerCAFile == "":
		return errors.New("--caller-name and --caller-count-only need --caller-ca-file or --caller-tokens")
	}
	return nil
}

// newGuard makes what lets only API servers ask, as far as flags say how to know them.
func newGuard(config *rest.Config, o options) (*callers.Guard, error) {
	options := callers.Options{
		CAFile: o.callerCAFile, Names: o.callerNames, CountOnly: o.callerCountOnly,
		URL:        "https://" + net.JoinHostPort(o.serviceName+"."+o.namespace+".svc", strconv.Itoa(o.servicePort)),
		Registerer: metrics.Registry, Log: ctrl.Log.WithName("callers"),
	}
	if o.callerTokens {
		client, err := authenticationclient.NewForConfig(config)
		if err != nil {
			return nil, fmt.Errorf("make a client for token reviews: %w", err)
		}
		options.Reviews = client.TokenReviews()
	}
	guard, err := callers.New(options)
	if err != nil {
		return nil, fmt.Errorf("find out who may call: %w", err)
	}
	return guard, nil
}

// guarded is a webhook server whose every handler is for those alone who may call.
type guarded struct {
	webhookserver.Server
	mux   *http.ServeMux
	guard *callers.Guard
}

// Register puts the guard in front of a handler, and leaves out the metrics of
// controller-runtime: they take a fifth as long as the handler, and count nothing that
// API servers and the handlers' own do not.
func (g guarded) Register(path string, handler http.Handler) {
	g.mux.Handle(path, g.guard.Only(path, handler))
}

// addGuard follows who may call.
func (p *parts) addGuard() error {
	if err := p.manager.Add(p.guard); err != nil {
		return fmt.Errorf("add the guard of the webhook: %w", err)
	}
	return nil
}
