package ownership

import "math"

const (
	// maxWork bounds the terms that are looked at to find the parts of one
	// loop, and again to prove them; small loops have maxSweeps rounds.
	maxWork   = 20_000_000
	maxSweeps = 400
	// converged is the relative step at which an iteration has arrived, arriving
	// the one from which on a proof is worth trying.
	converged = 0x1p-50
	arriving  = 1e-9
	// proofSweeps is how often at most the proof of an upper bound is tried, for each
	// of proofMargins.
	proofSweeps = 32
)

// proofMargins are by how much, relatively, an upper bound is above the lower
// one that the iteration has found.
var proofMargins = [...]float64{1e-13, 1e-12, 1e-11, 1e-10, 1e-9, 1e-7}

// converge finds the parts of parties that hold each other, from below: no part
// is ever larger than the least solution's. Then it tries to prove that they are
// hardly less either. If it can't, parts are loose, and it returns false.
func (s *system) converge(loop []int32) bool {
	work := 0
	for _, i := range loop {
		s.parts[i] = part{units: inexact}
		work += 1 + int(s.equations[i].end-s.equations[i].first)
	}
	outside := float32(0)
	for range 2 { // what does not come in now never does, nor is there a guess
		s.raise(loop)
	}
	for _, slot := range loop {
		outside = max(outside, s.outside(slot))
	}
	first := s.xs(loop)
	if err, ok := s.leap(loop); ok {
		for _, slot := range loop {
			s.parts[slot] = part{x: s.parts[slot].x, err: nextUp(err + float64(outside)), units: inexact}
		}
		return true
	}
	for i, slot := range loop {
		s.parts[slot] = part{x: first[i], units: inexact}
	}
	step := 1.0
	for range max(min(maxSweeps, maxWork/work), 8) {
		if step = s.raise(loop); step < converged {
			break
		}
	}
	from := s.xs(loop)
	sweeps := min(proofSweeps, 1+maxWork/work/len(proofMargins))
	for _, margin := range proofMargins {
		if step > arriving {
			break
		}
		if err, ok := s.prove(loop, from, margin, sweeps); ok {
			for i, slot := range loop {
				s.parts[slot] = part{x: from[i], err: nextUp(err + float64(outside)), units: inexact}
			}
			return true
		}
	}
	for i, slot := range loop {
		s.parts[slot] = part{x: from[i], err: float32(math.Inf(1)), units: inexact}
	}
	return false
}

// xs are the parts of a loop.
func (s *system) xs(loop []int32) []float64 {
	all := make([]float64, len(loop))
	for i, slot := range loop {
		all[i] = s.parts[slot].x
	}
	return all
}

// outside is the largest error of what an equation of a loop takes from
// outside of it, when parts in the loop have none.
func (s *system) outside(slot int32) (err float32) {
	e := s.equations[slot]
	for _, t := range s.terms[e.first:e.end] {
		err = max(err, s.parts[t.holder].err)
	}
	return err
}

// roundoff bounds the relative error of working an equation out.
func (s *system) roundoff(slot int32) float64 {
	e := s.equations[slot]
	steps := 2*(e.end-e.first) + 8
	if s.joint != nil {
		steps *= 3
	}
	return float64(steps) * roundoff
}

// raise works each equation of a loop out once, rounding down, and returns the
// largest relative step.
func (s *system) raise(loop []int32) float64 {
	step := 0.0
	for _, slot := range loop {
		x := s.evaluate(slot).x * (1 - s.roundoff(slot))
		if before := s.parts[slot].x; x > before {
			step = max(step, (x-before)/x)
			s.parts[slot].x = x
		}
	}
	return step
}

// prove looks for an upper bound of the parts of a loop: numbers that all of
// its equations, rounded up, make smaller, starting a margin above the lower
// bounds. The least solution is not above any such numbers (Knaster and
// Tarski). It returns how far, relatively, the upper bound is from the lower.
func (s *system) prove(loop []int32, from []float64, margin float64, sweeps int) (err float64, ok bool) {
	for i, slot := range loop {
		s.parts[slot].x = min(1, from[i]*(1+margin))
	}
	for range sweeps {
		proven := true
		for _, slot := range loop {
			x := min(1, s.evaluate(slot).x*(1+s.roundoff(slot)))
			if x > s.parts[slot].x {
				proven = false
			}
			s.parts[slot].x = x
		}
		if proven {
			for i, slot := range loop {
				if x := s.parts[slot].x; x > from[i] {
					err = max(err, x/from[i]-1)
				}
			}
			return err + 4*roundoff, !math.IsInf(err, 0)
		}
	}
	return 0, false
}
