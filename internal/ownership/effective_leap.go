package ownership

import "math"

const (
	// leapSweeps bounds the rounds in which a solution is guessed, and each
	// stride-th of them goes on by as much as the rounds before let expect.
	leapSweeps = 48
	stride     = 3
	// guessed is the relative step at which a guess is good enough to be proven.
	guessed = 1e-13
)

// leap guesses the parts of a loop and proves them, from above as any, and from
// below where that says something: numbers that all equations make larger are not
// above the least solution if that is the only one. So it is if each equation is
// one sum of all its holders, for each of them has something then of what comes
// from outside. It returns how far, relatively, the truth may be above the parts.
func (s *system) leap(loop []int32) (err float64, ok bool) {
	if s.joint == nil && !s.plain(loop) {
		return 0, false
	}
	s.guess(loop)
	guess := make([]float64, len(loop))
	for i, slot := range loop {
		guess[i] = s.parts[slot].x
		if guess[i] <= tiny {
			return 0, false
		}
	}
	for _, margin := range leapMargins {
		lower := guess
		if s.joint == nil {
			if lower, ok = s.proveBelow(loop, guess, margin); !ok {
				continue
			}
		}
		if _, ok = s.prove(loop, guess, margin, proofSweeps/4); !ok {
			continue
		}
		for i, slot := range loop {
			err = max(err, s.parts[slot].x/lower[i]-1)
			s.parts[slot].x = lower[i]
		}
		return err + 4*roundoff, true
	}
	return 0, false
}

// leapMargins are the proofMargins that a leap tries: it must not be worse than
// going step by step.
var leapMargins = [...]float64{1e-12, 1e-11, 1e-10}

// guess raises the parts of a loop to about a solution.
func (s *system) guess(loop []int32) {
	before := make([]float64, len(loop))
	last := 0.0
	for sweep := 1; sweep <= leapSweeps; sweep++ {
		moved, all := 0.0, 0.0
		for i, slot := range loop {
			before[i] = s.parts[slot].x
			x := s.evaluate(slot).x
			s.parts[slot] = part{x: x, units: inexact}
			moved += math.Abs(x - before[i])
			all += x
		}
		if moved <= all*guessed {
			return
		}
		if ratio := moved / last; sweep%stride == 0 && ratio < 1 {
			for i, slot := range loop {
				x := &s.parts[slot].x
				*x = min(1, max(*x/2, *x+(*x-before[i])*ratio/(1-ratio)))
			}
		}
		last = moved
	}
}

// plain says whether each equation of a loop is one sum of all its holders.
func (s *system) plain(loop []int32) bool {
	for _, slot := range loop {
		e := &s.equations[slot]
		if e.whole || len(e.groups) > 0 || e.first == e.end {
			return false
		}
		kind := s.terms[e.first].kind
		for _, t := range s.terms[e.first:e.end] {
			if t.kind != kind || t.kind == Control || t.lower == 0 || t.extra > 0 {
				return false
			}
		}
		for other := range Kind(shareKinds) {
			if e.looseLower[other] || other != kind && e.sure[other]+e.more[other] > 0 {
				return false
			}
		}
	}
	return true
}

// proveBelow looks for a lower bound of the parts of a loop: numbers that all of
// its equations, rounded down, make no smaller.
func (s *system) proveBelow(loop []int32, from []float64, margin float64) (lower []float64, ok bool) {
	for i, slot := range loop {
		s.parts[slot].x = from[i] * (1 - margin)
	}
	for range proofSweeps / 4 {
		proven := true
		for _, slot := range loop {
			x := s.evaluate(slot).x * (1 - s.roundoff(slot))
			if x < s.parts[slot].x {
				proven = false
			}
			s.parts[slot].x = x
		}
		if proven {
			for _, slot := range loop {
				lower = append(lower, s.parts[slot].x)
			}
			return lower, true
		}
	}
	return nil, false
}
