package register

import "slices"

// RemarkKind is what a remark is about.
type RemarkKind uint8

// The kinds of remarks, in the order in which they are told.
const (
	// ConflictingDuplicate: records of one party or relationship contradict each
	// other; all of them count.
	ConflictingDuplicate RemarkKind = iota
	// Tie: several statements about one record are equally new and differ; all of
	// them count.
	Tie
	// UnreadJurisdiction: a jurisdiction was given and not understood, or not in
	// full: the party may sit there.
	UnreadJurisdiction
	// UnreadProperty: a schema or property that carries ownership is not read.
	UnreadProperty
	// UnreadInterest: an interest of a type that is not known counts as an unknown
	// one.
	UnreadInterest
	// UnreadShare: a share counts as unknown.
	UnreadShare
	// UnreadDate: a date counts as no limit.
	UnreadDate
	// InvalidIdentifier: an identifier identifies nobody and is left out.
	InvalidIdentifier
	// IndirectInterest: an indirect interest is not what its components show.
	IndirectInterest
	// OtherRemark is anything else.
	OtherRemark
	remarkKinds
)

var remarkNames = [...]string{
	ConflictingDuplicate: "ConflictingDuplicate", Tie: "Tie", UnreadJurisdiction: "UnreadJurisdiction",
	UnreadProperty: "UnreadProperty", UnreadInterest: "UnreadInterest", UnreadShare: "UnreadShare", UnreadDate: "UnreadDate",
	InvalidIdentifier: "InvalidIdentifier", IndirectInterest: "IndirectInterest", OtherRemark: "Other",
}

// String is the kind's name in the API.
func (k RemarkKind) String() string { return remarkNames[min(k, OtherRemark)] }

// MarshalText writes the kind's name in the API.
func (k RemarkKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the kind's name in the API; any other name is OtherRemark.
func (k *RemarkKind) UnmarshalText(text []byte) error {
	*k = OtherRemark
	if i := slices.Index(remarkNames[:], string(text)); i >= 0 {
		*k = RemarkKind(i)
	}
	return nil
}

// Remarks are those of one kind.
type Remarks struct {
	Kind  RemarkKind
	Count int64
	// First are the first few, in the order of the files.
	First []Refusal
}
