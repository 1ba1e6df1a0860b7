package certificate

import (
	"bytes"
	"crypto/tls"
	"testing"
	"time"
)

var day0 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func nowhere([]byte) bool    { return false }
func everywhere([]byte) bool { return true }

// turned is the material after one more decision.
func turned(t *testing.T, r *rotation, m material, at time.Time, published func([]byte) bool) material {
	t.Helper()
	next, err := r.next(m, at, published)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func TestRotationIssuesOnlyWhatIsDue(t *testing.T) {
	r := newRotation("domicile-webhook", "domicile-system")
	first := turned(t, r, material{}, day0, nowhere)
	broken := func(change func(*material)) material {
		m := first
		change(&m)
		return m
	}
	for _, tc := range []struct {
		name, reason    string
		have            material
		at              time.Time
		newCA, newCert  bool
		keepsPreviousCA bool
	}{
		{"fresh", "nothing is due the moment after", first, day0.Add(time.Minute), false, false, false},
		{"before renewal", "a certificate is used for two thirds of its life", first, day0.Add(59 * day), false, false, false},
		{"renewal", "the last 30 days are for renewal", first, day0.Add(61 * day), false, true, false},
		{"CA renewal", "the CA is replaced while the old one is trusted", first, day0.Add(246 * day), true, true, true},
		{"CA expired", "what nobody trusts is not kept", first, day0.Add(366 * day), true, true, false},
		{"no certificate", "somebody emptied the Secret in part", broken(func(m *material) { m.cert = nil }), day0, false, true, false},
		{"another key", "certificate and key must fit", broken(func(m *material) { m.key = m.caKey }), day0, false, true, false},
		{"CA key lost", "the old CA stays trusted, as its certificate is served", broken(func(m *material) { m.caKey = nil }), day0, true, false, true},
		{"CA garbled", "what cannot be read is replaced, with all that depends on it", broken(func(m *material) { m.caCert = []byte("?") }), day0, true, true, false},
		{"another service", "the certificate must be for the name that API servers dial", turned(t, newRotation("other", "domicile-system"), material{}, day0, nowhere), day0, false, true, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			next := turned(t, r, tc.have, tc.at, nowhere)
			if got := !bytes.Equal(next.caCert, tc.have.caCert); got != tc.newCA {
				t.Errorf("new CA: %t, want %t: %s", got, tc.newCA, tc.reason)
			}
			if got := !bytes.Equal(next.cert, tc.have.cert); got != tc.newCert {
				t.Errorf("new certificate: %t, want %t: %s", got, tc.newCert, tc.reason)
			}
			if got := bytes.Equal(next.previousCA, tc.have.caCert); got != tc.keepsPreviousCA {
				t.Errorf("keeps the previous CA: %t, want %t: %s", got, tc.keepsPreviousCA, tc.reason)
			}
			if again := turned(t, r, next, tc.at, nowhere); !again.equal(next) {
				t.Error("a second decision at the same time changes something")
			}
		})
	}
}

func TestANewCAIsTrustedBeforeItIsUsed(t *testing.T) {
	r := newRotation("domicile-webhook", "domicile-system")
	old := turned(t, r, turned(t, r, material{}, day0, nowhere), day0.Add(200*day), nowhere)
	at := day0.Add(250 * day)

	joined := turned(t, r, old, at, nowhere)
	if bytes.Equal(joined.caCert, old.caCert) || !bytes.Equal(joined.cert, old.cert) {
		t.Fatal("the new CA does not come first, by itself")
	}
	if b := joined.bundle(at); !bytes.Contains(b, bytes.TrimSpace(old.caCert)) || !bytes.Contains(b, bytes.TrimSpace(joined.caCert)) {
		t.Fatal("the bundle has not both CAs")
	}
	for _, tc := range []struct {
		reason    string
		at        time.Time
		published func([]byte) bool
		switched  bool
	}{
		{"nobody has been told about the new CA", at.Add(time.Hour), nowhere, false},
		{"API servers may not have heard yet", at.Add(settle - time.Minute), everywhere, false},
		{"everybody trusts the new CA", at.Add(settle), everywhere, true},
		{"the old certificate has expired: nothing is worse", at.Add(91 * day), nowhere, true},
	} {
		next := turned(t, r, joined, tc.at, tc.published)
		if got := !bytes.Equal(next.cert, old.cert); got != tc.switched {
			t.Errorf("after %s: switched %t, want %t: %s", tc.at.Sub(at), got, tc.switched, tc.reason)
		}
		if tc.switched && !r.serves(joined.caCert, next, tc.at) {
			t.Errorf("after %s: the new certificate is not from the new CA", tc.at.Sub(at))
		}
	}
}

func TestThereIsNoMomentWithoutATrustedCertificate(t *testing.T) {
	// Two years, two days and an hour at a time: whoever reads the bundle now, and
	// whoever read it the last time, accepts what is served.
	r := newRotation("domicile-webhook", "domicile-system")
	var m material
	var told []byte
	for at := day0; at.Before(day0.Add(2 * 365 * day)); at = at.Add(49 * time.Hour) {
		m = turned(t, r, m, at, func(ca []byte) bool { return bytes.Contains(told, bytes.TrimSpace(ca)) })
		pair, err := tls.X509KeyPair(m.cert, m.key)
		if err != nil {
			t.Fatal(err)
		}
		if told != nil && !accepted(told, &pair, at) {
			t.Fatalf("day %d: an API server that was told a while ago does not accept the certificate", at.Sub(day0)/day)
		}
		if told = m.bundle(at); !accepted(told, &pair, at) {
			t.Fatalf("day %d: an API server that is told now does not accept the certificate", at.Sub(day0)/day)
		}
		if n := bytes.Count(told, []byte("BEGIN CERTIFICATE")); n > 2 {
			t.Fatalf("day %d: the bundle has %d CAs", at.Sub(day0)/day, n)
		}
	}
}
