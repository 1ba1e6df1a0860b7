package ownership

import (
	"math"
	"math/big"
	"slices"
)

// part is how much of a party a coalition holds, from 0 to 1. The zero value is
// exactly nothing.
type part struct {
	// x is about how much: the truth is within x·(1±err), and between x and 1
	// if err is infinite.
	x   float64
	err float32
	// units is the truth if that is a whole number of 10⁻⁷ percent, and if that
	// is known; else inexact, or beyond if it can't be found exactly either.
	units int32
}

const (
	inexact = -1
	beyond  = -2
)

var wholePart = part{x: 1, units: int32(Whole)}

// roundoff bounds the relative error of one operation, twice over.
const roundoff = 0x1p-52

func unitsPart(units int32) part { return part{x: float64(units) / float64(Whole), units: units} }

func exactPart(x *big.Rat) part {
	scaled := new(big.Rat).Mul(x, bigWhole)
	if scaled.IsInt() {
		return unitsPart(int32(scaled.Num().Int64()))
	}
	about, _ := x.Float64()
	return part{x: about, err: roundoff, units: inexact}
}

// slack is more than the roundoff of working out low, above and what is made of
// them in one more step.
const slack = 4 * roundoff

// low and high bound the truth.
func (p part) low() float64 {
	if p.loose() {
		// x is a bound already, but for the roundoff of what came after.
		return p.x * (1 - tooNear)
	}
	return p.x * (1 - float64(p.err) - slack)
}

func (p part) high() float64 {
	if p.loose() {
		return 1
	}
	return min(1, p.above())
}

// above is high, but may be more than 1.
func (p part) above() float64 { return p.x * (1 + float64(p.err) + slack) }

func (p part) loose() bool { return math.IsInf(float64(p.err), 1) }

// larger is the larger one of two parts.
func larger(a, b part) part {
	if b.x > a.x {
		a, b = b, a
	}
	switch {
	case b.units == 0, a.units >= 0 && (b.units >= 0 || a.units == int32(Whole) || b.high() < a.x):
		return a
	default:
		return part{x: a.x, err: max(a.err, b.err, roundoff), units: inexact}
	}
}

// parts are the parts that one coalition holds, within one bound. Nil is none.
type parts struct {
	base   *parts
	whole  bitset // nil if there are only seeds
	seeds  []Node // sorted
	values []found
	asked  map[Node]part // where parts are found when they are asked for
	// ranks are the places of values in an order in which holders come before what
	// they hold, and those who hold each other have the same. Nil if nobody asks.
	ranks []int32
}

// rank is the place of a party, 0 for one that has nothing.
func (p *parts) rank(n Node) int32 {
	if at, ok := slices.BinarySearchFunc(p.values, n, compareFound); ok {
		return p.ranks[at]
	}
	return 0
}

// looked says whether the part of a party was found when it was asked for.
func (p *parts) looked(n Node) bool {
	if p == nil {
		return false
	}
	_, ok := p.asked[n]
	return ok
}

// found is the part of one party.
type found struct {
	node Node
	part part
}

func compareFound(f found, n Node) int { return int(f.node) - int(n) }

func (p *parts) of(n Node) part {
	if p == nil {
		return part{}
	}
	if p.whole != nil && p.whole.has(n) {
		return wholePart
	}
	if _, ok := slices.BinarySearch(p.seeds, n); ok {
		return wholePart
	}
	if at, ok := slices.BinarySearchFunc(p.values, n, compareFound); ok {
		return p.values[at].part
	}
	if known, ok := p.asked[n]; ok {
		return known
	}
	return p.base.of(n)
}

// tooNear is how near to the threshold, in parts of 1, nothing is decided in
// floating point: 10⁻⁶ percent.
const tooNear = 1e-8

// side says on which side of the threshold a part is: 1 if it restricts, -1 if
// it doesn't, 0 if that has to be found out exactly.
func (r Rule) side(p part) int {
	threshold := float64(r.Threshold) / float64(Whole)
	switch {
	case p.units >= 0:
		if uint32(p.units) >= r.need() {
			return 1
		}
		return -1
	case p.low() > threshold+tooNear:
		return 1
	case p.high() < threshold-tooNear:
		return -1
	default:
		return 0
	}
}

// passes is side for a part that is known exactly.
func (r Rule) passes(x *big.Rat) bool {
	order := x.Cmp(new(big.Rat).SetFrac64(int64(r.Threshold), int64(Whole)))
	return x.Sign() > 0 && (order > 0 || order == 0 && r.Comparison == AtLeast)
}
