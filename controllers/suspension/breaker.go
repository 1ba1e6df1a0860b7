package suspension

import (
	"time"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// assessment is how many tenants would be suspended, and whether that is more
// than may be without a confirmation. A bad register must not switch a cluster
// off.
type assessment struct {
	world *snapshot.Snapshot
	at    time.Time
	// tenants are all that there are, and affected those that any policy suspends
	// or keeps suspended.
	tenants, affected int
	// each has the tenants of each policy that suspends.
	each map[string]map[string]bool
	// open names the policies that suspend nothing more.
	open map[string]bool
	// wants is what policies want with each tenant, to notice changes; those that
	// want nothing suspended are left out.
	wants map[string]string
	// policies are those that suspend: another set makes everything due.
	policies string
}

// assess asks every policy that suspends about every tenant that it is about,
// and adds the tenants of which something is suspended, or is to be because of
// whom it runs for. share is in percent.
func assess(w *snapshot.Snapshot, at time.Time, entries []entry, share int) *assessment {
	a := &assessment{
		world: w, at: at, tenants: w.Tenants.Len(),
		each: map[string]map[string]bool{}, open: map[string]bool{}, wants: map[string]string{},
	}
	for _, p := range w.Policies {
		if !p.Suspends {
			continue
		}
		a.policies += p.Name + ","
		a.each[p.Name] = map[string]bool{}
		for tenant := range w.Tenants.All() {
			name := tenant.Name
			if p.SelectsTenant != nil && !p.SelectsTenant(tenant.Labels) {
				continue
			}
			vote := voteAbout(w, p, tenant, at)
			if vote != giveBack {
				a.wants[name] += p.Name + "=" + string(rune('0'+vote)) + ","
			}
			if vote == suspended {
				a.each[p.Name][name] = true
			}
		}
	}
	for _, e := range entries {
		if e.want == giveBack {
			continue
		}
		for _, p := range e.policies {
			if a.each[p] != nil {
				a.each[p][e.tenant] = true
			}
		}
	}
	all := map[string]bool{}
	for _, tenants := range a.each {
		for name := range tenants {
			all[name] = true
		}
	}
	a.affected = len(all)
	if a.affected*100 <= share*a.tenants {
		return a
	}
	for name, tenants := range a.each {
		if p := policyOf(&w.World, name); p.MaxSuspended < len(tenants) {
			a.open[name] = true
		}
	}
	return a
}

// voteAbout is what a policy wants for the objects of one tenant alone.
func voteAbout(w *snapshot.Snapshot, p *residency.Policy, tenant *residency.Tenant, at time.Time) want {
	if verdict, ok := w.Verdicts.Of(p, tenant, at); ok && verdict == residency.Clear {
		return giveBack
	}
	return voteOf(residency.Evaluate(p, w.Graph, residency.Request{At: at, Tenant: tenant}))
}

// allowed says whether anything may be suspended for any of some policies.
func (a *assessment) allowed(policies []string) bool {
	for _, name := range policies {
		if a.each[name] != nil && !a.open[name] {
			return true
		}
	}
	return false
}

// isOpen says whether any policy suspends nothing more although it would.
func (a *assessment) isOpen() bool {
	for name := range a.open {
		if len(a.each[name]) > 0 {
			return true
		}
	}
	return false
}
