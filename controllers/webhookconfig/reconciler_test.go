package webhookconfig

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	admissionv1ac "k8s.io/client-go/applyconfigurations/admissionregistration/v1"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/certificate"
	"github.com/domicile-dev/domicile/controllers/internal/owner"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

// replica keeps the configuration as the policies need it that are published.
type replica struct {
	reconciler *Reconciler
	store      *certificate.Store
	holder     *snapshot.Holder
	asked      *apiserver.Calls
	stop       func()
}

// liveOptions are testOptions with the port that the webhook listens on.
func liveOptions() Options {
	o := testOptions
	o.Port, o.Bundle = server.Port, nil
	return o
}

// start starts a replica with a certificate and a webhook that answers, which ends
// with the test.
func start(t *testing.T, owner string, policies ...v1alpha1.TenantPolicy) *replica {
	t.Helper()
	return startReplica(t, nil, owner, policies...)
}

// startReplica starts one that leads as soon as elected is closed; nil is at once.
func startReplica(t *testing.T, elected <-chan struct{}, owner string, policies ...v1alpha1.TenantPolicy) *replica {
	t.Helper()
	return startWith(t, liveOptions(), elected, owner, policies...)
}

func startWith(t *testing.T, o Options, elected <-chan struct{}, owner string, policies ...v1alpha1.TenantPolicy) *replica {
	t.Helper()
	r, mgr := prepare(t, o, elected, owner, policies...)
	r.stop = apiserver.Start(t, mgr)
	r.asked = server.Answer(t, r.store.GetCertificate)
	return r
}

// prepare makes one that is still to be started.
func prepare(t *testing.T, o Options, elected <-chan struct{}, owner string, policies ...v1alpha1.TenantPolicy) (*replica, manager.Manager) {
	t.Helper()
	server.With(t, apiserver.EmptySecret())
	r := &replica{store: &certificate.Store{}, holder: &snapshot.Holder{}}
	r.publish(policies...)
	mgr, registry := server.Manager(t, nil), prometheus.NewRegistry()
	certificates, err := certificate.New(mgr.GetClient(), certificate.Options{
		Namespace: apiserver.Namespace, Secret: apiserver.Secret, Service: apiserver.Service, Configuration: Name, SelfSigned: true,
	}, r.store, clock.RealClock{}, registry)
	if err != nil {
		t.Fatal(err)
	}
	if elected == nil {
		elected = mgr.Elected()
	}
	r.reconciler, err = New(mgr.GetClient(), mgr.GetAPIReader(), r.holder, r.store, elected, o, owner, mgr.GetEventRecorder("domicile"), clock.RealClock{}, registry)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(certificates.SetupWithManager(mgr), r.reconciler.SetupWithManager(mgr)); err != nil {
		t.Fatal(err)
	}
	// Nobody answers afterwards: what is left would refuse the next test.
	t.Cleanup(func() { server.Without(t, configuration()) })
	return r, mgr
}

func (r *replica) publish(policies ...v1alpha1.TenantPolicy) {
	r.holder.Store(snapshottest.Compile(snapshottest.Inputs{Policies: policies}))
}

func configuration() *admissionv1.ValidatingWebhookConfiguration {
	return &admissionv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: Name}}
}

func liveConfiguration(ctx context.Context) (*admissionv1.ValidatingWebhookConfiguration, error) {
	c := configuration()
	return c, server.Get(ctx, client.ObjectKeyFromObject(c), c)
}

// rendered checks that the configuration is what these policies need.
func rendered(r *replica, policies ...v1alpha1.TenantPolicy) func(context.Context) error {
	return func(ctx context.Context) error {
		live, err := liveConfiguration(ctx)
		if err != nil {
			return err
		}
		o := liveOptions()
		o.Bundle = r.store.Bundle()
		if !asWanted(live, &admissionv1.ValidatingWebhookConfiguration{Webhooks: Render(policies, o)}) {
			return errors.New("the configuration is another one")
		}
		for i := range policies {
			if !o.Covers(live, &policies[i]) {
				return fmt.Errorf("it does not ask for all that %s covers", policies[i].Name)
			}
		}
		return nil
	}
}

func TestConfigurationFollowsThePolicies(t *testing.T) {
	r := start(t, "")
	apiserver.Eventually(t, "no policy", rendered(r))

	plain := sample.Policy("plain", nil)
	r.publish(plain)
	apiserver.Eventually(t, "a policy", rendered(r, plain))

	wide := sample.Policy("wide", &v1alpha1.Match{
		APIKeys:   []string{"token"},
		Resources: []v1alpha1.ResourceRule{{APIGroups: []string{"example.com"}, Resources: []string{"widgets"}}},
	})
	r.publish(plain, wide)
	apiserver.Eventually(t, "another policy", rendered(r, plain, wide))

	r.publish()
	apiserver.Eventually(t, "no policy any more", rendered(r))
}

func TestConfigurationIsPutBack(t *testing.T) {
	plain := sample.Policy("plain", nil)
	r := start(t, "", plain)
	apiserver.Eventually(t, "the configuration", rendered(r, plain))

	edit := func(change func(*admissionv1.ValidatingWebhookConfiguration)) func(context.Context) error {
		return func(ctx context.Context) error {
			c, err := liveConfiguration(ctx)
			if err != nil {
				return err
			}
			change(c)
			return server.Update(ctx, c)
		}
	}
	for _, tc := range []struct {
		name, reason, change string
		attack               func(context.Context) error
	}{
		{"deleted", "the simplest way to turn it off", "deleted", func(ctx context.Context) error {
			return server.Delete(ctx, &admissionv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: Name}})
		}},
		{"emptied", "nobody is asked", "edited", edit(func(c *admissionv1.ValidatingWebhookConfiguration) { c.Webhooks = nil })},
		{"fails open", "an outage admits everything", "edited", edit(func(c *admissionv1.ValidatingWebhookConfiguration) {
			ignore := admissionv1.Ignore
			c.Webhooks[0].FailurePolicy = &ignore
		})},
		{"a namespace is left out", "selectors are as good as deletion", "edited", edit(func(c *admissionv1.ValidatingWebhookConfiguration) {
			s := c.Webhooks[0].NamespaceSelector
			s.MatchExpressions[0].Values = append(s.MatchExpressions[0].Values, "default")
		})},
		{"another CA", "somebody else answers", "edited", edit(func(c *admissionv1.ValidatingWebhookConfiguration) {
			c.Webhooks[0].ClientConfig.CABundle = nil
		})},
		{"another owner's condition", "server-side apply alone would keep what somebody else has added", "edited", func(ctx context.Context) error {
			never := admissionv1ac.MatchCondition().WithName("never").WithExpression("false")
			hook := admissionv1ac.ValidatingWebhook().WithName(entryWorkloads).WithMatchConditions(never)
			return server.Apply(ctx, admissionv1ac.ValidatingWebhookConfiguration(Name).WithWebhooks(hook), client.FieldOwner("somebody"))
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			counted := func() float64 {
				return testutil.ToFloat64(r.reconciler.restored.WithLabelValues(tc.change))
			}
			before := counted()
			if err := tc.attack(t.Context()); err != nil {
				t.Fatal(err)
			}
			apiserver.Eventually(t, tc.reason, rendered(r, plain))
			apiserver.Eventually(t, "the alert", func(context.Context) error {
				if got := counted() - before; got != 1 {
					return fmt.Errorf("%v alerts, want 1", got)
				}
				return nil
			})
		})
	}
}

func TestConfigurationGoesWithItsOwner(t *testing.T) {
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "installation"}}
	server.With(t, role)
	r := start(t, role.Name)
	apiserver.Eventually(t, "the owner", func(ctx context.Context) error {
		live, err := liveConfiguration(ctx)
		if err != nil {
			return err
		}
		if !owner.Owns(live.OwnerReferences, []metav1.OwnerReference{{Kind: "ClusterRole", Name: role.Name, UID: role.UID}}) {
			return fmt.Errorf("the owners are %v", live.OwnerReferences)
		}
		return nil
	})

	// There is no garbage collector here: this is what it does.
	server.Without(t, role)
	server.Without(t, configuration())
	// Whatever makes the controller look again must not bring it back. From here on
	// it looks when the test says so.
	r.stop()
	r.publish(sample.Policy("plain", nil))
	if _, err := r.reconciler.Reconcile(t.Context(), ctrl.Request{}); err != nil {
		t.Fatal(err)
	}
	if _, err := liveConfiguration(t.Context()); !apierrors.IsNotFound(err) {
		t.Errorf("the configuration is back, and nobody will remove it: %v", err)
	}
}

func TestOnlyWhatMattersIsAskedAbout(t *testing.T) {
	p := sample.Policy("keys", &v1alpha1.Match{APIKeys: []string{"OPENAI_API_KEY", "label:konghq.com/credential"}})
	r := start(t, "", p)
	apiserver.Eventually(t, "the configuration", rendered(r, p))

	secret := func(name string, change func(*corev1.Secret)) *corev1.Secret {
		s := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}, StringData: map[string]string{"password": "x"}}
		change(s)
		return s
	}
	account := func(name string, annotations map[string]string) *corev1.ServiceAccount {
		return &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, Annotations: annotations}}
	}
	namespace := func(name string, annotations map[string]string) *corev1.Namespace {
		return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: annotations}}
	}
	for _, tc := range []struct {
		reason string
		object client.Object
		asked  bool
	}{
		{"any other Secret is none of our business", secret("plain", func(*corev1.Secret) {}), false},
		{"by type", secret("typed", func(s *corev1.Secret) { s.Type = v1alpha1.APIKeySecretType }), true},
		{"by label", secret("labelled", func(s *corev1.Secret) { s.Labels = map[string]string{v1alpha1.APIKeyLabel: "true"} }), true},
		{"the label may come to say yes", secret("labelled-no", func(s *corev1.Secret) { s.Labels = map[string]string{v1alpha1.APIKeyLabel: "false"} }), true},
		{"by a gateway's label", secret("kong", func(s *corev1.Secret) { s.Labels = map[string]string{"konghq.com/credential": "key-auth"} }), true},
		{"by data key", secret("keyed", func(s *corev1.Secret) { s.Data = map[string][]byte{"OPENAI_API_KEY": nil} }), true},
		{"by data key, as text", secret("keyed-text", func(s *corev1.Secret) { s.StringData["OPENAI_API_KEY"] = "x" }), true},
		{"a tenant's, which decides who may read it", secret("claimed", func(s *corev1.Secret) { s.Annotations = map[string]string{v1alpha1.TenantAnnotation: "x"} }), true},
		{"with other annotations", secret("annotated", func(s *corev1.Secret) { s.Annotations = map[string]string{"example.com/tenant": "x"} }), false},
		{"a ServiceAccount of nobody's", account("plain", nil), false},
		{"a ServiceAccount of a tenant's, which decides who may run as it", account("claimed", map[string]string{v1alpha1.TenantAnnotation: "x"}), true},
		{"a Namespace without a claim", namespace("plain", nil), false},
		{"a Namespace with other annotations", namespace("annotated", map[string]string{"example.com/tenant": "x"}), false},
		{"a Namespace with a claim", namespace("claimed", map[string]string{v1alpha1.TenantAnnotation: "x"}), true},
		{"a claim that is misspelled is refused, so it must be asked about", namespace("misspelled", map[string]string{"Domicile.DEV/tenant": "x"}), true},
	} {
		resource := "secrets"
		switch tc.object.(type) {
		case *corev1.Namespace:
			resource = "namespaces"
		case *corev1.ServiceAccount:
			resource = "serviceaccounts"
		}
		server.With(t, tc.object)
		if got := r.asked.Count(resource+"/"+tc.object.GetName()) > 0; got != tc.asked {
			t.Errorf("%s %s: asked %t, want %t: %s", resource, tc.object.GetName(), got, tc.asked, tc.reason)
		}
	}

	before := r.asked.Count("secrets/labelled-no")
	if err := server.Patch(t.Context(), unmarked("secrets/labelled-no"), client.RawPatch("application/merge-patch+json",
		[]byte(`{"metadata":{"labels":{"konghq.com/credential":"key-auth"}}}`))); err != nil {
		t.Fatal(err)
	}
	if r.asked.Count("secrets/labelled-no") == before {
		t.Error("a policy's label comes unseen")
	}

	// Taking the mark off is asked about, too: the old object has it.
	for _, what := range []string{"secrets/labelled", "secrets/keyed-text", "secrets/claimed", "namespaces/claimed", "serviceaccounts/claimed"} {
		before := r.asked.Count(what)
		if err := server.Patch(t.Context(), unmarked(what), client.RawPatch("application/merge-patch+json",
			[]byte(`{"metadata":{"labels":null,"annotations":null},"data":null}`))); err != nil && strings.HasPrefix(what, "secrets/") {
			t.Fatal(err)
		}
		if r.asked.Count(what) == before {
			t.Errorf("%s: taking the mark off goes unseen", what)
		}
	}
}

func unmarked(what string) client.Object {
	resource, name, _ := strings.Cut(what, "/")
	switch resource {
	case "namespaces":
		return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	case "serviceaccounts":
		return &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}}
	}
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}}
}

func TestTheAPIServerAcceptsEveryConfiguration(t *testing.T) {
	for name, policies := range map[string][]v1alpha1.TenantPolicy{
		"none":  nil,
		"plain": {sample.Policy("a", nil)},
		"narrow": {sample.Policy("a", &v1alpha1.Match{
			NamespaceSelector: sample.Labelled("tier", "paid"), ObjectSelector: sample.Labelled("billed", "yes"), APIKeys: []string{"a.b-c_d"},
		})},
		"many keys": {sample.Policy("a", &v1alpha1.Match{APIKeys: slices.Collect(func(yield func(string) bool) {
			for i := range 32 {
				if !yield(fmt.Sprintf("%s%d", strings.Repeat("k", 250), i)) {
					return
				}
			}
		})})},
	} {
		o := liveOptions()
		c := &admissionv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "domicile-dry-run"}, Webhooks: Render(policies, o)}
		if err := server.Create(t.Context(), c, client.DryRunAll); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !asWanted(c, &admissionv1.ValidatingWebhookConfiguration{Webhooks: Render(policies, o)}) {
			t.Errorf("%s: the API server changes something, so it would be written for ever", name)
		}
	}
}
