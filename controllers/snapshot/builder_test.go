package snapshot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

func TestOnlyWhatCanChangeADecisionMatters(t *testing.T) {
	before := sample.Tenant("lantern", "lantern-sg", "1")
	for _, tc := range []struct {
		name, reason string
		change       func(*v1alpha1.Tenant)
		want         bool
	}{
		{"resync", "informers repeat what they know", func(*v1alpha1.Tenant) {}, false},
		{"status", "what the controllers write must not make them build again", func(o *v1alpha1.Tenant) {
			o.ResourceVersion, o.Status.ObservedGeneration = "2", 1
		}, false},
		{"annotation", "policies do not select by it", func(o *v1alpha1.Tenant) { o.Annotations = map[string]string{"a": "b"} }, false},
		{"spec", "the API server counts these", func(o *v1alpha1.Tenant) { o.Generation = 2 }, true},
		{"label", "policies select by it", func(o *v1alpha1.Tenant) { o.Labels = map[string]string{"a": "b"} }, true},
		{"another object", "deleted and created between two looks", func(o *v1alpha1.Tenant) { o.UID = "2" }, true},
	} {
		after := *before.DeepCopy()
		tc.change(&after)
		if got := matters(&before, &after); got != tc.want {
			t.Errorf("%s: %t, want %t: %s", tc.name, got, tc.want, tc.reason)
		}
	}
}

// still is a builder that knows these inputs, reads live, and does not follow.
func still(t *testing.T, in snapshottest.Inputs, cl clock.WithTicker) *Builder {
	t.Helper()
	b, err := New(nil, server, &snapshot.Holder{}, cl, prometheus.NewRegistry(), logr.Discard())
	if err != nil {
		t.Fatal(err)
	}
	b.holder.Store(snapshottest.Compile(in).At(cl.Now()))
	return b
}

func knows(s *snapshot.Snapshot, entity string) bool {
	n, ok := s.Graph.Find(ownership.Ref{Key: translate.EntityKey(entity)})
	return ok && s.Graph.Loaded(n)
}

func TestWithTenantReadsWhatTheInformersDoNotHaveYet(t *testing.T) {
	server.With(t, sample.Objects()...)
	b := still(t, snapshottest.Inputs{}, clock.RealClock{})
	published := b.holder.Load()

	s, err := b.WithTenant(t.Context(), "lantern")
	if err != nil {
		t.Fatal(err)
	}
	if s.Tenant("lantern") == nil || len(s.Policies) != 1 {
		t.Errorf("%d tenants and %d policies, want lantern and 1", s.Tenants.Len(), len(s.Policies))
	}
	for _, name := range []string{"lantern-sg", "lantern-group"} {
		if !knows(s, name) {
			t.Errorf("%s, which the tenant refers to through others, is not known", name)
		}
	}
	if knows(s, "meridian") {
		t.Error("a party that has nothing to do with the tenant was read")
	}
	if b.holder.Load() != published {
		t.Error("the answer to one request was published")
	}
}

// listInputs reads the world of the API server.
func listInputs(ctx context.Context, reader client.Reader) (in snapshottest.Inputs, err error) {
	var (
		policies   v1alpha1.TenantPolicyList
		tenants    v1alpha1.TenantList
		entities   v1alpha1.LegalEntityList
		exemptions v1alpha1.TenantExemptionList
	)
	for _, list := range []client.ObjectList{&policies, &tenants, &entities, &exemptions} {
		if err := reader.List(ctx, list); err != nil {
			return snapshottest.Inputs{}, err
		}
	}
	return snapshottest.Inputs{Policies: policies.Items, Tenants: tenants.Items, Entities: entities.Items, Exemptions: exemptions.Items}, nil
}

func TestWithTenantAddsToWhatIsKnown(t *testing.T) {
	server.With(t, sample.Objects()...)
	licence := sample.Exemption("licence", sample.OnTenth.AddDate(1, 0, 0))
	server.With(t, &licence)
	known := func(change func(*snapshottest.Inputs)) snapshottest.Inputs {
		in, err := listInputs(t.Context(), server)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			change(&in)
		}
		return in
	}
	for _, tc := range []struct {
		name, reason string
		in           snapshottest.Inputs
		tenant       string
		want         func(before, after *snapshot.Snapshot) error
	}{
		{"everything is known", "nothing is compiled again", known(nil), "lantern", func(before, after *snapshot.Snapshot) error {
			if before != after {
				return errors.New("it is another snapshot")
			}
			return nil
		}},
		{"no such tenant", "it is simply not there", known(nil), "nobody", func(before, after *snapshot.Snapshot) error {
			if before != after || after.Tenant("nobody") != nil {
				return errors.New("it is another snapshot")
			}
			return nil
		}},
		{"deleted tenant", "the informers have not heard of it yet", known(func(in *snapshottest.Inputs) { in.Tenants = append(in.Tenants, sample.Tenant("gone", "meridian", "1")) }), "gone",
			func(_, after *snapshot.Snapshot) error {
				if after.Tenant("gone") != nil || after.Tenant("lantern") == nil {
					return errors.New("it is still there, or others are not")
				}
				return nil
			}},
		{"a holder of a known party", "the informers of three kinds do not move together", known(func(in *snapshottest.Inputs) {
			for i := range in.Entities {
				if in.Entities[i].Name == "lantern-group" {
					in.Entities = append(in.Entities[:i:i], in.Entities[i+1:]...)
					return
				}
			}
		}), "lantern", func(_, after *snapshot.Snapshot) error {
			if !knows(after, "lantern-group") || !knows(after, "meridian") {
				return errors.New("it is not known")
			}
			return nil
		}},
		{"a new policy", "it may be as new as the tenant", known(func(in *snapshottest.Inputs) { in.Policies = nil }), "lantern", func(_, after *snapshot.Snapshot) error {
			if len(after.Policies) != 1 {
				return errors.New("it is not known")
			}
			return nil
		}},
		{"a new exemption", "it may be as new as the tenant", known(func(in *snapshottest.Inputs) { in.Exemptions = nil }), "lantern", func(_, after *snapshot.Snapshot) error {
			if len(after.Policies) != 1 || after.Policies[0].Exemption("lantern", sample.OnTenth) == nil {
				return errors.New("it is not known")
			}
			return nil
		}},
		{"an exemption that was taken back", "it holds no longer", known(func(in *snapshottest.Inputs) {
			in.Exemptions = append(in.Exemptions, sample.Exemption("taken-back", sample.OnTenth.AddDate(10, 0, 0)))
		}), "lantern", func(_, after *snapshot.Snapshot) error {
			if e := after.Policies[0].Exemption("lantern", sample.OnTenth); e == nil || e.Name != "licence" {
				return fmt.Errorf("exempted by %v", e)
			}
			return nil
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := still(t, tc.in, clock.RealClock{})
			after, err := b.WithTenant(t.Context(), tc.tenant)
			if err != nil {
				t.Fatal(err)
			}
			if err := tc.want(b.holder.Load(), after); err != nil {
				t.Errorf("%v: %s", err, tc.reason)
			}
		})
	}
}

func TestWithTenantWaitsForIdentifiersOfAFreshTenant(t *testing.T) {
	id := v1alpha1.Identifier{Scheme: "SG-ACRA", ID: "201900001A"}
	x := sample.Tenant("fresh", "", "1")
	x.Spec.Parties[0].Entity = v1alpha1.PartyReference{Identifier: &id}
	server.With(t, &x)
	holder := sample.Entity("lantern-group", "CN")
	holder.Spec.Identifiers = []v1alpha1.Identifier{id}
	for _, tc := range []struct {
		name, reason string
		meanwhile    func(*Builder, *clocktesting.FakeClock)
		known        bool
	}{
		{"it arrives", "the informers were on their way", func(b *Builder, _ *clocktesting.FakeClock) {
			b.holder.Store(snapshottest.Compile(snapshottest.Inputs{Entities: []v1alpha1.LegalEntity{holder}}).At(x.CreationTimestamp.Time))
		}, true},
		{"nobody has it", "a request cannot wait for ever", func(_ *Builder, cl *clocktesting.FakeClock) { cl.Step(catchUp) }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cl := clocktesting.NewFakeClock(x.CreationTimestamp.Time)
			b := still(t, snapshottest.Inputs{}, cl)
			var wg sync.WaitGroup
			wg.Go(func() {
				s, err := b.WithTenant(t.Context(), "fresh")
				if err != nil || s.Tenant("fresh") == nil || knows(s, "lantern-group") != tc.known {
					t.Errorf("the party is known: %t, want %t (%v): %s", !tc.known, tc.known, err, tc.reason)
				}
			})
			apiserver.Eventually(t, "the request waits", func(context.Context) error {
				if !cl.HasWaiters() {
					return errors.New("it does not")
				}
				return nil
			})
			tc.meanwhile(b, cl)
			wg.Wait()
		})
	}
}

func TestWithTenantIsAnErrorWhenItCannotKnow(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := still(t, snapshottest.Inputs{}, clock.RealClock{}).WithTenant(ctx, "lantern"); !errors.Is(err, context.Canceled) {
		t.Errorf("the request has ended, but the error is %v", err)
	}
	empty := still(t, snapshottest.Inputs{}, clock.RealClock{})
	empty.holder = &snapshot.Holder{}
	if _, err := empty.WithTenant(t.Context(), "lantern"); !errors.Is(err, errNoSnapshot) {
		t.Errorf("there is no snapshot, but the error is %v", err)
	}
}

// A replica that starts must not answer from less data than those that run.
func TestTheFirstSnapshotWaitsForTheRegisters(t *testing.T) {
	b := still(t, snapshottest.Inputs{}, clock.RealClock{})
	b.holder = &snapshot.Holder{}
	b.build()
	if b.holder.Load() != nil {
		t.Fatal("there is a snapshot without the registers")
	}
	b.UseRegisters(snapshot.Registers{Missing: []string{"nowhere"}})
	select {
	case <-b.kick:
	default:
		t.Error("nobody builds the first one")
	}
	b.build()
	if s := b.holder.Load(); s == nil || !slices.Equal(s.Graph.Missing(), []string{"nowhere"}) {
		t.Error("the registers are not in the first snapshot")
	}
}

func TestABurstOfChangesIsFewSnapshots(t *testing.T) {
	holder := &snapshot.Holder{}
	mgr := server.Manager(t, Compact(holder))
	b, err := New(mgr.GetCache(), mgr.GetAPIReader(), holder, clock.RealClock{}, prometheus.NewRegistry(), logr.Discard())
	if err != nil {
		t.Fatal(err)
	}
	if err := mgr.Add(b); err != nil {
		t.Fatal(err)
	}
	apiserver.Start(t, mgr)
	b.UseRegisters(snapshot.Registers{})
	apiserver.Eventually(t, "the first snapshot", func(context.Context) error {
		if holder.Load() == nil {
			return errors.New("there is none")
		}
		return nil
	})
	var mu sync.Mutex
	builds := 0
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	next := holder.Changed()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-next:
				next = holder.Changed()
				mu.Lock()
				builds++
				mu.Unlock()
			}
		}
	}()
	started := time.Now()
	const many = 100
	for i := range many {
		e := sample.Entity("burst-"+string(rune('a'+i/10))+string(rune('a'+i%10)), "NL")
		server.With(t, &e)
	}
	took := time.Since(started)
	apiserver.Eventually(t, "all are there", func(context.Context) error {
		if got := holder.Load().Graph.Len(); got != many {
			return errors.New("some are missing")
		}
		return nil
	})
	mu.Lock()
	defer mu.Unlock()
	// One at once, one for each window, and one at the end.
	if most := int(took/batchWindow) + 3; builds > most {
		t.Errorf("%d snapshots in %s, want at most %d", builds, took, most)
	}
}

func TestABuilderThatIsStuckIsNotAlive(t *testing.T) {
	cl := clocktesting.NewFakeClock(sample.OnTenth)
	b := still(t, snapshottest.Inputs{}, cl)
	cl.Step(time.Hour)
	if err := b.Alive(); err != nil {
		t.Errorf("a manager is ended that waits for the API server: %v", err)
	}
	b.alive()
	b.started.Store(true)
	cl.Step(deadAfter)
	if err := b.Alive(); err != nil {
		t.Errorf("a slow one is not dead: %v", err)
	}
	cl.Step(time.Second)
	if b.Alive() == nil {
		t.Error("nobody notices")
	}
}
