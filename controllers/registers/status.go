package registers

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	applyv1alpha1 "github.com/domicile-dev/domicile/api/v1alpha1/applyconfiguration/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/apply"
	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/translate"
)

//+kubebuilder:rbac:groups=domicile.dev,resources=ownershipregisters/status,verbs=patch

const (
	maxRefusals       = 10   // OwnershipRegisterStatus.refusals
	maxRemarkKinds    = 16   // OwnershipRegisterStatus.remarks
	maxRemarks        = 10   // RegisterRemark.first
	maxRefusalText    = 512  // bytes, RegisterRefusal.file and record
	maxRefusalMessage = 1024 // bytes, RegisterRefusal.message
)

// StatusWriter writes what this replica's loader found out into the status of
// OwnershipRegisters. It runs on the leader.
type StatusWriter struct {
	client client.Client
	loader *Loader
	events events.EventRecorder
	clock  clock.PassiveClock
	// outdated are the registers of which the status is another one.
	outdated chan event.GenericEvent
}

// NewStatusWriter makes a writer of what the loader found out.
func NewStatusWriter(c client.Client, l *Loader, e events.EventRecorder, cl clock.PassiveClock) *StatusWriter {
	return &StatusWriter{client: c, loader: l, events: e, clock: cl, outdated: make(chan event.GenericEvent)}
}

// SetupWithManager adds the controller.
func (s *StatusWriter) SetupWithManager(mgr ctrl.Manager) error {
	if err := mgr.Add(s); err != nil {
		return fmt.Errorf("add the follower of the register loader: %w", err)
	}
	const name = "ownershipregister"
	err := ctrl.NewControllerManagedBy(mgr).Named(name).For(&v1alpha1.OwnershipRegister{}).
		WatchesRawSource(source.Channel(s.outdated, &handler.EnqueueRequestForObject{})).Complete(reconcile.Func(s.reconcile))
	if err != nil {
		return fmt.Errorf("add the controller of %s: %w", name, err)
	}
	return nil
}

// NeedLeaderElection says yes: there is one writer.
func (s *StatusWriter) NeedLeaderElection() bool { return true }

// Start asks for the reconciliation of every register whenever the loader has
// found something out, until the context ends.
func (s *StatusWriter) Start(ctx context.Context) error {
	for {
		changed := s.loader.changed.Changed()
		var list v1alpha1.OwnershipRegisterList
		if err := s.client.List(ctx, &list, client.UnsafeDisableDeepCopy); err != nil {
			return fmt.Errorf("list OwnershipRegisters: %w", err)
		}
		for i := range list.Items {
			if _, upToDate := s.status(&list.Items[i]); upToDate {
				continue
			}
			select {
			case <-ctx.Done():
				return nil
			case s.outdated <- event.GenericEvent{Object: &list.Items[i]}:
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
	}
}

// status is what a register's status should be, and whether it is that.
func (s *StatusWriter) status(r *v1alpha1.OwnershipRegister) (want v1alpha1.OwnershipRegisterStatus, upToDate bool) {
	p, ok := s.loader.Progress(r.Name)
	if !ok || p.owner != string(r.UID) {
		return want, true // nothing is known yet
	}
	want = v1alpha1.OwnershipRegisterStatus{
		Conditions:         []metav1.Condition{p.ready.Of(v1alpha1.ConditionReady, p.generation)},
		ObservedGeneration: p.generation,
		NextRefresh:        asTime(p.due),
	}
	if e := p.inUse; e != nil {
		want.Entities, want.Interests, want.Problems = ptr.To(e.Parties), ptr.To(e.Interests), ptr.To(e.Problems)
		want.Revision, want.LastSuccess = shortRevision(e.Revision), asTime(e.LoadedAt)
	}
	if p.report != nil {
		want.Refused = ptr.To(p.report.Refused)
		want.Refusals = refusalsOf(p.report.Refusals, maxRefusals)
		for _, of := range p.report.Remarks[:min(len(p.report.Remarks), maxRemarkKinds)] {
			want.Remarks = append(want.Remarks, v1alpha1.RegisterRemark{
				Kind: of.Kind.String(), Count: max(of.Count, 1), First: refusalsOf(of.First, maxRemarks),
			})
		}
	} else if e := p.inUse; e != nil && r.Status.Revision == want.Revision {
		// Read before this replica was started: what was said then holds.
		want.Refused, want.Refusals, want.Remarks = r.Status.Refused, r.Status.Refusals, r.Status.Remarks
	}
	have := r.Status
	have.Conditions = translate.Timeless(have.Conditions, v1alpha1.ConditionReady)
	return want, equality.Semantic.DeepEqual(have, want)
}

// refusalsOf are the first of them, as the status has them.
func refusalsOf(all []register.Refusal, most int) []v1alpha1.RegisterRefusal {
	var first []v1alpha1.RegisterRefusal
	for _, refusal := range all[:min(len(all), most)] {
		first = append(first, v1alpha1.RegisterRefusal{
			File: cut.Text(oneLine(refusal.File), maxRefusalText), Line: max(refusal.Line, 0),
			Record: cut.Text(oneLine(refusal.Record), maxRefusalText), Message: cut.Text(oneLine(refusal.Message), maxRefusalMessage),
		})
	}
	return first
}

func asTime(t time.Time) *metav1.Time {
	if t.IsZero() {
		return nil
	}
	return ptr.To(apply.Time(t))
}

func (s *StatusWriter) reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var r v1alpha1.OwnershipRegister
	if err := s.client.Get(ctx, req.NamespacedName, &r); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	want, upToDate := s.status(&r)
	if upToDate {
		return ctrl.Result{}, nil
	}
	status := applyv1alpha1.OwnershipRegister(r.Name).WithResourceVersion(r.ResourceVersion).WithStatus(applyRegister(&r, want, s.clock.Now()))
	err := apply.Status(ctx, s.client, status)
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return ctrl.Result{}, nil // the cache will tell
	}
	if err != nil {
		return ctrl.Result{}, fmt.Errorf("apply status: %w", err)
	}
	s.tell(&r, want)
	return ctrl.Result{}, nil
}

func applyRegister(r *v1alpha1.OwnershipRegister, want v1alpha1.OwnershipRegisterStatus, now time.Time) *applyv1alpha1.OwnershipRegisterStatusApplyConfiguration {
	status := applyv1alpha1.OwnershipRegisterStatus().WithObservedGeneration(want.ObservedGeneration).
		WithConditions(apply.Conditions(r.Status.Conditions, want.Conditions, now)...)
	status.Entities, status.Interests, status.Problems, status.Refused = want.Entities, want.Interests, want.Problems, want.Refused
	status.LastSuccess, status.NextRefresh = want.LastSuccess, want.NextRefresh
	if want.Revision != "" {
		status.WithRevision(want.Revision)
	}
	for _, r := range want.Refusals {
		status.WithRefusals(applyRefusal(r))
	}
	for _, of := range want.Remarks {
		remark := applyv1alpha1.RegisterRemark().WithKind(of.Kind).WithCount(of.Count)
		for _, r := range of.First {
			remark.WithFirst(applyRefusal(r))
		}
		status.WithRemarks(remark)
	}
	return status
}

func applyRefusal(r v1alpha1.RegisterRefusal) *applyv1alpha1.RegisterRefusalApplyConfiguration {
	refusal := applyv1alpha1.RegisterRefusal().WithFile(r.File).WithMessage(r.Message)
	if r.Line > 0 {
		refusal.WithLine(r.Line)
	}
	if r.Record != "" {
		refusal.WithRecord(r.Record)
	}
	return refusal
}

// tell makes an event of data that is new, and of each new reason why it is not.
func (s *StatusWriter) tell(r *v1alpha1.OwnershipRegister, want v1alpha1.OwnershipRegisterStatus) {
	ready, before := want.Conditions[0], apimeta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionReady)
	switch {
	case ready.Status == metav1.ConditionFalse && (before == nil || before.Reason != ready.Reason):
		s.events.Eventf(r, nil, corev1.EventTypeWarning, ready.Reason, "Load", "%s", cut.Text(ready.Message, maxRefusalMessage))
	case ready.Status == metav1.ConditionTrue && (before == nil || before.Status != ready.Status || r.Status.Revision != want.Revision):
		s.events.Eventf(r, nil, corev1.EventTypeNormal, ready.Reason, "Load", "Revision %s is in use: %d parties, %d interests, %d records refused.",
			want.Revision, *want.Entities, *want.Interests, ptr.Deref(want.Refused, 0))
	}
}
