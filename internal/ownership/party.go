package ownership

import (
	"time"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

// PartyType is what sort of party a node of the graph is.
type PartyType uint8

// The party types. UnknownType is a party of which only a reference is known.
const (
	UnknownType PartyType = iota
	Company
	Person
	State
	Arrangement
)

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

// Interest is a directed edge from a holder to a subject, as a source declares
// it. It holds on every day from Since (inclusive) to Until (exclusive), in
// UTC; a zero time is no limit.
type Interest struct {
	Holder, Subject Ref
	Kind            Kind
	// Share is ignored for Control, which has none.
	Share        Share
	Since, Until time.Time
	// Source says which record declares the interest.
	Source string
}
