package ownership

// Explored counts what it has taken so far to tell coalitions: those that were
// run again, and the holdings that were followed to find them.
func Explored(o *Outcome) (runs, steps int) { return o.explored.runs, o.explored.steps }

// Solved counts the terms of equations that were made or worked out so far.
func Solved(o *Outcome) (steps int) {
	for _, f := range o.effective.finders {
		steps += f.solver.steps
	}
	return steps
}
