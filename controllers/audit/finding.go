package audit

import (
	"strconv"
	"time"
	"unique"

	corev1 "k8s.io/api/core/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/scan"
)

// refused is the verdict, in reports and metrics, of refusals that need no
// policy; and identity stands for the policy.
const (
	refused  = "Refused"
	identity = "identity"
)

// maxMessage bounds the sentence about a finding, in bytes.
const maxMessage = 512

// The results of reports.
const (
	resultFail = "fail"
	resultWarn = "warn"
)

// finding is one object about which one policy has something to say.
type finding struct {
	object    corev1.ObjectReference
	policy    string
	tenant    string
	verdict   string
	reason    string
	action    residency.Action
	result    string
	message   string
	mirror    bool
	suspended bool
	effective time.Time
	// children is how many objects have the same finding because this one made
	// them.
	children int
}

// violates says whether a decision is about something that is not as the policy
// wants it. What an exemption sets aside, and what a policy allows, is no
// violation; nor is an object of nobody that nobody is to be warned of.
func violates(d residency.Decision) bool {
	switch d.Action {
	case residency.Deny, residency.Warn:
		return true
	case residency.Audit:
		return (d.Verdict == residency.Restricted || d.Verdict == residency.Indeterminate) && d.Policy != ""
	default:
		return false
	}
}

// full is the action once the policy is effective.
func full(d residency.Decision) residency.Action {
	if d.EffectiveFrom.IsZero() {
		return d.Action
	}
	return d.Then
}

// key identifies what a decision finds out, apart from the object.
type key struct {
	policy, tenant, verdict, reason string
}

func keyOf(d residency.Decision) key {
	k := key{policy: d.Policy, tenant: d.Tenant, verdict: d.Verdict.String(), reason: string(d.Reason)}
	if d.Policy == "" {
		k.policy, k.verdict = identity, refused
	}
	return k
}

func newFinding(f *scan.Found, d residency.Decision) *finding {
	k := keyOf(d)
	return &finding{
		object: corev1.ObjectReference{
			APIVersion: f.Content.GetAPIVersion(), Kind: f.Content.GetKind(),
			Namespace: f.Content.GetNamespace(), Name: f.Content.GetName(), UID: f.Content.GetUID(),
		},
		policy: k.policy, tenant: k.tenant, verdict: k.verdict, reason: k.reason,
		action: d.Action, result: resultOf(d), effective: d.EffectiveFrom,
		mirror: isMirror(f), suspended: f.Object.Labels[v1alpha1.SuspendedLabel] == "true",
	}
}

// say gives a finding its sentence. Most objects of a tenant share one.
func (f *finding) say(d residency.Decision) {
	f.message = unique.Make(cut.Text(explain.Sentence(d), maxMessage)).Value()
}

func resultOf(d residency.Decision) string {
	if full(d) == residency.Deny {
		return resultFail
	}
	return resultWarn
}

// isMirror says whether an object shows a static Pod of a kubelet: admission
// may refuse to show it, but it runs.
func isMirror(f *scan.Found) bool {
	_, ok := f.Content.GetAnnotations()[corev1.MirrorPodAnnotationKey]
	return ok && f.Resource.Resource == "pods" && f.Resource.Group == ""
}

// properties are what machines read of a finding.
func (f *finding) properties() map[string]any {
	p := map[string]any{"verdict": f.verdict, "reason": f.reason, "action": f.action.String()}
	if f.tenant != "" {
		p["tenant"] = f.tenant
	}
	if !f.effective.IsZero() {
		p["effectiveFrom"] = f.effective.UTC().Format(time.RFC3339)
	}
	if f.mirror {
		p["mirror"] = "true"
	}
	if f.suspended {
		p["suspended"] = "true"
	}
	if f.children > 0 {
		p["children"] = strconv.Itoa(f.children)
	}
	return p
}
