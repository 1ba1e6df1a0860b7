// Package election says whether this replica leads.
package election

// Elected is closed as soon as this replica is elected, as manager.Manager's Elected is.
// It stays so: a leader that is voted out ends.
type Elected <-chan struct{}

// Leads says whether this replica is the leader.
func (e Elected) Leads() bool {
	select {
	case <-e:
		return true
	default:
		return false
	}
}

// Pending is closed when this replica is elected. It is nil, which never wakes anybody,
// once it is.
func (e Elected) Pending() <-chan struct{} {
	if e.Leads() {
		return nil
	}
	return e
}
