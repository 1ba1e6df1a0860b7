package residency

import (
	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// Standing is what a policy finds out about a party of the tree. The zero value
// is a party that is nowhere to be found.
type Standing uint8

// The standings.
const (
	// NotFound: others refer to the party, but nothing declares it.
	NotFound Standing = iota
	// Unknown: the party has no jurisdiction on any of the policy's bases.
	Unknown
	// Unconfirmed: nothing that is known restricts the party, but the data of a
	// register is missing.
	Unconfirmed
	// NotRestricted: the party is known, and nothing restricts it.
	NotRestricted
	// MaybeRestricted: within the ranges that are known, it may be restricted.
	MaybeRestricted
	// ByOwners: the ownership rule traces the party to seeds.
	ByOwners
	// BySeat: the party is a seed.
	BySeat
)

// Cause is a party in the tree that explains a finding, with the holdings that
// lead to it. All lists are in a fixed order and bounded.
type Cause struct {
	// Label is the party's key in its source, or SCHEME:ID. It is unique.
	Label string
	// Name is the party's own name, "" if there is none. Names come from users
	// and sources: renderings must escape and shorten them.
	Name        string
	Type        ownership.PartyType
	Identifiers []ownership.Identifier
	Seats       []Seat
	// Unread is what was given of where it sits, is not understood, and may be
	// blocked.
	Unread   []ownership.Unread
	Standing Standing
	// Source is the record that declares the party.
	Source string

	// Tallies are the sums that restrict the party, or may; by Effective, below
	// the party that is explained, also those that don't but make the part that
	// counts of it.
	Tallies []Tally
	// Others are the holdings that are in no Tally (only with Limits.All).
	Others []Holding
	// Repeated says that the party's holdings are told at another place of the
	// tree: because the party has holdings in several others, or in itself
	// through others.
	Repeated bool
	// LeftOut counts what would stand below this party without the limits.
	LeftOut int
}

// Tally is what one coalition holds of one kind in a party, by one method.
type Tally struct {
	// Method is Cascade or Effective: with Either there are tallies of both, and
	// below the holdings of a tally only those of its own method.
	Method ownership.Method
	// Country (with SameJurisdiction) or Owner (with SingleOwner: a Label)
	// says whose holdings are added up.
	Country jurisdiction.Code
	Owner   string

	Kind ownership.Kind
	// Lower is what restricted holders hold at least, Upper what possibly
	// restricted ones hold at most. Control has no shares: both are 0.
	//
	// By Effective they are the sum of share times part, rounded outward, and
	// for Control the largest part.
	Lower, Upper ownership.Percent
	// Undisclosed is the part of Upper that nobody has declared.
	Undisclosed ownership.Percent
	// Definite and Possible say whether this tally alone restricts the party.
	Definite, Possible bool

	// EachHoldsAll says that the party is a joint arrangement, and that each who
	// holds anything in it counts with all of it.
	EachHoldsAll bool

	// Holdings are those that count, the largest first.
	Holdings []Holding
	LeftOut  int
}

// Holding is what one holder has of one kind in the party above it.
type Holding struct {
	Holder *Cause
	Kind   ownership.Kind
	Share  ownership.Share
	// Definite says that the holding counts for certain, and not only possibly.
	Definite bool
	// Adds is what is added of the share: less where some of it are the same shares
	// as those of other holdings of the tally, more where the holder counts with all
	// of a joint holding. Outside of tallies it is the share.
	Adds ownership.Share
	// Part is how much of the holder the coalition holds, and Product what that
	// makes of the share, both rounded outward to 10⁻⁷ percent. Both are zero
	// in tallies by Cascade, where a holding counts whole.
	Part, Product ownership.Share
	// Records are the declarations behind the share.
	Records []ownership.Record
	LeftOut int
}

// Limits bound a tree.
type Limits struct {
	// Depth is how many holdings deep the tree goes.
	Depth int
	// Parties is how many parties the tree of one finding has.
	Parties int
	// Holdings is how many holdings of one kind are listed at one party.
	Holdings int
	// Coalitions is how many coalitions are told of one party; there is more
	// than one only with SameJurisdiction and SingleOwner.
	Coalitions int
	// Records is how many declarations are listed at one holding.
	Records int
	// All adds parties that are Clear and holdings that don't count.
	All bool
}

// admissionLimits are what fits into a refusal.
var admissionLimits = Limits{Depth: 8, Parties: 48, Holdings: 8, Coalitions: 4, Records: 2}

// ExplainLimits are what a person can still read.
var ExplainLimits = Limits{Depth: 64, Parties: 2000, Holdings: 256, Coalitions: 32, Records: 8, All: true}

const (
	maxSeats       = 32
	maxIdentifiers = 8
)
