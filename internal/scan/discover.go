package scan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// covered is a resource that policies cover.
type covered struct {
	schema.GroupVersionResource

	namespaced bool
}

// discover finds what is served and covered, in the order in which it is gone
// over. Namespaces and Secrets have ways of their own and are not among it.
func (p *pass) discover(ctx context.Context) ([]covered, error) {
	p.stats.Requests++
	client := discovery.ToDiscoveryInterfaceWithContext(p.options.Discovery)
	groups, lists, err := client.ServerGroupsAndResourcesWithContext(ctx)
	var failed *discovery.ErrGroupDiscoveryFailed
	switch {
	case errors.As(err, &failed):
		p.undiscovered(failed)
	case err != nil:
		return nil, fmt.Errorf("discover what is served: %w", err)
	}
	byVersion := make(map[string][]metav1.APIResource, len(lists))
	for _, list := range lists {
		if list != nil {
			byVersion[list.GroupVersion] = list.APIResources
		}
	}
	var all []covered
	for _, group := range groups {
		all = append(all, p.ofGroup(group, byVersion)...)
	}
	slices.SortStableFunc(all, func(a, b covered) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Resource, b.Resource))
	})
	return all, nil
}

// undiscovered notes the groups that did not answer, if policies cover anything
// in them: that a metrics server is down is nothing to worry about here.
func (p *pass) undiscovered(failed *discovery.ErrGroupDiscoveryFailed) {
	for gv, err := range failed.Groups {
		if p.world.Concerns == nil || slices.Contains(p.world.APIGroups, gv.Group) {
			p.stats.Gaps = append(p.stats.Gaps, Gap{Resource: gv.Group, Reason: GapDiscovery, Err: err})
		}
	}
}

// ofGroup picks the covered resources of a group, each in one version: the
// preferred one, unless only another is covered.
func (p *pass) ofGroup(group *metav1.APIGroup, byVersion map[string][]metav1.APIResource) []covered {
	versions := make([]string, 0, len(group.Versions)+1)
	versions = append(versions, group.PreferredVersion.Version)
	for _, v := range group.Versions {
		if v.Version != group.PreferredVersion.Version {
			versions = append(versions, v.Version)
		}
	}
	var out []covered
	taken := map[string]bool{}
	for _, version := range versions {
		gv := schema.GroupVersion{Group: group.Name, Version: version}
		for _, r := range byVersion[gv.String()] {
			gvr := gv.WithResource(r.Name)
			if taken[r.Name] || !p.covers(gvr) || !slices.Contains(r.Verbs, "list") {
				continue
			}
			taken[r.Name] = true
			out = append(out, covered{GroupVersionResource: gvr, namespaced: r.Namespaced})
		}
	}
	return out
}

func (p *pass) covers(r schema.GroupVersionResource) bool {
	if strings.Contains(r.Resource, "/") || r == translate.NamespaceResource || r == translate.SecretResource {
		return false
	}
	return p.world.IsAbout(&residency.Object{Group: r.Group, Version: r.Version, Resource: r.Resource})
}

// rank puts owners before what they make. What is not in the table comes first:
// it is what a policy adds, and that usually makes what is known here.
func (c covered) rank() int {
	if k := translate.KindOf(c.GroupResource()); k != nil {
		return k.Rank
	}
	return 0
}
