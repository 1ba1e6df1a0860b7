package manager

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"sync/atomic"

	"sigs.k8s.io/controller-runtime/pkg/healthz"
	webhookserver "sigs.k8s.io/controller-runtime/pkg/webhook"
)

// listening is the webhook server, and says cheaply whether it answers.
type listening struct {
	webhookserver.Server
	certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	dial        healthz.Checker

	answered atomic.Pointer[tls.Certificate] // what the last dial was answered with
	ended    atomic.Bool
}

// newListening wraps a server that serves with the certificate of that function.
func newListening(server webhookserver.Server, certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *listening {
	return &listening{Server: server, certificate: certificate, dial: server.StartedChecker()}
}

// Start serves until the context ends, or an error does.
func (l *listening) Start(ctx context.Context) error {
	defer l.ended.Store(true)
	return l.Server.Start(ctx)
}

// check is an error unless the server answers. It dials the server, which costs a
// handshake, only until it was answered once with the certificate that is served now:
// nothing else can change while the server runs.
func (l *listening) check(r *http.Request) error {
	if l.ended.Load() {
		return errors.New("the webhook server has ended")
	}
	current, err := l.certificate(nil)
	if err != nil {
		return err
	}
	if l.answered.Load() == current {
		return nil
	}
	if err := l.dial(r); err != nil {
		return err
	}
	l.answered.Store(current)
	return nil
}
