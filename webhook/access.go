package webhook

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/cache"
	authorizationclient "k8s.io/client-go/kubernetes/typed/authorization/v1"
	"k8s.io/utils/clock"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

const (
	// maxRights is how many answers are remembered: the least recent goes first.
	maxRights = 4096
	// allowedFor and refusedFor are how long an answer counts. A right that is
	// granted has to work at once for whoever tries again.
	allowedFor = 10 * time.Second
	refusedFor = 2 * time.Second
)

// ClusterAccess is the Access of a real cluster: it asks the API server's own
// authorizers, and remembers for some seconds what they said.
type ClusterAccess struct {
	reviews authorizationclient.SubjectAccessReviewInterface
	rights  *cache.LRUExpireCache
}

var _ Access = (*ClusterAccess)(nil)

// NewClusterAccess makes an Access that asks with a client.
func NewClusterAccess(reviews authorizationclient.SubjectAccessReviewInterface, c clock.PassiveClock) *ClusterAccess {
	return &ClusterAccess{reviews: reviews, rights: cache.NewLRUExpireCacheWithClock(maxRights, c)}
}

// right is what an answer is remembered by. Nothing of the user is kept.
type right [sha256.Size]byte

// rightOf digests the whole identity: two users who differ in anything may have
// different rights.
func rightOf(user authenticationv1.UserInfo, verb, tenant string) (right, error) {
	text, err := json.Marshal([]any{user, verb, tenant})
	if err != nil {
		return right{}, fmt.Errorf("write the user down: %w", err)
	}
	return sha256.Sum256(text), nil
}

// May implements Access.
func (a *ClusterAccess) May(ctx context.Context, user authenticationv1.UserInfo, verb, tenant string) (bool, error) {
	key, err := rightOf(user, verb, tenant)
	if err != nil {
		return false, err
	}
	if known, ok := a.rights.Get(key); ok {
		return known == true, nil
	}
	allowed, err := a.ask(ctx, user, verb, tenant)
	if err != nil {
		return false, err
	}
	if allowed {
		a.rights.Add(key, true, allowedFor)
	} else {
		a.rights.Add(key, false, refusedFor)
	}
	return allowed, nil
}

func (a *ClusterAccess) ask(ctx context.Context, user authenticationv1.UserInfo, verb, tenant string) (bool, error) {
	extra := make(map[string]authorizationv1.ExtraValue, len(user.Extra))
	for key, value := range user.Extra {
		extra[key] = authorizationv1.ExtraValue(value)
	}
	review, err := a.reviews.Create(ctx, &authorizationv1.SubjectAccessReview{
		Spec: authorizationv1.SubjectAccessReviewSpec{
			User:   user.Username,
			Groups: user.Groups,
			UID:    user.UID,
			Extra:  extra,
			ResourceAttributes: &authorizationv1.ResourceAttributes{
				Verb:     verb,
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
