package ownership

import "fmt"

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

// Lines are all that a layer says, a line for each of it, without how it is put down.
func (l *Layer) Lines() (lines []string) {
	line := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for n := range Node(l.len()) {
		line("%d %v loaded %t: %+v", n, l.refs(n), l.loaded.has(n), l.party(n))
		for _, id := range l.refs(n) {
			if found, ok := l.find(id); !ok || found != n {
				line("%v is found at %d, %t", id, found, ok)
			}
		}
		from, d := l.declared(n)
		for _, r := range d.records {
			line("  %d %d %d-%d %d-%d %d %q %+v", r.holder, r.kind(), r.since, r.until, r.lower(), r.upper(), r.directness(), from.sourceAt(r.source), d.details[r.details])
		}
	}
	line("changes on %v, ways in %v, left out %d", l.boundaries, l.alone, l.problems.leftOut)
	for _, p := range l.problems.listed {
		line("%d %s: %s", p.node, p.reason, p.message)
	}
	return lines
}

// Patched says whether the layer was made of most of an earlier one.
func (s *Sources) Patched(before *Sources) bool {
	return before.layer != nil && s.settled == before.settled && s.whole.layer != before.whole.layer && len(s.layer.text) > s.settled
}

// Shared says whether the layer says only of some nodes something else than an earlier
// one.
func (s *Sources) Shared(before *Sources) bool {
	return before.layer != nil && s.whole.layer == before.whole.layer
}
