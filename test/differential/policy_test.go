package differential

import (
	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// policy makes a policy that traces by any rule.
func (m maker) policy(name string) v1alpha1.TenantPolicy {
	p := v1alpha1.TenantPolicy{}
	p.Name = name
	p.Spec.Jurisdictions = choose(m,
		v1alpha1.JurisdictionRule{Blocked: []v1alpha1.JurisdictionCode{"CN", "RU"}},
		v1alpha1.JurisdictionRule{Blocked: []v1alpha1.JurisdictionCode{"CN"}},
		v1alpha1.JurisdictionRule{Supported: []v1alpha1.JurisdictionCode{"SG", "UA", "GB"}, Blocked: []v1alpha1.JurisdictionCode{"UA-43"}},
	)
	for _, b := range []v1alpha1.Basis{v1alpha1.BasisHeadquarters, v1alpha1.BasisIncorporation, v1alpha1.BasisNationality, v1alpha1.BasisResidence} {
		if !m.once(4) {
			p.Spec.Jurisdictions.Basis = append(p.Spec.Jurisdictions.Basis, b)
		}
	}
	p.Spec.Ownership = v1alpha1.OwnershipRule{
		Threshold:           choose[v1alpha1.Percent](m, "50", "50", "25", "75", "10", "33.3333333"),
		Comparison:          choose(m, v1alpha1.ComparisonMoreThan, v1alpha1.ComparisonAtLeast),
		Aggregation:         choose(m, v1alpha1.AggregateAllRestricted, v1alpha1.AggregateSameJurisdiction, v1alpha1.AggregateSingleOwner),
		Method:              choose(m, v1alpha1.MethodCascade, v1alpha1.MethodEffective, v1alpha1.MethodEither),
		ControlByOtherMeans: choose(m, v1alpha1.ControlRestricts, v1alpha1.ControlIgnored),
		Undisclosed:         choose(m, v1alpha1.UndisclosedIgnored, v1alpha1.UndisclosedCountsAsPossible),
		JointHoldings:       choose(m, v1alpha1.JointAsDeclared, v1alpha1.JointEachHoldsAll),
		Interests: choose(m, nil,
			[]v1alpha1.InterestKind{v1alpha1.InterestShareholding}, []v1alpha1.InterestKind{v1alpha1.InterestVotingRights}),
	}
	return p
}
