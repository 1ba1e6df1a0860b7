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

// measure finds how much members hold of each party; ok is false if it takes
// too long to find out.
func (o *oracle) measure(members map[string]bool, possibly bool) (parts map[string]*big.Int, ok bool) {
	names := o.names()
	x := make([]*big.Int, len(names))
	for i, n := range names {
		x[i] = new(big.Int)
		if members[n] {
			x[i].Set(wholeParts)
		}
	}
	for range maxScans {
		grew := false
		part := func(name string) *big.Int { return x[slices.Index(names, name)] }
		for i, subject := range names {
			if members[subject] {
				continue
			}
			most := new(big.Int)
			larger := func(of *big.Int) {
				if of.Cmp(most) > 0 {
					most = of
				}
			}
			for _, kind := range o.kinds() {
				larger(o.sumOf(subject, kind, part, possibly))
			}
			for _, c := range o.claims(subject, ownership.Control).all {
				if o.rule.ControlRestricts {
					larger(new(big.Int).Set(part(c.holder)))
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

// sumOf is what holders of a kind make at least, or at most: then what is left
// of 100 % goes to those of whom most is held. Claims that have nothing to do with
// any other share those 100 %; of others, none has more than is left of them.
func (o *oracle) sumOf(subject string, kind ownership.Kind, x func(string) *big.Int, possibly bool) *big.Int {
	c := o.claims(subject, kind)
	if o.jointly(subject) {
		return o.jointPart(subject, c, kind, x, possibly)
	}
	weights := make([]*big.Int, len(c.all))
	for i, one := range c.all {
		weights[i] = new(big.Int).Mul(bigInt(one.lower), x(one.holder))
	}
	sum := c.mostOf(weights, c.sameLower)
	if most := o.mostOf(subject, kind, c, x); possibly && most.Cmp(sum) > 0 {
		sum = most
	}
	if sum.Quo(sum, units); sum.Cmp(wholeParts) > 0 {
		sum.Set(wholeParts)
	}
	return sum
}

func (o *oracle) mostOf(subject string, kind ownership.Kind, c *claims, x func(string) *big.Int) *big.Int {
	sum, free := new(big.Int), 1_000_000_000-c.base
	room := free
	add := func(share int64, of *big.Int) { sum.Add(sum, new(big.Int).Mul(bigInt(share), of)) }
	undisclosed := min(room, o.undisclosed(subject, kind))
	add(undisclosed, wholeParts)
	room -= undisclosed
	together := make([]*big.Int, len(c.all))
	var plain []claim
	for i, one := range c.all {
		together[i] = new(big.Int)
		others := slices.ContainsFunc(slices.Concat(c.all[:i], c.all[i+1:]), func(d claim) bool { return d.holder == one.holder })
		switch {
		case !others && !one.inside && len(one.through)+len(one.maybe) == 0 && one.joint == "" && one.alone:
			add(one.upper, x(one.holder))
		case !others && !one.inside && len(one.through)+len(one.maybe) == 0 && one.joint == "":
			plain = append(plain, one)
		case one.alone:
			together[i].Mul(bigInt(one.upper), x(one.holder))
		default:
			most := min(one.upper, max(one.lower, min(free+one.caps, 1_000_000_000)))
			together[i].Mul(bigInt(most), x(one.holder))
		}
	}
	sum.Add(sum, c.mostOf(together, c.sameUpper))
	slices.SortStableFunc(plain, func(a, b claim) int { return x(b.holder).Cmp(x(a.holder)) })
	for _, one := range plain {
		certain := int64(0)
		if one.directness == ownership.Direct {
			certain = one.lower
		}
		take := min(room, one.upper-certain)
		add(certain+take, x(one.holder))
		room -= take
	}
	return sum
}

// jointPart is what is held of a joint arrangement: as much as of the holder of
// whom most is held.
func (o *oracle) jointPart(subject string, c *claims, kind ownership.Kind, x func(string) *big.Int, possibly bool) *big.Int {
	most := new(big.Int)
	if possibly {
		undisclosed := min(1_000_000_000-c.base, o.undisclosed(subject, kind))
		most.Mul(bigInt(undisclosed), wholeParts)
		most.Quo(most, units)
	}
	for _, one := range c.alone {
		if (one.lower > 0 || possibly && one.upper > 0) && x(one.holder).Cmp(most) > 0 {
			most.Set(x(one.holder))
		}
	}
	return most
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
