package status

import (
	"context"
	"fmt"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/condition"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Mirror knows what API servers refuse by themselves.
type Mirror interface {
	// Mirrored is the condition of a policy; false if nothing is known yet.
	Mirrored(policy string) (condition.State, bool)
	// Refuses says whether an API server may refuse a tenant by itself because of a
	// policy.
	Refuses(policy, tenant string) bool
	// Changed returns a channel that is closed when any of that changes.
	Changed() <-chan struct{}
}

// held are tenants of which the status waits: API servers still refuse them.
type held struct {
	mu      sync.Mutex
	tenants map[string]bool
}

// followMirror makes another plan whenever something else is known of the mirror.
func (s *Writer) followMirror(ctx context.Context) {
	for {
		changed := s.options.Mirror.Changed()
		s.configured.Wake()
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}

// holdBack says whether a status has to wait: nobody should read that a tenant is
// admitted while an API server may still refuse it by itself. It is queued again when
// the mirror has changed.
func (s *Writer) holdBack(p *planned, item target) bool {
	if s.options.Mirror == nil || item.kind != "Tenant" {
		return false
	}
	tenant := p.world.Tenant(item.name)
	if tenant == nil {
		return false
	}
	waits := func() bool {
		for _, policy := range p.world.Policies {
			if !s.options.Mirror.Refuses(policy.Name, tenant.Name) {
				continue
			}
			request := residency.Request{At: p.at, Tenant: tenant}
			if !isAbout(policy, tenant) || p.world.Evaluate(policy, request).Action != residency.Deny {
				return true
			}
		}
		return false
	}
	if !waits() {
		return false
	}
	s.held.add(item.name)
	return waits() // or the mirror has changed before anybody could know what waits
}

func (h *held) add(tenant string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.tenants == nil {
		h.tenants = map[string]bool{}
	}
	h.tenants[tenant] = true
}

// release queues what was held back.
func (s *Writer) release() {
	s.held.mu.Lock()
	tenants := s.held.tenants
	s.held.tenants = nil
	s.held.mu.Unlock()
	for name := range tenants {
		s.add(target{"Tenant", name}, priorityChanged)
	}
}

// exemption is what the status of a TenantExemption should say: it is not in effect while
// an API server may still refuse its tenant by itself.
func (p *planned) exemption(name string) (v1alpha1.TenantExemptionStatus, bool) {
	status, ok := p.plan.exemption(name)
	e, exists := p.world.Objects.Exemptions.Get(name)
	if p.mirror == nil || !ok || !exists || reasonOf(status.Conditions) != v1alpha1.ReasonInEffect || !p.mirror.Refuses(e.Policy, e.Exemption.Tenant) {
		return status, ok
	}
	waits := condition.False(v1alpha1.ReasonMirrorBehind, fmt.Sprintf(
		"Domicile admits tenant %s, but an API server may still refuse it by itself: its mirror is behind.", e.Exemption.Tenant))
	status.Conditions = []metav1.Condition{waits.Of(v1alpha1.ConditionReady, status.ObservedGeneration)}
	return status, true
}

// mirrored adds to the status of a policy how much of it API servers enforce by
// themselves.
func (p *planned) mirrored(name string, status v1alpha1.TenantPolicyStatus) v1alpha1.TenantPolicyStatus {
	if p.mirror == nil {
		return status
	}
	if said, ok := p.mirror.Mirrored(name); ok {
		status.Conditions = append(status.Conditions, said.Of(v1alpha1.ConditionMirrored, status.ObservedGeneration))
	}
	return status
}
