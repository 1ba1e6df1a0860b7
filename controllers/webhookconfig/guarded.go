package webhookconfig

import (
	"context"
	"fmt"
	"slices"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// In the namespaces of a tenant that a policy refuses, every Secret is judged as an API
// key. A match condition sees no annotation of the Namespace, so the API server is told
// the names of these namespaces.
const (
	// maxGuarded bounds the names. If there are more, all Secrets are asked about.
	maxGuarded = 1000
	// guardedEvery is how often the names are looked for while things change all the
	// time: less often if that takes more than a tenth of the time. The first change
	// counts at once.
	guardedEvery, guardedShare = time.Second, 10
)

// guarded are the namespaces of which all Secrets are asked about.
type guarded struct {
	names []string
	// at is when they were looked for, and again how long they are left alone then.
	at    time.Time
	again time.Duration
}

// guard looks for the guarded namespaces. It says how long to wait before looking again;
// 0 if the names are those of the current snapshot.
func (r *Reconciler) guard(ctx context.Context, current *snapshot.Snapshot) (names []string, again time.Duration, err error) {
	now := r.clock.Now()
	if wait := r.guarded.again - now.Sub(r.guarded.at); wait > 0 && wait <= r.guarded.again {
		return r.guarded.names, wait, nil
	}
	var known []*residency.Namespace
	if r.options.Namespaces != nil {
		if known, err = r.options.Namespaces(ctx); err != nil {
			return nil, 0, fmt.Errorf("find out which namespaces are bound: %w", err)
		}
	}
	names = guardedNames(current, known, now)
	at := r.clock.Now()
	r.guarded = guarded{names: names, at: at, again: max(guardedEvery, guardedShare*at.Sub(now))}
	return names, 0, nil
}

// guardedNames lists the namespaces that are bound to tenants whom a policy refuses,
// whether they are there yet or not; sorted.
func guardedNames(w *snapshot.Snapshot, known []*residency.Namespace, at time.Time) []string {
	var names []string
	for _, ns := range known {
		if w.MayRefuse(ns, at) {
			names = append(names, ns.Name)
		}
	}
	for name := range w.BoundNamespaces() {
		if w.MayRefuse(&residency.Namespace{Name: name}, at) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// guardedSecrets is the entry for them; false if there is none to ask about.
func (o Options) guardedSecrets(like admissionv1.ValidatingWebhook) (admissionv1.ValidatingWebhook, bool) {
	w := o.entry(entryGuarded, o.Paths.Workloads, asRules(createAndUpdate, translate.SecretRules()))
	w.NamespaceSelector, w.ObjectSelector, w.FailurePolicy = like.NamespaceSelector, like.ObjectSelector, like.FailurePolicy
	w.MatchConditions = []admissionv1.MatchCondition{notSystem(), specChanges()}
	if len(o.Guarded) <= maxGuarded {
		w.NamespaceSelector = w.NamespaceSelector.DeepCopy()
		w.NamespaceSelector.MatchExpressions = append(w.NamespaceSelector.MatchExpressions, metav1.LabelSelectorRequirement{
			Key: nameLabel, Operator: metav1.LabelSelectorOpIn, Values: o.Guarded,
		})
	}
	return w, len(o.Guarded) > 0
}

// notSystem leaves the tokens of ServiceAccounts to Kubernetes, which fills them.
func notSystem() admissionv1.MatchCondition {
	return admissionv1.MatchCondition{Name: "not-system", Expression: "!has(object.type) || object.type != '" + translate.SystemSecretType + "' || " +
		"has(object.data) && size(object.data) > 0 && request.userInfo.username != 'system:kube-controller-manager' && " +
		"!request.userInfo.username.startsWith('system:serviceaccount:kube-system:')"}
}

// named takes the names of guarded namespaces out of an entry's selector.
func named(w *admissionv1.ValidatingWebhook) (names []string, rest *metav1.LabelSelector) {
	rest = w.NamespaceSelector.DeepCopy()
	if w.Name != entryGuarded || rest == nil || len(rest.MatchExpressions) == 0 {
		return nil, rest
	}
	last := len(rest.MatchExpressions) - 1
	if r := rest.MatchExpressions[last]; r.Key == nameLabel && r.Operator == metav1.LabelSelectorOpIn {
		names, rest.MatchExpressions = r.Values, rest.MatchExpressions[:last]
	}
	return names, rest
}

// MoreNamespaces lists the namespaces of which all Secrets are asked about and were not
// before, if nothing else is asked about otherwise.
func MoreNamespaces(before, after []admissionv1.ValidatingWebhook) (more []string, ok bool) {
	had, rest := splitGuarded(before)
	has, others := splitGuarded(after)
	if !equality.Semantic.DeepEqual(rest, others) {
		return nil, false
	}
	var names, known []string
	if has != nil {
		names, has.NamespaceSelector = named(has)
	}
	if had != nil {
		known, had.NamespaceSelector = named(had)
	}
	if has != nil && len(names) == 0 || had != nil && len(known) == 0 || // one that names none is about all
		had != nil && has != nil && !equality.Semantic.DeepEqual(had, has) {
		return nil, false
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(known, name) }), true
}

// splitGuarded separates the entry for guarded namespaces, nil if there is none, from all
// others.
func splitGuarded(hooks []admissionv1.ValidatingWebhook) (guarded *admissionv1.ValidatingWebhook, rest []admissionv1.ValidatingWebhook) {
	for i := range hooks {
		if hooks[i].Name == entryGuarded {
			guarded = hooks[i].DeepCopy()
		} else {
			rest = append(rest, hooks[i])
		}
	}
	return guarded, rest
}
