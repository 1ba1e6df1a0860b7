package ownership

import (
	"time"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

// Seed is a party that itself sits in a blocked jurisdiction, with the
// countries (alpha-2) of its blocked codes. Only SameJurisdiction reads them.
type Seed struct {
	Node      Node
	Countries []jurisdiction.Code
}

// Start is where a trace starts. Seeds may come in any order; two for one node
// are united.
type Start struct {
	Seeds []Seed
	// Unknown are parties without a jurisdiction on any of the policy's bases.
	// They count, as possible seeds, only with Rule.UndisclosedPossible.
	Unknown []Node
}

// Outcome is what a rule finds in a View: immutable, safe for concurrent use.
type Outcome struct{}

// Trace computes which parties are restricted, in O(V+E) for AllRestricted.
func (v *View) Trace(rule Rule, start Start) *Outcome { panic("stub") }

// Definite says whether a party is a seed or traces to seeds by what is
// certainly held.
func (o *Outcome) Definite(n Node) bool { panic("stub") }

// Possible says the same by what may be held. Whoever is definite is possible.
func (o *Outcome) Possible(n Node) bool { panic("stub") }

// Restricting returns the coalitions that restrict a party, in a fixed order
// (by country, by seed): those that definitely do if the party is Definite,
// else those that possibly do. It returns at most limit of them, and how many
// more there may be.
func (o *Outcome) Restricting(n Node, limit int) (coalitions []*Coalition, leftOut int) {
	panic("stub")
}

// Coalition is a set of restricted parties whose holdings count together.
type Coalition struct {
	// Country is set with SameJurisdiction.
	Country jurisdiction.Code
	// Seeds are the definite seeds: one with SingleOwner; none in the
	// coalition that consists of what is unknown or undisclosed alone.
	Seeds []Node
}

// Definite says whether a party definitely belongs to the coalition.
func (c *Coalition) Definite(n Node) bool { panic("stub") }

// Possible says whether a party possibly belongs to the coalition.
func (c *Coalition) Possible(n Node) bool { panic("stub") }

// Seed says whether a party belongs to the coalition without any holder: a
// seed, or (possibly) one of Start.Unknown.
func (c *Coalition) Seed(n Node) bool { panic("stub") }

// Tallies returns what the members of the coalition hold in a party, one Tally
// for each kind of interest that counts and of which there is something to
// tell, in the order of the kinds. At most limit holdings are listed in each.
func (c *Coalition) Tallies(subject Node, limit int) []Tally { panic("stub") }

// Tally is what a coalition holds of one kind in a party.
type Tally struct {
	Kind Kind
	// Counted are the holdings of members, the largest first; LeftOut is how
	// many are not listed.
	Counted []Counted
	LeftOut int
	// Lower is what definite members hold at least, Upper what possible
	// members hold at most, with Undisclosed and capped by what others hold
	// for certain. Control has no shares: both are 0.
	Lower, Upper Percent
	// Undisclosed is the part that nobody has declared and that counts towards
	// Upper.
	Undisclosed Percent
	// Definite and Possible say whether this kind alone restricts the party.
	Definite, Possible bool
}

// Counted is a holding that counts in a Tally, definitely or only possibly.
type Counted struct {
	Holding
	Definite bool
}

// Record is one declaration behind a Holding. Zero times are no limits.
type Record struct {
	Share        Share
	Since, Until time.Time
	Source       string
}

// Memo returns what build returned for an equal key before, or calls it. It
// keeps a bounded number of values, so build must be a pure function of the
// key and the View. Safe for concurrent use; build runs once at a time per key.
func (v *View) Memo(key any, build func() any) any { panic("stub") }

// From is the first instant of the View; ok is false if it has none.
func (v *View) From() (t time.Time, ok bool) { panic("stub") }

// Graph is the graph that this is a View of.
func (v *View) Graph() *Graph { panic("stub") }

// Label is the party's key, or SCHEME:ID of a party that is only referred to by
// an identifier: for messages and for a fixed order, never for looking up.
func (g *Graph) Label(n Node) string { panic("stub") }

// ProblemsLeftOut is how many problems Problems does not list.
func (g *Graph) ProblemsLeftOut() int { panic("stub") }

// ShareText is a share as sources write it: decimal strings of percent, ""
// where absent.
type ShareText struct {
	Exact, Minimum, Maximum, ExclusiveMinimum, ExclusiveMaximum string
}

// ParseShare reads a share. Nothing at all is UnknownShare.
func ParseShare(s ShareText) (Share, error) { panic("stub") }

// Normal is the form in which two identifiers are the same if they are equal:
// without surrounding white space, the scheme (and an LEI) in upper case.
func (i Identifier) Normal() Identifier { panic("stub") }
