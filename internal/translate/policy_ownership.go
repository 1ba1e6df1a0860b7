package translate

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
)

var comparisons = names[v1alpha1.Comparison, ownership.Comparison]{
	v1alpha1.ComparisonMoreThan: ownership.MoreThan,
	v1alpha1.ComparisonAtLeast:  ownership.AtLeast,
}

var aggregations = names[v1alpha1.Aggregation, ownership.Aggregation]{
	v1alpha1.AggregateAllRestricted:    ownership.AllRestricted,
	v1alpha1.AggregateSameJurisdiction: ownership.SameJurisdiction,
	v1alpha1.AggregateSingleOwner:      ownership.SingleOwner,
}

var methods = names[v1alpha1.Method, ownership.Method]{
	v1alpha1.MethodCascade:   ownership.Cascade,
	v1alpha1.MethodEffective: ownership.Effective,
	v1alpha1.MethodEither:    ownership.Either,
}

var controlRules = names[v1alpha1.ControlRule, bool]{
	v1alpha1.ControlRestricts: true,
	v1alpha1.ControlIgnored:   false,
}

var undisclosedRules = names[v1alpha1.UndisclosedRule, bool]{
	v1alpha1.UndisclosedCountsAsPossible: true,
	v1alpha1.UndisclosedIgnored:          false,
}

var jointRules = names[v1alpha1.JointRule, bool]{
	v1alpha1.JointEachHoldsAll: true,
	v1alpha1.JointAsDeclared:   false,
}

// summedKinds are the kinds of interest that have shares to add up.
var summedKinds = names[v1alpha1.InterestKind, ownership.Kind]{
	v1alpha1.InterestShareholding: ownership.Shareholding,
	v1alpha1.InterestVotingRights: ownership.VotingRights,
}

func (c *policyCompiler) ownership(rule v1alpha1.OwnershipRule, path *field.Path) {
	out := &c.policy.Rule
	var err *field.Error
	out.Comparison, err = comparisons.find(rule.Comparison, path.Child("comparison"))
	c.refuse(err)
	out.Aggregation, err = aggregations.find(rule.Aggregation, path.Child("aggregation"))
	c.refuse(err)
	out.Method, err = methods.find(rule.Method, path.Child("method"))
	c.refuse(err)
	out.ControlRestricts, err = controlRules.find(rule.ControlByOtherMeans, path.Child("controlByOtherMeans"))
	c.refuse(err)
	out.UndisclosedPossible, err = undisclosedRules.find(rule.Undisclosed, path.Child("undisclosed"))
	c.refuse(err)
	out.EachHoldsAll, err = jointRules.find(rule.JointHoldings, path.Child("jointHoldings"))
	c.refuse(err)
	for i, kind := range rule.Interests {
		_, err = summedKinds.find(kind, path.Child("interests").Index(i))
		c.refuse(err)
		out.Shareholding = out.Shareholding || kind == v1alpha1.InterestShareholding
		out.VotingRights = out.VotingRights || kind == v1alpha1.InterestVotingRights
	}
	c.threshold(rule, path.Child("threshold"))
}

// threshold reads the threshold, which is exact: rounding one either way would
// move the line that the policy draws.
func (c *policyCompiler) threshold(rule v1alpha1.OwnershipRule, path *field.Path) {
	down, err := ownership.ParsePercentDown(string(rule.Threshold))
	if err != nil {
		c.refuse(field.Invalid(path, rule.Threshold, err.Error()))
		return
	}
	if up, _ := ownership.ParsePercentUp(string(rule.Threshold)); up != down {
		c.refuse(field.Invalid(path, rule.Threshold, "must have at most seven decimals"))
	}
	switch {
	case rule.Comparison == v1alpha1.ComparisonMoreThan && down == ownership.Whole:
		c.refuse(field.Invalid(path, rule.Threshold, "nothing is more than 100 %: use a threshold below 100 or comparison AtLeast"))
	case rule.Comparison == v1alpha1.ComparisonAtLeast && down == 0:
		c.refuse(field.Invalid(path, rule.Threshold, "everything is at least 0 %: use a threshold above 0 or comparison MoreThan"))
	}
	c.policy.Rule.Threshold = down
}
