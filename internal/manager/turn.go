package manager

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/controllers/informers"
	"github.com/domicile-dev/domicile/controllers/webhookconfig"
)

const (
	// lookEvery is how often a manager that waits looks whether it may begin: this is
	// how long nobody guards a cluster whose installation is removed while another waits.
	lookEvery = 2 * time.Second
	// askEvery is the same while the API server does not say whose turn it is: it may be
	// starting.
	askEvery = 250 * time.Millisecond
	// lookTimeout bounds one look.
	lookTimeout = 10 * time.Second
)

// turn keeps a manager from beginning anything while the cluster has another
// installation: it would write over what the other one writes. It is alive meanwhile,
// and not ready.
type turn struct {
	config *rest.Config
	own    webhookconfig.Installation
	health string
	clock  clock.WithTicker
	log    logr.Logger

	why atomic.Value // error
}

func newTurn(config *rest.Config, o options, log logr.Logger) *turn {
	return &turn{
		config: config, own: webhookconfig.Installation{Namespace: o.namespace, Name: o.ownerClusterRole},
		health: o.healthAddress, clock: clock.RealClock{}, log: log,
	}
}

// await returns when the webhook configuration belongs to no other installation that
// lives, or when the context ends.
func (t *turn) await(ctx context.Context) error {
	scheme, err := newScheme()
	if err != nil {
		return err
	}
	mapper, err := informers.NewMapper(t.config, nil)
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	c, err := client.New(t.config, client.Options{Scheme: scheme, Mapper: mapper})
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	turns, wait := t.look(ctx, c)
	if turns {
		return nil
	}
	served, err := t.serve(ctx)
	if err != nil {
		return err
	}
	defer served.Close() //nolint:errcheck // the manager listens there next, and says if it cannot
	for {
		timer := t.clock.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C():
		}
		if turns, wait = t.look(ctx, c); turns {
			t.log.Info("Begins: the webhook configuration belongs to nobody else that lives")
			return nil
		}
	}
}

// look says whether this installation may begin, or when to look again. It tells why it
// may not, once.
func (t *turn) look(ctx context.Context, c client.Client) (turns bool, again time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	rival, err := t.own.Rival(ctx, c, c)
	switch {
	case err != nil:
		again = askEvery
	case rival == nil:
		return true, 0
	default:
		err, again = &webhookconfig.TakenError{By: *rival}, lookEvery
	}
	if before, ok := t.why.Load().(*reason); ok && before.Error() == err.Error() {
		return false, again
	}
	t.why.Store(&reason{err})
	t.log.Error(err, "Waits, and changes nothing")
	if taken := (*webhookconfig.TakenError)(nil); errors.As(err, &taken) {
		if err := t.tell(ctx, taken); err != nil {
			t.log.Error(err, "Could not write an event")
		}
	}
	return false, again
}

// reason lets errors of several types be stored in one place.
type reason struct{ error }

// tell writes an event about this installation's Deployment.
func (t *turn) tell(ctx context.Context, taken *webhookconfig.TakenError) error {
	c, err := kubernetes.NewForConfig(t.config)
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	about := corev1.ObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Namespace: t.own.Namespace, Name: t.own.Name}
	if d, err := c.AppsV1().Deployments(about.Namespace).Get(ctx, about.Name, metav1.GetOptions{}); err == nil {
		about.UID = d.UID
	}
	_, err = c.EventsV1().Events(t.own.Namespace).Create(ctx, &eventsv1.Event{
		ObjectMeta: metav1.ObjectMeta{Namespace: t.own.Namespace, GenerateName: "domicile-"},
		EventTime:  metav1.NewMicroTime(t.clock.Now()), Type: corev1.EventTypeWarning,
		Reason: "AnotherInstallation", Action: "Wait", Regarding: about,
		ReportingController: "domicile", ReportingInstance: t.own.String(),
		Note: "This installation waits and changes nothing: " + taken.Error() + ". Uninstall one of them.",
	}, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	return nil
}

// serve answers probes as the manager does when it has begun.
func (t *turn) serve(ctx context.Context) (*http.Server, error) {
	mux := http.NewServeMux()
	server := &http.Server{Handler: mux, ReadHeaderTimeout: readHeaders, IdleTimeout: idle}
	if t.health == "" || t.health == "0" {
		return server, nil
	}
	alive := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) }
	waits := func(w http.ResponseWriter, _ *http.Request) {
		if why, ok := t.why.Load().(*reason); ok {
			http.Error(w, "waits: "+why.Error(), http.StatusServiceUnavailable)
		}
	}
	for path, answer := range map[string]http.HandlerFunc{"/healthz": alive, "/healthz/": alive, "/readyz": waits, "/readyz/": waits} {
		mux.HandleFunc(path, answer)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", t.health)
	if err != nil {
		return nil, fmt.Errorf("answer probes: %w", err)
	}
	go func() { _ = server.Serve(listener) }() // ends with an error when it is closed
	return server, nil
}
