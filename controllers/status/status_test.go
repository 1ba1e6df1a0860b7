package status

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	eventsv1 "k8s.io/api/events/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	snapshotbuilder "github.com/domicile-dev/domicile/controllers/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

// start starts a builder of snapshots and a writer of status, which end with the
// test. A webhook configuration that is there asks for every policy.
func start(t *testing.T, cl clock.WithTicker) *snapshot.Holder {
	t.Helper()
	return startWith(t, cl, nil)
}

// startWith is start with a mirror; nil is none.
func startWith(t *testing.T, cl clock.WithTicker, mirror Mirror) *snapshot.Holder {
	t.Helper()
	holder := &snapshot.Holder{}
	mgr := server.Manager(t, snapshotbuilder.Compact(holder))
	// The builder follows the informers, in real time whatever the clock says.
	builder, err := snapshotbuilder.New(mgr.GetCache(), mgr.GetAPIReader(), holder, clock.RealClock{}, prometheus.NewRegistry(), logr.Discard())
	if err != nil {
		t.Fatal(err)
	}
	writer, err := New(mgr.GetClient(), mgr.GetCache(), holder, Options{
		Configuration: apiserver.Configuration, Mirror: mirror,
		Covers: func(live *admissionv1.ValidatingWebhookConfiguration, _ *v1alpha1.TenantPolicy) bool {
			return live.Name != ""
		},
	}, mgr.GetEventRecorder("domicile"), cl, prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(mgr.Add(builder), writer.SetupWithManager(mgr)); err != nil {
		t.Fatal(err)
	}
	builder.UseRegisters(snapshot.Registers{})
	apiserver.Start(t, mgr)
	return holder
}

// configuration asks for nothing: whether it covers a policy is another package's.
func configuration() *admissionv1.ValidatingWebhookConfiguration {
	return &admissionv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: apiserver.Configuration}}
}

// verdictIs checks the verdict of policy no-cn in a Tenant's status.
func verdictIs(tenant string, want v1alpha1.Verdict) func(context.Context) error {
	return func(ctx context.Context) error {
		var got v1alpha1.Tenant
		if err := server.Get(ctx, client.ObjectKey{Name: tenant}, &got); err != nil {
			return err
		}
		if v := findVerdict(got.Status.Verdicts, "no-cn"); v == nil || v.Verdict != want {
			return fmt.Errorf("tenant %s has verdicts %v, want %s", tenant, got.Status.Verdicts, want)
		}
		if got.Status.ObservedGeneration != got.Generation {
			return fmt.Errorf("tenant %s: status is about generation %d, not %d", tenant, got.Status.ObservedGeneration, got.Generation)
		}
		return nil
	}
}

// policiesAre checks the order of a Tenant's verdicts.
func policiesAre(tenant string, want ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		var got v1alpha1.Tenant
		if err := server.Get(ctx, client.ObjectKey{Name: tenant}, &got); err != nil {
			return err
		}
		var policies []string
		for _, v := range got.Status.Verdicts {
			policies = append(policies, v.Policy)
		}
		if !slices.Equal(policies, want) {
			return fmt.Errorf("the verdicts are of %v, want %v", policies, want)
		}
		return nil
	}
}

func readyIs(o client.Object, conditions func() []metav1.Condition, status metav1.ConditionStatus, reason string) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := server.Get(ctx, client.ObjectKeyFromObject(o), o); err != nil {
			return err
		}
		if c := apimeta.FindStatusCondition(conditions(), v1alpha1.ConditionReady); c == nil || c.Status != status || c.Reason != reason {
			return fmt.Errorf("%s: Ready is %+v, want %s/%s", o.GetName(), c, status, reason)
		}
		return nil
	}
}

func policyReadyIs(name string, status metav1.ConditionStatus, reason string) func(context.Context) error {
	p := &v1alpha1.TenantPolicy{ObjectMeta: metav1.ObjectMeta{Name: name}}
	return readyIs(p, func() []metav1.Condition { return p.Status.Conditions }, status, reason)
}

func entityReadyIs(name string, status metav1.ConditionStatus, reason string) func(context.Context) error {
	e := &v1alpha1.LegalEntity{ObjectMeta: metav1.ObjectMeta{Name: name}}
	return readyIs(e, func() []metav1.Condition { return e.Status.Conditions }, status, reason)
}

func tenantReadyIs(name string, status metav1.ConditionStatus, reason string) func(context.Context) error {
	x := &v1alpha1.Tenant{ObjectMeta: metav1.ObjectMeta{Name: name}}
	return readyIs(x, func() []metav1.Condition { return x.Status.Conditions }, status, reason)
}

// changeEntity changes the spec of a LegalEntity.
func changeEntity(t *testing.T, name string, change func(*v1alpha1.LegalEntity)) {
	t.Helper()
	var e v1alpha1.LegalEntity
	if err := server.Get(t.Context(), client.ObjectKey{Name: name}, &e); err != nil {
		t.Fatal(err)
	}
	before := e.DeepCopy()
	change(&e)
	if err := server.Patch(t.Context(), &e, client.MergeFrom(before)); err != nil {
		t.Fatal(err)
	}
}

func TestStatusFollowsEveryChangeWithoutARestart(t *testing.T) {
	server.With(t, configuration())
	server.With(t, sample.Objects()...)
	holder := start(t, clock.RealClock{})

	apiserver.Eventually(t, "the first verdict", verdictIs("lantern", v1alpha1.VerdictRestricted))
	apiserver.Eventually(t, "the other tenant", verdictIs("meridian", v1alpha1.VerdictClear))
	apiserver.Eventually(t, "the policy is in use", policyReadyIs("no-cn", metav1.ConditionTrue, v1alpha1.ReasonCompiled))
	apiserver.Eventually(t, "what the policy does", func(ctx context.Context) error {
		var p v1alpha1.TenantPolicy
		if err := server.Get(ctx, client.ObjectKey{Name: "no-cn"}, &p); err != nil {
			return err
		}
		s := p.Status
		if s.Tenants == nil || *s.Tenants.Restricted != 1 || *s.Tenants.Clear != 1 || len(s.AnnualValueAffected) != 1 || s.AnnualValueAffected[0].Amount != "1200.50" {
			return fmt.Errorf("status is %+v", s)
		}
		return nil
	})
	revision := holder.Load().Revision

	changeEntity(t, "lantern-sg", func(e *v1alpha1.LegalEntity) { e.Spec.Interests[0].Share = &v1alpha1.Share{Exact: "30"} })
	apiserver.Eventually(t, "a sale of shares", verdictIs("lantern", v1alpha1.VerdictClear))
	if now := holder.Load().Revision; now == revision {
		t.Error("the snapshot has still the same revision")
	}
	apiserver.Eventually(t, "an event on the tenant", func(ctx context.Context) error {
		var list eventsv1.EventList
		if err := server.List(ctx, &list, client.InNamespace(metav1.NamespaceDefault)); err != nil {
			return err
		}
		for _, e := range list.Items {
			if e.Regarding.Name == "lantern" && e.Reason == "VerdictClear" {
				return nil
			}
		}
		return fmt.Errorf("%d events, none of them of the flip", len(list.Items))
	})

	server.Without(t, &v1alpha1.LegalEntity{ObjectMeta: metav1.ObjectMeta{Name: "lantern-group"}})
	apiserver.Eventually(t, "a holder was deleted", entityReadyIs("lantern-sg", metav1.ConditionFalse, v1alpha1.ReasonPartyNotFound))
	server.Without(t, &v1alpha1.LegalEntity{ObjectMeta: metav1.ObjectMeta{Name: "meridian"}})
	apiserver.Eventually(t, "a party was deleted", tenantReadyIs("meridian", metav1.ConditionFalse, v1alpha1.ReasonPartyNotFound))
	apiserver.Eventually(t, "nobody knows", verdictIs("meridian", v1alpha1.VerdictIndeterminate))

	back := sample.Entity("meridian", "NL")
	server.With(t, &back)
	apiserver.Eventually(t, "it came back", tenantReadyIs("meridian", metav1.ConditionTrue, v1alpha1.ReasonCompiled))
}

func TestStatusFollowsTheWebhookConfiguration(t *testing.T) {
	server.With(t, sample.Objects()...)
	start(t, clock.RealClock{})
	apiserver.Eventually(t, "nobody asks yet", policyReadyIs("no-cn", metav1.ConditionFalse, v1alpha1.ReasonWebhookNotReady))
	server.With(t, configuration())
	apiserver.Eventually(t, "it is asked for", policyReadyIs("no-cn", metav1.ConditionTrue, v1alpha1.ReasonCompiled))
	server.Without(t, configuration())
	apiserver.Eventually(t, "nobody asks any more", policyReadyIs("no-cn", metav1.ConditionFalse, v1alpha1.ReasonWebhookNotReady))
}

func TestStatusIsPutBackAndOtherwiseLeftAlone(t *testing.T) {
	server.With(t, sample.Objects()...)
	start(t, clock.RealClock{})
	apiserver.Eventually(t, "the first verdict", verdictIs("lantern", v1alpha1.VerdictRestricted))

	var forged v1alpha1.Tenant
	if err := server.Get(t.Context(), client.ObjectKey{Name: "lantern"}, &forged); err != nil {
		t.Fatal(err)
	}
	since := forged.Status.Verdicts[0].Since
	forged.Status.Verdicts[0].Verdict = v1alpha1.VerdictClear
	if err := server.Status().Update(t.Context(), &forged); err != nil {
		t.Fatal(err)
	}
	apiserver.Eventually(t, "the forged verdict is put back", verdictIs("lantern", v1alpha1.VerdictRestricted))

	// A change that matters to nobody's status writes nobody's status.
	var before, after v1alpha1.Tenant
	if err := server.Get(t.Context(), client.ObjectKey{Name: "lantern"}, &before); err != nil {
		t.Fatal(err)
	}
	if before.Status.Verdicts[0].Since.Before(&since) {
		t.Errorf("since went back from %s to %s", since, before.Status.Verdicts[0].Since)
	}
	changeEntity(t, "meridian", func(e *v1alpha1.LegalEntity) { e.Spec.DisplayName = "Meridian Labs B.V." })
	apiserver.Eventually(t, "the change arrived", func(ctx context.Context) error {
		var e v1alpha1.LegalEntity
		if err := server.Get(ctx, client.ObjectKey{Name: "meridian"}, &e); err != nil {
			return err
		}
		if e.Status.ObservedGeneration != e.Generation {
			return fmt.Errorf("status is about generation %d", e.Status.ObservedGeneration)
		}
		return nil
	})
	if err := server.Get(t.Context(), client.ObjectKey{Name: "lantern"}, &after); err != nil {
		t.Fatal(err)
	}
	if after.ResourceVersion != before.ResourceVersion {
		t.Error("a status was written although nothing in it changed")
	}
}

func TestStatusFollowsTime(t *testing.T) {
	server.With(t, sample.Objects()...)
	other := sample.Policy("zz-no-sg", nil)
	other.Spec.Jurisdictions.Blocked = []v1alpha1.JurisdictionCode{"SG"}
	server.With(t, &other)
	cl := clocktesting.NewFakeClock(sample.BeforeTenth)
	start(t, cl)
	apiserver.Eventually(t, "before the holding begins", verdictIs("lantern", v1alpha1.VerdictClear))
	apiserver.Eventually(t, "the gravest verdict is first", policiesAre("lantern", "zz-no-sg", "no-cn"))
	cl.Step(sample.OnTenth.Sub(sample.BeforeTenth) + time.Second)
	apiserver.Eventually(t, "on the day that it begins", verdictIs("lantern", v1alpha1.VerdictRestricted))
	apiserver.Eventually(t, "the API server keeps the new order", policiesAre("lantern", "no-cn", "zz-no-sg"))
}
