package webhookconfig

import (
	"bytes"
	"slices"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
)

const (
	// versionLabel says which version of Domicile wrote the configuration.
	versionLabel = "app.kubernetes.io/version"

	// guardAfter is how long a leader has to put an edited configuration back before
	// other replicas do. A leader needs milliseconds.
	guardAfter = 3 * time.Second
	// guardDeleted is the same for one that was deleted. Nobody is asked until it is back,
	// and the API server takes a tenth of a second of a processor to check one: if every
	// replica writes it at the same time, the first is there later.
	guardDeleted = 200 * time.Millisecond
)

// guards is how long this replica leaves a configuration alone that is not as it
// should be; 0 if it is to write it now. The leader never does. Another replica puts
// back after a moment what was deleted, which is the same for all of them, and after a while
// what asks for less than it should. It leaves a configuration alone that asks for
// enough, because the leader may know better; and one of another version, so that the
// replicas of a rolling upgrade do not take turns.
func (r *Reconciler) guards(live, want *admissionv1.ValidatingWebhookConfiguration) time.Duration {
	now, after := r.clock.Now(), guardAfter
	switch {
	case r.elected.Leads():
		r.weak = time.Time{}
		return 0
	case live.Name == "":
		after = guardDeleted
	case live.Labels[versionLabel] != want.Labels[versionLabel], r.options.asksFor(live.Webhooks, want.Webhooks) && reaches(live, want):
		r.weak = time.Time{}
		return checkOwner
	}
	if r.weak.IsZero() {
		r.weak = now
	}
	if wait := after - now.Sub(r.weak); wait > 0 {
		return wait
	}
	r.weak = time.Time{}
	return 0
}

// reaches says whether API servers trust the certificate of whom they ask: the CA that
// issues now, which is the first of a bundle. What they trust besides is for the leader to
// say: replicas remember other CAs of the time before, and would take turns.
func reaches(live, want *admissionv1.ValidatingWebhookConfiguration) bool {
	ca, _, _ := bytes.Cut(want.Webhooks[0].ClientConfig.CABundle, []byte("-----END"))
	return !slices.ContainsFunc(live.Webhooks, func(w admissionv1.ValidatingWebhook) bool {
		return !bytes.Contains(w.ClientConfig.CABundle, ca)
	})
}
