package ownership

import "math/big"

// share is what an item of a group counts with, before the part of its holder.
func (t *groupTerms) share(at int32, lower bool) uint32 {
	i := &t.group.items[at]
	switch {
	case lower:
		return i.lower
	case i.alone:
		return i.upper
	default:
		// Who else has shares directly leaves no more.
		return min(i.upper, max(i.lower, saturate(t.room, i.caps)))
	}
}

// take chooses the terms of a group of which none are the same shares and that
// make the most.
func take[W any](t *groupTerms, lower bool, weight func(term int) W, zero func(W) bool, add func(a, b W) W, less func(a, b W) bool) (taken []int) {
	g := t.group
	same := g.sameUpper
	if lower {
		same = g.sameLower
	}
	h := heaviest[W]{conflicts: same, weight: make([]W, len(g.items)), add: add, less: less, steps: maxSteps}
	left := newBitset(len(g.items))
	largest := -1
	for term, at := range t.items {
		w := weight(term)
		if zero(w) {
			continue
		}
		if largest < 0 || less(h.weight[t.items[largest]], w) {
			largest = term
		}
		h.weight[at] = w
		left.add(Node(at))
	}
	chosen := left
	if !g.large {
		chosen = h.best(left.clone()).of
	}
	unknown := g.large || h.steps < 0
	for term, at := range t.items {
		switch {
		case unknown && lower:
			if term == largest {
				taken = append(taken, term)
			}
		case unknown && left.has(Node(at)), !unknown && chosen.has(Node(at)):
			taken = append(taken, term)
		}
	}
	return taken
}

// holderIn is the part of the holder of a term of a group.
func (s *system) holderIn(t *groupTerms, term int) part {
	return s.parts[s.terms[t.first+int32(term)].holder]
}

// taken chooses the terms of a group that count, with the parts as they are;
// exact says whether those parts are known exactly.
func (s *system) taken(t *groupTerms, lower bool) (taken []int, exact bool) {
	exact = true
	for term := range t.items {
		exact = exact && s.holderIn(t, term).units >= 0
	}
	if exact {
		return take(t, lower, func(term int) uint64 {
			return uint64(t.share(t.items[term], lower)) * uint64(s.holderIn(t, term).units)
		}, func(w uint64) bool { return w == 0 }, func(a, b uint64) uint64 { return min(a+b, wholeTotal) }, func(a, b uint64) bool { return a < b }), true
	}
	return take(t, lower, func(term int) float64 {
		return float64(t.share(t.items[term], lower)) * s.holderIn(t, term).x
	}, func(w float64) bool { return w == 0 }, func(a, b float64) float64 { return a + b }, func(a, b float64) bool { return a < b }), false
}

// addGrouped adds what the groups of a kind make.
func (s *system) addGrouped(total *total, e *equation, kind Kind, lower bool) {
	for i := range e.groups {
		t := &e.groups[i]
		if t.group.kind != kind {
			continue
		}
		lower := lower || t.lower
		taken, exact := s.taken(t, lower)
		for _, term := range taken {
			total.add(t.share(t.items[term], lower), s.holderIn(t, term))
		}
		if exact {
			continue
		}
		// Another choice may make a little more, within the errors of all.
		for term := range t.items {
			if p := s.holderIn(t, term); t.share(t.items[term], lower) > 0 && p.units != 0 {
				total.err = max(total.err, p.err)
				total.count++
			}
		}
	}
}

// takeExactly gives weights to the terms of the groups of a kind.
func (s *exactSystem) takeExactly(r *row, e *equation, kind Kind, lower bool) {
	for i := range e.groups {
		t := &e.groups[i]
		if t.group.kind != kind {
			continue
		}
		lower := lower || t.lower
		taken := take(t, lower, func(term int) *big.Rat {
			share := new(big.Rat).SetInt64(int64(t.share(t.items[term], lower)))
			return share.Mul(share, s.values[s.terms[t.first+int32(term)].holder])
		}, func(w *big.Rat) bool { return w.Sign() == 0 }, addRats, func(a, b *big.Rat) bool { return sign(a, b) < 0 })
		for _, term := range taken {
			r.weights[t.first-e.first+int32(term)] = t.share(t.items[term], lower)
		}
	}
}

// addRats adds; nil is nothing.
func addRats(a, b *big.Rat) *big.Rat {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	default:
		return new(big.Rat).Add(a, b)
	}
}

// sign compares; nil is nothing.
func sign(a, b *big.Rat) int {
	if a == nil {
		a = new(big.Rat)
	}
	if b == nil {
		b = new(big.Rat)
	}
	return a.Cmp(b)
}
