package status

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/condition"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

// enforced is a mirror that refuses one tenant or nobody.
type enforced struct {
	mu      sync.Mutex
	tenant  string
	changed snapshot.Broadcast
}

func (e *enforced) refuse(tenant string) {
	e.mu.Lock()
	e.tenant = tenant
	e.mu.Unlock()
	e.changed.Wake()
}

func (e *enforced) Mirrored(string) (condition.State, bool) {
	return condition.True(v1alpha1.ReasonMirrorEnforced, "As it should be."), true
}

func (e *enforced) Refuses(_, tenant string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.tenant == tenant
}

func (e *enforced) Changed() <-chan struct{} { return e.changed.Changed() }

// TestStatusWaitsForTheMirror: nobody reads that somebody is admitted whom an API server
// may still refuse.
func TestStatusWaitsForTheMirror(t *testing.T) {
	mirror := &enforced{tenant: "lantern"}
	server.With(t, append(sample.Objects(), configuration())...)
	startWith(t, clock.RealClock{}, mirror)
	apiserver.Eventually(t, "a policy is mirrored", mirroredIs("no-cn", v1alpha1.ReasonMirrorEnforced))
	apiserver.Eventually(t, "who is refused is told at once", verdictIs("lantern", v1alpha1.VerdictRestricted))

	e := sample.Exemption("licence", time.Now().Add(time.Hour))
	server.With(t, &e)
	exemption := func(status metav1.ConditionStatus, reason string) func(context.Context) error {
		return readyIs(&e, func() []metav1.Condition { return e.Status.Conditions }, status, reason)
	}
	apiserver.Eventually(t, "the exemption waits", exemption(metav1.ConditionFalse, v1alpha1.ReasonMirrorBehind))
	if err := exemptedIs("lantern", "")(t.Context()); err != nil {
		t.Errorf("the tenant's status does not wait: %v", err)
	}
	mirror.refuse("")
	apiserver.Eventually(t, "the exemption is in effect", exemption(metav1.ConditionTrue, v1alpha1.ReasonInEffect))
	apiserver.Eventually(t, "the tenant is exempted", exemptedIs("lantern", "licence"))
}

func mirroredIs(policy, reason string) func(context.Context) error {
	return func(ctx context.Context) error {
		var p v1alpha1.TenantPolicy
		if err := server.Get(ctx, client.ObjectKey{Name: policy}, &p); err != nil {
			return err
		}
		if c := apimeta.FindStatusCondition(p.Status.Conditions, v1alpha1.ConditionMirrored); c == nil || c.Reason != reason {
			return errors.New("it is not said that the policy is mirrored")
		}
		return nil
	}
}

func exemptedIs(tenant, exemption string) func(context.Context) error {
	return func(ctx context.Context) error {
		var got v1alpha1.Tenant
		if err := server.Get(ctx, client.ObjectKey{Name: tenant}, &got); err != nil {
			return err
		}
		if v := findVerdict(got.Status.Verdicts, "no-cn"); v == nil || string(v.Exemption) != exemption {
			return errors.New("another exemption is told")
		}
		return nil
	}
}
