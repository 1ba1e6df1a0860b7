package residency

import "slices"

// replace is the decision about what takes the place of something that ran: what may
// stay may be made again. It is not more than it was, so a policy that leaves alone
// what runs admits it, whatever it finds out; one that suspends it does not.
func (p *Policy) replace(d Decision, what string) Decision {
	if what == "" || p.Suspends || d.Action != Deny {
		return d
	}
	d.Action, d.Replaces = Audit, what
	return d
}

// MayReplace says whether a Pod is whose its owner is, and adds nobody. Otherwise it is
// not what ran, whoever makes it. Both are in the same namespace.
func MayReplace(w *World, pod, owner *Object) bool {
	mine, others := belongingOf(w.Placed(pod)), belongingOf(w.Placed(owner))
	return mine.tenant == others.tenant && containsAll(others.others, mine.others) && containsAll(others.owners, mine.owners)
}

func containsAll[T comparable](list, items []T) bool {
	for _, item := range items {
		if !slices.Contains(list, item) {
			return false
		}
	}
	return true
}
