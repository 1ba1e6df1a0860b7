package manager

import (
	"crypto/tls"
	"errors"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/utils/clock"

	"github.com/domicile-dev/domicile/internal/contact"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

func TestReadinessNeedsSnapshotAndServerUntilTheEnd(t *testing.T) {
	server := &dialled{answer: errors.New("connection refused")}
	r := &readiness{snapshots: &snapshot.Holder{}, contact: contact.New(time.Minute, nil, clock.RealClock{}, logr.Discard()), server: newListening(server, func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return &tls.Certificate{}, nil
	})}
	for _, step := range []struct {
		reason string
		do     func()
		ready  bool
	}{
		{"without a snapshot nothing can be decided", func() {}, false},
		{"the server does not listen yet", func() { r.snapshots.Store(snapshot.New()) }, false},
		{"it can answer", func() { server.answer = nil }, true},
		{"no new connections while shutting down", r.drain, false},
	} {
		step.do()
		if err := r.check(nil); (err == nil) != step.ready {
			t.Errorf("%s: %v", step.reason, err)
		}
	}
}
