package controllers

import "maps"

// kindAndReason is what objects are counted by.
type kindAndReason struct{ kind, reason string }

// readySamples counts objects by kind and by the reason of their condition Ready.
func readySamples(p *planned, t *tally) []sample {
	counts := maps.Clone(t.ready)
	for _, status := range p.policies {
		counts[kindAndReason{"TenantPolicy", reasonOf(status.Conditions)}]++
	}
	for _, e := range p.world.Objects.Exemptions.All() {
		counts[kindAndReason{"TenantExemption", p.exemptionReady(e).reason}]++
	}
	samples := make([]sample, 0, len(counts))
	for labels, n := range counts {
		if n > 0 {
			samples = append(samples, sample{float64(n), []string{labels.kind, labels.reason}})
		}
	}
	return samples
}
