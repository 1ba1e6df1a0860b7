package mirror

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/events"
	clocktesting "k8s.io/utils/clock/testing"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/domicile-dev/domicile/internal/mirror"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
)

// step makes a replica that does what it does when it is told to.
func step(t *testing.T, elected <-chan struct{}, cl *clocktesting.FakeClock) *Controller {
	t.Helper()
	h := &snapshot.Holder{}
	h.Store(snapshottest.Compile(restricted()))
	servers, err := NewAPIServers(server.Config, apiserver.Namespace)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(server.Client, server.Client, h, servers, elected, Options{
		Options: mirror.Options{Namespace: apiserver.Namespace}, Version: "v2",
	}, events.NewFakeRecorder(10), cl, prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, name := range mirror.Names() {
			server.Without(t, policy(name))
			server.Without(t, binding(name))
		}
	})
	return c
}

// edit adds a condition to the policy that lets everything past, and says who wrote it.
func edit(ctx context.Context, t *testing.T, version string) {
	t.Helper()
	p := policy(mirror.Name)
	if err := server.Get(ctx, client.ObjectKeyFromObject(p), p); err != nil {
		t.Fatal(err)
	}
	p.Labels[versionLabel] = version
	p.Spec.MatchConditions = append(p.Spec.MatchConditions, admissionv1.MatchCondition{Name: fmt.Sprintf("never-%d", len(p.Spec.MatchConditions)), Expression: "false"})
	if err := server.Update(ctx, p); err != nil {
		t.Fatal(err)
	}
}

// isRight says whether the policy is there and has nothing that was added.
func isRight(ctx context.Context, t *testing.T) bool {
	t.Helper()
	p := policy(mirror.Name)
	err := server.Get(ctx, client.ObjectKeyFromObject(p), p)
	if err != nil && !apierrors.IsNotFound(err) {
		t.Fatal(err)
	}
	for _, c := range p.Spec.MatchConditions {
		if c.Expression == "false" {
			return false
		}
	}
	return err == nil
}

func TestWhatGuardsOfTheMirrorLeaveAlone(t *testing.T) {
	ctx := t.Context()
	now := clocktesting.NewFakeClock(time.Now())
	c := step(t, make(chan struct{}), now)
	for _, s := range []struct {
		reason string
		before func()
		after  time.Duration
		right  bool
	}{
		{"there is none: nobody is refused", func() {}, 0, true},
		{"the leader is given time", func() { edit(ctx, t, "v2") }, guardEvery, false},
		{"not yet enough", func() {}, guardAfter - time.Second, false},
		{"nobody does it", func() {}, time.Second, true},
		{"somebody deletes it", func() { server.Without(t, policy(mirror.Name)) }, guardEvery, true},
		{"another version wrote it: the replicas of a rolling upgrade would take turns", func() { edit(ctx, t, "v1") }, guardEvery, false},
		{"as above", func() {}, 10 * guardAfter, false},
		{"it is of this version again, and still not right", func() { edit(ctx, t, "v2") }, guardEvery, false},
		{"somebody still writes it", func() { edit(ctx, t, "v2") }, guardAfter - time.Second, false},
		{"since then it has not been long", func() {}, guardAfter - time.Second, false},
		{"now it has", func() {}, time.Second, true},
	} {
		s.before()
		now.Step(s.after)
		if got := c.round(ctx); got != guardEvery {
			t.Errorf("%s: it looks again after %s", s.reason, got)
		}
		if got := isRight(ctx, t); got != s.right {
			t.Errorf("%s: the mirror is right: %t", s.reason, got)
		}
	}
	if _, ok := c.Mirrored("no-cn"); ok {
		t.Error("it says what only the leader knows")
	}
}

func TestTheLeaderWritesAtMostOnceASecond(t *testing.T) {
	ctx := t.Context()
	now := clocktesting.NewFakeClock(time.Now())
	elected := make(chan struct{})
	close(elected)
	c := step(t, elected, now)
	c.round(ctx)
	for _, s := range []struct {
		reason string
		world  snapshottest.Inputs
		after  time.Duration
		writes bool
	}{
		{"it has just written", exempted(), writeEvery - time.Millisecond, false},
		{"a second later", exempted(), time.Millisecond, true},
		{"nothing is new", exempted(), time.Minute, false},
	} {
		before := generation(ctx, t)
		c.holder.Store(snapshottest.Compile(s.world))
		now.Step(s.after)
		c.round(ctx)
		if wrote := generation(ctx, t) != before; wrote != s.writes {
			t.Errorf("%s: it wrote: %t", s.reason, wrote)
		}
	}
}

// A world that changes all the time, and makes no difference to the mirror, is no reason to ask
// all the time.
func TestAPIServersAreNotAskedAllTheTime(t *testing.T) {
	now := clocktesting.NewFakeClock(time.Now())
	elected := make(chan struct{})
	close(elected)
	c := step(t, elected, now)
	c.round(t.Context())
	now.Step(writeEvery)
	c.round(t.Context())
	settled := make(chan struct{})
	go func() {
		c.settle(t.Context())
		close(settled)
	}()
	apiserver.Eventually(t, "it waits", func(context.Context) error {
		select {
		case <-settled:
			t.Fatal("it asks again at once")
		default:
		}
		if !now.HasWaiters() {
			return errors.New("it does not wait yet")
		}
		return nil
	})
	now.Step(askEvery)
	<-settled
}

func generation(ctx context.Context, t *testing.T) int64 {
	t.Helper()
	p := policy(mirror.Name)
	if err := server.Get(ctx, client.ObjectKeyFromObject(p), p); err != nil {
		t.Fatal(err)
	}
	return p.Generation
}

func TestWhatIsLeftOfALargerMirrorGoes(t *testing.T) {
	ctx := t.Context()
	c := step(t, nil, clocktesting.NewFakeClock(time.Now()))
	c.render(c.holder.Load(), time.Now())
	small, name := c.want.Mirror, mirror.Names()[1]
	large := mirror.Mirror{
		Policies: append(small.Policies[:1:1], *small.Policies[0].DeepCopy()),
		Bindings: append(small.Bindings[:1:1], *small.Bindings[0].DeepCopy()),
		Hashes:   append(small.Hashes[:1:1], "other"),
	}
	large.Policies[1].Name, large.Bindings[1].Name, large.Bindings[1].Spec.PolicyName = name, name, name
	there := func() bool {
		errs := []error{
			server.Get(ctx, client.ObjectKey{Name: name}, policy(name)), server.Get(ctx, client.ObjectKey{Name: name}, binding(name)),
		}
		return !apierrors.IsNotFound(errs[0]) || !apierrors.IsNotFound(errs[1])
	}
	for _, s := range []struct {
		reason      string
		m           mirror.Mirror
		wrote, more bool
	}{
		{"two policies are needed", large, true, true},
		{"nothing has changed", large, false, true},
		{"one is enough", small, true, false},
	} {
		wrote, err := c.writeAll(ctx, s.m)
		if err != nil || wrote != s.wrote || there() != s.more {
			t.Errorf("%s: wrote %t, the second is there: %t, %v", s.reason, wrote, there(), err)
		}
	}
	// A leader does not know what the one before it has written.
	c.known, c.clean = map[string]identity{}, false
	if _, err := c.writeAll(ctx, large); err != nil {
		t.Fatal(err)
	}
	c.known, c.clean = map[string]identity{}, false
	if _, err := c.writeAll(ctx, small); err != nil || there() {
		t.Errorf("what another leader wrote stays: %v", err)
	}
}

func TestAddressesOfAPIServers(t *testing.T) {
	endpoint := func(ready *bool, addresses ...string) discoveryv1.Endpoint {
		return discoveryv1.Endpoint{Addresses: addresses, Conditions: discoveryv1.EndpointConditions{Ready: ready}}
	}
	port := func(n *int32) discoveryv1.EndpointPort { return discoveryv1.EndpointPort{Port: n} }
	for _, row := range []struct {
		reason string
		slice  discoveryv1.EndpointSlice
		want   []string
	}{
		{"none", discoveryv1.EndpointSlice{}, nil},
		{"several, and IPv6", discoveryv1.EndpointSlice{
			Ports:     []discoveryv1.EndpointPort{port(ptr.To[int32](6443))},
			Endpoints: []discoveryv1.Endpoint{endpoint(nil, "10.0.0.1"), endpoint(ptr.To(true), "fd00::1")},
		}, []string{"10.0.0.1:6443", "[fd00::1]:6443"}},
		{"one that is not ready enforces nothing", discoveryv1.EndpointSlice{
			Ports:     []discoveryv1.EndpointPort{port(ptr.To[int32](6443))},
			Endpoints: []discoveryv1.Endpoint{endpoint(ptr.To(false), "10.0.0.1"), endpoint(nil, "10.0.0.2")},
		}, []string{"10.0.0.2:6443"}},
		{"any port is none", discoveryv1.EndpointSlice{Ports: []discoveryv1.EndpointPort{port(nil)}, Endpoints: []discoveryv1.Endpoint{endpoint(nil, "10.0.0.1")}}, nil},
	} {
		if diff := cmp.Diff(row.want, addressesOf(&row.slice)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, diff)
		}
	}
}

// TestAWriteMayTakeAsLongAsTheAPIServerTakes looks at how much time a write has.
func TestAWriteMayTakeAsLongAsTheAPIServerTakes(t *testing.T) {
	elected := make(chan struct{})
	close(elected)
	c := step(t, elected, clocktesting.NewFakeClock(time.Now()))
	direct, err := client.NewWithWatch(server.Config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var shortest time.Duration
	c.client = interceptor.NewClient(direct, interceptor.Funcs{
		Apply: func(ctx context.Context, next client.WithWatch, o runtime.ApplyConfiguration, options ...client.ApplyOption) error {
			if ends, ok := ctx.Deadline(); ok && (shortest == 0 || time.Until(ends) < shortest) {
				shortest = time.Until(ends)
			}
			return next.Apply(ctx, o, options...)
		},
	})
	c.round(t.Context())
	if shortest < patience {
		t.Errorf("a write is ended after %s, and begun anew: an API server goes on for %s", shortest, patience)
	}
}
