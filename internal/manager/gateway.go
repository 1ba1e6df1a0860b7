package manager

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/domicile-dev/domicile/controllers/informers"
	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/contact"
	"github.com/domicile-dev/domicile/internal/gateway"
	"github.com/domicile-dev/domicile/internal/gateway/flips"
	"github.com/domicile-dev/domicile/internal/gateway/keys"
	"github.com/domicile-dev/domicile/internal/gateway/tokens"
	"github.com/domicile-dev/domicile/internal/kinds"
)

// gatewayParts are the parts of the gateway.
type gatewayParts struct {
	core
	options   gatewayOptions
	keys      *keys.Table
	followers []*contact.Followed
	readiness *gatewayReadiness
	flips     *flips.Feed
}

func executeGateway(ctx context.Context, args []string) error {
	o, err := parseGatewayFlags(args, os.Stderr)
	return executeWith(&o.options, err, func() error { return runGateway(ctx, o) })
}

// runGateway puts the gateway together, and runs it until the context ends.
func runGateway(ctx context.Context, o gatewayOptions) error {
	secret, err := o.digestKey()
	if err != nil {
		return err
	}
	c, err := begin("gateway", "domicile-gateway", o.options)
	if err != nil {
		return err
	}
	p := gatewayParts{core: c, options: o, keys: keys.NewTable(secret), flips: flips.New(c.snapshots, c.clock)}
	p.readiness = &gatewayReadiness{parts: &p}
	for _, add := range []func(context.Context) error{
		p.newManager, p.addSnapshots, p.addKeys, p.addServers,
		func(context.Context) error { return p.addProbes("gateway", p.readiness.check) },
	} {
		if err := add(ctx); err != nil {
			return err
		}
	}
	return serve(ctx, p.manager, p.readiness, o.shutdownDelay)
}

func (p *gatewayParts) newManager(ctx context.Context) error {
	o, err := p.managerOptions(ctx, informers.Options{WorldOnly: true})
	if err != nil {
		return err
	}
	o.Metrics.ExtraHandlers = map[string]http.Handler{flips.Path: p.flips}
	return p.core.newManager(o)
}

func (p *gatewayParts) addSnapshots(context.Context) error {
	if _, err := p.addWorld(); err != nil {
		return err
	}
	p.builder.UseKinds(kinds.Found{}) // API requests are of no kind
	return p.add(p.flips)
}

// addKeys adds what follows the Secrets of API keys.
func (p *gatewayParts) addKeys(context.Context) error {
	namespaces := p.options.keyNamespaces
	if len(namespaces) == 0 {
		namespaces = []string{corev1.NamespaceAll}
	}
	for _, namespace := range namespaces {
		source := keys.Source{Namespace: namespace}
		if slices.Contains(p.options.valueNamespaces, namespace) {
			source.Values = p.options.valueNames
		}
		f, err := keys.Follow(p.config, p.manager.GetHTTPClient(), p.contact, p.keys, source)
		if err != nil {
			return fmt.Errorf("follow API keys: %w", err)
		}
		p.followers = append(p.followers, f)
		if err := p.add(f); err != nil {
			return err
		}
	}
	return nil
}

// fresh is an error while what is known may be too old to decide from.
func (p *gatewayParts) fresh() error {
	if err := p.contact.Check(); err != nil {
		return err
	}
	for _, f := range p.followers {
		if err := f.Check(); err != nil {
			return err
		}
	}
	return nil
}

// newGateway makes what answers.
func (p *gatewayParts) newGateway(ctx context.Context, observe func(gateway.Answer)) (*gateway.Gateway, error) {
	namespaces, err := newWatchedNamespaces(ctx, p.manager.GetCache())
	if err != nil {
		return nil, err
	}
	verifier, err := p.newVerifier()
	if err != nil {
		return nil, err
	}
	return gateway.New(gateway.Options{
		Snapshots: p.snapshots, Keys: p.keys, Namespaces: namespaces, Tokens: verifier, Fresh: p.fresh, Clock: p.clock.Now, Observe: observe,
	}), p.add(verifier)
}

func (p *gatewayParts) newVerifier() (*tokens.Verifier, error) {
	clients, err := kubernetes.NewForConfigAndClient(p.config, p.manager.GetHTTPClient())
	if err != nil {
		return nil, fmt.Errorf("make a client for ConfigMaps: %w", err)
	}
	return tokens.New(tokens.Options{
		Client:    newJWKSClient(),
		ConfigMap: jwksIn(clients.CoreV1().ConfigMaps(p.options.namespace)),
		Wanted: func() (wanted []*call.Token) {
			current := p.snapshots.Load()
			if current == nil {
				return nil
			}
			for _, a := range current.Objects.AccessPoints.All() {
				for i := range a.Point.Ways {
					if t := a.Point.Ways[i].Token; t != nil {
						wanted = append(wanted, t)
					}
				}
			}
			return wanted
		},
		Clock: p.clock, Log: ctrl.Log.WithName("tokens"),
	}), nil
}

// gatewayReadiness says whether this replica can answer.
type gatewayReadiness struct {
	parts    *gatewayParts
	draining atomic.Bool
}

func (r *gatewayReadiness) drain() { r.draining.Store(true) }

// check is an error until everything is known that answers are made from.
func (r *gatewayReadiness) check(*http.Request) error {
	switch {
	case r.draining.Load():
		return errors.New("shutting down")
	case r.parts.snapshots.Load() == nil:
		return errors.New("the first snapshot has not been built yet")
	default:
		return r.parts.fresh()
	}
}
