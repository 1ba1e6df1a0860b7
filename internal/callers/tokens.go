package callers

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/cache"
	"k8s.io/apiserver/pkg/authentication/serviceaccount"
	authenticationclient "k8s.io/client-go/kubernetes/typed/authentication/v1"
)

const (
	// goodFor is how long a token is remembered that was good. Nothing is remembered of
	// others.
	goodFor = time.Minute
	// maxTokens is how many are: each API server has one for each path.
	maxTokens = 256
	// reviewsPerSecond bounds how often the API server is asked, whoever shows how many
	// tokens that are worth nothing.
	reviewsPerSecond, reviewsAtOnce = 20, 40
	// reviewTimeout is how long that may take.
	reviewTimeout = 2 * time.Second
)

// tokens are known to the API server alone, which is asked.
type tokens struct {
	reviews authenticationclient.TokenReviewInterface
	url     string
	names   []string
	known   *cache.LRUExpireCache
	limit   *rate.Limiter
}

func newTokens(o Options) *tokens {
	return &tokens{
		reviews: o.Reviews, url: o.URL, names: o.Names,
		known: cache.NewLRUExpireCacheWithClock(maxTokens, o.Clock),
		limit: rate.NewLimiter(reviewsPerSecond, reviewsAtOnce),
	}
}

// tokenAt is what a good token is remembered by. The token itself is not kept.
type tokenAt [sha256.Size]byte

func (t *tokens) caller(r *http.Request, path string) (caller, error) {
	scheme, token, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	if token = strings.TrimSpace(token); token == "" || !strings.EqualFold(scheme, "bearer") {
		return noCredentials, nil
	}
	key := tokenAt(sha256.Sum256([]byte(path + " " + token)))
	if _, ok := t.known.Get(key); ok {
		return authenticated, nil
	}
	if !t.limit.Allow() {
		return unverified, errors.New("token: too many that are not known are shown")
	}
	c, err := t.review(r.Context(), token, []string{t.url, t.url + path})
	if c == authenticated {
		t.known.Add(key, true, goodFor)
	}
	return c, err
}

func (t *tokens) review(ctx context.Context, token string, audiences []string) (caller, error) {
	ctx, cancel := context.WithTimeout(ctx, reviewTimeout)
	defer cancel()
	review, err := t.reviews.Create(ctx, &authenticationv1.TokenReview{
		Spec: authenticationv1.TokenReviewSpec{Token: token, Audiences: audiences},
	}, metav1.CreateOptions{})
	switch {
	case err != nil:
		return unverified, fmt.Errorf("token: ask the API server: %w", err)
	case !review.Status.Authenticated:
		return badCredentials, fmt.Errorf("token: %s", review.Status.Error)
	// An authenticator that knows nothing of audiences says nothing of them.
	case !slices.ContainsFunc(review.Status.Audiences, func(a string) bool { return slices.Contains(audiences, a) }):
		return badCredentials, errors.New("token: it is not for this webhook")
	case !slices.Contains(t.names, review.Status.User.Username):
		return notNamed, fmt.Errorf("token: %q may not call", review.Status.User.Username)
	case !aboutEverything(review.Status.User.Extra):
		return notNamed, fmt.Errorf("token: %q may ask about some API groups only", review.Status.User.Username)
	}
	return authenticated, nil
}

// aboutEverything says whether a token is good for reviews of all API groups. One that an
// aggregated API server has may say that it is not (KEP-6060); tokens that do not say are.
func aboutEverything(extra map[string]authenticationv1.ExtraValue) bool {
	groups, limited := extra[serviceaccount.AttestationAdmissionReviewAPIGroupsKey]
	return !limited || slices.Contains(groups, "*")
}
