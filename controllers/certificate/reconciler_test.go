package certificate

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/controllers/webhookconfig"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

func certificateSecret(ctx context.Context) (material, error) {
	var s corev1.Secret
	err := server.Get(ctx, client.ObjectKey{Namespace: apiserver.Namespace, Name: apiserver.Secret}, &s)
	return readMaterial(&s), err
}

// start starts a replica that ends with the test. Its leader writes the webhook
// configuration, and the webhook answers at the replica that is asked for it.
func start(t *testing.T, cl clock.PassiveClock) *Store {
	t.Helper()
	holder, store, registry := &snapshot.Holder{}, &Store{}, prometheus.NewRegistry()
	holder.Store(snapshot.New())
	mgr := server.Manager(t, nil)
	certificates, err := New(mgr.GetClient(), Options{
		Namespace: apiserver.Namespace, Secret: apiserver.Secret, Service: apiserver.Service,
		Configuration: apiserver.Configuration, SelfSigned: true,
	}, store, cl, registry)
	if err != nil {
		t.Fatal(err)
	}
	configuration, err := webhookconfig.New(mgr.GetClient(), mgr.GetAPIReader(), holder, store, mgr.Elected(), webhookconfig.Options{
		Namespace: apiserver.Namespace, Service: apiserver.Service, Port: server.Port, Timeout: 5 * time.Second,
		Paths: webhookconfig.Paths{Workloads: "/", TenantPolicies: "/", Tenants: "/", LegalEntities: "/", OwnershipRegisters: "/", TenantExemptions: "/"},
	}, "", mgr.GetEventRecorder("domicile"), clock.RealClock{}, registry)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(certificates.SetupWithManager(mgr), configuration.SetupWithManager(mgr)); err != nil {
		t.Fatal(err)
	}
	// Nobody answers afterwards: what is left would refuse the next test.
	t.Cleanup(func() { server.Without(t, liveConfiguration()) })
	apiserver.Start(t, mgr)
	return store
}

func liveConfiguration() *admissionv1.ValidatingWebhookConfiguration {
	return &admissionv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: apiserver.Configuration}}
}

// serves checks that a replica serves the certificate in the Secret.
func serves(store *Store) func(context.Context) error {
	return func(ctx context.Context) error {
		m, err := certificateSecret(ctx)
		if err != nil {
			return err
		}
		pair, err := tls.X509KeyPair(m.cert, m.key)
		if err != nil {
			return err
		}
		if now := store.serving.Load(); now == nil || !now.Leaf.Equal(pair.Leaf) {
			return errors.New("the replica serves another certificate")
		}
		return nil
	}
}

// called makes the API server call the webhook, over a new connection.
func called(t *testing.T) {
	t.Helper()
	e := sample.Entity("call", "NL")
	if err := server.Create(t.Context(), &e, client.DryRunAll); err != nil {
		t.Errorf("the API server cannot call the webhook: %v", err)
	}
}

// TestADeletedSecretIsMadeAgain deletes it while replicas serve, and before any does.
func TestADeletedSecretIsMadeAgain(t *testing.T) {
	server.With(t, apiserver.EmptySecret())
	store := start(t, clock.RealClock{})
	apiserver.Eventually(t, "a certificate", serves(store))
	before, err := certificateSecret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server.Without(t, apiserver.EmptySecret())
	apiserver.Eventually(t, "the same certificate again", func(ctx context.Context) error {
		m, err := certificateSecret(ctx)
		if err == nil && !m.equal(before) {
			err = errors.New("it is another one")
		}
		return err
	})
}

func TestASecretThatWasNeverThereIsMade(t *testing.T) {
	server.Without(t, apiserver.EmptySecret())
	t.Cleanup(func() { server.Without(t, apiserver.EmptySecret()) })
	store := start(t, clock.RealClock{})
	apiserver.Eventually(t, "a certificate", serves(store))
}

func TestACertificateIsRenewedWhileTheAPIServerGoesOnCalling(t *testing.T) {
	// The Secret as it stands after 246 days: the CA is due for replacement,
	// and the certificate that it issued ten days ago is not. The clock starts
	// an hour ago, because the API server's own stands at now.
	now := time.Now().Add(-time.Hour)
	issuer := newRotation(apiserver.Service, apiserver.Namespace)
	old := turned(t, issuer, turned(t, issuer, material{}, now.Add(-246*day), nowhere), now.Add(-10*day), nowhere)
	secret := apiserver.EmptySecret()
	old.writeTo(secret)
	server.With(t, secret)
	cl := clocktesting.NewFakeClock(now)
	store := start(t, cl)
	server.Answer(t, store.GetCertificate)

	apiserver.Eventually(t, "a new CA joins the bundle", func(ctx context.Context) error {
		live := liveConfiguration()
		if err := server.Get(ctx, client.ObjectKeyFromObject(live), live); err != nil {
			return err
		}
		if n := bytes.Count(bundleOf(live), []byte("BEGIN CERTIFICATE")); n != 2 {
			return fmt.Errorf("the configuration trusts %d CAs, want 2", n)
		}
		return nil
	})
	joined, err := certificateSecret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(joined.cert, old.cert) || !bytes.Equal(joined.previousCA, old.caCert) {
		t.Error("the certificate was switched together with the CA")
	}
	apiserver.Eventually(t, "the old certificate is still served", serves(store))
	called(t)

	cl.Step(settle + time.Second)
	var wake corev1.Secret
	if err := server.Get(t.Context(), client.ObjectKeyFromObject(secret), &wake); err != nil {
		t.Fatal(err)
	}
	wake.Labels = map[string]string{"touched": "true"} // the queue's own timer keeps real time
	if err := server.Update(t.Context(), &wake); err != nil {
		t.Fatal(err)
	}
	apiserver.Eventually(t, "the new CA issues", func(ctx context.Context) error {
		m, err := certificateSecret(ctx)
		if err != nil {
			return err
		}
		if bytes.Equal(m.cert, old.cert) || !issuer.serves(m.caCert, m, cl.Now()) {
			return errors.New("the old certificate is still there")
		}
		return nil
	})
	apiserver.Eventually(t, "the new certificate is served", serves(store))
	called(t)
}

func TestReplicasThatStartTogetherAgreeOnOneCertificate(t *testing.T) {
	server.With(t, apiserver.EmptySecret())
	stores := []*Store{start(t, clock.RealClock{}), start(t, clock.RealClock{}), start(t, clock.RealClock{})}
	for i, store := range stores {
		apiserver.Eventually(t, fmt.Sprintf("replica %d", i), serves(store))
	}
	first := stores[0].serving.Load()
	for i, store := range stores {
		if !store.serving.Load().Leaf.Equal(first.Leaf) {
			t.Errorf("replica %d serves another certificate", i)
		}
	}
}

// serving is a reconciler that reads and writes no objects, at day0.
func serving(t *testing.T, store *Store) *Reconciler {
	t.Helper()
	r, err := New(nil, Options{}, store, clocktesting.NewFakePassiveClock(day0), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func loaded(store *Store) bool {
	_, err := store.GetCertificate(nil)
	return err == nil
}

func TestACertificateThatAPIServersDoNotTrustYetWaits(t *testing.T) {
	issuer := newRotation("domicile-webhook", apiserver.Namespace)
	one, two := turned(t, issuer, material{}, day0, nowhere), turned(t, issuer, material{}, day0, nowhere)
	r := serving(t, &Store{})
	for _, step := range []struct {
		reason  string
		have    material
		trusted []byte
		serves  material
		bundles int
	}{
		{"the first one is served, whatever anybody trusts", one, nil, one, 1},
		{"the other waits, while its CA joins the bundle", two, one.caCert, one, 2},
		{"API servers have been told", two, two.bundle(day0), two, 2},
		{"nobody trusts anything: the newest is as good as any", one, nil, one, 2},
	} {
		if err := r.serve(t.Context(), r.remember(step.have), step.trusted); err != nil {
			t.Fatal(err)
		}
		want, err := tls.X509KeyPair(step.serves.cert, step.serves.key)
		if err != nil {
			t.Fatal(err)
		}
		if !r.store.serving.Load().Leaf.Equal(want.Leaf) {
			t.Errorf("another certificate is served: %s", step.reason)
		}
		if got := bytes.Count(r.store.Bundle(), []byte("BEGIN CERTIFICATE")); got != step.bundles {
			t.Errorf("%d CAs in the bundle, want %d: %s", got, step.bundles, step.reason)
		}
	}
}

func TestWhatCannotBeServedIsAnErrorAndTheLastOneStays(t *testing.T) {
	issuer := newRotation("domicile-webhook", apiserver.Namespace)
	good := turned(t, issuer, material{}, day0, nowhere)
	store := &Store{}
	if loaded(store) {
		t.Error("an empty store has a certificate")
	}
	r := serving(t, store)
	if err := r.serve(t.Context(), good, nil); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]material{
		"empty":          {},
		"no CA":          {cert: good.cert, key: good.key},
		"no key":         {caCert: good.caCert, cert: good.cert},
		"somebody's key": {caCert: good.caCert, cert: good.cert, key: good.caKey},
	} {
		if err := r.serve(t.Context(), bad, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if !bytes.Equal(store.Bundle(), good.bundle(day0)) || !loaded(store) {
		t.Error("the last good one is gone")
	}
}
