package ownership

import (
	"slices"
	"sync"
)

// cascade is what the method Cascade finds.
type cascade struct {
	members [bounds]bitset // in any coalition
	// base are those that are in every coalition; nobody is in each definitely.
	// Nil with AllRestricted.
	base [bounds]bitset
	// worklists run coalitions again; they are made when first needed.
	worklists [bounds]*worklist
}

func (o *Outcome) traceCascade() *cascade {
	c := &cascade{}
	inParallel(func(bound int) struct{} {
		w := o.newWorklist(bound)
		if o.rule.Aggregation == AllRestricted {
			w.run(o.coalitions[0].nodes)
			c.members[bound] = w.members
		} else {
			c.base[bound], c.members[bound] = o.runEach(w)
		}
		return struct{}{}
	})
	return c
}

// inParallel does something with each bound at the same time.
func inParallel[T any](do func(bound int) T) *[bounds]T {
	var done [bounds]T
	var all sync.WaitGroup
	for bound := range bounds {
		all.Go(func() { done[bound] = do(bound) })
	}
	all.Wait()
	return &done
}

// newWorklist returns a worklist that has traced what belongs to every
// coalition.
func (o *Outcome) newWorklist(bound int) *worklist {
	w := newWorklist(o.view, o.rule, bound)
	if bound == possible {
		w.addAll(o.unknown)
		w.addUndisclosed()
		w.relaxFrom(0)
	}
	return w
}

// runEach runs each coalition by itself and returns everybody who is in all of
// them, and in any.
func (o *Outcome) runEach(w *worklist) (base, members bitset) {
	w.keep()
	base, members = slices.Clone(w.members), slices.Clone(w.members)
	for _, c := range o.singles() {
		if o.rule.Aggregation == SingleOwner && members.has(c.nodes[0]) {
			// A coalition that has this seed has all that the seed restricts.
			continue
		}
		for _, n := range w.run(c.nodes) {
			members.add(n)
		}
		w.undo()
	}
	return base, members
}

// sets are the members of the one coalition of AllRestricted.
func (c *cascade) sets() *memberSets {
	return &memberSets{{shared: c.members[definite]}, {shared: c.members[possible]}}
}

// explore runs one coalition again.
func (c *cascade) explore(o *Outcome, s seeds) *memberSets {
	var sets memberSets
	for bound := range bounds {
		if c.worklists[bound] == nil {
			c.worklists[bound] = o.newWorklist(bound)
			c.worklists[bound].keep()
		}
		w := c.worklists[bound]
		sets[bound] = memberSet{c.base[bound], slices.Sorted(slices.Values(w.run(s.nodes)))}
		w.undo()
	}
	return &sets
}
