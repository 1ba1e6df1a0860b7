package ownership

import (
	"cmp"
	"container/heap"
	"slices"
)

// change is a step of a sum over time.
type change struct {
	on day
	by int64
}

// reportMoreThanWhole reports a subject of which the holders of one kind
// certainly hold more than 100 % together on some day, with the first such day.
// What is held through others does not count: those others have the same shares.
func reportMoreThanWhole(n Node, label func(Node) string, d declarations, p *problems) {
	for kind := range Control {
		if on, sum, ok := firstMoreThanWhole(d, kind); ok {
			since := "at any time"
			if on != always {
				since = "on " + on.time().Format("2006-01-02")
			}
			p.add(n, ProblemMoreThanWhole, "the holders of %s in %s certainly hold %s %% together %s",
				kind, quoted(label(n)), Percent(sum), since)
		}
	}
}

func firstMoreThanWhole(d declarations, kind Kind) (on day, sum int64, ok bool) {
	total, inSubject := int64(0), d.records
	for i := range inSubject {
		total += int64(inSubject[i].lower())
	}
	if total <= int64(Whole) {
		return 0, 0, false
	}
	var changes []change
	for len(inSubject) > 0 {
		same := sameHolding(inSubject)
		if same[0].kind() == kind {
			changes = append(changes, steps(d.notThrough(same))...)
		}
		inSubject = inSubject[len(same):]
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(a.on, b.on) })
	for i, c := range changes {
		sum += c.by
		if lastOfDay := i+1 == len(changes) || changes[i+1].on != c.on; lastOfDay && sum > int64(Whole) {
			return c.on, sum, true
		}
	}
	return 0, 0, false
}

// notThrough are the records of what is not held through others.
func (d declarations) notThrough(same []record) []record {
	through := func(r record) bool {
		return r.directness() == Indirect || len(d.details[r.details].through) > 0
	}
	if !slices.ContainsFunc(same, through) {
		return same
	}
	return slices.DeleteFunc(slices.Clone(same), through)
}

// steps is how the largest lower bound of one holder's records, which are
// sorted by their first day, changes over time.
func steps(same []record) []change {
	days := make([]day, 0, 2*len(same))
	for _, r := range same {
		days = append(days, r.since, r.until)
	}
	slices.Sort(days)
	var changes []change
	var held largestFirst
	level := int64(0)
	for _, on := range slices.Compact(days) {
		for len(same) > 0 && same[0].since <= on {
			heap.Push(&held, same[0])
			same = same[1:]
		}
		for len(held) > 0 && held[0].until <= on {
			heap.Pop(&held)
		}
		largest := int64(0)
		if len(held) > 0 {
			largest = int64(held[0].lower())
		}
		if largest != level {
			changes = append(changes, change{on, largest - level})
			level = largest
		}
	}
	return changes
}

// largestFirst is a heap of records with the largest lower bound on top.
type largestFirst []record

func (h largestFirst) Len() int           { return len(h) }
func (h largestFirst) Less(i, j int) bool { return h[i].lower() > h[j].lower() }
func (h largestFirst) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

func (h *largestFirst) Push(r any) {
	*h = append(*h, r.(record)) //nolint:errcheck // nothing but records is pushed
}

func (h *largestFirst) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
