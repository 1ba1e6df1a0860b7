package ownership_test

import (
	"maps"
	"math/big"
	"slices"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// The oracle's Effective: numbers with so many binary digits that nothing but a
// tie is as near to a threshold as tie, raised from nothing by full scans until
// nothing changes. No systems, no order, no choices.
const (
	digits = 384
	nearly = 120 // of digits, so many are not to be relied on
	// maxScans is after how many scans the oracle does not know.
	maxScans = 6000
)

var (
	wholeParts = new(big.Int).Lsh(big.NewInt(1), digits)
	tie        = new(big.Int).Lsh(big.NewInt(1), nearly)
	units      = big.NewInt(1_000_000_000)
)

// has is what a holder has in a subject of a kind on the day.
type has struct {
	holder       int
	kind         ownership.Kind
	lower, upper int64
}

// heldIn lists what is held in each party, by the order of names.
func (o *oracle) heldIn() [][]has {
	if o.known.in != nil {
		return o.known.in
	}
	names := o.names()
	o.known.in = make([][]has, len(names))
	for i, subject := range names {
		for j, holder := range names {
			for _, kind := range []ownership.Kind{ownership.Shareholding, ownership.VotingRights, ownership.Control} {
				if lower, upper, declared := o.held(holder, subject, kind); declared {
					o.known.in[i] = append(o.known.in[i], has{j, kind, lower, upper})
				}
			}
		}
	}
	return o.known.in
}

// measure finds how much members hold of each party; ok is false if it takes
// too long to find out.
func (o *oracle) measure(members map[string]bool, possibly bool) (parts map[string]*big.Int, ok bool) {
	names, in := o.names(), o.heldIn()
	x := make([]*big.Int, len(names))
	for i, n := range names {
		x[i] = new(big.Int)
		if members[n] {
			x[i].Set(wholeParts)
		}
	}
	for range maxScans {
		grew := false
		for i, subject := range names {
			if members[subject] {
				continue
			}
			most := new(big.Int)
			for _, kind := range o.kinds() {
				if sum := o.sumOf(subject, in[i], kind, x, possibly); sum.Cmp(most) > 0 {
					most = sum
				}
			}
			for _, h := range in[i] {
				if h.kind == ownership.Control && o.rule.ControlRestricts && x[h.holder].Cmp(most) > 0 {
					most.Set(x[h.holder])
				}
			}
			if most.Cmp(x[i]) > 0 {
				x[i], grew = most, true
			}
		}
		if !grew {
			parts = map[string]*big.Int{}
			for i, n := range names {
				parts[n] = x[i]
			}
			return parts, true
		}
	}
	return nil, false
}

// sumOf is what holders of a kind make at least, or at most: then what lower
// bounds leave free goes to those of whom most is held.
func (o *oracle) sumOf(subject string, in []has, kind ownership.Kind, x []*big.Int, possibly bool) *big.Int {
	sum := new(big.Int)
	room := int64(1_000_000_000)
	add := func(share int64, of *big.Int) {
		product := new(big.Int).Mul(big.NewInt(share), of)
		sum.Add(sum, product)
	}
	var holders []has
	for _, h := range in {
		if h.kind == kind {
			add(h.lower, x[h.holder])
			room -= h.lower
			holders = append(holders, h)
		}
	}
	if room = max(room, 0); possibly {
		undisclosed := min(room, o.undisclosed(subject, kind))
		add(undisclosed, wholeParts)
		room -= undisclosed
		slices.SortStableFunc(holders, func(a, b has) int { return x[b.holder].Cmp(x[a.holder]) })
		for _, h := range holders {
			take := min(room, h.upper-h.lower)
			add(take, x[h.holder])
			room -= take
		}
	}
	if sum.Quo(sum, units); sum.Cmp(wholeParts) > 0 {
		sum.Set(wholeParts)
	}
	return sum
}

// passesExactly says whether a part restricts.
func (o *oracle) passesExactly(x *big.Int) bool {
	if x.Sign() == 0 {
		return false
	}
	if o.rule.Threshold <= 0 {
		return true
	}
	threshold := new(big.Int).Mul(big.NewInt(int64(o.rule.Threshold)), wholeParts)
	threshold.Quo(threshold, units)
	distance := new(big.Int).Sub(x, threshold)
	if new(big.Int).Abs(distance).Cmp(tie) < 0 {
		return o.rule.Comparison == ownership.AtLeast
	}
	return distance.Sign() > 0
}

// measured is a coalition by Effective.
type measured struct {
	definite, possible map[string]bool
	least, most        map[string]*big.Int
}

// measureGroup finds out whom a coalition restricts by Effective.
func (o *oracle) measureGroup(seeds, perhaps map[string]bool) (m measured, ok bool) {
	if m.least, ok = o.measure(seeds, false); !ok {
		return m, false
	}
	if m.most, ok = o.measure(perhaps, true); !ok {
		return m, false
	}
	m.definite, m.possible = maps.Clone(seeds), maps.Clone(perhaps)
	for _, n := range o.names() {
		if o.passesExactly(m.least[n]) {
			m.definite[n] = true
		}
		if o.passesExactly(m.most[n]) {
			m.possible[n] = true
		}
	}
	return m, true
}

// down and up are a part in whole units, rounded; a part that is nearly a whole
// number of units is one.
func down(x *big.Int) int64 {
	scaled := new(big.Int).Mul(new(big.Int).Add(x, tie), units)
	return scaled.Rsh(scaled, digits).Int64()
}

func up(x *big.Int) int64 {
	if x.Cmp(tie) < 0 {
		return int64(x.Sign())
	}
	scaled := new(big.Int).Mul(new(big.Int).Sub(x, tie), units)
	return scaled.Rsh(scaled, digits).Int64() + 1
}
