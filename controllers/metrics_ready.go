package controllers

import "sync"

// readyMetric counts objects by kind and by the reason of their condition Ready.
// Whether a policy is ready depends on the webhook configuration, too, which
// changes without another plan, so policies are counted apart.
type readyMetric struct {
	family *family

	mu       sync.Mutex
	others   map[kindAndReason]int
	policies map[string]string // reasons by name
}

type kindAndReason struct{ kind, reason string }

// replace takes over a plan, and the reasons of policies where they are others.
func (r *readyMetric) replace(p *plan, policies map[string]string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.others = map[kindAndReason]int{}
	for _, o := range p.tenants {
		r.others[kindAndReason{"Tenant", o.ready.reason}]++
	}
	for _, o := range p.entities {
		r.others[kindAndReason{"LegalEntity", o.ready.reason}]++
	}
	for _, o := range p.exemptions {
		r.others[kindAndReason{"TenantExemption", o.ready.reason}]++
	}
	r.policies = make(map[string]string, len(p.policies))
	for name, o := range p.policies {
		r.policies[name] = o.ready.reason
		if reason, ok := policies[name]; ok {
			r.policies[name] = reason
		}
	}
	r.publish()
}

// policy takes over what became of one policy since.
func (r *readyMetric) policy(name, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.policies[name]; !ok || known == reason {
		return
	}
	r.policies[name] = reason
	r.publish()
}

func (r *readyMetric) publish() {
	counts := map[kindAndReason]int{}
	for _, reason := range r.policies {
		counts[kindAndReason{"TenantPolicy", reason}]++
	}
	samples := make([]sample, 0, len(counts)+len(r.others))
	for _, m := range []map[kindAndReason]int{counts, r.others} {
		for labels, n := range m {
			samples = append(samples, sample{float64(n), []string{labels.kind, labels.reason}})
		}
	}
	r.family.replace(samples)
}
