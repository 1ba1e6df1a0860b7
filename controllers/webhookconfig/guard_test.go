package webhookconfig

import (
	"context"
	"slices"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

// TestWhoDoesNotLeadGuardsTheConfiguration has no leader at all.
func TestWhoDoesNotLeadGuardsTheConfiguration(t *testing.T) {
	plain := sample.Policy("plain", nil)
	r := startReplica(t, make(chan struct{}), "", plain)
	apiserver.Eventually(t, "there is none at first", rendered(r, plain))
	for name, attack := range map[string]func(context.Context) error{
		"deleted": func(ctx context.Context) error { return server.Delete(ctx, configuration()) },
		"emptied": func(ctx context.Context) error {
			c, err := liveConfiguration(ctx)
			if err != nil {
				return err
			}
			c.Webhooks = nil
			return server.Update(ctx, c)
		},
	} {
		if err := attack(t.Context()); err != nil {
			t.Fatal(err)
		}
		apiserver.Eventually(t, name, rendered(r, plain))
	}
}

func TestWhatGuardsLeaveAlone(t *testing.T) {
	options := testOptions
	options.Version = "v2"
	policies := []v1alpha1.TenantPolicy{sample.Policy("plain", nil)}
	want := &admissionv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: Name, Labels: map[string]string{versionLabel: "v2"}}, Webhooks: Render(policies, options),
	}
	edited := func(change func(*admissionv1.ValidatingWebhookConfiguration)) *admissionv1.ValidatingWebhookConfiguration {
		c := want.DeepCopy()
		change(c)
		return c
	}
	ignore := admissionv1.Ignore
	for name, tc := range map[string]struct {
		reason string
		leads  bool
		live   *admissionv1.ValidatingWebhookConfiguration
		first  time.Duration // how long it is left alone, and again after guardAfter
		then   time.Duration
	}{
		"the leader":          {"it keeps the configuration", true, edited(func(c *admissionv1.ValidatingWebhookConfiguration) { c.Webhooks = nil }), 0, 0},
		"there is none":       {"nobody is asked, and the leader is faster alone", false, &admissionv1.ValidatingWebhookConfiguration{}, guardDeleted, 0},
		"and it leads":        {"nobody is asked", true, &admissionv1.ValidatingWebhookConfiguration{}, 0, 0},
		"emptied":             {"as above; the leader is given time", false, edited(func(c *admissionv1.ValidatingWebhookConfiguration) { c.Webhooks = nil }), guardAfter, 0},
		"an entry is missing": {"as above", false, edited(func(c *admissionv1.ValidatingWebhookConfiguration) { c.Webhooks = c.Webhooks[1:] }), guardAfter, 0},
		"fails open":          {"an outage admits everything", false, edited(func(c *admissionv1.ValidatingWebhookConfiguration) { c.Webhooks[0].FailurePolicy = &ignore }), guardAfter, 0},
		"another CA":          {"somebody else answers, or nobody", false, edited(func(c *admissionv1.ValidatingWebhookConfiguration) { c.Webhooks[0].ClientConfig.CABundle = []byte("x") }), guardAfter, 0},
		"a CA besides": {"the leader remembers one that was before; replicas that do not would take turns with it", false, edited(func(c *admissionv1.ValidatingWebhookConfiguration) {
			for i := range c.Webhooks {
				c.Webhooks[i].ClientConfig.CABundle = append(slices.Clone(c.Webhooks[i].ClientConfig.CABundle), "\nanother"...)
			}
		}), checkOwner, checkOwner},
		"a rule is missing": {"what it asked about passes", false, edited(func(c *admissionv1.ValidatingWebhookConfiguration) {
			c.Webhooks[0].Rules = c.Webhooks[0].Rules[1:]
		}), guardAfter, 0},
		"another version": {"replicas of a rolling upgrade would take turns", false, edited(func(c *admissionv1.ValidatingWebhookConfiguration) {
			c.Labels[versionLabel], c.Webhooks = "v1", c.Webhooks[1:]
		}), checkOwner, checkOwner},
		"it asks for more": {"the leader may know a newer policy", false, edited(func(c *admissionv1.ValidatingWebhookConfiguration) {
			more := c.Webhooks[0].Rules[0].DeepCopy()
			more.Resources = []string{"widgets"}
			c.Webhooks[0].Rules = append(c.Webhooks[0].Rules, *more)
		}), checkOwner, checkOwner},
	} {
		elected := make(chan struct{})
		if tc.leads {
			close(elected)
		}
		now := clocktesting.NewFakePassiveClock(time.Now())
		r := &Reconciler{elected: elected, options: options, clock: now}
		if got := r.guards(tc.live, want); got != tc.first {
			t.Errorf("%s: left alone for %s, want %s (%s)", name, got, tc.first, tc.reason)
		}
		now.SetTime(now.Now().Add(guardAfter))
		if got := r.guards(tc.live, want); got != tc.then {
			t.Errorf("%s: later left alone for %s, want %s (%s)", name, got, tc.then, tc.reason)
		}
	}
}
