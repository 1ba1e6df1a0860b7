package residency

import "time"

// Exemption is a compiled TenantExemption: its policy does nothing with what it
// finds out about one tenant, until an instant. It is immutable.
type Exemption struct {
	Name, Tenant string
	// Reference is where it is on record.
	Reference string
	// ExpiresAt is the first instant at which it has no effect any more.
	ExpiresAt time.Time
}

// holds says whether the exemption has an effect at an instant.
func (e *Exemption) holds(at time.Time) bool { return at.Before(e.ExpiresAt) }

// Exemption is the exemption of a tenant that holds at an instant, if there is
// one; of several, the one that holds longest, and of those the first by name.
//
// It covers what is found out about that tenant's own parties, and nothing that
// an object adds to them: so several exemptions never admit together what none
// of them is about.
func (p *Policy) Exemption(tenant string, at time.Time) *Exemption {
	var longest *Exemption
	for _, e := range p.Exemptions[tenant] {
		switch {
		case !e.holds(at):
		case longest == nil, e.ExpiresAt.After(longest.ExpiresAt),
			e.ExpiresAt.Equal(longest.ExpiresAt) && e.Name < longest.Name:
			longest = e
		}
	}
	return longest
}

// exempts is the exemption because of which a finding does not count; nil if it
// counts. What is found out about an owner that an annotation names, or of a
// tenant that does not exist, always counts.
func (p *Policy) exempts(f Finding, at time.Time) *Exemption {
	if f.Verdict == Clear || f.Tenant == "" || f.Reason == TenantNotFound {
		return nil
	}
	return p.Exemption(f.Tenant, at)
}

// exempt notes an exemption once.
func (d *Decision) exempt(e *Exemption) {
	for _, known := range d.Exemptions {
		if known == e {
			return
		}
	}
	d.Exemptions = append(d.Exemptions, e)
}
