package controllers

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func certificateSecret(ctx context.Context) (material, error) {
	var s corev1.Secret
	err := server.Get(ctx, client.ObjectKey{Namespace: ownNamespace, Name: certSecret}, &s)
	return readMaterial(&s), err
}

// serves checks that a replica serves the certificate in the Secret.
func serves(r *replica) func(context.Context) error {
	return func(ctx context.Context) error {
		m, err := certificateSecret(ctx)
		if err != nil {
			return err
		}
		pair, err := tls.X509KeyPair(m.cert, m.key)
		if err != nil {
			return err
		}
		if now := r.store.serving.Load(); now == nil || !now.Leaf.Equal(pair.Leaf) {
			return errors.New("the replica serves another certificate")
		}
		return nil
	}
}

// called makes the API server call the webhook, over a new connection.
func called(t *testing.T) {
	t.Helper()
	e := entity("call", "NL")
	if err := server.Create(t.Context(), &e, client.DryRunAll); err != nil {
		t.Errorf("the API server cannot call the webhook: %v", err)
	}
}

func TestACertificateIsRenewedWhileTheAPIServerGoesOnCalling(t *testing.T) {
	// The Secret as it stands after 246 days: the CA is due for replacement,
	// and the certificate that it issued ten days ago is not. The clock starts
	// an hour ago, because the API server's own stands at now.
	now := time.Now().Add(-time.Hour)
	issuer := newRotation(testOptionsLive.Service, ownNamespace)
	old := turned(t, issuer, turned(t, issuer, material{}, now.Add(-246*day), nowhere), now.Add(-10*day), nowhere)
	secret := emptySecret()
	old.writeTo(secret)
	create(t, secret)
	cl := clocktesting.NewFakeClock(now)
	r := start(t, settings{clock: cl})

	eventually(t, "a new CA joins the bundle", func(ctx context.Context) error {
		live, err := liveConfiguration(ctx)
		if err != nil {
			return err
		}
		if n := bytes.Count(liveBundle(live), []byte("BEGIN CERTIFICATE")); n != 2 {
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
	eventually(t, "the old certificate is still served", serves(r))
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
	eventually(t, "the new CA issues", func(ctx context.Context) error {
		m, err := certificateSecret(ctx)
		if err != nil {
			return err
		}
		if bytes.Equal(m.cert, old.cert) || !issuer.serves(m.caCert, m, cl.Now()) {
			return errors.New("the old certificate is still there")
		}
		return nil
	})
	eventually(t, "the new certificate is served", serves(r))
	called(t)
}

func TestReplicasThatStartTogetherAgreeOnOneCertificate(t *testing.T) {
	create(t, emptySecret())
	replicas := []*replica{start(t, settings{}), start(t, settings{silent: true}), start(t, settings{silent: true})}
	for i, r := range replicas {
		eventually(t, fmt.Sprintf("replica %d", i), serves(r))
	}
	first := replicas[0].store.serving.Load()
	for i, r := range replicas {
		if !r.store.serving.Load().Leaf.Equal(first.Leaf) {
			t.Errorf("replica %d serves another certificate", i)
		}
	}
}

func TestACertificateThatAPIServersDoNotTrustYetWaits(t *testing.T) {
	issuer := newRotation("domicile-webhook", ownNamespace)
	one, two := turned(t, issuer, material{}, day0, nowhere), turned(t, issuer, material{}, day0, nowhere)
	m, err := NewMetrics(prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	r := NewCertificateReconciler(nil, CertificateOptions{}, &CertificateStore{}, clocktesting.NewFakePassiveClock(day0), m)
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
	issuer := newRotation("domicile-webhook", ownNamespace)
	good := turned(t, issuer, material{}, day0, nowhere)
	m, err := NewMetrics(prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	store := &CertificateStore{}
	if _, err := store.GetCertificate(nil); err == nil || store.Loaded() {
		t.Error("an empty store has a certificate")
	}
	r := NewCertificateReconciler(nil, CertificateOptions{}, store, clocktesting.NewFakePassiveClock(day0), m)
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
	if !bytes.Equal(store.Bundle(), good.bundle(day0)) || !store.Loaded() {
		t.Error("the last good one is gone")
	}
}
