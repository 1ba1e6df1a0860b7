package contact

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/util/resourceversion"
)

// maxClaims bounds the reads that wait for the informer to get as far.
const maxClaims = 8

// claim is what a consistent read said: at that time, the API server was at the revision.
type claim struct {
	at       time.Time
	revision string
}

// proofs are about one kind: an informer that has reached a revision knows all that
// was written before the read that said the revision began.
type proofs struct {
	// reached is how far the informer's store is.
	reached func() string

	mu     sync.Mutex
	open   []claim
	proven time.Time
	reason error // of what failed since the last claim
}

// add adds a claim.
func (p *proofs) add(c claim) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settle()
	p.reason = nil
	if len(p.open) == maxClaims {
		p.open = p.open[1:]
	}
	p.open = append(p.open, c)
}

// fail notes why there is no claim.
func (p *proofs) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reason = err
}

// latest is the time up to which everything that was written is known, and what has
// failed since. The time is zero if nothing has been proven.
func (p *proofs) latest() (time.Time, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settle()
	return p.proven, p.reason
}

// settle proves the claims that the informer has got as far as. It is called with mu held,
// for every request: mostly nothing is open.
func (p *proofs) settle() {
	if len(p.open) == 0 {
		return
	}
	reached := p.reached()
	var waiting []claim
	for _, c := range p.open {
		order, err := resourceversion.CompareResourceVersion(reached, c.revision)
		switch {
		case err != nil || order < 0:
			waiting = append(waiting, c)
		case c.at.After(p.proven):
			p.proven = c.at
		}
	}
	p.open = waiting
}
