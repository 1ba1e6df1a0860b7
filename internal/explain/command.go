package explain

import "github.com/domicile-dev/domicile/internal/residency"

// Command is the command that explains more, or "" if there is nothing to
// explain: nobody knows the tenant, or no policy is involved.
func Command(d residency.Decision) string {
	if d.Policy == "" || d.Tenant == "" || d.Verdict == residency.Unidentified || d.Reason == residency.PolicyInvalid {
		return ""
	}
	return "kubectl domicile explain tenant/" + d.Tenant + " --policy " + d.Policy
}
