package kinds

import (
	"fmt"
	"slices"
	"strings"
)

// Right is a rule of RBAC about resources of one group.
type Right struct {
	Group            string
	Resources, Verbs []string
}

// Marker is the right as a comment that controller-gen reads.
func (r Right) Marker() string {
	return fmt.Sprintf("//+kubebuilder:rbac:groups=%q,resources=%s,verbs=%s", r.Group, strings.Join(r.Resources, ";"), strings.Join(r.Verbs, ";"))
}

// AuditRights are for going over everything that may be covered. RBAC knows no
// right to the metadata of Secrets alone. Secrets are watched, too: what names one may
// be there before it.
func AuditRights() []Right {
	return rights(append(slices.Concat(Groups()...), Secret), func(k Kind) []string {
		if k.Kind == Secret.Kind {
			return []string{"list", "watch"}
		}
		return []string{"list"}
	})
}

// AdmissionRights are for finding out whose a Scale is, and whether the one for whom a
// Pod is made has room for it.
func AdmissionRights() []Right {
	return rights(Workloads(), func(k Kind) []string {
		if k.Scale || k.Controller != "" {
			return []string{"get"}
		}
		return nil
	})
}

// SuspensionRights are for suspending, and for giving back.
func SuspensionRights() []Right {
	evictions := Right{Resources: []string{Pod.Resource + "/eviction"}, Verbs: []string{"create"}}
	all := append(append(Workloads(), Secret), autoscalers...)
	return append(rights(all, func(k Kind) []string { return verbs[k.Way] }), evictions)
}

// verbs are what the ways of suspending take. A Pod is created again; an
// immutable Secret is deleted and created again.
var verbs = map[Way][]string{
	Set:   {"get", "list", "patch"},
	Evict: {"create", "get", "list", "patch"},
	Hold:  {"create", "delete", "get", "list", "patch"},
}

// rights has a rule for each group and set of verbs.
func rights(all []Kind, verbsOf func(Kind) []string) []Right {
	var list []Right
	for _, k := range all {
		verbs := verbsOf(k)
		if len(verbs) == 0 {
			continue
		}
		at := slices.IndexFunc(list, func(r Right) bool { return r.Group == k.Group && slices.Equal(r.Verbs, verbs) })
		if at < 0 {
			at, list = len(list), append(list, Right{Group: k.Group, Verbs: verbs})
		}
		list[at].Resources = append(list[at].Resources, k.Resource)
	}
	return list
}

// The labels of ClusterRoles whose rights the manager gets: to read, and to suspend.
const (
	ReaderLabel    = "rbac.domicile.dev/aggregate-to-reader"
	SuspenderLabel = "rbac.domicile.dev/aggregate-to-suspender"
)

// Grant says how to let Domicile read a resource that it does not know by name.
func Grant(r Resource) string { return grant(r, ReaderLabel, "get, list") }

// GrantSuspension says how to let Domicile suspend objects of such a resource.
func GrantSuspension(r Resource) string {
	return grant(r, SuspenderLabel, strings.Join(verbs[Set], ", "))
}

func grant(r Resource, label, verbs string) string {
	return fmt.Sprintf("Create a ClusterRole with the label %s: \"true\" and the rule apiGroups: [%s], resources: [%s], verbs: [%s].", label, r.Group, r.Resource, verbs)
}
