package ownership

import "math/big"

// maxRounds bounds how often solveLoop looks for better ways; each time but the
// last some part grows.
const maxRounds = 64

// solveLoop finds the least parts of parties that hold each other, exactly.
//
// It starts from nothing and goes up by policy iteration: with the parts as
// they are, each party's best way of being held (its row) makes the system
// linear; the least solution of that, above the parts as they are, gives the
// next parts; when no row makes more than the part that it is for, the parts
// are the least solution of all. The steps, not the parts, are solved for: only
// parties that something new reaches take part, so that a loop that nothing
// reaches stays at nothing and makes no system singular.
func (s *exactSystem) solveLoop(loop []int32, budget *int) bool {
	place := map[int32]int{}
	for i, slot := range loop {
		s.values[slot] = new(big.Rat)
		place[slot] = i
	}
	rows := make([]*row, len(loop))
	for range maxRounds {
		l := linear{system: s, loop: loop, place: place, rows: rows, budget: budget}
		l.residuals = make([]*big.Rat, len(loop))
		done := true
		for i, slot := range loop {
			rows[i] = s.best(slot, rows[i])
			x := s.values[slot]
			l.residuals[i] = new(big.Rat).Sub(rows[i].sum, x)
			done = done && rows[i].part().Cmp(x) == 0
		}
		if done {
			return true
		}
		if !l.step() {
			return false
		}
	}
	return false
}

// linear is one step of solveLoop.
type linear struct {
	system    *exactSystem
	loop      []int32
	place     map[int32]int // in loop, by slot
	rows      []*row
	residuals []*big.Rat // how much more than the part its row makes
	budget    *int
}

// weight is what one party of the loop has in another one's row.
func (l *linear) weights(of int, each func(holder int, weight uint32)) {
	r := l.rows[of]
	for i, w := range r.weights {
		if w > 0 {
			if at, ok := l.place[l.system.terms[int(r.first)+i].holder]; ok {
				each(at, w)
			}
		}
	}
}

// step raises the parts to the least solution above them of the equations of
// all rows, each part at most the whole.
func (l *linear) step() bool {
	moving := l.moving()
	// Those whose holders have more than 100 % may become whole. Suppose that
	// all do, and let go of those that then do not. What remains is the one
	// solution: where all moves, the equations are concave and have no other.
	full := make([]bool, len(l.loop))
	for i := range l.loop {
		full[i] = moving[i] && l.rows[i].all > uint64(Whole)
	}
	for range len(l.loop) + 1 {
		steps, ok := l.solve(moving, full)
		if !ok {
			return false
		}
		settled := true
		for i := range l.loop {
			if full[i] && l.make(i, steps).Cmp(steps[i]) < 0 {
				full[i], settled = false, false
			}
		}
		if !settled {
			continue
		}
		for i, slot := range l.loop {
			if moving[i] {
				l.system.values[slot] = new(big.Rat).Add(l.system.values[slot], steps[i])
			}
		}
		return true
	}
	return false
}

// moving are the parties whose parts grow: those whose rows make more already,
// and those in which they hold something.
func (l *linear) moving() []bool {
	moving := make([]bool, len(l.loop))
	for grew := true; grew; {
		grew = false
		for i, slot := range l.loop {
			if moving[i] || l.system.values[slot].Cmp(one) >= 0 {
				continue
			}
			moves := l.residuals[i].Sign() > 0
			l.weights(i, func(holder int, _ uint32) { moves = moves || moving[holder] })
			moving[i] = moves
			grew = grew || moves
		}
	}
	return moving
}

// make is the step that a party's row makes with the steps of others.
func (l *linear) make(i int, steps []*big.Rat) *big.Rat {
	sum := new(big.Rat).Set(l.residuals[i])
	l.weights(i, func(holder int, w uint32) {
		if steps[holder] != nil {
			sum.Add(sum, new(big.Rat).Mul(fraction(int64(w)), steps[holder]))
		}
	})
	return sum
}

// solve solves for the steps of those that move and are not full; the step of a
// full one leads to the whole.
func (l *linear) solve(moving, full []bool) ([]*big.Rat, bool) {
	steps := make([]*big.Rat, len(l.loop))
	var unknown []int
	column := map[int]int{}
	for i, slot := range l.loop {
		switch {
		case full[i]:
			steps[i] = new(big.Rat).Sub(one, l.system.values[slot])
		case moving[i]:
			column[i] = len(unknown)
			unknown = append(unknown, i)
		}
	}
	size := len(unknown)
	if *l.budget -= equationCost + cubeCost*size*size*size; *l.budget <= 0 {
		return nil, false
	}
	// A row of the system, in units: 100 % of the step, less what the steps of
	// holders make, is what is left over.
	right := make([]*big.Rat, size)
	matrix := make([][]*big.Int, size)
	for row, i := range unknown {
		matrix[row] = make([]*big.Int, size+1)
		for c := range size {
			matrix[row][c] = new(big.Int)
		}
		matrix[row][row].SetInt64(int64(Whole))
		l.weights(i, func(holder int, w uint32) {
			if c, ok := column[holder]; ok {
				matrix[row][c].Sub(matrix[row][c], big.NewInt(int64(w)))
			}
		})
		right[row] = new(big.Rat).Mul(l.make(i, steps), bigWhole)
	}
	scale := big.NewInt(1)
	for _, x := range right {
		scale.Mul(scale, new(big.Int).Quo(x.Denom(), new(big.Int).GCD(nil, nil, scale, x.Denom())))
	}
	for row, x := range right {
		matrix[row][size] = new(big.Int).Mul(x.Num(), new(big.Int).Quo(scale, x.Denom()))
	}
	determinant, ok := eliminate(matrix)
	if !ok {
		return nil, false
	}
	determinant.Mul(determinant, scale)
	for row, i := range unknown {
		steps[i] = new(big.Rat).SetFrac(matrix[row][size], determinant)
	}
	return steps, true
}

// eliminate turns a matrix with a column of right sides into the determinant
// times the solution in that column: Bareiss's elimination, in which every
// division is without remainder. The matrices here have positive pivots without
// exchanging rows, or no solution.
func eliminate(matrix [][]*big.Int) (determinant *big.Int, ok bool) {
	before := big.NewInt(1)
	var product big.Int
	for k, pivots := range matrix {
		pivot := pivots[k]
		if pivot.Sign() <= 0 {
			return nil, false
		}
		for i, row := range matrix {
			if i == k {
				continue
			}
			factor := row[k]
			for j := k + 1; j < len(row); j++ {
				row[j].Mul(row[j], pivot)
				if factor.Sign() != 0 {
					row[j].Sub(row[j], product.Mul(factor, pivots[j]))
				}
				row[j].Quo(row[j], before)
			}
			row[k] = new(big.Int)
		}
		before = pivot
	}
	return new(big.Int).Set(before), true
}
