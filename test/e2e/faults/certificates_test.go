package faults

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/open-policy-agent/cert-controller/pkg/rotator"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

var certificateFaults = []fault{
	{name: "certificate", what: "the certificate is taken out of its Secret, which makes a new one", all: true, do: func(ctx context.Context, s *scene) (string, error) {
		return "", s.changes(ctx, func() error {
			return s.secret(ctx, map[string][]byte{corev1.TLSCertKey: nil, corev1.TLSPrivateKeyKey: nil})
		})
	}},
	{name: "certificate-secret", what: "somebody deletes the Secret of the certificate", all: true, do: deleteSecret},
	{name: "ca", what: "another CA takes over, which is as old as one has to be but for 15 seconds", all: true, do: replaceCA},
	{name: "cert-manager", what: "certificates of cert-manager: CA and certificate change at once, twice", all: true, before: byCertManager, do: func(ctx context.Context, s *scene) (string, error) {
		for range 2 {
			if err := s.changes(ctx, func() error { return s.issue(ctx) }); err != nil {
				return "", err
			}
		}
		return "", nil
	}},
}

const (
	certificateSecret = "domicile-webhook-cert"
	webhookService    = "domicile-webhook." + systemNamespace + ".svc"
)

// secret changes keys of the Secret of the certificate; nil takes one out.
func (s *scene) secret(ctx context.Context, data map[string][]byte) error {
	encoded := map[string]any{}
	for key, value := range data {
		encoded[key] = nil
		if value != nil {
			encoded[key] = base64.StdEncoding.EncodeToString(value)
		}
	}
	patch, err := json.Marshal(map[string]any{"data": encoded})
	if err != nil {
		return err
	}
	return s.patch(ctx, `{apiVersion: v1, kind: Secret, metadata: {name: `+certificateSecret+`, namespace: `+systemNamespace+`}}`, string(patch))
}

// served is the certificate that each replica serves.
func (s *scene) served() ([][]byte, error) {
	var list [][]byte
	for i := range s.manager.Replicas() {
		address, err := s.manager.Address(i, "webhook")
		if err != nil {
			return nil, err
		}
		conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // which one it is is all that is asked
		if err != nil {
			return nil, err
		}
		list = append(list, conn.ConnectionState().PeerCertificates[0].Raw)
		if err := conn.Close(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// changes does something, waits until every replica serves another certificate, and
// lets everybody ask for a while.
func (s *scene) changes(ctx context.Context, do func() error) error {
	before, err := s.served()
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	if err := cluster.Poll(ctx, "other certificates", func(context.Context) (bool, error) {
		now, err := s.served()
		for i := range now {
			if bytes.Equal(now[i], before[i]) {
				return false, fmt.Errorf("replica %d serves what it did", i)
			}
		}
		return err == nil, err
	}); err != nil {
		return err
	}
	wait(ctx, 10*time.Second)
	return nil
}

func deleteSecret(ctx context.Context, s *scene) (string, error) {
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: systemNamespace, Name: certificateSecret}}
	if err := s.client.Delete(ctx, secret); err != nil {
		return "", err
	}
	err := cluster.Poll(ctx, "the Secret to be made again", func(ctx context.Context) (bool, error) {
		err := s.client.Get(ctx, client.ObjectKeyFromObject(secret), secret)
		return err == nil && len(secret.Data[corev1.TLSCertKey]) > 0, err
	})
	wait(ctx, 10*time.Second)
	return "", err
}

// settle is how long the managers wait before a new CA issues, and how much older than
// it is they make it.
const settle = 15 * time.Minute

// replaceCA does what the managers do in the last months of a CA: a new one joins it, and
// issues a certificate when API servers had time to learn of it.
func replaceCA(ctx context.Context, s *scene) (string, error) {
	const left = 15 * time.Second
	issuer := rotator.CertRotator{CAName: "domicile-ca", CAOrganization: "domicile"}
	ca, err := issuer.CreateCACert(time.Now().Add(left-settle), time.Now().Add(365*24*time.Hour))
	if err != nil {
		return "", err
	}
	var secret corev1.Secret
	if err := s.client.Get(ctx, client.ObjectKey{Namespace: systemNamespace, Name: certificateSecret}, &secret); err != nil {
		return "", err
	}
	return "", s.changes(ctx, func() error {
		if err := s.secret(ctx, map[string][]byte{"ca.crt": ca.CertPEM, "ca.key": ca.KeyPEM, "previous-ca.crt": secret.Data["ca.crt"]}); err != nil {
			return err
		}
		// Managers look again after ten minutes, or when the Secret changes.
		wait(ctx, left+2*time.Second)
		return s.patch(ctx, `{apiVersion: v1, kind: Secret, metadata: {name: `+certificateSecret+`, namespace: `+systemNamespace+`}}`, `{"metadata":{"annotations":{"example.com/look":"again"}}}`)
	})
}

// byCertManager makes cert-manager issue the certificates, of which there is what the
// chart needs and this test.
func byCertManager(ctx context.Context, s *scene) error {
	for kind, plural := range map[string]string{"Certificate": "certificates", "Issuer": "issuers"} {
		definition := object(`{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: %[2]s.cert-manager.io}, spec: {group: cert-manager.io, scope: Namespaced, names: {kind: %[1]s, plural: %[2]s}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]}}`, kind, plural)
		if err := s.client.Create(ctx, definition); err != nil {
			return err
		}
	}
	// Helm takes the Secret away, the managers make it again, and cert-manager fills it in.
	if err := cluster.Poll(ctx, "the chart to know cert-manager", func(ctx context.Context) (bool, error) {
		err := s.upgrade(ctx, "certificates.source=cert-manager")
		return err == nil, err
	}); err != nil {
		return err
	}
	if err := cluster.Poll(ctx, "a Secret to fill in", func(ctx context.Context) (bool, error) {
		err := s.issue(ctx)
		return err == nil, err
	}); err != nil {
		return err
	}
	s.values = append(s.values, "certificates.source=cert-manager")
	return s.manager.Roll(ctx, systemNamespace, "domicile")
}

// issue writes what cert-manager does: another CA, and a certificate of its.
func (s *scene) issue(ctx context.Context) error {
	issuer := rotator.CertRotator{CAName: "cert-manager", CAOrganization: "example", DNSName: webhookService, ExtKeyUsages: &[]x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	begins, ends := time.Now().Add(-time.Minute), time.Now().Add(24*time.Hour)
	ca, err := issuer.CreateCACert(begins, ends)
	if err != nil {
		return err
	}
	cert, key, err := issuer.CreateCertPEM(ca, begins, ends)
	if err != nil {
		return err
	}
	return s.secret(ctx, map[string][]byte{"ca.crt": ca.CertPEM, corev1.TLSCertKey: cert, corev1.TLSPrivateKeyKey: key})
}
