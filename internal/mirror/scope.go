package mirror

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// scope is what some policies cover, in CEL, and whom they refuse there.
type scope struct {
	// where must be true of a request.
	where []string
	// conditions are the expressions of the policy's author.
	conditions []string
	// resources are those that are covered besides the built-in ones.
	resources []resource

	// names are tenants, and bound the namespaces that are theirs by their spec.
	names, bound map[string]bool
}

type resource struct{ group, resource string }

// key identifies what a scope covers.
func (s *scope) key() string { return fmt.Sprintf("%q %q %q", s.where, s.conditions, s.resources) }

// add adds tenants, and the namespaces that are theirs.
func (s *scope) add(w *snapshot.Snapshot, tenants map[string]bool) {
	for name := range tenants {
		s.names[name] = true
		if t, ok := w.Objects.Tenants.Get(name); ok && t.Places != nil {
			for _, ns := range t.Places.Bound {
				s.bound[ns] = true
			}
		}
	}
}

// scopeOf says in CEL what a policy covers. Left is what it covers besides, in words.
//
// A selector of objects sees no labels on a Scale. A condition may read the values of
// a Secret, which the webhook keeps from it. So both are left to the webhook.
func scopeOf(m *v1alpha1.Match) (s scope, left []string) {
	if m == nil {
		return s, nil
	}
	if m.NamespaceSelector != nil {
		s.where = append(s.where, "variables.clusterScoped || ("+selects("variables.namespaceLabels", m.NamespaceSelector)+")")
	}
	if m.ObjectSelector != nil {
		s.where = append(s.where, "!variables.scale", "("+selects("variables.labels", m.ObjectSelector)+
			") || request.operation == 'UPDATE' && ("+selects("variables.oldLabels", m.ObjectSelector)+")")
		left = append(left, "scale subresources, because of objectSelector")
	}
	if len(m.MatchConditions) > 0 {
		s.where = append(s.where, "!variables.secret")
		left = append(left, "API keys, because of matchConditions")
	}
	for _, c := range m.MatchConditions {
		s.conditions = append(s.conditions, c.Expression)
	}
	if len(m.APIKeys) > 0 {
		left = append(left, "Secrets that only apiKeys tells")
	}
	for _, rule := range m.Resources {
		if known := namedBy(rule); known != nil {
			s.resources = append(s.resources, known...)
		} else {
			left = append(left, "resources "+strings.Join(rule.Resources, ", "))
		}
	}
	return s, left
}

// namedBy lists the resources of a rule; nil if it is not one of plain resources in all
// versions. Of some kinds the webhook asks another question.
func namedBy(rule v1alpha1.ResourceRule) (all []resource) {
	if versions := rule.APIVersions; len(versions) > 0 && !slices.Contains(versions, "*") {
		return nil
	}
	for _, group := range rule.APIGroups {
		for _, name := range rule.Resources {
			if group == "*" || strings.ContainsAny(name, "*/") || group == "" && (name == "secrets" || name == "serviceaccounts" || name == "namespaces") {
				return nil
			}
			all = append(all, resource{group, name})
		}
	}
	return all
}

// selects is a label selector as an expression over a map of labels.
func selects(labels string, s *metav1.LabelSelector) string {
	all := []string{"true"}
	for _, key := range slices.Sorted(maps.Keys(s.MatchLabels)) {
		all = append(all, isOneOf(labels, key, s.MatchLabels[key]))
	}
	for _, r := range s.MatchExpressions {
		switch r.Operator {
		case metav1.LabelSelectorOpIn:
			all = append(all, isOneOf(labels, r.Key, r.Values...))
		case metav1.LabelSelectorOpNotIn:
			all = append(all, "!("+isOneOf(labels, r.Key, r.Values...)+")")
		case metav1.LabelSelectorOpExists:
			all = append(all, quote(r.Key)+" in "+labels)
		case metav1.LabelSelectorOpDoesNotExist:
			all = append(all, "!("+quote(r.Key)+" in "+labels+")")
		default:
			return "false"
		}
	}
	return strings.Join(all, " && ")
}

func isOneOf(labels, key string, values ...string) string {
	return quote(key) + " in " + labels + " && " + labels + "[" + quote(key) + "] in " + list(values)
}
