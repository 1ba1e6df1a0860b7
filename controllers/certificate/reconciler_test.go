package certificate

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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

// TestACertificateThatAPIServersDoNotTrustYetWaits has somebody else issue, who replaces
// CA and certificate at once.
func TestACertificateThatAPIServersDoNotTrustYetWaits(t *testing.T) {
	issuer := newRotation("domicile-webhook", apiserver.Namespace)
	another := func() material { return turned(t, issuer, material{}, day0, nowhere) }
	one, two, three := another(), another(), another()
	renewed := one
	renewed.cert, renewed.key = nil, nil
	renewed = turned(t, issuer, renewed, day0, nowhere)
	bundle := func(list ...material) []byte {
		var cas []byte
		for _, m := range list {
			cas = append(cas, m.caCert...)
		}
		return cas
	}
	now := clocktesting.NewFakePassiveClock(day0)
	r := serving(t, &Store{})
	r.clock = now
	for _, step := range []struct {
		reason  string
		after   time.Duration
		have    material
		trusted []byte
		serves  material
		bundle  []byte
		wait    time.Duration
	}{
		{"the first one is served, whatever anybody trusts", 0, one, nil, one, bundle(one), 0},
		{"one of the same CA needs nobody's leave", time.Hour, renewed, bundle(one), renewed, bundle(one), 0},
		{"another waits, while its CA joins the bundle", time.Hour, two, bundle(one), renewed, bundle(two, one), 0},
		{"API servers have been told, and may not have heard", 0, two, bundle(two, one), renewed, bundle(two, one), tell},
		{"yet", tell - time.Second, two, bundle(two, one), renewed, bundle(two, one), time.Second},
		{"a third one begins anew, and nobody forgets whose certificate is served", 0, three, bundle(two, one), renewed, bundle(three, two, one), 0},
		{"they have been told", time.Second, three, bundle(three, two, one), renewed, bundle(three, two, one), tell},
		{"now they know", tell, three, bundle(three, two, one), three, bundle(three, two, one), 0},
		{"others may not have got as far", tell, three, bundle(three, two, one), three, bundle(three, two, one), 0},
		{"later they have", settle, three, bundle(three, two, one), three, bundle(three), 0},
		{"nobody trusts what is served: the newest is as good as any", 0, one, nil, one, bundle(one, three), 0},
	} {
		now.SetTime(now.Now().Add(step.after))
		wait, err := r.serve(t.Context(), r.others.remember(step.have, step.trusted, now.Now()), step.trusted)
		if err != nil {
			t.Fatal(err)
		}
		want, err := tls.X509KeyPair(step.serves.cert, step.serves.key)
		if err != nil {
			t.Fatal(err)
		}
		if !r.store.serving.Load().Leaf.Equal(want.Leaf) {
			t.Errorf("another certificate is served: %s", step.reason)
		}
		if diff := cmp.Diff(string(step.bundle), string(r.store.Bundle())); diff != "" {
			t.Errorf("bundle (-want +got): %s:\n%s", step.reason, diff)
		}
		if wait != step.wait {
			t.Errorf("it waits for %s, want %s: %s", wait, step.wait, step.reason)
		}
	}
}

// TestWhoStartsKnowsWhomAPIServersTrust has a leader start while others serve what the CA
// before has issued.
func TestWhoStartsKnowsWhomAPIServersTrust(t *testing.T) {
	issuer := newRotation("domicile-webhook", apiserver.Namespace)
	one, two := turned(t, issuer, material{}, day0, nowhere), turned(t, issuer, material{}, day0, nowhere)
	for _, row := range []struct {
		reason  string
		trusted []byte
		want    []byte
	}{
		{"another CA is in use", one.caCert, append(bytes.Clone(two.caCert), one.caCert...)},
		{"nothing is", nil, two.caCert},
		{"the same one is", two.caCert, two.caCert},
		{"what is no certificate is not", []byte("x"), two.caCert},
	} {
		var o otherCAs
		m := o.remember(two, row.trusted, day0)
		if diff := cmp.Diff(string(row.want), string(m.bundle(day0))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, diff)
		}
		if m = o.remember(two, m.bundle(day0), day0.Add(settle+time.Second)); !bytes.Equal(m.bundle(day0), two.caCert) {
			t.Errorf("%s: it stays for ever", row.reason)
		}
	}
	var o otherCAs
	for range 3 * mostFormer {
		o.remember(turned(t, issuer, material{}, day0, nowhere), nil, day0)
	}
	if len(o.formers) != mostFormer {
		t.Errorf("%d CAs are remembered", len(o.formers))
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
	if _, err := r.serve(t.Context(), good, nil); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]material{
		"empty":          {},
		"no CA":          {cert: good.cert, key: good.key},
		"no key":         {caCert: good.caCert, cert: good.cert},
		"somebody's key": {caCert: good.caCert, cert: good.cert, key: good.caKey},
	} {
		if _, err := r.serve(t.Context(), bad, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if !bytes.Equal(store.Bundle(), good.bundle(day0)) || !loaded(store) {
		t.Error("the last good one is gone")
	}
}
