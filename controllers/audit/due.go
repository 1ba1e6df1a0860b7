package audit

import (
	"context"
	"maps"
	"slices"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// due is what is to be scanned.
type due struct {
	everything bool
	namespaces map[string]bool
}

func (d *due) any() bool { return d.everything || len(d.namespaces) > 0 }

func (d *due) add(namespace string) {
	if d.namespaces == nil {
		d.namespaces = map[string]bool{}
	}
	d.namespaces[namespace] = true
}

func (d *due) merge(other due) {
	d.everything = d.everything || other.everything
	for namespace := range other.namespaces {
		d.add(namespace)
	}
}

// aFew is how many namespaces are gone over one by one in any case, and not by
// listing the whole cluster.
const aFew = 16

// scope is what to scan: nil for the whole cluster, which takes fewer requests
// than most of its namespaces one by one.
func (d *due) scope(known int) []string {
	if d.everything || len(d.namespaces) > max(aFew, known/2) {
		return nil
	}
	return slices.Sorted(maps.Keys(d.namespaces))
}

// dueOf makes the namespaces due in which tenants are or may be claimed: those
// that are bound to them, those that their spec.namespaces admits in any of some
// worlds, and those in which the latest scans saw them.
func (a *Auditor) dueOf(ctx context.Context, worlds []*snapshot.Snapshot, tenants map[string]bool) {
	for namespace, s := range a.summaries {
		if namespace != "" && intersects(s.tenants, tenants) {
			a.due.add(namespace)
		}
	}
	all, err := a.options.Namespaces(ctx)
	if err != nil {
		a.options.Log.Error(err, "Could not find out a tenant's namespaces")
		a.due.everything = true
		return
	}
	for _, ns := range all {
		if slices.ContainsFunc(worlds, func(w *snapshot.Snapshot) bool { return concerns(ns, w, tenants) }) {
			a.due.add(ns.Name)
		}
	}
}

func concerns(ns *residency.Namespace, w *snapshot.Snapshot, tenants map[string]bool) bool {
	for _, claims := range [][]residency.Claim{ns.Claims.Tenants, ns.Claims.OnBehalfOf} {
		for _, claim := range claims {
			if tenants[claim.Tenant] {
				return true
			}
		}
	}
	for _, name := range w.Namespaces.BoundBy(ns.Name) {
		if tenants[name] {
			return true
		}
	}
	for name := range tenants {
		if t := w.Tenant(name); t != nil && t.Admits != nil && t.Admits(ns) {
			return true
		}
	}
	return false
}

func intersects(a, b map[string]bool) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	for key := range a {
		if b[key] {
			return true
		}
	}
	return false
}
