package ownership

import (
	"time"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

// PartyType is what sort of party a node of the graph is.
type PartyType uint8

// The party types. UnknownType is a party of which only a reference is known.
// JointArrangement is an arrangement that does nothing but hold something for
// several holders together, as BODS writes a joint shareholding.
const (
	UnknownType PartyType = iota
	Company
	Person
	State
	Arrangement
	JointArrangement
)

// Basis is one of the ways in which a party sits in a jurisdiction.
type Basis uint8

// The bases.
const (
	Headquarters Basis = iota
	Incorporation
	Nationality
	Residence
)

var basisNames = [...]string{"Headquarters", "Incorporation", "Nationality", "Residence"}

// String gives the basis as the API writes it.
func (b Basis) String() string { return basisNames[min(b, Residence)] }

// Identifier is a party's name in a public scheme, such as {LEI, 5493…}.
type Identifier struct {
	Scheme, ID string
}

// Ref refers to a party, which need not be loaded yet: by the Key it is added
// under or by one of its identifiers. Exactly one of the two is set.
type Ref struct {
	Key        string
	Identifier Identifier
}

// Jurisdictions is where a party sits, by basis. Zero values are not known.
type Jurisdictions struct {
	Incorporation jurisdiction.Code
	Headquarters  jurisdiction.Code
	Nationality   []jurisdiction.Code
	Residence     []jurisdiction.Code
	// OtherIncorporation and OtherHeadquarters are what further declarations
	// of the same party say instead. They count as well, so that nobody gets
	// rid of a jurisdiction by declaring a party twice.
	OtherIncorporation []jurisdiction.Code
	OtherHeadquarters  []jurisdiction.Code
	// Unread is what was given and not understood, or not in full: the party may
	// sit there on any basis. It is not the same as nothing given.
	Unread []Unread
}

// Unread is a jurisdiction that was given for a party and that no code stands
// for.
type Unread struct {
	// Basis is the one that it was given for. What a LegalEntity says about that
	// basis wins over it.
	Basis Basis
	// Text is what was written, shortened.
	Text string
	// Candidates are the only places that it may be, such as the successors of a
	// country that was dissolved. None means that it may be anywhere.
	Candidates []jurisdiction.Code
}

// Party is a node of the graph as a source declares it.
type Party struct {
	// Key is the party's name in its source, such as "entity/lantern-sg".
	Key           string
	Name          string
	Type          PartyType
	Identifiers   []Identifier
	Jurisdictions Jurisdictions
	// Source says which record declares the party.
	Source string
}

// Kind is how a holder has a hold on a subject.
type Kind uint8

// The kinds of interest.
const (
	Shareholding Kind = iota
	VotingRights
	Control
)

// String is the kind's name in the API.
func (k Kind) String() string {
	switch k {
	case Shareholding:
		return "Shareholding"
	case VotingRights:
		return "VotingRights"
	default:
		return "Control"
	}
}

// Directness says whether a holder has a share itself or through others.
type Directness uint8

// The directnesses. The zero value is a source that does not say.
const (
	UnknownDirectness Directness = iota
	Direct
	Indirect
)

// String is the directness in words, "" for an unknown one.
func (d Directness) String() string {
	switch d {
	case Direct:
		return "direct"
	case Indirect:
		return "indirect"
	default:
		return ""
	}
}

// Interest is a directed edge from a holder to a subject, as a source declares
// it. It holds on every day from Since (inclusive) to Until (exclusive), in
// UTC; a zero time is no limit.
type Interest struct {
	Holder, Subject Ref
	Kind            Kind
	// Share is ignored for Control, which has none.
	Share Share
	// Directness and Class (of shares, "" if that is not said) tell holdings of
	// one holder apart: what is certainly of another directness or class is
	// another holding and adds up. All else is one holding told several times.
	Directness Directness
	Class      string
	// Joint names the joint holding in the subject that this is a part of, "" for
	// none. With Rule.EachHoldsAll each holder of it has all of its shares.
	Joint string
	// Through are the parties between an indirect holder and the subject, as far
	// as they are shown. What they hold in the subject are the same shares as
	// this: the larger of the two counts.
	Through      []Ref
	Since, Until time.Time
	// Source says which record declares the interest.
	Source string
}
