package translate

import "github.com/domicile-dev/domicile/api/v1alpha1"

// withDefaults fills in what the API server fills in, so that a manifest read
// from a file means the same as one that was applied.
func withDefaults(spec v1alpha1.TenantPolicySpec) v1alpha1.TenantPolicySpec {
	orList(&spec.Jurisdictions.Basis,
		v1alpha1.BasisHeadquarters, v1alpha1.BasisIncorporation, v1alpha1.BasisNationality, v1alpha1.BasisResidence)
	orList(&spec.Roles,
		v1alpha1.RoleCustomer, v1alpha1.RoleReseller, v1alpha1.RoleEndUser, v1alpha1.RolePayer)

	o := &spec.Ownership
	or(&o.Threshold, "50")
	or(&o.Comparison, v1alpha1.ComparisonMoreThan)
	or(&o.Aggregation, v1alpha1.AggregateAllRestricted)
	or(&o.Method, v1alpha1.MethodCascade)
	orList(&o.Interests, v1alpha1.InterestShareholding, v1alpha1.InterestVotingRights)
	or(&o.ControlByOtherMeans, v1alpha1.ControlRestricts)
	or(&o.Undisclosed, v1alpha1.UndisclosedIgnored)
	or(&o.JointHoldings, v1alpha1.JointAsDeclared)

	e := &spec.Enforcement
	or(&e.Restricted, v1alpha1.ActionDeny)
	or(&e.Indeterminate, v1alpha1.ActionWarn)
	or(&e.Unidentified, v1alpha1.ActionAudit)
	or(&e.UnidentifiedInTenantNamespaces, v1alpha1.ActionDeny)
	or(&e.UnidentifiedRequests, v1alpha1.ActionDeny)
	or(&e.TenantNotFound, v1alpha1.ActionDeny)
	or(&e.Existing, v1alpha1.ExistingReport)
	if e.EffectiveFrom != nil {
		or(&e.BeforeEffective, v1alpha1.ActionWarn)
	}

	if spec.Match != nil {
		match := *spec.Match
		orList(&match.Covers, v1alpha1.CoveredObjects, v1alpha1.CoveredRequests)
		match.Resources = append([]v1alpha1.ResourceRule(nil), match.Resources...)
		for i := range match.Resources {
			orList(&match.Resources[i].APIVersions, "*")
		}
		spec.Match = &match
	}
	return spec
}

func or[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func orList[T any](field *[]T, values ...T) {
	if len(*field) == 0 {
		*field = values
	}
}
