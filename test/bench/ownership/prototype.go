package main

import "github.com/domicile-dev/domicile/internal/ownership"

// prototype is the cascade in its barest form, to compare with: arrays of 32
// bits, one bound, two kinds, no ranges, no control, no dates, no names.
type prototype struct {
	start   []int32 // where a holder's edges begin
	subject []int32 // twice the node, plus the kind
	lower   []uint32
	seeds   []int32
}

// newPrototype has the same nodes and edges as a View.
func newPrototype(v *ownership.View, seeds []ownership.Seed) *prototype {
	nodes := v.Graph().Len()
	p := &prototype{start: make([]int32, nodes+1)}
	for pass := range 2 {
		for n := range ownership.Node(nodes) {
			for _, h := range v.Holdings(n) {
				switch {
				case h.Kind == ownership.Control:
				case pass == 0:
					p.start[h.Holder+1]++
				default:
					at := p.start[h.Holder]
					p.subject[at], p.lower[at] = int32(n)<<1|int32(h.Kind), uint32(h.Share.Lower)
					p.start[h.Holder]++
				}
			}
		}
		if pass == 0 {
			for n := range nodes {
				p.start[n+1] += p.start[n]
			}
			p.subject, p.lower = make([]int32, p.start[nodes]), make([]uint32, p.start[nodes])
		}
	}
	// Filling in has moved every beginning to the end.
	copy(p.start[1:], p.start[:nodes])
	p.start[0] = 0
	for _, s := range seeds {
		p.seeds = append(p.seeds, int32(s.Node))
	}
	return p
}

// cascade counts the parties that are restricted by more than half.
func (p *prototype) cascade() int {
	member := make([]bool, len(p.start)-1)
	sums := make([]uint32, 2*len(member))
	queue := make([]int32, 0, 2*len(p.seeds))
	for _, s := range p.seeds {
		if !member[s] {
			member[s] = true
			queue = append(queue, s)
		}
	}
	for next := 0; next < len(queue); next++ {
		holder := queue[next]
		for e := p.start[holder]; e < p.start[holder+1]; e++ {
			s := p.subject[e]
			if member[s>>1] {
				continue
			}
			sums[s] += p.lower[e]
			if sums[s] > uint32(ownership.Whole/2) {
				member[s>>1] = true
				queue = append(queue, s>>1)
			}
		}
	}
	return len(queue)
}
