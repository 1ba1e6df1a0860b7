package definitions

import (
	"context"
	"fmt"
	"slices"
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
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// askAgain is how often rights are looked at: nobody tells when they change.
const askAgain = time.Minute

// access is one thing that Domicile does with kinds, and what it takes.
type access struct {
	verbs func(kinds.Kind) []string
	// is says in which worlds it is done.
	is func(*snapshot.Snapshot) bool
	// yes and no are how the metric calls those with which it may be done, and others.
	yes, no string
	// reason, action and effect are what is told of the latter.
	reason, action, effect string
	grant                  func(kinds.Resource) string

	missing map[kinds.Resource]string // verbs, as they were told
}

// reading takes list for the audit, and get to find out whose a Scale is.
func reading() *access {
	return &access{
		verbs: func(k kinds.Kind) []string {
			if k.Scale {
				return []string{"list", "get"}
			}
			return []string{"list"}
		},
		is:  func(*snapshot.Snapshot) bool { return true },
		yes: "Readable", no: "Unreadable", reason: "KindUnreadable", action: "Read",
		effect: "its objects are not audited, and scaling them up is refused", grant: kinds.Grant,
	}
}

// suspending is done where a policy says so.
func suspending(enabled bool) *access {
	return &access{
		verbs: func(kinds.Kind) []string { return []string{"get", "list", "patch"} },
		is: func(s *snapshot.Snapshot) bool {
			return enabled && slices.ContainsFunc(s.Policies, func(p *residency.Policy) bool { return p.Suspends })
		},
		yes: "Suspendable", no: "Unsuspendable", reason: "KindUnsuspendable", action: "Suspend",
		effect: "its objects are not suspended", grant: kinds.GrantSuspension,
	}
}

// Rights tells of the kinds that hold Pods, and which of them Domicile may not read, or
// not suspend: it has no rights to what it does not know by name, unless somebody gives
// them. The leader alone tells.
type Rights struct {
	reviews   v1.SelfSubjectAccessReviewInterface
	snapshots *snapshot.Holder
	events    events.EventRecorder
	clock     clock.WithTicker
	log       logr.Logger
	found     *prometheus.GaugeVec // by access
	accesses  []*access
}

// NewRights makes a Rights. Suspends says that Domicile was installed with suspension.
func NewRights(reviews v1.SelfSubjectAccessReviewInterface, snapshots *snapshot.Holder, e events.EventRecorder, cl clock.WithTicker, suspends bool, registerer prometheus.Registerer, log logr.Logger) (*Rights, error) {
	found := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "domicile_found_kinds",
		Help: "Kinds that policies cover because they hold Pods by their CustomResourceDefinition, by whether Domicile may read their objects (Readable, Unreadable), and where a policy suspends, whether it may suspend them (Suspendable, Unsuspendable).",
	}, []string{"access"})
	r := &Rights{reviews: reviews, snapshots: snapshots, events: e, clock: cl, log: log, found: found, accesses: []*access{reading(), suspending(suspends)}}
	for _, a := range r.accesses {
		found.WithLabelValues(a.yes)
		found.WithLabelValues(a.no)
	}
	return r, metric.Register(registerer, found)
}

// NeedLeaderElection says yes: one replica tells.
func (r *Rights) NeedLeaderElection() bool { return true }

// Start looks at the rights until the context ends.
func (r *Rights) Start(ctx context.Context) error {
	for ctx.Err() == nil {
		changed := r.snapshots.Changed()
		if w := r.snapshots.Load(); w != nil {
			for _, a := range r.accesses {
				if err := r.look(ctx, a, w); err != nil && ctx.Err() == nil {
					r.log.Error(err, "Could not find out what may be done with kinds", "action", a.action)
				}
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

func (r *Rights) look(ctx context.Context, a *access, w *snapshot.Snapshot) error {
	missing := map[kinds.Resource]string{}
	var found kinds.Found
	if a.is(w) {
		found = w.Objects.Found
	}
	for _, k := range found {
		verbs, err := r.missingVerbs(ctx, k, a.verbs(k))
		if err != nil {
			return err
		}
		of := kinds.Resource{Group: k.Group, Resource: k.Resource}
		if verbs == "" {
			continue
		}
		missing[of] = verbs
		if a.missing[of] != verbs {
			r.tell(a, of, verbs)
		}
	}
	a.missing = missing
	r.found.WithLabelValues(a.yes).Set(float64(len(found) - len(missing)))
	r.found.WithLabelValues(a.no).Set(float64(len(missing)))
	return nil
}

// missingVerbs are those of some that Domicile does not have on a kind.
func (r *Rights) missingVerbs(ctx context.Context, k kinds.Kind, needed []string) (string, error) {
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

func (r *Rights) tell(a *access, of kinds.Resource, verbs string) {
	name := of.Resource + "." + of.Group
	r.log.Info("Rights to a kind that holds Pods are missing", "resource", name, "missingVerbs", verbs,
		"consequence", a.effect, "help", a.grant(of))
	about := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: name}}
	about.SetGroupVersionKind(resource.GroupVersion().WithKind("CustomResourceDefinition"))
	r.events.Eventf(about, nil, corev1.EventTypeWarning, a.reason, a.action,
		"Policies cover %s because it holds Pods, but Domicile may not %s it: %s. %s", name, strings.ReplaceAll(verbs, ", ", " or "),
		a.effect, a.grant(of))
}
