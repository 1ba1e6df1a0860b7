package webhook

import (
	"errors"
	"fmt"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	clocktesting "k8s.io/utils/clock/testing"
)

// asked is an API server that counts what it is asked, and allows or fails as it is told.
type asked struct {
	times   int
	allowed bool
	err     error
}

func (a *asked) access(c *clocktesting.FakeClock) *ClusterAccess {
	client := fake.NewClientset()
	client.PrependReactor("create", "subjectaccessreviews", func(action clienttesting.Action) (bool, runtime.Object, error) {
		a.times++
		review := action.(clienttesting.CreateAction).GetObject().(*authorizationv1.SubjectAccessReview).DeepCopy()
		review.Status.Allowed = a.allowed
		return true, review, a.err
	})
	return NewClusterAccess(client.AuthorizationV1().SubjectAccessReviews(), c)
}

func TestAnswersAboutRightsCountForSomeSeconds(t *testing.T) {
	for name, tc := range map[string]struct {
		reason  string
		allowed bool
		after   time.Duration
		want    int
	}{
		"allowed, soon":   {"not asked again", true, allowedFor - time.Second, 1},
		"allowed, later":  {"a right may have been taken", true, allowedFor + time.Second, 2},
		"refused, soon":   {"not asked again", false, refusedFor - time.Second, 1},
		"refused, later":  {"a right may have been granted", false, refusedFor + time.Second, 2},
		"refused, sooner": {"a refusal counts for less long than a right", false, allowedFor - time.Second, 2},
	} {
		t.Run(name, func(t *testing.T) {
			clock := clocktesting.NewFakeClock(now)
			server := &asked{allowed: tc.allowed}
			access := server.access(clock)
			for range 2 {
				if got, err := access.May(t.Context(), authenticationv1.UserInfo{Username: "ann"}, "claim", "meridian"); err != nil || got != tc.allowed {
					t.Fatalf("got %v, %v", got, err)
				}
				clock.Step(tc.after)
			}
			if server.times != tc.want {
				t.Errorf("%s: asked %d times, want %d", tc.reason, server.times, tc.want)
			}
		})
	}
}

func TestAnAnswerIsAboutTheWholeIdentity(t *testing.T) {
	server := &asked{allowed: true}
	access := server.access(clocktesting.NewFakeClock(now))
	ann := authenticationv1.UserInfo{Username: "ann", UID: "1", Groups: []string{"a", "b"}, Extra: map[string]authenticationv1.ExtraValue{"scopes": {"x"}}}
	other := func(change func(*authenticationv1.UserInfo)) authenticationv1.UserInfo {
		user := *ann.DeepCopy()
		change(&user)
		return user
	}
	asks := []struct {
		user         authenticationv1.UserInfo
		verb, tenant string
	}{
		{ann, "claim", "meridian"},
		{ann, "bind", "meridian"},
		{ann, "claim", "lantern-sg"},
		{other(func(u *authenticationv1.UserInfo) { u.Username = "ben" }), "claim", "meridian"},
		{other(func(u *authenticationv1.UserInfo) { u.UID = "2" }), "claim", "meridian"},
		{other(func(u *authenticationv1.UserInfo) { u.Groups = []string{"a"} }), "claim", "meridian"},
		{other(func(u *authenticationv1.UserInfo) { u.Groups = []string{"a b"} }), "claim", "meridian"},
		{other(func(u *authenticationv1.UserInfo) { u.Extra["scopes"] = []string{"y"} }), "claim", "meridian"},
	}
	for range 2 {
		for _, ask := range asks {
			if _, err := access.May(t.Context(), ask.user, ask.verb, ask.tenant); err != nil {
				t.Fatal(err)
			}
		}
	}
	if server.times != len(asks) {
		t.Errorf("asked %d times about %d different things", server.times, len(asks))
	}
}

func TestWhatIsRememberedOfRightsIsBounded(t *testing.T) {
	server := &asked{allowed: true}
	access := server.access(clocktesting.NewFakeClock(now))
	for i := range maxRights + 10 {
		if _, err := access.May(t.Context(), authenticationv1.UserInfo{Username: fmt.Sprint(i)}, "claim", "meridian"); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(access.rights.Keys()); n != maxRights {
		t.Errorf("%d answers are remembered", n)
	}
}

func TestAFailureIsNotRemembered(t *testing.T) {
	server := &asked{err: errors.New("the connection was reset")}
	access := server.access(clocktesting.NewFakeClock(now))
	for range 2 {
		if allowed, err := access.May(t.Context(), authenticationv1.UserInfo{Username: "ann"}, "claim", "meridian"); err == nil || allowed {
			t.Errorf("got %v, %v", allowed, err)
		}
	}
	if server.times != 2 {
		t.Errorf("asked %d times", server.times)
	}
}
