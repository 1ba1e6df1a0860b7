package mirror

import (
	"context"
	"strings"
	"testing"
	"time"

	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/mirror"
)

func TestWhichAPIServersCanHaveAMirror(t *testing.T) {
	for _, tc := range []struct {
		reason   string
		versions []string
		against  string
		known    bool
	}{
		{"nobody answers", nil, "", false},
		{"the first that is mended", []string{"v1.36.0"}, "", true},
		{"a provider's build of it", []string{"v1.36.3-eks-a1b2c3d", "v1.37.1-gke.1002"}, "", true},
		{"one before it", []string{"v1.35.10"}, "Kubernetes v1.35.10", true},
		{"a provider's build of one before", []string{"v1.33.13-gke.77"}, "Kubernetes v1.33.13-gke.77", true},
		{"one that is not upgraded yet is enough", []string{"v1.37.1", "v1.36.3", "v1.35.0"}, "Kubernetes v1.35.0", true},
		{"what is not understood is not taken for new", []string{"v1.37.1", "main"}, `not understood, "main"`, true},
		{"nor what is not told", []string{untold}, "not understood", true},
	} {
		against, known := againstAny(tc.versions)
		if known != tc.known || !strings.Contains(against, tc.against) || (tc.against == "") != (against == "") {
			t.Errorf("%s: %q is against it, known: %t", tc.reason, against, known)
		}
	}
}

// older are API servers that tell another version than they have.
type older struct {
	Servers
	version string
}

func (o *older) Versions(context.Context) []string { return []string{o.version} }

// TestAnOlderAPIServerIsGivenNoMirror also upgrades an API server, and sets it back.
func TestAnOlderAPIServerIsGivenNoMirror(t *testing.T) {
	now, elected := clocktesting.NewFakeClock(time.Now()), make(chan struct{})
	c := step(t, elected, now)
	servers := &older{c.servers, "v1.35.10"}
	c.servers = servers
	for _, s := range []struct {
		reason, version string
		leads, there    bool
	}{
		{"who does not lead makes none", "v1.35.10", false, false},
		{"nor does who leads", "v1.35.10", true, false},
		{"it is upgraded", "v1.36.0", true, true},
		{"it is set back", "v1.35.10", true, false},
	} {
		if s.leads && c.elected.Pending() != nil {
			close(elected)
		}
		servers.version = s.version
		changed := c.WorksChanged()
		worked := c.Works()
		now.Step(versionsEvery)
		c.round(t.Context())
		err := server.Get(t.Context(), client.ObjectKey{Name: mirror.Name}, policy(mirror.Name))
		if client.IgnoreNotFound(err) != nil {
			t.Fatal(err)
		}
		if there := err == nil; there != s.there || c.Works() != s.there {
			t.Errorf("%s: it is there: %t, works: %t", s.reason, there, c.Works())
		}
		if s.leads && !s.there {
			said, _ := c.Mirrored("no-cn")
			if said.Reason != v1alpha1.ReasonNotMirrored || !strings.Contains(said.Message, "an API server of Kubernetes v1.35.10") {
				t.Errorf("%s: says %+v", s.reason, said)
			}
			if c.Refuses("no-cn", "lantern") {
				t.Errorf("%s: it may refuse somebody", s.reason)
			}
		}
		if worked != c.Works() && !isClosed(changed) {
			t.Errorf("%s: whoever waits for it is not told", s.reason)
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
