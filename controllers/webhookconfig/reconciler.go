package webhookconfig

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/utils/clock"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/apply"
	"github.com/domicile-dev/domicile/controllers/internal/election"
	"github.com/domicile-dev/domicile/controllers/internal/metric"
	"github.com/domicile-dev/domicile/controllers/internal/owner"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

const (
	// Name is the name of the webhook configuration.
	Name = "domicile"

	// checkOwner is how often the owner is looked up when nothing happens, and
	// rememberOwner for how long it is not looked up again where nothing is to be written.
	checkOwner    = 10 * time.Minute
	rememberOwner = time.Minute
)

// How somebody else changes the configuration.
const (
	edited  = "edited"
	deleted = "deleted"
)

//+kubebuilder:rbac:groups=admissionregistration.k8s.io,resources=validatingwebhookconfigurations,resourceNames=domicile,verbs=get;list;watch;create;update;patch
//+kubebuilder:rbac:groups=rbac.authorization.k8s.io,resources=clusterroles,resourceNames=domicile,verbs=get
//+kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// Reconciler keeps the webhook configuration as the policies need
// it, and puts it back when somebody changes it. Admission cannot guard its own
// configuration: whoever may edit it turns Domicile off until the next
// reconciliation, so each repair is logged, counted and made an event.
//
// The leader keeps it. Every other replica guards it, so that nobody gains anything
// from the time without a leader (see guards).
type Reconciler struct {
	client   client.Client
	live     client.Reader
	holder   *snapshot.Holder
	cas      CAs
	elected  election.Elected
	clock    clock.PassiveClock
	options  Options
	owner    string // ClusterRole; "" for none
	events   events.EventRecorder
	restored *prometheus.CounterVec // by change

	// applied is the configuration as it stood after the last write. Only one
	// goroutine reconciles.
	applied *admissionv1.ValidatingWebhookConfiguration
	// owners are who the owner was when it was last looked up.
	owners struct {
		at         time.Time
		references []metav1.OwnerReference
	}
	// guarded are the namespaces of which all Secrets are asked about.
	guarded guarded
	// weak is since when a replica that does not lead has seen too little asked.
	weak time.Time
	// tenure ends when another installation has the configuration.
	tenure tenure
}

// CAs are whom API servers should trust.
type CAs interface {
	// Bundle is the CAs in PEM; empty until they are known.
	Bundle() []byte
	// Changed returns a channel that is closed when Bundle is another one.
	Changed() <-chan struct{}
}

// New makes a reconciler that renders what the builder's
// policies need. The configuration is owned by the ClusterRole, so that it is
// garbage-collected with the installation; "" leaves it without an owner. This replica
// leads as soon as elected is closed.
func New(c client.Client, live client.Reader, h *snapshot.Holder, cas CAs, elected <-chan struct{}, o Options, clusterRole string, e events.EventRecorder, cl clock.PassiveClock, registerer prometheus.Registerer) (*Reconciler, error) {
	restored := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "domicile_webhook_configuration_restored_total",
		Help: "How often somebody else changed the webhook configuration and it was put back.",
	}, []string{"change"})
	for _, change := range []string{edited, deleted} { // alerts want to see the first increase
		restored.WithLabelValues(change)
	}
	r := &Reconciler{client: c, live: live, holder: h, cas: cas, elected: elected, clock: cl, options: o, owner: clusterRole, events: e, restored: restored, tenure: make(tenure, 1)}
	return r, metric.Register(registerer, restored)
}

// SetupWithManager watches the configuration, the world, whose Namespaces are and the CAs.
func (r *Reconciler) SetupWithManager(mgr ctrl.Manager) error {
	if err := mgr.Add(r.tenure); err != nil {
		return fmt.Errorf("watch whose the webhook configuration is: %w", err)
	}
	b := ctrl.NewControllerManagedBy(mgr).Named("webhookconfiguration").
		For(&admissionv1.ValidatingWebhookConfiguration{}).
		WatchesMetadata(&corev1.Namespace{}, handler.EnqueueRequestsFromMapFunc(theConfiguration), builder.WithPredicates(predicate.AnnotationChangedPredicate{})).
		WatchesRawSource(onChange(r.holder.Changed)).
		WatchesRawSource(onChange(r.cas.Changed)).
		WatchesRawSource(onChange(r.elected.Pending)).
		WithOptions(controller.Options{NeedLeaderElection: ptr.To(false)})
	if r.options.Mirror != nil {
		b = b.WatchesRawSource(onChange(r.options.Mirror.WorksChanged))
	}
	return b.Complete(r)
}

// theConfiguration is what there is to look at, whatever has changed.
func theConfiguration(context.Context, client.Object) []reconcile.Request {
	return []reconcile.Request{{NamespacedName: client.ObjectKey{Name: Name}}}
}

// onChange asks for the configuration whenever something changes, and once at the start.
func onChange(changed func() <-chan struct{}) source.Source {
	return source.Func(func(ctx context.Context, q workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
		go func() {
			for {
				next := changed()
				q.Add(reconcile.Request{NamespacedName: client.ObjectKey{Name: Name}})
				select {
				case <-ctx.Done():
					return
				case <-next:
				}
			}
		}()
		return nil
	})
}

// Reconcile compares the configuration with what the policies need and applies
// the difference.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	known := r.clock.Since(r.owners.at) < rememberOwner
	want, wait, err := r.render(ctx, known)
	again := ctrl.Result{RequeueAfter: cmp.Or(wait, checkOwner)}
	if err != nil || want == nil {
		return again, err
	}
	var cached admissionv1.ValidatingWebhookConfiguration
	if err := r.client.Get(ctx, client.ObjectKeyFromObject(want), &cached); client.IgnoreNotFound(err) != nil {
		return ctrl.Result{}, fmt.Errorf("read the webhook configuration: %w", err)
	} else if err == nil && asWanted(&cached, want) {
		r.applied = &cached // also of another replica, for when this one takes over
		r.weak = time.Time{}
		return again, nil
	}
	if known { // what is written names the owner that there is
		r.owners.at = time.Time{}
		return r.Reconcile(ctx, request)
	}
	// The cache may be behind our own last write: what counts is what is there.
	var live admissionv1.ValidatingWebhookConfiguration
	if err := r.live.Get(ctx, client.ObjectKeyFromObject(want), &live); client.IgnoreNotFound(err) != nil {
		return ctrl.Result{}, fmt.Errorf("read the webhook configuration: %w", err)
	} else if err == nil && asWanted(&live, want) {
		r.weak = time.Time{}
		return again, nil
	}
	if rival, err := r.rival(ctx, &live); err != nil || rival {
		return ctrl.Result{}, err
	}
	if left := r.guards(&live, want); left > 0 {
		return ctrl.Result{RequeueAfter: min(left, again.RequeueAfter)}, nil
	}
	change := r.foreignChange(&live)
	if err := r.apply(ctx, want); err != nil {
		return ctrl.Result{}, err
	}
	if change != "" {
		r.alert(ctx, change, owner.ChangedBy(live.ManagedFields, string(apply.Owner)))
	}
	return again, nil
}

// rival says whether the configuration belongs to another installation that lives. That
// ends this program.
func (r *Reconciler) rival(ctx context.Context, live *admissionv1.ValidatingWebhookConfiguration) (bool, error) {
	own := Installation{Namespace: r.options.Namespace, Name: r.owner}
	other, err := own.rivalIn(ctx, r.live, r.client, live)
	if err != nil || other == nil {
		return false, err
	}
	r.tenure.lost(*other)
	return true, nil
}

// render returns the configuration as it should be, or nil when there should be
// none: before anybody can answer, and once the installation is being removed. It says
// when it should be otherwise; 0 is not before something changes. The owner may be known.
func (r *Reconciler) render(ctx context.Context, known bool) (*admissionv1.ValidatingWebhookConfiguration, time.Duration, error) {
	log := logr.FromContextOrDiscard(ctx)
	current, bundle := r.holder.Load(), r.cas.Bundle()
	if current == nil || len(bundle) == 0 {
		log.V(1).Info("The webhook cannot answer yet: not writing its configuration")
		return nil, 0, nil
	}
	owners, err := r.ownersOf(ctx, known)
	if errors.Is(err, owner.ErrGone) {
		log.Info("The owner of the webhook configuration is gone: leaving the configuration alone", "clusterRole", r.owner)
		return nil, 0, nil
	} else if err != nil {
		return nil, 0, err
	}
	o := r.options
	o.Bundle, o.Found = bundle, current.Objects.Found
	if o.Mirror == nil || !o.Mirror.Works() {
		o.FailurePolicy = admissionv1.Fail
	}
	var wait time.Duration
	if o.Guarded, wait, err = r.guard(ctx, current); err != nil {
		return nil, 0, err
	}
	return &admissionv1.ValidatingWebhookConfiguration{
		TypeMeta: metav1.TypeMeta{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: "ValidatingWebhookConfiguration"},
		ObjectMeta: metav1.ObjectMeta{
			Name: Name,
			Labels: map[string]string{
				"app.kubernetes.io/name":       "domicile",
				"app.kubernetes.io/managed-by": "domicile",
				versionLabel:                   o.Version,
			},
			Annotations:     o.Annotations,
			OwnerReferences: owners,
		},
		Webhooks: Render(policiesOf(current), o),
	}, wait, nil
}

// ownersOf are the owners of the configuration: as they were last seen, or as they are.
func (r *Reconciler) ownersOf(ctx context.Context, known bool) ([]metav1.OwnerReference, error) {
	if known {
		return r.owners.references, nil
	}
	references, err := owner.References(ctx, r.live, r.owner)
	if err == nil {
		r.owners.at, r.owners.references = r.clock.Now(), references
	}
	return references, err
}

// apply writes the configuration. Server-side apply keeps what others own, and
// lists of ours may have grown entries of theirs that let requests past: what is
// still not as wanted is replaced.
func (r *Reconciler) apply(ctx context.Context, want *admissionv1.ValidatingWebhookConfiguration) error {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(want)
	if err != nil {
		return fmt.Errorf("render the webhook configuration: %w", err)
	}
	applied := &unstructured.Unstructured{Object: content}
	if err := r.client.Apply(ctx, client.ApplyConfigurationFromUnstructured(applied), client.ForceOwnership, apply.Owner); err != nil {
		return fmt.Errorf("apply the webhook configuration: %w", err)
	}
	var got admissionv1.ValidatingWebhookConfiguration
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(applied.Object, &got); err != nil {
		return fmt.Errorf("read the webhook configuration: %w", err)
	}
	if !asWanted(&got, want) {
		got.Webhooks = want.Webhooks
		if err := r.client.Update(ctx, &got, apply.Owner); err != nil {
			return fmt.Errorf("replace the webhook configuration: %w", err)
		}
	}
	r.applied = &got
	logr.FromContextOrDiscard(ctx).Info("Applied the webhook configuration", "entries", len(want.Webhooks))
	return nil
}

// asWanted says whether the configuration asks for exactly what it should.
func asWanted(got, want *admissionv1.ValidatingWebhookConfiguration) bool {
	if !equality.Semantic.DeepEqual(got.Webhooks, want.Webhooks) || got.Labels[versionLabel] != want.Labels[versionLabel] {
		return false
	}
	for name, value := range want.Annotations {
		if got.Annotations[name] != value {
			return false
		}
	}
	return owner.Owns(got.OwnerReferences, want.OwnerReferences)
}

// foreignChange says how somebody else changed the configuration since it was
// last written: edited, deleted or not at all.
func (r *Reconciler) foreignChange(live *admissionv1.ValidatingWebhookConfiguration) string {
	switch {
	case r.applied == nil:
		return ""
	case live.Name == "":
		return deleted
	case live.UID != r.applied.UID, !asWanted(live, r.applied):
		return edited
	default:
		return ""
	}
}

func (r *Reconciler) alert(ctx context.Context, change, by string) {
	logr.FromContextOrDiscard(ctx).Info("Somebody changed the webhook configuration: put it back", "change", change, "fieldManager", by)
	r.restored.WithLabelValues(change).Inc()
	r.events.Eventf(r.applied, nil, corev1.EventTypeWarning, "WebhookConfigurationRestored", "Restore",
		"The webhook configuration was %s by %s. It has been put back.", change, by)
}

// policiesOf are all policies of a snapshot, by name.
func policiesOf(s *snapshot.Snapshot) []v1alpha1.TenantPolicy {
	all := make([]v1alpha1.TenantPolicy, 0, len(s.Policies))
	for _, p := range s.Policies {
		if compiled, ok := s.Objects.Policies.Get(p.Name); ok {
			all = append(all, v1alpha1.TenantPolicy{ObjectMeta: metav1.ObjectMeta{Name: p.Name}, Spec: compiled.Spec})
		}
	}
	return all
}
