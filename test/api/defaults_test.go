package api

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	domicilev1alpha1 "github.com/domicile-dev/domicile/api/v1alpha1"
)

// What an admin leaves out of a policy is written into it, so that everybody
// can read what it does.
const everyDefault = `
enforcement:
  existing: Report
  indeterminate: Warn
  restricted: Deny
  tenantNotFound: Deny
  unidentified: Audit
  unidentifiedRequests: Deny
  unidentifiedInTenantNamespaces: Deny
jurisdictions:
  basis: [Headquarters, Incorporation, Nationality, Residence]
  blocked: [CN]
ownership:
  aggregation: AllRestricted
  comparison: MoreThan
  controlByOtherMeans: Restricts
  interests: [Shareholding, VotingRights]
  jointHoldings: AsDeclared
  method: Cascade
  threshold: "50"
  undisclosed: Ignored
roles: [Customer, Reseller, EndUser, Payer]
`

func TestDefaultsAreWrittenIntoAPolicy(t *testing.T) {
	for _, tc := range []struct {
		name, reason string
		spec         string
		want         func(*domicilev1alpha1.TenantPolicySpec)
	}{{
		name:   "ShortestPolicy",
		reason: "one blocked country is a policy",
		spec:   `{jurisdictions: {blocked: [CN]}}`,
	}, {
		name:   "EmptyOwnershipAndEnforcement",
		reason: "a struct that is there, but empty, gets what one that is left out gets",
		spec:   `{jurisdictions: {blocked: [CN]}, ownership: {}, enforcement: {}}`,
	}, {
		name:   "SomethingSet",
		reason: "what is set stays, and the rest is filled in",
		spec:   `{jurisdictions: {blocked: [CN], basis: [Residence]}, ownership: {comparison: AtLeast}, enforcement: {indeterminate: Deny}, roles: [Payer]}`,
		want: func(s *domicilev1alpha1.TenantPolicySpec) {
			s.Jurisdictions.Basis = []domicilev1alpha1.Basis{domicilev1alpha1.BasisResidence}
			s.Ownership.Comparison = domicilev1alpha1.ComparisonAtLeast
			s.Enforcement.Indeterminate = domicilev1alpha1.ActionDeny
			s.Roles = []domicilev1alpha1.Role{domicilev1alpha1.RolePayer}
		},
	}, {
		name:   "ResourceOfAnyVersion",
		reason: "an extra resource is covered in every version, or an older one would be a way around",
		spec:   `{jurisdictions: {blocked: [CN]}, match: {resources: [{apiGroups: [models.example.com], resources: [finetunes]}]}}`,
		want: func(s *domicilev1alpha1.TenantPolicySpec) {
			s.Match = &domicilev1alpha1.Match{Resources: []domicilev1alpha1.ResourceRule{{
				APIGroups: []string{"models.example.com"}, APIVersions: []string{"*"}, Resources: []string{"finetunes"},
			}}}
		},
	}} {
		t.Run(tc.name, func(t *testing.T) {
			policy := &domicilev1alpha1.TenantPolicy{ObjectMeta: metav1.ObjectMeta{Name: "defaults"}}
			want := domicilev1alpha1.TenantPolicySpec{}
			unmarshal(t, tc.spec, &policy.Spec)
			unmarshal(t, everyDefault, &want)
			if tc.want != nil {
				tc.want(&want)
			}
			if err := server.Create(t.Context(), policy, client.DryRunAll); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, policy.Spec); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func unmarshal(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}
