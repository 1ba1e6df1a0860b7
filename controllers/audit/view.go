package audit

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// view is what matters to the audit of a snapshot at an instant.
type view struct {
	world *snapshot.Snapshot
	// from and until are the instants between which nothing changes by itself;
	// until is zero if nothing ever does.
	from, until time.Time
	// coverage identifies what policies cover, and what they do with objects of
	// which nobody knows the tenant.
	coverage string
	verdicts *residency.Verdicts
}

// outdated says whether a snapshot may look otherwise than this.
func (v view) outdated(w *snapshot.Snapshot, now time.Time) bool {
	return v.world == nil || v.world.Revision != w.Revision || now.Before(v.from) || v.over(now)
}

// over says whether something has changed by itself since.
func (v view) over(now time.Time) bool { return !v.until.IsZero() && !now.Before(v.until) }

func newView(w *snapshot.Snapshot, at time.Time) view {
	v := view{world: w, from: at, verdicts: w.Verdicts}
	v.until, _ = w.NextBoundary(at)
	var coverage strings.Builder
	for _, p := range w.Policies {
		fmt.Fprintf(&coverage, "%s %s;", p.Name, p.Scope)
		if p.SelectsTenant == nil {
			fmt.Fprintf(&coverage, "%d %d %d %s;", p.Unidentified, p.UnidentifiedInTenantNamespaces, p.TenantNotFound, notice(p, at))
		}
	}
	for _, k := range w.Objects.Found {
		fmt.Fprintf(&coverage, "%s.%s;", k.Resource, k.Group)
	}
	v.coverage = coverage.String()
	if !v.verdicts.Covers(at) { // the snapshot is of another period
		v.verdicts = residency.NewVerdicts(&w.World, at)
	}
	return v
}

// outlook identifies what policies find out about and do with a tenant.
func (v view) outlook(name string) uint64 {
	tenant := v.world.Tenant(name)
	if tenant == nil {
		return 0
	}
	hash := fnv.New64a()
	fmt.Fprintf(hash, "%s;", tenant.Scope)
	for _, p := range v.world.Policies {
		if p.SelectsTenant != nil && !p.SelectsTenant(tenant.Labels) {
			continue
		}
		verdict, _ := v.verdicts.Of(p, tenant, v.from)
		fmt.Fprintf(hash, "%s %d;", p.Name, verdict)
		if verdict != residency.Clear {
			fmt.Fprintf(hash, "%d %d %s %t;", p.Restricted, p.Indeterminate, notice(p, v.from), p.Suspends)
		}
		if e := p.Exemption(name, v.from); e != nil {
			fmt.Fprintf(hash, "%s;", e.Name)
		}
	}
	return hash.Sum64()
}

// notice identifies the notice period that a policy is in; "" if it is in none.
func notice(p *residency.Policy, at time.Time) string {
	if p.EffectiveFrom.IsZero() || !at.Before(p.EffectiveFrom) {
		return ""
	}
	return fmt.Sprintf("%d %d", p.BeforeEffective, p.EffectiveFrom.UnixNano())
}

// since compares a view with an earlier one: either everything has to be gone
// over again, or what belongs to some tenants.
func (v view) since(before view) (everything bool, tenants map[string]bool) {
	if before.world == nil || v.coverage != before.coverage {
		return true, nil
	}
	tenants = map[string]bool{}
	compare := func(name string) {
		if v.outlook(name) != before.outlook(name) {
			tenants[name] = true
		}
	}
	touched := v.world.Since(before.world, before.from)
	if touched.EveryTenant() || before.over(v.from) || v.from.Before(before.from) {
		for tenant := range v.world.Tenants.All() {
			compare(tenant.Name)
		}
		for tenant := range before.world.Tenants.All() {
			compare(tenant.Name)
		}
		return false, tenants
	}
	for name := range touched.Tenants {
		compare(name)
	}
	return false, tenants
}
