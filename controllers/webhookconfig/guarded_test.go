package webhookconfig

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

// guardedWorld has lantern, which is restricted and binds lantern-too, meridian, which is
// not and binds meridian-too, and murky, of whose party nothing is known.
func guardedWorld(exemptions []v1alpha1.TenantExemption, policies ...v1alpha1.TenantPolicy) *snapshot.Snapshot {
	in := snapshottest.Inputs{
		Policies: policies, Exemptions: exemptions,
		Entities: []v1alpha1.LegalEntity{sample.Entity("lantern", "CN"), sample.Entity("meridian", "NL")},
	}
	for _, name := range []string{"lantern", "meridian", "murky"} {
		tenant := sample.Tenant(name, name, "1")
		tenant.Spec.Namespaces = &v1alpha1.TenantNamespaces{Bound: []string{name + "-too"}}
		in.Tenants = append(in.Tenants, tenant)
	}
	return snapshottest.Compile(in)
}

func bound(name, tenant string) *residency.Namespace {
	return translate.NamespaceOf(name, nil, map[string]string{v1alpha1.TenantAnnotation: tenant})
}

func TestWhichNamespacesAreGuarded(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	later := metav1.NewTime(now.Add(time.Hour))
	known := []*residency.Namespace{
		bound("lantern-ns", "lantern"), bound("meridian-ns", "meridian"), bound("ghost-ns", "ghost"),
		bound("meridian-too", "lantern"), translate.NamespaceOf("plain", nil, nil),
	}
	enforcing := func(e v1alpha1.Enforcement) []v1alpha1.TenantPolicy {
		p := sample.Policy("no-cn", nil)
		p.Spec.Enforcement = e
		return []v1alpha1.TenantPolicy{p}
	}
	selecting := sample.Policy("some", nil)
	selecting.Spec.TenantSelector = sample.Labelled("tier", "paid")
	restricted := []string{"ghost-ns", "lantern-ns", "lantern-too", "meridian-too"}
	for name, tc := range map[string]struct {
		reason     string
		policies   []v1alpha1.TenantPolicy
		exemptions []v1alpha1.TenantExemption
		want       []string
	}{
		"default":       {"by annotation and by the Tenant, and who does not exist is refused as well", []v1alpha1.TenantPolicy{sample.Policy("no-cn", nil)}, nil, restricted},
		"no policy":     {"nobody is refused", nil, nil, nil},
		"warned of":     {"nothing is refused, so the API server need not ask", enforcing(v1alpha1.Enforcement{Restricted: v1alpha1.ActionWarn, TenantNotFound: v1alpha1.ActionAudit}), nil, nil},
		"not known":     {"if that is refused", enforcing(v1alpha1.Enforcement{Indeterminate: v1alpha1.ActionDeny}), nil, []string{"ghost-ns", "lantern-ns", "lantern-too", "meridian-too", "murky-too"}},
		"notice period": {"nobody has to do anything when it ends", enforcing(v1alpha1.Enforcement{EffectiveFrom: &later}), nil, restricted},
		"exempted":      {"nobody has to do anything when it expires", []v1alpha1.TenantPolicy{sample.Policy("no-cn", nil)}, []v1alpha1.TenantExemption{sample.Exemption("licence", later.Time)}, restricted},
		"of others":     {"the policy is not about them", []v1alpha1.TenantPolicy{selecting}, nil, nil},
	} {
		got := guardedNames(guardedWorld(tc.exemptions, tc.policies...).At(now), known, now)
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", name, tc.reason, diff)
		}
	}
}

func renderGuarded(names ...string) []admissionv1.ValidatingWebhook {
	o := testOptions
	o.Guarded = names
	return Render([]v1alpha1.TenantPolicy{sample.Policy("plain", nil)}, o)
}

func TestSecretsOfTooManyNamespacesAreAllAskedAbout(t *testing.T) {
	var names []string
	for i := range maxGuarded + 1 {
		names = append(names, fmt.Sprintf("ns-%04d", i))
	}
	most, all := renderGuarded(names[1:]...), renderGuarded(names...)
	at := slices.IndexFunc(all, func(w admissionv1.ValidatingWebhook) bool { return w.Name == entryGuarded })
	if got, _ := named(&most[at]); len(got) != maxGuarded {
		t.Errorf("%d names, want %d", len(got), maxGuarded)
	}
	if diff := cmp.Diff(testOptions.namespaceSelector(nil), all[at].NamespaceSelector); diff != "" {
		t.Errorf("beyond the bound all are asked about (-want +got):\n%s", diff)
	}
	if !testOptions.asksFor(all, most) || testOptions.asksFor(most, all) {
		t.Error("all are more than most")
	}
}

func TestMoreOrFewerNamespaces(t *testing.T) {
	open := renderGuarded("a", "b")
	open[slices.IndexFunc(open, func(w admissionv1.ValidatingWebhook) bool { return w.Name == entryGuarded })].MatchConditions = nil
	elsewhere := renderGuarded("a", "b")[1:]
	for name, tc := range map[string]struct {
		reason        string
		before, after []admissionv1.ValidatingWebhook
		covers        bool // whether before asks for all that after does
		more          []string
		only          bool
	}{
		"the first":       {"there is an entry now", renderGuarded(), renderGuarded("a"), false, []string{"a"}, true},
		"another":         {"it was not asked about", renderGuarded("a"), renderGuarded("a", "b"), false, []string{"b"}, true},
		"the last":        {"nothing is asked about anew", renderGuarded("a"), renderGuarded(), true, nil, true},
		"one less":        {"nothing is asked about anew", renderGuarded("a", "b"), renderGuarded("a"), true, nil, true},
		"other filters":   {"what else was not asked about is not known", open, renderGuarded("a", "b"), true, nil, false},
		"another webhook": {"what else was not asked about is not known", elsewhere, renderGuarded("a", "b"), false, nil, false},
	} {
		if got := testOptions.asksFor(tc.before, tc.after); got != tc.covers {
			t.Errorf("%s: asks for as much: %t (%s)", name, got, tc.reason)
		}
		got, only := MoreNamespaces(tc.before, tc.after)
		if only != tc.only || !slices.Equal(got, tc.more) {
			t.Errorf("%s: %v, %t, want %v, %t: %s", name, got, only, tc.more, tc.only, tc.reason)
		}
	}
}

func TestGuardedNamespacesAreNotLookedForAllTheTime(t *testing.T) {
	now := clocktesting.NewFakePassiveClock(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
	r := &Reconciler{clock: now}
	first, second := guardedWorld(nil, sample.Policy("no-cn", nil)), guardedWorld(nil)
	for _, step := range []struct {
		reason string
		after  time.Duration
		world  *snapshot.Snapshot
		want   int
		again  time.Duration
	}{
		{"the first is looked at", 0, first, 1, 0},
		{"the next must wait", guardedEvery / 4, second, 1, guardedEvery * 3 / 4},
		{"and is looked at then", guardedEvery * 3 / 4, second, 0, 0},
		{"what comes later is looked at at once", time.Hour, first, 1, 0},
		{"a clock that was set back does not stop it", -time.Hour, second, 0, 0},
	} {
		now.SetTime(now.Now().Add(step.after))
		names, again, err := r.guard(t.Context(), step.world)
		if err != nil || len(names) != step.want || again != step.again {
			t.Errorf("%s: %v, again after %s: %v", step.reason, names, again, err)
		}
	}
}

// TestSecretsOfGuardedNamespacesAreAskedAbout binds a namespace that exists, and sees
// whether the API server asks about what is created in it.
func TestSecretsOfGuardedNamespacesAreAskedAbout(t *testing.T) {
	o := liveOptions()
	o.Namespaces = func(ctx context.Context) ([]*residency.Namespace, error) {
		var list corev1.NamespaceList
		err := server.List(ctx, &list)
		var all []*residency.Namespace
		for i := range list.Items {
			all = append(all, translate.NamespaceOf(list.Items[i].Name, list.Items[i].Labels, list.Items[i].Annotations))
		}
		return all, err
	}
	r := startWith(t, o, nil, "")
	r.holder.Store(guardedWorld(nil, sample.Policy("no-cn", nil)))
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "to-be-guarded"}}
	server.With(t, namespace)
	guards := func(names ...string) func(context.Context) error {
		return func(ctx context.Context) error {
			live, err := liveConfiguration(ctx)
			if err != nil {
				return err
			}
			for i := range live.Webhooks {
				if got, _ := named(&live.Webhooks[i]); live.Webhooks[i].Name == entryGuarded && slices.Equal(got, names) {
					return nil
				}
			}
			return errors.New("other namespaces are guarded")
		}
	}
	apiserver.Eventually(t, "by the Tenant", guards("lantern-too"))
	secret := func(name, namespace string, secretType corev1.SecretType, data map[string][]byte) *corev1.Secret {
		return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Annotations: map[string]string{corev1.ServiceAccountNameKey: "default"}}, Type: secretType, Data: data}
	}
	before := secret("before", namespace.Name, corev1.SecretTypeOpaque, nil)
	server.With(t, before)
	if err := server.Patch(t.Context(), namespace.DeepCopy(), client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"annotations":{"domicile.dev/tenant":"lantern"}}}`))); err != nil {
		t.Fatal(err)
	}
	apiserver.Eventually(t, "by its annotation", guards("lantern-too", namespace.Name))
	apiserver.Eventually(t, "the API server knows it", func(ctx context.Context) error {
		err := server.Create(ctx, secret("probe", namespace.Name, corev1.SecretTypeOpaque, nil), client.DryRunAll)
		if r.asked.Count("secrets/probe") == 0 {
			return fmt.Errorf("nobody is asked: %w", err)
		}
		return nil
	})

	value := map[string][]byte{"token": []byte("a")}
	for _, tc := range []struct {
		reason string
		secret *corev1.Secret
		asked  bool
	}{
		{"without a mark", secret("plain", namespace.Name, corev1.SecretTypeOpaque, nil), true},
		{"Kubernetes fills it", secret("token", namespace.Name, corev1.SecretTypeServiceAccountToken, nil), false},
		{"a token by hand", secret("by-hand", namespace.Name, corev1.SecretTypeServiceAccountToken, value), true},
		{"elsewhere", secret("elsewhere", "default", corev1.SecretTypeOpaque, nil), false},
	} {
		if err := server.Create(t.Context(), tc.secret, client.DryRunAll); err != nil {
			t.Fatal(err)
		}
		if got := r.asked.Count("secrets/"+tc.secret.Name) > 0; got != tc.asked {
			t.Errorf("%s: asked %t, want %t: %s", tc.secret.Name, got, tc.asked, tc.reason)
		}
	}
	for _, step := range []struct {
		reason, patch string
		asked         bool
	}{
		{"a label makes no difference, nor does an outage to it", `{"metadata":{"labels":{"a":"b"}}}`, false},
		{"another key", `{"data":{"a":"eA=="}}`, true},
	} {
		count := r.asked.Count("secrets/before")
		if err := server.Patch(t.Context(), before.DeepCopy(), client.RawPatch("application/merge-patch+json", []byte(step.patch))); err != nil {
			t.Fatal(err)
		}
		if got := r.asked.Count("secrets/before") > count; got != step.asked {
			t.Errorf("asked %t, want %t: %s", got, step.asked, step.reason)
		}
	}
}
