package manager

import (
	"crypto/tls"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/go-logr/logr/funcr"
	"github.com/google/go-cmp/cmp"
	"k8s.io/utils/clock"
	clocktesting "k8s.io/utils/clock/testing"

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

func TestWhyAReplicaIsNotReadyIsToldOnce(t *testing.T) {
	var log []string
	answer, now := errors.New("no snapshot"), clocktesting.NewFakePassiveClock(time.Unix(1000, 0))
	tells := &told{
		check: func(*http.Request) error { return answer }, clock: now,
		log: funcr.New(func(_, args string) { log = append(log, args) }, funcr.Options{}),
	}
	const ready, late = `"level"=0 "msg"="Ready"`, `"level"=0 "msg"="Not ready" "reason"="`
	for _, step := range []struct {
		reason string
		after  time.Duration
		answer error
		want   []string
	}{
		{"it begins", 0, errors.New("no snapshot"), []string{late + `no snapshot"`}},
		{"nothing new", time.Hour, errors.New("no snapshot"), nil},
		{"another reason", time.Second, errors.New("lost for 11s"), []string{late + `lost for 11s"`}},
		{"one that changes all the time", time.Second, errors.New("lost for 12s"), nil},
		{"and still does", tellAgain, errors.New("lost for 21s"), []string{late + `lost for 21s"`}},
		{"it answers", time.Second, nil, []string{ready}},
		{"it goes on", time.Hour, nil, nil},
		{"at once, when it was ready", 0, errors.New("lost for 11s"), []string{late + `lost for 11s"`}},
	} {
		log = nil
		now.SetTime(now.Now().Add(step.after))
		answer = step.answer
		if err := tells.Check(nil); !errors.Is(err, step.answer) {
			t.Errorf("%s: the answer is %v", step.reason, err)
		}
		if diff := cmp.Diff(step.want, log); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.reason, diff)
		}
	}
}

// TestProbesAreNotLoggedTwice: what controller-runtime says of them has no reason.
func TestProbesAreNotLoggedTwice(t *testing.T) {
	var log []string
	root := logr.New(withoutProbes{funcr.New(func(prefix, args string) { log = append(log, prefix+" "+args) }, funcr.Options{}).GetSink()})
	if root.WithName("healthz").GetSink() == nil {
		t.Error("controller-runtime calls the sink, whatever it is")
	}
	root.WithName("controller-runtime").WithValues("a", "b").WithName("healthz").Info("healthz check failed")
	root.WithName("snapshot").Info("Published")
	if diff := cmp.Diff([]string{`snapshot "level"=0 "msg"="Published"`}, log); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
