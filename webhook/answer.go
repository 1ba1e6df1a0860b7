package webhook

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/residency"
)

const (
	// retryAfter is how long a client should wait that was told "not now".
	retryAfter = 1
	// maxMessage bounds what a person reads, in bytes.
	maxMessage = 2048
	// maxCauses bounds what a machine reads.
	maxCauses = 16
)

// teller says in a sentence why a decision is what it is.
type teller func(residency.Decision) string

// allows says whether the request is admitted.
func (o *outcome) allows() bool { return o.failure == nil && !o.denies() }

// answer turns an outcome, and its summary, into what the API server is told.
func answer(r *request, o outcome, s summary, tell teller) *admissionv1.AdmissionResponse {
	response := &admissionv1.AdmissionResponse{
		UID: r.UID, Allowed: o.allows(), Warnings: warnings(o.decisions, tell), AuditAnnotations: map[string]string{},
	}
	o.annotate(s, func(key, value string) { response.AuditAnnotations[key] = value })
	switch {
	case o.failure != nil:
		response.Result = failure(o.failure)
	case !response.Allowed:
		if r.DryRun != nil && *r.DryRun && missesTenant(o.decisions) {
			o.note = unseenTenant
		}
		response.Result = denial(o, tell)
	}
	return response
}

// unseenTenant is for dry runs of a change that has the Tenant in it as well: nothing is
// stored, and a webhook sees one object at a time.
const unseenTenant = "a dry run does not know a Tenant of the same change: apply that first"

// missesTenant says whether something is denied because a Tenant does not exist.
func missesTenant(decisions []residency.Decision) bool {
	return slices.ContainsFunc(decisions, func(d residency.Decision) bool {
		return d.Action == residency.Deny && d.Reason == residency.TenantNotFound
	})
}

// usualAnswer is how long most answers are, in bytes.
const usualAnswer = 512

// appendYes writes the answer about what is admitted as JSON, without making anything else:
// that is what most answers are.
func appendYes(to []byte, r *request, o outcome, s summary, tell teller) []byte {
	to = append(to, `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"allowed":true,"uid":`...)
	to = appendText(to, string(r.UID))
	warnings := warnings(o.decisions, tell)
	for i, warning := range warnings {
		if i == 0 {
			to = append(to, `,"warnings":[`...)
		} else {
			to = append(to, ',')
		}
		to = appendText(to, warning)
	}
	if len(warnings) > 0 {
		to = append(to, ']')
	}
	to = append(to, `,"auditAnnotations":`...)
	before := byte('{')
	o.annotate(s, func(key, value string) {
		to = append(to, before)
		to = append(appendText(to, key), ':')
		to, before = appendText(to, value), ','
	})
	return append(to, "}}}\n"...)
}

// appendText writes text as JSON. What is no UTF-8 becomes U+FFFD.
func appendText(to []byte, text string) []byte {
	to, _ = jsontext.AppendQuote(to, text) // The error says that it was none.
	return to
}

// failure is a refusal because the answer is not known. It is worth trying
// again, except after a panic.
func failure(err error) *metav1.Status {
	status := &metav1.Status{
		Status:  metav1.StatusFailure,
		Code:    http.StatusServiceUnavailable,
		Reason:  metav1.StatusReasonServiceUnavailable,
		Message: cut.Text("Domicile cannot tell yet whose this is, so it does not let it in: "+err.Error(), maxMessage),
		Details: &metav1.StatusDetails{RetryAfterSeconds: retryAfter},
	}
	if errors.Is(err, errPanic) {
		status.Code, status.Reason, status.Details = http.StatusInternalServerError, metav1.StatusReasonInternalError, nil
		status.Message = err.Error()
	}
	return status
}

// denial tells every reason for which the request is denied.
func denial(o outcome, tell teller) *metav1.Status {
	var sentences []string
	var causes []metav1.StatusCause
	command := ""
	for _, d := range o.decisions {
		if d.Action != residency.Deny {
			continue
		}
		sentence := refusalOf(d, tell)
		sentences = append(sentences, sentence)
		if len(causes) < maxCauses {
			causes = append(causes, metav1.StatusCause{
				Type:    metav1.CauseType(d.Reason),
				Field:   claimPath(o.object, d.Tenant),
				Message: cut.Text(sentence, maxMessage),
			})
		}
		if command == "" {
			command = explain.Command(d)
		}
	}
	message := cut.Text(strings.Join(sentences, "; and "), maxMessage)
	if o.rollout {
		message += "; the change is refused at once because the new Pods that it starts would be, after others have gone for them"
	}
	if o.note != "" {
		message += "; " + o.note
	}
	if command != "" {
		message += "; for more: " + command
	}
	return &metav1.Status{
		Status:  metav1.StatusFailure,
		Code:    http.StatusForbidden,
		Reason:  metav1.StatusReasonForbidden,
		Message: message,
		Details: &metav1.StatusDetails{
			Name:   o.object.Name,
			Group:  o.object.Group,
			Kind:   o.object.Resource,
			Causes: causes,
		},
	}
}

// refusalOf says who refuses what and why.
func refusalOf(d residency.Decision, tell teller) string {
	switch {
	case d.Policy == "":
		return tell(d)
	case d.Tenant == "":
		return "policy " + d.Policy + " does not admit this: " + tell(d)
	default:
		return "policy " + d.Policy + " does not admit tenant " + d.Tenant + ": " + tell(d)
	}
}

// claimPath is where the object claims a tenant, "" if its namespace does.
func claimPath(o *residency.Object, tenant string) string {
	for _, claims := range [][]residency.Claim{o.Claims.Tenants, o.Claims.OnBehalfOf} {
		for _, claim := range claims {
			if claim.Tenant == tenant {
				return claim.Path
			}
		}
	}
	return ""
}
