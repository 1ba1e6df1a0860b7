package ownership_test

import (
	"math/big"
	"slices"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// claims are what the oracle knows of one kind in a subject on the day. Which of
// them may be the same shares is worked out pair by pair; what some of them make
// at most, by trying all choices.
type claims struct {
	all                  []claim
	alone                []claim // as all, but what is held jointly is not joined
	sameLower, sameUpper [][]bool
	// base is what is certainly held directly by anybody, covers what is not
	// declared to be held through others.
	base, covers int64
}

// claim is what all records say together that have one holder, directness, class
// and joint holding.
type claim struct {
	holder        string
	directness    ownership.Directness
	class, joint  string
	lower, upper  int64
	through       []string
	maybe         []string // through whom it may be, where nobody is said
	caps          int64    // what others certainly do not have
	alone, inside bool     // indirect without more; in a chain of somebody else's
}

func (o *oracle) claims(subject string, kind ownership.Kind) *claims {
	q := question{subject, kind}
	if o.known.claims == nil {
		o.known.claims = map[question]*claims{}
	}
	if o.known.claims[q] == nil {
		o.known.claims[q] = o.workOutClaims(subject, kind)
	}
	return o.known.claims[q]
}

// today says whether an interest holds on the day.
func (o *oracle) today(i ownership.Interest) bool {
	const layout = "2006-01-02"
	today := o.at.UTC().Format(layout)
	return (i.Since.IsZero() || today >= i.Since.UTC().Format(layout)) && (i.Until.IsZero() || today < i.Until.UTC().Format(layout)) &&
		(i.Since.IsZero() || i.Until.IsZero() || i.Since.Before(i.Until))
}

func (o *oracle) workOutClaims(subject string, kind ownership.Kind) *claims {
	c := &claims{}
	var chain []string
	for _, i := range o.interests {
		if o.name(i.Subject) != subject || !o.today(i) || o.byUnion(i) && i.Kind == ownership.Control {
			continue
		}
		one := claim{holder: o.name(i.Holder), directness: i.Directness, class: i.Class, joint: i.Joint}
		for _, r := range i.Through {
			one.through = append(one.through, o.name(r))
		}
		if i.Directness == ownership.Indirect && len(i.Through) == 0 && i.Kind != ownership.Control {
			one.maybe = o.maybeThrough(one.holder, subject)
		}
		chain = append(append(chain, one.through...), one.maybe...)
		if i.Kind != kind {
			continue
		}
		if one.lower, one.upper = int64(i.Share.Lower), int64(i.Share.Upper); one.lower < 0 || one.upper > 1_000_000_000 || one.lower > one.upper {
			one.lower, one.upper = 0, 1_000_000_000
		}
		if o.byUnion(i) {
			one.lower = 0
		}
		at := slices.IndexFunc(c.all, func(d claim) bool {
			return d.holder == one.holder && d.directness == one.directness && d.class == one.class && d.joint == one.joint
		})
		if at < 0 {
			c.all = append(c.all, one)
			continue
		}
		d := &c.all[at]
		d.lower, d.upper = max(d.lower, one.lower), min(d.upper+one.upper, 1_000_000_000)
		d.through, d.maybe = append(d.through, one.through...), append(d.maybe, one.maybe...)
	}
	for at := range c.all {
		d := &c.all[at]
		d.inside = slices.Contains(chain, d.holder)
		d.alone = d.directness == ownership.Indirect && len(d.through) == 0 && !d.inside
		if d.directness == ownership.Direct && !d.inside {
			d.caps = d.lower
		}
	}
	c.compare(false)
	c.base, c.covers = c.capped(), c.covered()
	c.alone = slices.Clone(c.all)
	joined := &claims{all: slices.Clone(c.all), alone: c.alone, sameLower: c.sameLower}
	joined.joinHoldings()
	joined.compare(true)
	// What others certainly have is the less of both ways to count it.
	joined.base, joined.covers = min(c.base, joined.capped()), c.covers
	c.base = joined.base
	if o.rule.EachHoldsAll {
		return joined
	}
	return c
}

// maybeThrough are the holders in a subject in which somebody has anything, at
// any time, himself or through others.
func (o *oracle) maybeThrough(holder, subject string) (maybe []string) {
	above := func(of string) map[string]bool {
		found := map[string]bool{of: true}
		for grew := true; grew; {
			grew = false
			for _, i := range o.interests {
				if s, h := o.name(i.Subject), o.name(i.Holder); o.valid(i) && found[s] && !found[h] && h != subject && s != subject {
					found[h], grew = true, true
				}
			}
		}
		return found
	}
	for _, i := range o.interests {
		h := o.name(i.Holder)
		if o.valid(i) && o.name(i.Subject) == subject && h != subject && h != holder && above(h)[holder] {
			maybe = append(maybe, h)
		}
	}
	return maybe
}

// valid is false for an interest that is left out.
func (o *oracle) valid(i ownership.Interest) bool {
	const layout = "2006-01-02"
	since, until := i.Since.UTC().Format(layout), i.Until.UTC().Format(layout)
	return !o.byUnion(i) && (i.Since.IsZero() || i.Until.IsZero() || since < until)
}

// byUnion says whether holder and subject are one party only by several
// declarations: that may be of own shares, or not.
func (o *oracle) byUnion(i ownership.Interest) bool {
	if o.name(i.Holder) != o.name(i.Subject) || spell(i.Holder) == spell(i.Subject) {
		return false
	}
	return !slices.ContainsFunc(o.parties, func(p ownership.Party) bool {
		all := spellings(p)
		return slices.Contains(all, spell(i.Holder)) && slices.Contains(all, spell(i.Subject))
	})
}

// joinHoldings gives each holder of a joint holding all of it.
func (c *claims) joinHoldings() {
	type of struct{ holder, joint string }
	single := map[of]claim{}
	for at, one := range c.all {
		if _, done := single[of{one.holder, one.joint}]; done || one.joint == "" {
			continue
		}
		joined := one
		lower, caps := make([]int64, len(c.all)), make([]int64, len(c.all))
		for other, d := range c.all {
			if d.joint != one.joint || d.holder != one.holder {
				continue
			}
			lower[other], caps[other] = d.lower, d.caps
			if other == at {
				continue
			}
			joined.upper = min(joined.upper+d.upper, 1_000_000_000)
			joined.through, joined.maybe = slices.Concat(joined.through, d.through), slices.Concat(joined.maybe, d.maybe)
			if joined.directness != d.directness {
				joined.directness = ownership.UnknownDirectness
			}
			if joined.class != d.class {
				joined.class = ""
			}
		}
		joined.lower, joined.caps = min(c.most(lower, c.sameLower), 1_000_000_000), min(c.most(caps, c.sameLower), 1_000_000_000)
		joined.alone = joined.directness == ownership.Indirect && len(joined.through) == 0 && !joined.inside
		single[of{one.holder, one.joint}] = joined
	}
	var all []claim
	for _, one := range c.all {
		if one.joint == "" {
			all = append(all, one)
		} else if slices.ContainsFunc(all, func(d claim) bool { return d.holder == one.holder && d.joint == one.joint }) {
			continue
		} else {
			together := single[of{one.holder, one.joint}]
			for other, d := range single {
				if other.joint == one.joint && other.holder != one.holder {
					together.lower, together.upper = min(together.lower+d.lower, 1_000_000_000), min(together.upper+d.upper, 1_000_000_000)
					together.caps = min(together.caps+d.caps, 1_000_000_000)
				}
			}
			all = append(all, together)
		}
	}
	c.all = all
}

// compare finds out which claims may be, and which are, the same shares.
func (c *claims) compare(eachHoldsAll bool) {
	relate := func(covers func(a, b claim) bool) [][]bool {
		same := make([][]bool, len(c.all))
		for i := range c.all {
			same[i] = make([]bool, len(c.all))
			for j := range c.all {
				same[i][j] = i != j && covers(c.all[i], c.all[j])
			}
		}
		for range c.all { // what covers another one covers what that covers
			for i := range c.all {
				for j := range c.all {
					for k := range c.all {
						same[i][k] = same[i][k] || same[i][j] && same[j][k]
					}
				}
			}
		}
		for i := range c.all {
			for j := range c.all {
				same[i][j] = same[i][j] || same[j][i]
			}
		}
		return same
	}
	declared := func(a, b claim) bool {
		return a.holder != b.holder && slices.Contains(a.through, b.holder) || eachHoldsAll && a.joint != "" && a.joint == b.joint
	}
	part := func(a, b string) bool { return a == "" || a == b }
	may := func(a, b string) bool { return part(a, b) || part(b, a) }
	c.sameUpper = relate(declared)
	c.sameLower = relate(func(a, b claim) bool {
		return declared(a, b) || a.holder != b.holder && slices.Contains(a.maybe, b.holder) || a.holder == b.holder &&
			part(a.directness.String(), b.directness.String()) && part(a.class, b.class) && part(a.joint, b.joint)
	})
	for i, a := range c.all {
		for j, b := range c.all {
			if i != j && a.holder == b.holder && may(a.directness.String(), b.directness.String()) && may(a.class, b.class) && may(a.joint, b.joint) {
				c.sameLower[i][j], c.sameLower[j][i] = true, true
			}
		}
	}
}

// most is the most that claims make of which no two are the same.
func (c *claims) most(weights []int64, same [][]bool) int64 {
	big := make([]*big.Int, len(weights))
	for i, w := range weights {
		big[i] = bigInt(w)
	}
	return c.mostOf(big, same).Int64()
}

func bigInt(n int64) *big.Int { return big.NewInt(n) }

// mostOf tries all choices, of claims that have anything to do with each other.
func (c *claims) mostOf(weights []*big.Int, same [][]bool) *big.Int {
	total := new(big.Int)
	seen := make([]bool, len(weights))
	for first := range weights {
		if seen[first] || weights[first].Sign() == 0 {
			continue
		}
		seen[first] = true
		together := []int{first}
		for at := 0; at < len(together); at++ {
			for j := range weights {
				if !seen[j] && weights[j].Sign() != 0 && same[together[at]][j] {
					seen[j] = true
					together = append(together, j)
				}
			}
		}
		best := new(big.Int)
		for choice := range 1 << len(together) {
			sum, allowed := new(big.Int), true
			for i, a := range together {
				if choice>>i&1 == 0 {
					continue
				}
				sum.Add(sum, weights[a])
				for j, b := range together[:i] {
					allowed = allowed && (choice>>j&1 == 0 || !same[a][b])
				}
			}
			if allowed && sum.Cmp(best) > 0 {
				best = sum
			}
		}
		total.Add(total, best)
	}
	return total
}

// capped is what is certainly held directly, by anybody.
func (c *claims) capped() int64 {
	weights := make([]int64, len(c.all))
	for i, one := range c.all {
		weights[i] = one.caps
	}
	return min(c.most(weights, c.sameLower), 1_000_000_000)
}

// covered is what is not declared to be held through others, by anybody.
func (c *claims) covered() int64 {
	total := int64(0)
	for i, one := range c.all {
		if slices.ContainsFunc(c.all[:i], func(d claim) bool { return d.holder == one.holder }) {
			continue
		}
		weights := make([]int64, len(c.all))
		for j, d := range c.all {
			if d.holder == one.holder && d.directness != ownership.Indirect && len(d.through) == 0 {
				weights[j] = d.lower
			}
		}
		total += c.most(weights, c.sameLower)
	}
	return total
}

// jointly says whether each holder of a party has all of it.
func (o *oracle) jointly(name string) bool {
	if !o.rule.EachHoldsAll {
		return false
	}
	for _, p := range o.declarations(name) {
		if p.Type != ownership.UnknownType {
			return p.Type == ownership.JointArrangement
		}
	}
	return false
}
