package webhook

import (
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// strangersThatCome are the keys under Domicile's prefix that mean nothing to it
// and that an UPDATE brings or changes. Where they stand does not matter: what
// shrinks moves the items of lists.
func strangersThatCome(old, updated translate.Reading) []residency.ClaimProblem {
	if len(updated.Unknown) == 0 {
		return nil
	}
	type stranger struct{ key, value string }
	had := map[stranger]int{}
	for _, m := range old.Unknown {
		had[stranger{m.Key, m.Value}]++
	}
	var come []translate.Mark
	for _, m := range updated.Unknown {
		if had[stranger{m.Key, m.Value}]--; had[stranger{m.Key, m.Value}] < 0 {
			come = append(come, m)
		}
	}
	return translate.Strangers(come)
}

// isBuiltinController says whether a user is one of Kubernetes' own controllers.
// They copy what stands in a template that was admitted, perhaps before Domicile
// refused such keys: refusing the copy would keep what runs from being restored.
func isBuiltinController(user authenticationv1.UserInfo) bool {
	return user.Username == "system:kube-controller-manager" || strings.HasPrefix(user.Username, "system:serviceaccount:kube-system:")
}
