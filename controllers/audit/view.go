package audit

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// view is what matters to the audit of a snapshot at an instant. Two views that
// are alike find the same.
type view struct {
	revision string
	// from and until are the instants between which nothing changes by itself;
	// until is zero if nothing ever does.
	from, until time.Time
	// coverage identifies what policies cover, and what they do with objects of
	// which nobody knows the tenant.
	coverage string
	// outlooks identify what policies find out about and do with each tenant.
	outlooks map[string]uint64
}

// outdated says whether a snapshot may look otherwise than this.
func (v view) outdated(w *snapshot.Snapshot, now time.Time) bool {
	return v.revision != w.Revision || now.Before(v.from) || !v.until.IsZero() && !now.Before(v.until)
}

func newView(w *snapshot.Snapshot, at time.Time) view {
	v := view{revision: w.Revision, from: at, outlooks: make(map[string]uint64, len(w.Tenants))}
	v.until, _ = w.NextBoundary(at)
	var coverage strings.Builder
	for _, p := range w.Policies {
		fmt.Fprintf(&coverage, "%s %s;", p.Name, p.Scope)
		if p.SelectsTenant == nil {
			fmt.Fprintf(&coverage, "%d %s;", p.Unidentified, notice(p, at))
		}
	}
	v.coverage = coverage.String()
	verdicts := w.Verdicts
	for name, tenant := range w.Tenants {
		hash := fnv.New64a()
		fmt.Fprintf(hash, "%s;", tenant.Scope)
		for _, p := range w.Policies {
			if p.SelectsTenant != nil && !p.SelectsTenant(tenant.Labels) {
				continue
			}
			verdict, known := verdicts.Of(p, tenant, at)
			if !known && p.Invalid == "" { // the snapshot is of another period
				verdicts = residency.NewVerdicts(&w.World, at)
				verdict, _ = verdicts.Of(p, tenant, at)
			}
			fmt.Fprintf(hash, "%s %d;", p.Name, verdict)
			if verdict != residency.Clear {
				fmt.Fprintf(hash, "%d %d %s;", p.Restricted, p.Indeterminate, notice(p, at))
			}
			if e := p.Exemption(name, at); e != nil {
				fmt.Fprintf(hash, "%s;", e.Name)
			}
		}
		v.outlooks[name] = hash.Sum64()
	}
	return v
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
	if v.coverage != before.coverage {
		return true, nil
	}
	tenants = map[string]bool{}
	for name, outlook := range v.outlooks {
		if was, ok := before.outlooks[name]; !ok || was != outlook {
			tenants[name] = true
		}
	}
	for name := range before.outlooks {
		if _, ok := v.outlooks[name]; !ok {
			tenants[name] = true
		}
	}
	return false, tenants
}
