package webhook

import (
	"context"
	"fmt"
	"strconv"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	authorizationclient "k8s.io/client-go/kubernetes/typed/authorization/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
)

// mayNotBind refuses each change of a claim whose tenant the user may not
// bind: whoever could, would launder a workload by renaming it.
func (h *Handler) mayNotBind(ctx context.Context, in input) ([]residency.Decision, error) {
	var refusals []residency.Decision
	for _, tenant := range in.changes.involved(in.object) {
		allowed, err := h.dependencies.Access.MayBind(ctx, in.user, tenant)
		if err != nil {
			return nil, fmt.Errorf("ask whether the user may bind Tenant %q: %w", tenant, err)
		}
		if !allowed {
			refusals = append(refusals, residency.Decision{
				Tenant: tenant,
				Reason: residency.BindNotAuthorized,
				Action: residency.Deny,
				Detail: bindDetail(in.user.Username, tenant),
			})
		}
	}
	return refusals, nil
}

// maxUsername bounds a user name in a message.
const maxUsername = 128

func bindDetail(user, tenant string) string {
	if len(user) > maxUsername {
		user = user[:maxUsername]
	}
	whose := "tenant " + tenant
	if tenant == "" {
		whose = "every tenant"
	}
	return fmt.Sprintf("changing whose this is needs the verb %s on %s, which %s does not have",
		v1alpha1.BindVerb, whose, strconv.QuoteToASCII(user))
}

// ClusterAccess is the Access of a real cluster: it asks the API server's own
// authorizers.
type ClusterAccess struct {
	Reviews authorizationclient.SubjectAccessReviewInterface
}

var _ Access = ClusterAccess{}

// MayBind implements Access.
func (a ClusterAccess) MayBind(ctx context.Context, user authenticationv1.UserInfo, tenant string) (bool, error) {
	extra := make(map[string]authorizationv1.ExtraValue, len(user.Extra))
	for key, value := range user.Extra {
		extra[key] = authorizationv1.ExtraValue(value)
	}
	review, err := a.Reviews.Create(ctx, &authorizationv1.SubjectAccessReview{
		Spec: authorizationv1.SubjectAccessReviewSpec{
			User:   user.Username,
			Groups: user.Groups,
			UID:    user.UID,
			Extra:  extra,
			ResourceAttributes: &authorizationv1.ResourceAttributes{
				Verb:     v1alpha1.BindVerb,
				Group:    v1alpha1.Group,
				Version:  v1alpha1.GroupVersion.Version,
				Resource: "tenants",
				Name:     tenant,
			},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		return false, fmt.Errorf("review access: %w", err)
	}
	return review.Status.Allowed, nil
}
