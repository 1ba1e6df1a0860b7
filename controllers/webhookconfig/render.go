package webhookconfig

import (
	"context"
	"slices"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// The entries of the webhook configuration. A refusal names the entry that it
// came through.
const (
	entryWorkloads    = "workloads." + v1alpha1.Group
	entryChanges      = "workload-changes." + v1alpha1.Group
	entrySubresources = "subresources." + v1alpha1.Group
	entryClusterwide  = "clusterwide." + v1alpha1.Group
	entryGuarded      = "guarded-secrets." + v1alpha1.Group
	entrySecrets      = "secrets." + v1alpha1.Group
	entryNamespaces   = "namespaces." + v1alpha1.Group
	entryAccounts     = "serviceaccounts." + v1alpha1.Group
	entryPolicies     = "tenantpolicies." + v1alpha1.Group
	entryTenants      = "tenants." + v1alpha1.Group
	entryEntities     = "legalentities." + v1alpha1.Group
	entryRegisters    = "ownershipregisters." + v1alpha1.Group
	entryExemptions   = "tenantexemptions." + v1alpha1.Group
	entryPoints       = "accesspoints." + v1alpha1.Group
)

// nameLabel is on every Namespace: the API server puts its name there.
const nameLabel = "kubernetes.io/metadata.name"

// Paths are where the webhook answers.
type Paths struct {
	// Workloads answers for all that tenants run, Namespaces, ServiceAccounts and Secrets.
	Workloads string
	// The others validate Domicile's own kinds.
	TenantPolicies, Tenants, LegalEntities, OwnershipRegisters, TenantExemptions, AccessPoints string
}

// Options say where the webhook is reached and how long it is waited for.
type Options struct {
	// Namespace is the controller's own; it is never asked about.
	Namespace string
	// ExcludedNamespaces are never asked about either.
	ExcludedNamespaces []string
	// Annotations are for the configuration itself.
	Annotations map[string]string
	// Service is the webhook's Service in Namespace, and Port one of its ports.
	Service string
	Port    int32
	// Timeout is rounded to seconds.
	Timeout time.Duration
	Paths   Paths
	// Found are the kinds that hold Pods and are not known by name.
	Found kinds.Found
	// Bundle is the CAs to trust in PEM.
	Bundle []byte
	// Guarded are the namespaces, sorted, of which all Secrets are asked about.
	Guarded []string
	// Namespaces lists those that there are. Nil lists none.
	Namespaces func(context.Context) ([]*residency.Namespace, error)
	// Version is that of Domicile, as a label has it.
	Version string
	// FailurePolicy is what API servers do with workloads and API keys while nobody
	// answers; "" is Fail. About Namespaces, ServiceAccounts and Domicile's own kinds
	// it always is: they say who is refused.
	FailurePolicy admissionv1.FailurePolicyType
	// Mirror says whether there can be one. Without it FailurePolicy is Fail.
	Mirror Mirror
}

// Mirror is what refuses whom policies refuse for certain while nobody answers.
type Mirror interface {
	Works() bool
	// WorksChanged returns a channel that is closed when Works says something else.
	WorksChanged() <-chan struct{}
}

// Render returns the webhooks that the policies need, and no more. It depends on
// nothing but its arguments, and not on the order of the policies.
//
// Without a policy it asks about what any policy would cover, so that the very
// first one works for what is applied in the same breath; but as there is nothing
// to enforce yet, an outage then stops nobody (failurePolicy Ignore).
//
// A request reaches an entry only if every one of its filters lets it through,
// so a filter is rendered only where no policy could want what it holds back.
// Requests about subresources carry other objects than the one that the labels
// are on (a Scale has none), so they get an entry without an objectSelector.
// Workloads that are created get one without conditions, which would hold nothing back:
// an API server before Kubernetes 1.37 converts the whole object for each entry that has any.
func Render(policies []v1alpha1.TenantPolicy, o Options) []admissionv1.ValidatingWebhook {
	hooks := []admissionv1.ValidatingWebhook{
		o.entry(entryNamespaces, o.Paths.Workloads, asRules(createAndUpdate, translate.NamespaceRules())),
		o.entry(entryAccounts, o.Paths.Workloads, asRules(createAndUpdate, translate.ServiceAccountRules())),
		o.entry(entryPolicies, o.Paths.TenantPolicies, ownRules("tenantpolicies")),
		o.entry(entryTenants, o.Paths.Tenants, tenantRules()),
		o.entry(entryEntities, o.Paths.LegalEntities, ownRules("legalentities")),
		o.entry(entryRegisters, o.Paths.OwnershipRegisters, ownRules("ownershipregisters")),
		o.entry(entryExemptions, o.Paths.TenantExemptions, ownRules("tenantexemptions")),
		o.entry(entryPoints, o.Paths.AccessPoints, ownRules("accesspoints")),
	}
	for i := range hooks {
		hooks[i].MatchConditions = []admissionv1.MatchCondition{specChanges()}
		if hooks[i].Name == entryTenants {
			hooks[i].MatchConditions = []admissionv1.MatchCondition{tenantChanges(), unbinds()}
		}
	}
	for i := range hooks[:2] {
		hooks[i].MatchConditions = []admissionv1.MatchCondition{claimCondition(), marksChanges()}
		hooks[i].NamespaceSelector = o.namespaceSelector(nil)
	}
	entries := o.policyEntries(policies)
	if len(policies) == 0 {
		for i := range entries {
			entries[i].FailurePolicy = ptr.To(admissionv1.Ignore)
		}
	}
	return slices.Concat(entries, hooks)
}

// policyEntries are the entries that exist because of policies.
func (o Options) policyEntries(policies []v1alpha1.TenantPolicy) []admissionv1.ValidatingWebhook {
	namespaced, cluster := translate.FoundRules(o.Found, policies)
	main, sub := workloadRules(policies, namespaced)
	workloads := o.entry(entryWorkloads, o.Paths.Workloads, restrict(main, onlyCreate))
	changed := o.entry(entryChanges, o.Paths.Workloads, restrict(main, onlyUpdate))
	subresources := o.entry(entrySubresources, o.Paths.Workloads, sub)
	secrets := o.entry(entrySecrets, o.Paths.Workloads, asRules(createAndUpdate, translate.SecretRules()))
	for _, w := range []*admissionv1.ValidatingWebhook{&changed, &subresources} {
		w.MatchConditions = []admissionv1.MatchCondition{objectChanges()}
	}
	secrets.MatchConditions = []admissionv1.MatchCondition{apiKeyCondition(policies), secretChanges(policies)}

	namespaces := o.namespaceSelector(shared(policies, func(m *v1alpha1.Match) *metav1.LabelSelector { return m.NamespaceSelector }))
	objects := shared(policies, func(m *v1alpha1.Match) *metav1.LabelSelector { return m.ObjectSelector })
	if objects == nil {
		objects = &metav1.LabelSelector{}
	}
	workloads.ObjectSelector, changed.ObjectSelector, secrets.ObjectSelector = objects, objects, objects
	for _, w := range []*admissionv1.ValidatingWebhook{&workloads, &changed, &subresources, &secrets} {
		w.NamespaceSelector = namespaces
		if o.FailurePolicy != "" {
			w.FailurePolicy = ptr.To(o.FailurePolicy)
		}
	}
	entries := []admissionv1.ValidatingWebhook{workloads, changed, subresources, secrets}
	if len(cluster) > 0 {
		entries = append(entries, o.clusterwide(cluster))
	}
	if guarded, ok := o.guardedSecrets(secrets); ok {
		entries = append(entries, guarded)
	}
	return entries
}

// clusterwide asks about kinds that hold Pods and are in no namespace, found by their
// definitions. Such objects set up networks, nodes and storage, and no namespaceSelector
// keeps Domicile out of their way, so an outage stops none of them: a cluster whose
// network is down could else not be repaired. The Pods that they make are asked about
// in any case.
func (o Options) clusterwide(rules []translate.Rule) admissionv1.ValidatingWebhook {
	w := o.entry(entryClusterwide, o.Paths.Workloads, asRules(createAndUpdate, rules))
	w.MatchConditions = []admissionv1.MatchCondition{objectChanges()}
	w.FailurePolicy = ptr.To(admissionv1.Ignore)
	return w
}

// entry fills in every field, so that what is rendered can be compared with
// what the API server returns.
func (o Options) entry(name, path string, rules []admissionv1.RuleWithOperations) admissionv1.ValidatingWebhook {
	return admissionv1.ValidatingWebhook{
		Name: name,
		ClientConfig: admissionv1.WebhookClientConfig{
			Service: &admissionv1.ServiceReference{
				Namespace: o.Namespace, Name: o.Service, Path: ptr.To(path), Port: ptr.To(o.Port),
			},
			CABundle: o.Bundle,
		},
		Rules:                   rules,
		FailurePolicy:           ptr.To(admissionv1.Fail),
		MatchPolicy:             ptr.To(admissionv1.Equivalent),
		NamespaceSelector:       &metav1.LabelSelector{},
		ObjectSelector:          &metav1.LabelSelector{},
		SideEffects:             ptr.To(admissionv1.SideEffectClassNone),
		TimeoutSeconds:          ptr.To(int32(o.Timeout.Round(time.Second) / time.Second)),
		AdmissionReviewVersions: []string{"v1"},
	}
}

// namespaceSelector excludes what is never asked about, by the label that the API
// server sets and no user can forge, on top of what is asked for.
func (o Options) namespaceSelector(also *metav1.LabelSelector) *metav1.LabelSelector {
	s := &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{
		Key: nameLabel, Operator: metav1.LabelSelectorOpNotIn, Values: translate.UnaskedNamespaces(o.Namespace, o.ExcludedNamespaces...),
	}}}
	if also != nil {
		s.MatchLabels = also.MatchLabels
		s.MatchExpressions = slices.Concat(s.MatchExpressions, also.MatchExpressions)
	}
	return s
}

// shared returns the selector that all policies have in common, or nil if one
// of them has another or none, or one that cannot be read.
func shared(policies []v1alpha1.TenantPolicy, of func(*v1alpha1.Match) *metav1.LabelSelector) *metav1.LabelSelector {
	var first *metav1.LabelSelector
	for i := range policies {
		match := policies[i].Spec.Match
		if match == nil {
			return nil
		}
		s := of(match)
		if s == nil || (first != nil && !equality.Semantic.DeepEqual(first, s)) {
			return nil
		}
		if _, err := metav1.LabelSelectorAsSelector(s); err != nil {
			return nil
		}
		first = s
	}
	return first
}
