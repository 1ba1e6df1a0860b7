package definitions_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	authorizationclient "k8s.io/client-go/kubernetes/typed/authorization/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/events"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/domicile-dev/domicile/controllers/definitions"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
)

// somebody may do to farms and barns what verbs say.
func somebody(t *testing.T, name string, verbs ...string) *rbacv1.ClusterRole {
	t.Helper()
	role := &rbacv1.ClusterRole{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Rules:      []rbacv1.PolicyRule{{APIGroups: []string{"example.com"}, Resources: []string{"farms", "barns"}, Verbs: verbs}},
	}
	server.With(t, role, &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: name}},
	})
	return role
}

// telling is a Rights that runs.
type telling struct {
	snapshots *snapshot.Holder
	clock     *clocktesting.FakeClock
	events    *events.FakeRecorder
	registry  *prometheus.Registry
	policies  []*residency.Policy
}

// tells runs a Rights of a user, for kinds that are found and a policy that suspends, or
// does not.
func tells(t *testing.T, user string, suspends bool, found ...kinds.Kind) *telling {
	t.Helper()
	config := rest.CopyConfig(server.Config)
	config.Impersonate = rest.ImpersonationConfig{UserName: user}
	reviews, err := authorizationclient.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	to := &telling{
		snapshots: &snapshot.Holder{}, clock: clocktesting.NewFakeClock(time.Unix(1000, 0)),
		events: events.NewFakeRecorder(10), registry: prometheus.NewRegistry(),
		policies: []*residency.Policy{{Name: "p", Suspends: suspends}},
	}
	to.finds(found...)
	rights, err := definitions.NewRights(reviews.SelfSubjectAccessReviews(), to.snapshots, to.events, to.clock, true, to.registry, logr.Discard())
	if err != nil {
		t.Fatal(err)
	}
	if !rights.NeedLeaderElection() {
		t.Error("every replica would tell")
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- rights.Start(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return to
}

func (to *telling) finds(found ...kinds.Kind) {
	list := kinds.FoundOf(found)
	to.snapshots.Store(&snapshot.Snapshot{World: residency.World{Policies: to.policies}, Objects: snapshot.Objects{Found: list}})
}

func (to *telling) counts(t *testing.T, reason string, readable, unreadable, suspendable, unsuspendable int) {
	t.Helper()
	apiserver.Eventually(t, reason, func(context.Context) error {
		return testutil.GatherAndCompare(to.registry, strings.NewReader(fmt.Sprintf(`
# HELP domicile_found_kinds Kinds that policies cover because they hold Pods by their CustomResourceDefinition, by whether Domicile may read their objects (Readable, Unreadable), and where a policy suspends, whether it may suspend them (Suspendable, Unsuspendable).
# TYPE domicile_found_kinds gauge
domicile_found_kinds{access="Readable"} %d
domicile_found_kinds{access="Suspendable"} %d
domicile_found_kinds{access="Unreadable"} %d
domicile_found_kinds{access="Unsuspendable"} %d
`, readable, suspendable, unreadable, unsuspendable)), "domicile_found_kinds")
	})
}

// event is the next one.
func (to *telling) event(t *testing.T) (event string) {
	t.Helper()
	apiserver.Eventually(t, "an event", func(context.Context) error {
		select {
		case event = <-to.events.Events:
			return nil
		default:
			return errors.New("there is none")
		}
	})
	return event
}

var (
	farms = kinds.Kind{Group: "example.com", Resource: "farms", Kind: "Farm"}
	barns = kinds.Kind{Group: "example.com", Resource: "barns", Kind: "Barn", Scale: true}
	mills = kinds.Kind{Group: "example.com", Resource: "mills", Kind: "Mill", Scale: true}
)

func TestItIsToldWhatCannotBeRead(t *testing.T) {
	role := somebody(t, "lists", "list")
	to := tells(t, "lists", false, farms, barns, mills)
	to.counts(t, "a scale needs get besides", 1, 2, 0, 0)
	for _, want := range []string{"barns.example.com because it holds Pods, but Domicile may not get it", "mills.example.com because it holds Pods, but Domicile may not list or get it"} {
		if got := to.event(t); !strings.Contains(got, want) || !strings.Contains(got, "KindUnreadable") || !strings.Contains(got, kinds.Grant(kinds.Resource{Group: "example.com", Resource: want[:5]})) {
			t.Errorf("it is told %q, want %q and what to do", got, want)
		}
	}

	// Nobody tells when rights change.
	role.Rules[0].Verbs = []string{"list", "get"}
	if err := server.Update(t.Context(), role); err != nil {
		t.Fatal(err)
	}
	apiserver.Eventually(t, "the rights are looked at again", func(context.Context) error {
		if to.clock.HasWaiters() {
			to.clock.Step(time.Minute)
		}
		return to.gauge("Readable", 2)
	})
	select {
	case got := <-to.events.Events:
		t.Errorf("what was told is told again: %q", got)
	default:
	}

	to.finds(farms)
	to.counts(t, "what is gone is not counted", 1, 0, 0, 0)
	to.finds(farms, mills)
	to.counts(t, "what appears is", 1, 1, 0, 0)
	if got := to.event(t); !strings.Contains(got, "mills") {
		t.Errorf("it was gone and is back, and %q is told", got)
	}
}

func TestItIsToldWhatCannotBeSuspended(t *testing.T) {
	role := somebody(t, "reads", "list", "get")
	to := tells(t, "reads", true, farms)
	to.counts(t, "it may be read, and not patched", 1, 0, 0, 1)
	of := kinds.Resource{Group: "example.com", Resource: "farms"}
	if got := to.event(t); !strings.Contains(got, "KindUnsuspendable") || !strings.Contains(got, "Domicile may not patch it") || !strings.Contains(got, kinds.GrantSuspension(of)) {
		t.Errorf("it is told %q, want the missing right and what to do", got)
	}
	role.Rules[0].Verbs = []string{"list", "get", "patch"}
	if err := server.Update(t.Context(), role); err != nil {
		t.Fatal(err)
	}
	apiserver.Eventually(t, "the rights are looked at again", func(context.Context) error {
		if to.clock.HasWaiters() {
			to.clock.Step(time.Minute)
		}
		return to.gauge("Suspendable", 1)
	})

	to.policies = []*residency.Policy{{Name: "p"}}
	to.finds(farms)
	to.counts(t, "nobody suspends any more", 1, 0, 0, 0)
}

// gauge is an error if the metric is not n.
func (to *telling) gauge(access string, n float64) error {
	metrics, err := to.registry.Gather()
	if err != nil {
		return err
	}
	for _, m := range metrics[0].GetMetric() {
		if m.GetLabel()[0].GetValue() == access && m.GetGauge().GetValue() != n {
			return fmt.Errorf("%s is %v", access, m.GetGauge().GetValue())
		}
	}
	return nil
}
