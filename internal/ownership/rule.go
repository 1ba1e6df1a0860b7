package ownership

// Comparison is how a sum is compared with the threshold.
type Comparison uint8

// The comparisons.
const (
	MoreThan Comparison = iota
	AtLeast
)

// Aggregation is whose holdings are added up.
type Aggregation uint8

// The aggregations.
const (
	AllRestricted Aggregation = iota
	SameJurisdiction
	SingleOwner
)

// Method is how indirect holdings are counted.
type Method uint8

// The methods.
const (
	// Cascade: a restricted holder counts with its whole share.
	Cascade Method = iota
	// Effective: shares multiply along each path and add over paths.
	Effective
	// Either: what Cascade or Effective restricts, each by itself.
	Either
)

// Rule says when a party is restricted because of its holders. It is
// comparable, so that it can be a key.
type Rule struct {
	Threshold   Percent
	Comparison  Comparison
	Aggregation Aggregation
	Method      Method
	// Shareholding and VotingRights say which kinds are added up, each by
	// itself; either one suffices.
	Shareholding, VotingRights bool
	// ControlRestricts makes control by other means count as 100 %.
	ControlRestricts bool
	// EachHoldsAll makes each holder of a joint holding, and of a joint
	// arrangement, count with all of it (United Kingdom, SI 2019/855, schedule 1).
	EachHoldsAll bool
	// UndisclosedPossible makes what nobody has declared possibly restricted.
	UndisclosedPossible bool
}
