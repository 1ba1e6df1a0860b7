package residency_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
	"github.com/domicile-dev/domicile/internal/residency"
)

// exemptedWorld is a random policy, with random exemptions for random tenants,
// and a random request that involves some of them.
type exemptedWorld struct {
	graph      *ownership.Graph
	policy     residency.Policy
	exemptions []*residency.Exemption
	request    residency.Request
}

func newExemptedWorld(t *testing.T, seed uint64) exemptedWorld {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 23))
	w := exemptedWorld{graph: graphtest.Build(t, randomGraph(random)), request: residency.Request{At: noon}}
	w.policy = *newPolicy(t, func(p *residency.Policy) {
		p.Restricted, p.Indeterminate, p.Unidentified = action(random), action(random), action(random)
		p.Roles = [4]bool{true, random.IntN(2) == 0, true, true}
		if random.IntN(3) == 0 {
			p.EffectiveFrom, p.BeforeEffective = noon.Add(time.Hour), action(random)
		}
		if random.IntN(20) == 0 {
			p.Invalid = "bad"
		}
	})
	tenants := make([]*residency.Tenant, 4)
	for i := range tenants {
		tenants[i] = randomTenant(random)
		tenants[i].Name = fmt.Sprintf("t%d", i)
	}
	for i := range random.IntN(6) {
		w.exemptions = append(w.exemptions, waiver(
			fmt.Sprintf("e%d", i), fmt.Sprintf("t%d", random.IntN(len(tenants)+1)), noon.Add(time.Duration(random.IntN(5)-2)*time.Minute)))
	}
	if random.IntN(4) > 0 {
		w.request.Tenant = tenants[0]
	}
	for i := range random.IntN(4) {
		named := residency.NamedTenant{Name: fmt.Sprintf("t%d", i+1)}
		if i+1 < len(tenants) {
			named.Tenant = tenants[i+1]
		}
		w.request.OnBehalfOf = append(w.request.OnBehalfOf, named)
	}
	for range random.IntN(2) {
		w.request.Owners = append(w.request.Owners, ownership.Ref{Key: randomParty(random)})
	}
	return w
}

// under decides with some exemptions.
func (w exemptedWorld) under(at time.Time, exemptions ...*residency.Exemption) residency.Decision {
	p := w.policy
	exempting(exemptions...)(&p)
	r := w.request
	r.At = at
	return residency.Evaluate(&p, w.graph, r)
}

// finding identifies one in a decision.
func finding(f residency.Finding) string {
	label := ""
	if f.Cause != nil {
		label = f.Cause.Label
	}
	return fmt.Sprintf("%s/%s/%s/%s", f.Tenant, f.Role, f.Reason, label)
}

// TestExemptionsDoNotCombine holds that under any exemptions exactly those
// findings don't count that one of them alone sets aside, and that the answer
// follows from the others.
func TestExemptionsDoNotCombine(t *testing.T) {
	t.Parallel()
	exemptedAtAll := 0
	for seed := range uint64(300) {
		w := newExemptedWorld(t, seed)
		without, all := w.under(noon), w.under(noon, w.exemptions...)
		aside := map[string]bool{}
		for _, e := range w.exemptions {
			for _, f := range w.under(noon, e).Findings {
				if f.Exempted != nil {
					aside[finding(f)] = true
				}
			}
		}
		action := without.Action
		if w.policy.Invalid == "" {
			action = residency.Allow
			if w.request.Tenant == nil {
				action = w.policy.Unidentified
			}
			for _, f := range without.Findings {
				if !aside[finding(f)] {
					action = min(action, map[residency.Verdict]residency.Action{
						residency.Restricted: w.policy.Restricted, residency.Indeterminate: w.policy.Indeterminate,
					}[f.Verdict])
				}
			}
			if noon.Before(w.policy.EffectiveFrom) {
				action = max(action, w.policy.BeforeEffective)
			}
		}
		if all.Action != action {
			t.Fatalf("seed %d: %s under all exemptions, %s by each finding", seed, all.Action, action)
		}
		if len(all.Findings) != len(without.Findings) {
			t.Fatalf("seed %d: %d findings became %d", seed, len(without.Findings), len(all.Findings))
		}
		for _, f := range all.Findings {
			if (f.Exempted != nil) != aside[finding(f)] {
				t.Fatalf("seed %d: %s: exempted by %v, by one alone: %t", seed, finding(f), f.Exempted, aside[finding(f)])
			}
			if f.Exempted != nil && f.Exempted.Tenant != f.Tenant {
				t.Fatalf("seed %d: an exemption of %s for %s", seed, f.Exempted.Tenant, f.Tenant)
			}
		}
		exemptedAtAll += min(1, len(aside))
	}
	if exemptedAtAll < 50 {
		t.Errorf("only %d worlds had anything to set aside", exemptedAtAll)
	}
}

// TestOneMoreExemption holds that it never makes anything stricter, and changes
// nothing about requests that its tenant has no part in.
func TestOneMoreExemption(t *testing.T) {
	t.Parallel()
	others := 0
	for seed := range uint64(300) {
		w := newExemptedWorld(t, seed)
		involved := map[string]bool{}
		if w.request.Tenant != nil {
			involved[w.request.Tenant.Name] = true
		}
		for _, o := range w.request.OnBehalfOf {
			involved[o.Name] = true
		}
		for i, e := range w.exemptions {
			before, after := w.under(noon, w.exemptions[:i]...), w.under(noon, w.exemptions[:i+1]...)
			if after.Action < before.Action {
				t.Fatalf("seed %d: exemption %s made %s of %s", seed, e.Name, after.Action, before.Action)
			}
			if !involved[e.Tenant] {
				others++
				if diff := cmp.Diff(before, after); diff != "" {
					t.Fatalf("seed %d: an exemption of %s changed this:\n%s", seed, e.Tenant, diff)
				}
			}
		}
	}
	if others < 50 {
		t.Errorf("only %d exemptions were of other tenants", others)
	}
}

// TestAnExpiredExemptionIsAbsent holds that from the instant at which it expires
// the answer is the one without it, and until then the one with it for ever.
func TestAnExpiredExemptionIsAbsent(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		w := newExemptedWorld(t, seed)
		for i, e := range w.exemptions {
			others := append(append([]*residency.Exemption{}, w.exemptions[:i]...), w.exemptions[i+1:]...)
			for _, at := range []time.Time{e.ExpiresAt, e.ExpiresAt.Add(time.Second), e.ExpiresAt.AddDate(9, 0, 0)} {
				if diff := cmp.Diff(w.under(at, others...), w.under(at, w.exemptions...)); diff != "" {
					t.Fatalf("seed %d: exemption %s has an effect at %s:\n%s", seed, e.Name, at, diff)
				}
			}
			endless := *e
			endless.ExpiresAt = noon.AddDate(100, 0, 0)
			for _, at := range []time.Time{e.ExpiresAt.Add(-time.Second), e.ExpiresAt.Add(-1)} {
				if diff := cmp.Diff(w.under(at, append(others, &endless)...), w.under(at, w.exemptions...), whichever); diff != "" {
					t.Fatalf("seed %d: exemption %s has no effect yet at %s:\n%s", seed, e.Name, at, diff)
				}
			}
		}
	}
}

// whichever takes exemptions of one tenant for the same.
var whichever = cmpopts.IgnoreFields(residency.Exemption{}, "Name", "ExpiresAt")
