package webhook

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// tenantPlaces warns of what the namespaces of a tenant mean for others.
type tenantPlaces struct {
	unknownParties
	now func() time.Time
}

// maxNamed is how many namespaces a warning names.
const maxNamed = 3

// wanted tells which namespaces are bound to others as well, and how many become
// a tenant's that were nobody's. What cannot be found out is not told: it is
// advice.
func (p tenantPlaces) wanted(ctx context.Context, t *translate.CompiledTenant) admission.Warnings {
	world := p.snapshots.Load()
	if world == nil || t.Places == nil {
		return nil
	}
	all, err := p.lookup.Namespaces(ctx)
	if err != nil {
		return nil
	}
	known := make(map[string]*residency.Namespace, len(all))
	for _, ns := range all {
		known[ns.Name] = ns
	}
	warnings := contested(world, t, known)
	if added := newlyTenants(world, t, known); len(added) > 0 {
		warnings = append(warnings, cut.Text(printable(fmt.Sprintf(
			"it makes %s a tenant's: what claims no tenant there is refused unless a policy's enforcement.unidentifiedInTenantNamespaces says otherwise; kubectl domicile impact -f FILE shows what does",
			countNamespaces(added))), maxWarning))
	}
	return warnings
}

// left tells what becomes of what a tenant has, once it is deleted: it is that of a tenant
// that does not exist, or nobody's.
func (p tenantPlaces) left(ctx context.Context, t *v1alpha1.Tenant) (warnings admission.Warnings) {
	world := p.snapshots.Load()
	if world == nil {
		return nil
	}
	all, err := p.lookup.Namespaces(ctx)
	if err != nil {
		return nil
	}
	var bound []string
	for _, ns := range all {
		if slices.ContainsFunc(ns.Claims.Tenants, func(c residency.Claim) bool { return c.Tenant == t.Name }) {
			bound = append(bound, ns.Name)
		}
	}
	slices.Sort(bound)
	warn := func(format string, args ...any) {
		warnings = append(warnings, cut.Text(printable(fmt.Sprintf(format, args...)), maxWarning))
	}
	its := &residency.Namespace{Claims: residency.Claims{Tenants: []residency.Claim{{Tenant: t.Name}}}}
	if world.Tenant(t.Name) != nil && world.MayRefuse(its, p.now()) {
		warn("a policy denies tenant %s: what runs for it is not deleted with it, and is then of a tenant that does not exist (enforcement.tenantNotFound)", t.Name)
	}
	if len(bound) > 0 {
		warn("annotations go on binding %s to tenant %s, which then does not exist (enforcement.tenantNotFound)", countNamespaces(bound), t.Name)
	}
	if unbound := boundBy(t); len(unbound) > 0 {
		warn("%s bound by its spec.namespaces.bound: what says nothing there is then nobody's (enforcement.unidentified)", countNamespaces(unbound))
	}
	return warnings
}

// contested warns of namespaces that others bind, too.
func contested(world *snapshot.Snapshot, t *translate.CompiledTenant, known map[string]*residency.Namespace) (warnings admission.Warnings) {
	for _, name := range t.Places.Bound {
		ns := &residency.Namespace{Name: name}
		if there := known[name]; there != nil {
			ns.Claims = there.Claims
		}
		ns.BoundBy = world.Namespaces.BoundBy(name)
		var others []string
		for _, claim := range ns.Tenants() {
			if claim.Tenant != t.Name {
				others = append(others, claim.Tenant)
			}
		}
		if len(others) > 0 && len(warnings) < maxWarnings/2 {
			warnings = append(warnings, cut.Text(printable(fmt.Sprintf(
				"namespace %s is bound to tenant %s as well: all of them count there, and the strictest answer wins", name, strings.Join(others, ", "))), maxWarning))
		}
	}
	return warnings
}

// newlyTenants lists the namespaces of a tenant that are nobody's so far.
func newlyTenants(world *snapshot.Snapshot, t *translate.CompiledTenant, known map[string]*residency.Namespace) []string {
	names := map[string]bool{}
	for _, name := range slices.Concat(t.Places.Bound, t.Places.Names) {
		names[name] = true
	}
	if selector, _ := t.Places.Selector(); selector != "" {
		for _, ns := range known {
			if t.Places.Selects(ns) {
				names[ns.Name] = true
			}
		}
	}
	maps.DeleteFunc(names, func(name string, _ bool) bool {
		ns := known[name]
		if ns == nil {
			ns = &residency.Namespace{Name: name}
		}
		return len(ns.Claims.Tenants) > 0 || len(world.Namespaces.BoundBy(name)) > 0 || world.Namespaces.Admitted(ns)
	})
	return slices.Sorted(maps.Keys(names))
}

// countNamespaces says how many namespaces there are, and names some.
func countNamespaces(names []string) string {
	noun := "1 namespace"
	if len(names) != 1 {
		noun = fmt.Sprint(len(names), " namespaces")
	}
	list := strings.Join(names[:min(len(names), maxNamed)], ", ")
	if len(names) > maxNamed {
		list += ", …"
	}
	return noun + " (" + list + ")"
}
