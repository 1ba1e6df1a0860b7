package definitions

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	v1 "k8s.io/client-go/kubernetes/typed/authorization/v1"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"

	"github.com/domicile-dev/domicile/controllers/internal/metric"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

const (
	// askAgain is how often rights are looked at: nobody tells when they change.
	askAgain = time.Minute

	readable   = "Readable"
	unreadable = "Unreadable"
)

// Rights tells of the kinds that hold Pods, and which of them Domicile may not read: it
// has no rights to what it does not know by name, unless somebody gives them. The leader
// alone tells.
type Rights struct {
	reviews   v1.SelfSubjectAccessReviewInterface
	snapshots *snapshot.Holder
	events    events.EventRecorder
	clock     clock.WithTicker
	log       logr.Logger
	found     *prometheus.GaugeVec // by access

	missing map[kinds.Resource]string // verbs, as they were told
}

// NewRights makes a Rights.
func NewRights(reviews v1.SelfSubjectAccessReviewInterface, snapshots *snapshot.Holder, e events.EventRecorder, cl clock.WithTicker, registerer prometheus.Registerer, log logr.Logger) (*Rights, error) {
	found := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "domicile_found_kinds",
		Help: "Kinds that policies cover because they hold Pods by their CustomResourceDefinition, by whether Domicile may read their objects (Readable, Unreadable).",
	}, []string{"access"})
	for _, access := range []string{readable, unreadable} {
		found.WithLabelValues(access)
	}
	r := &Rights{reviews: reviews, snapshots: snapshots, events: e, clock: cl, log: log, found: found, missing: map[kinds.Resource]string{}}
	return r, metric.Register(registerer, found)
}

// NeedLeaderElection says yes: one replica tells.
func (r *Rights) NeedLeaderElection() bool { return true }

// Start looks at the rights until the context ends.
func (r *Rights) Start(ctx context.Context) error {
	for ctx.Err() == nil {
		changed := r.snapshots.Changed()
		if w := r.snapshots.Load(); w != nil {
			if err := r.look(ctx, w.Objects.Found); err != nil && ctx.Err() == nil {
				r.log.Error(err, "Could not find out which kinds may be read")
			}
		}
		timer := r.clock.NewTimer(askAgain)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C():
		}
		timer.Stop()
	}
	return nil
}

func (r *Rights) look(ctx context.Context, found kinds.Found) error {
	missing := map[kinds.Resource]string{}
	for _, k := range found {
		verbs, err := r.missingVerbs(ctx, k)
		if err != nil {
			return err
		}
		of := kinds.Resource{Group: k.Group, Resource: k.Resource}
		if verbs == "" {
			continue
		}
		missing[of] = verbs
		if r.missing[of] != verbs {
			r.tell(k, verbs)
		}
	}
	r.missing = missing
	r.found.WithLabelValues(readable).Set(float64(len(found) - len(missing)))
	r.found.WithLabelValues(unreadable).Set(float64(len(missing)))
	return nil
}

// missingVerbs are what Domicile needs on a kind and does not have: list for the audit,
// and get to find out whose a Scale is.
func (r *Rights) missingVerbs(ctx context.Context, k kinds.Kind) (string, error) {
	needed := []string{"list"}
	if k.Scale {
		needed = append(needed, "get")
	}
	var missing []string
	for _, verb := range needed {
		review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
			ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: verb, Group: k.Group, Resource: k.Resource},
		}}
		answer, err := r.reviews.Create(ctx, review, metav1.CreateOptions{})
		if err != nil {
			return "", fmt.Errorf("ask for the right to %s %s.%s: %w", verb, k.Resource, k.Group, err)
		}
		if !answer.Status.Allowed {
			missing = append(missing, verb)
		}
	}
	return strings.Join(missing, ", "), nil
}

func (r *Rights) tell(k kinds.Kind, verbs string) {
	name := k.Resource + "." + k.Group
	r.log.Info("A kind that holds Pods cannot be read", "resource", name, "missingVerbs", verbs,
		"consequence", "its objects are not audited, and scaling them up is refused", "help", kinds.Grant(kinds.Resource{Group: k.Group, Resource: k.Resource}))
	about := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: name}}
	about.SetGroupVersionKind(resource.GroupVersion().WithKind("CustomResourceDefinition"))
	r.events.Eventf(about, nil, corev1.EventTypeWarning, "KindUnreadable", "Read",
		"Policies cover %s because it holds Pods, but Domicile may not %s it. %s", name, strings.ReplaceAll(verbs, ", ", " or "),
		kinds.Grant(kinds.Resource{Group: k.Group, Resource: k.Resource}))
}
