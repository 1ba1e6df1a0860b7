package ownership

// Explored counts what it has taken so far to tell coalitions: those that were
// run again, and the holdings that were followed to find them.
func Explored(o *Outcome) (runs, steps int) { return o.explored.runs, o.explored.steps }
