package registers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	eventsv1 "k8s.io/api/events/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"
	clocktesting "k8s.io/utils/clock/testing"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register/source"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
)

var day0 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const (
	lanternLine  = `{"id":"g","schema":"Company","properties":{"name":["Lantern Group"],"jurisdiction":["cn"]}}` + "\n"
	meridianLine = `{"id":"m","schema":"Company","properties":{"name":["Meridian Labs"],"jurisdiction":["nz"]}}` + "\n"
	badLine      = `{"id":"b","schema":"Company","properties":` + "\n"
)

// registered is a register of files in FollowTheMoney.
func registered(name string, paths ...string) *v1alpha1.OwnershipRegister {
	return &v1alpha1.OwnershipRegister{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.OwnershipRegisterSpec{
			Format: v1alpha1.FormatFollowTheMoney, Interval: "1h",
			Source: v1alpha1.RegisterSource{File: &v1alpha1.FileSource{Paths: paths}},
		},
	}
}

func put(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// replica loads registers, and its leader writes their status. What is loaded is in
// the snapshots of its holder.
type replica struct {
	loader *Loader
	holder *snapshot.Holder
	stop   func()
}

// start starts a replica that reads registers from a folder, and ends with the test.
// An empty cache is a folder of the test's, and no clock the real one.
func start(t *testing.T, folder, cache string, cl clock.WithTicker) *replica {
	t.Helper()
	if cache == "" {
		cache = t.TempDir()
	}
	if cl == nil {
		cl = clock.RealClock{}
	}
	r := &replica{holder: &snapshot.Holder{}}
	use := func(all snapshot.Registers) { r.holder.Store(snapshot.New().With(snapshot.Changes{Registers: &all})) }
	mgr := server.Manager(t, nil)
	var err error
	r.loader, err = NewLoader(mgr.GetCache(), use, Options{
		Fetch: source.Options{Folder: folder}, CacheFolder: cache, CacheBytes: 1 << 30, MemoryBytes: 1 << 30,
	}, cl, prometheus.NewRegistry(), logr.Discard())
	if err != nil {
		t.Fatal(err)
	}
	status := NewStatusWriter(mgr.GetClient(), r.loader, mgr.GetEventRecorder("domicile"), cl)
	if err := errors.Join(mgr.Add(r.loader), status.SetupWithManager(mgr)); err != nil {
		t.Fatal(err)
	}
	r.stop = apiserver.Start(t, mgr)
	return r
}

// says waits until a register's status has a reason, and returns it.
func says(t *testing.T, name, reason string) v1alpha1.OwnershipRegisterStatus {
	t.Helper()
	var r v1alpha1.OwnershipRegister
	apiserver.Eventually(t, name+" is "+reason, func(ctx context.Context) error {
		if err := server.Get(ctx, client.ObjectKey{Name: name}, &r); err != nil {
			return err
		}
		c := apimeta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionReady)
		if c == nil || c.Reason != reason || c.ObservedGeneration != r.Generation {
			return fmt.Errorf("the condition is %+v", c)
		}
		return nil
	})
	if len(r.Status.Conditions) != 1 {
		t.Errorf("the conditions are %+v", r.Status.Conditions)
	}
	return r.Status
}

// has waits until the snapshot knows a register's party, or does not.
func (r *replica) has(t *testing.T, register, id string, want bool) {
	t.Helper()
	apiserver.Eventually(t, fmt.Sprintf("%s of %s is known: %t", id, register, want), func(context.Context) error {
		s := r.holder.Load()
		if s == nil {
			return errors.New("there is no snapshot")
		}
		n, ok := s.Graph.Find(ownership.Ref{Identifier: ownership.Identifier{Scheme: ownership.RegisterScheme(register), ID: id}})
		if got := ok && s.Graph.Loaded(n); got != want {
			return fmt.Errorf("%t", got)
		}
		return nil
	})
}

func TestARegisterIsLoadedRefreshedAndForgotten(t *testing.T) {
	folder, cl := t.TempDir(), clocktesting.NewFakeClock(day0)
	put(t, folder, "a.json", lanternLine)
	r := start(t, folder, "", cl)
	object := registered("lantern", "*.json")
	server.With(t, object)
	r.has(t, "lantern", "g", true)
	status := says(t, "lantern", v1alpha1.ReasonLoaded)
	if ptr.Deref(status.Entities, 0) != 1 || ptr.Deref(status.Interests, 1) != 0 || ptr.Deref(status.Refused, 1) != 0 || len(status.Revision) != 12 {
		t.Errorf("the status is %+v", status)
	}
	if !status.LastSuccess.Time.Equal(day0) || !status.NextRefresh.After(day0) || status.NextRefresh.After(day0.Add(time.Hour+maxJitter)) {
		t.Errorf("last success %s, next refresh %s", status.LastSuccess, status.NextRefresh)
	}

	put(t, folder, "b.json", meridianLine)
	r.refresh(t, cl, "lantern")
	r.has(t, "lantern", "m", true)
	r.has(t, "lantern", "g", true)
	apiserver.Eventually(t, "the refresh is in the status", func(ctx context.Context) error {
		if err := server.Get(ctx, client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		if ptr.Deref(object.Status.Entities, 0) != 2 || object.Status.Revision == status.Revision {
			return fmt.Errorf("it is %+v", object.Status)
		}
		return nil
	})
	if got := testutil.ToFloat64(r.loader.metrics.loads.WithLabelValues("loaded")); got != 2 {
		t.Errorf("%v loads are counted", got)
	}

	server.Without(t, object)
	r.has(t, "lantern", "g", false)
	if missing := r.holder.Load().Graph.Missing(); len(missing) > 0 {
		t.Errorf("%v is missing, but nobody declares it", missing)
	}
}

// refresh lets an interval pass, as soon as a register waits for it.
func (r *replica) refresh(t *testing.T, cl *clocktesting.FakeClock, name string) {
	t.Helper()
	apiserver.Eventually(t, "the loader waits", func(context.Context) error {
		if p, ok := r.loader.Progress(name); !ok || !p.due.After(cl.Now()) || !cl.HasWaiters() {
			return errors.New("it does not")
		}
		return nil
	})
	cl.Step(time.Hour + maxJitter)
}

func TestTheLastGoodDataStaysInUse(t *testing.T) {
	folder, cl := t.TempDir(), clocktesting.NewFakeClock(day0)
	put(t, folder, "a.json", lanternLine)
	r := start(t, folder, "", cl)
	object := registered("lantern", "a.json")
	server.With(t, object)
	says(t, "lantern", v1alpha1.ReasonLoaded)
	loaded := "at " + day0.UTC().Format(time.RFC3339) + ", stays in use"
	declare := func(change func(*v1alpha1.OwnershipRegisterSpec)) {
		t.Helper()
		apiserver.Eventually(t, "an update", func(ctx context.Context) error {
			if err := server.Get(ctx, client.ObjectKeyFromObject(object), object); err != nil {
				return err
			}
			change(&object.Spec)
			return server.Update(ctx, object)
		})
	}
	for _, tc := range []struct {
		name   string
		change func()
		reason string
		says   string
	}{
		{"the source is gone", func() {
			if err := os.Remove(filepath.Join(folder, "a.json")); err != nil {
				t.Fatal(err)
			}
			r.refresh(t, cl, "lantern")
		}, v1alpha1.ReasonFetchFailed, "a.json"},
		{"it gives nonsense", func() {
			put(t, folder, "a.json", "\x00\x01")
			r.refresh(t, cl, "lantern")
		}, v1alpha1.ReasonUnreadable, "not UTF-8"},
		{"another checksum", func() {
			declare(func(s *v1alpha1.OwnershipRegisterSpec) { s.Checksum = "sha256:" + strings.Repeat("0", 64) })
		}, v1alpha1.ReasonChecksumMismatch, "the checksum does not match"},
		{"a spec that cannot be compiled", func() {
			declare(func(s *v1alpha1.OwnershipRegisterSpec) {
				s.Checksum, s.Source.File.Paths = "", []string{"[a"}
			})
		}, v1alpha1.ReasonInvalid, "wildcards"},
	} {
		tc.change()
		status := says(t, "lantern", tc.reason)
		c := apimeta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
		if c.Status != metav1.ConditionFalse || !strings.Contains(c.Message, loaded) || !strings.Contains(c.Message, tc.says) {
			t.Errorf("%s: the condition is %+v", tc.name, c)
		}
		if !status.LastSuccess.Time.Equal(day0) || ptr.Deref(status.Entities, 0) != 1 {
			t.Errorf("%s: the status is not about the data in use: %+v", tc.name, status)
		}
		r.has(t, "lantern", "g", true)
	}
	if stale, oldest := testutil.ToFloat64(r.loader.metrics.registers.WithLabelValues("Stale")), testutil.ToFloat64(r.loader.metrics.oldest); stale != 1 || oldest != float64(day0.Unix()) {
		t.Errorf("metrics say %v stale, the oldest of %v", stale, oldest)
	}
	apiserver.Eventually(t, "the events", func(ctx context.Context) error {
		var list eventsv1.EventList
		if err := server.List(ctx, &list); err != nil {
			return err
		}
		want := map[string]bool{"Loaded": true, "FetchFailed": true, "ChecksumMismatch": true}
		for _, e := range list.Items {
			if e.Regarding.Kind == "OwnershipRegister" && e.Regarding.UID == object.UID {
				delete(want, e.Reason)
			}
		}
		if len(want) > 0 {
			return fmt.Errorf("%v are missing", want)
		}
		return nil
	})
	put(t, folder, "a.json", meridianLine)
	declare(func(s *v1alpha1.OwnershipRegisterSpec) { s.Source.File.Paths = []string{"a.json"} })
	says(t, "lantern", v1alpha1.ReasonLoaded)
	r.has(t, "lantern", "m", true)
	r.has(t, "lantern", "g", false)
}

// TestADiskWithoutRoomAtTheStart: the manager runs all the same, the register says why it is
// not there, and it comes when there is room.
func TestADiskWithoutRoomAtTheStart(t *testing.T) {
	folder, cl := t.TempDir(), clocktesting.NewFakeClock(day0)
	cache := filepath.Join(t.TempDir(), "cache")
	put(t, filepath.Dir(cache), "cache", "") // nothing can be made below a file
	put(t, folder, "a.json", lanternLine)
	r := start(t, folder, cache, cl)
	server.With(t, registered("lantern", "a.json"))
	status := says(t, "lantern", v1alpha1.ReasonFetchFailed)
	if said := status.Conditions[0].Message; !strings.Contains(said, "register cache") {
		t.Errorf("the condition says %q", said)
	}
	apiserver.Eventually(t, "the first snapshot", func(context.Context) error {
		if s := r.holder.Load(); s == nil || len(s.Graph.Missing()) != 1 {
			return errors.New("the register is not missing")
		}
		return nil
	})
	if err := os.Remove(cache); err != nil {
		t.Fatal(err)
	}
	r.refresh(t, cl, "lantern")
	says(t, "lantern", v1alpha1.ReasonLoaded)
	r.has(t, "lantern", "g", true)
}

func TestTooManyRefusedRecords(t *testing.T) {
	folder := t.TempDir()
	put(t, folder, "a.json", strings.Repeat(lanternLine, 3)+badLine)
	r := start(t, folder, "", nil)
	object := registered("lantern", "a.json")
	object.Spec.MaxRefused = "24.9"
	server.With(t, object)
	status := says(t, "lantern", v1alpha1.ReasonTooManyRefused)
	if len(status.Refusals) != 1 || status.Refusals[0].File != "a.json" || status.Refusals[0].Line != 4 || ptr.Deref(status.Refused, 0) != 1 {
		t.Errorf("the refusals are %+v", status.Refusals)
	}
	apiserver.Eventually(t, "the first snapshot", func(context.Context) error {
		if s := r.holder.Load(); s == nil || len(s.Graph.Missing()) != 1 || s.Graph.Missing()[0] != "lantern" {
			return errors.New("the register is not missing")
		}
		return nil
	})
	apiserver.Eventually(t, "an update", func(ctx context.Context) error {
		if err := server.Get(ctx, client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		object.Spec.MaxRefused = "25"
		return server.Update(ctx, object)
	})
	if status := says(t, "lantern", v1alpha1.ReasonLoaded); ptr.Deref(status.Refused, 0) != 1 || len(status.Refusals) != 1 {
		t.Errorf("what is refused is not told any more: %+v", status)
	}
	r.has(t, "lantern", "g", true)
}

// TestRemarksAreTold counts what was used and not read for all that it may have
// meant, by kind, with the first ten.
func TestRemarksAreTold(t *testing.T) {
	folder := t.TempDir()
	put(t, folder, "a.json", lanternLine+strings.Repeat(strings.Replace(meridianLine, "nz", "nowhere at all", 1), 12))
	start(t, folder, "", nil)
	server.With(t, registered("lantern", "a.json"))
	remarks := says(t, "lantern", v1alpha1.ReasonLoaded).Remarks
	if len(remarks) != 1 || remarks[0].Kind != "UnreadJurisdiction" || remarks[0].Count != 12 || len(remarks[0].First) != 10 {
		t.Fatalf("the remarks are %+v", remarks)
	}
	if first := remarks[0].First[0]; first.File != "a.json" || first.Line != 2 || !strings.Contains(first.Message, "nowhere at all") {
		t.Errorf("the first is %+v", first)
	}
}

// TestTheFirstSnapshotKnowsWhatOthersKnow: a replica that starts must not answer
// from less data than those that run.
func TestTheFirstSnapshotKnowsWhatOthersKnow(t *testing.T) {
	folder := t.TempDir()
	put(t, folder, "a.json", lanternLine)
	server.With(t, registered("lantern", "a.json"), registered("nowhere", "b.json"))
	r := start(t, folder, "", nil)
	first := r.holder.Changed()
	select {
	case <-first:
	case <-time.NewTimer(apiserver.Within).C:
		t.Fatal("there is no snapshot")
	}
	s := r.holder.Load()
	if _, ok := s.Graph.Find(ownership.Ref{Identifier: ownership.Identifier{Scheme: "OREG.LANTERN", ID: "g"}}); !ok {
		t.Error("the first snapshot is without a register")
	}
	if missing := s.Graph.Missing(); len(missing) != 1 || missing[0] != "nowhere" {
		t.Errorf("missing are %v", missing)
	}
	if c := apimeta.FindStatusCondition(says(t, "nowhere", v1alpha1.ReasonFetchFailed).Conditions, v1alpha1.ConditionReady); !strings.Contains(c.Message, "nobody is Clear") {
		t.Errorf("the condition is %+v", c)
	}
}

func TestARestartNeedsNoSource(t *testing.T) {
	folder, cache := t.TempDir(), t.TempDir()
	put(t, folder, "a.json", lanternLine+meridianLine)
	server.With(t, registered("lantern", "a.json"), registered("meridian", "a.json"))
	before := start(t, folder, cache, nil)
	before.has(t, "lantern", "g", true)
	revision := before.holder.Load().Revision
	before.stop()
	if err := os.Remove(filepath.Join(folder, "a.json")); err != nil {
		t.Fatal(err)
	}
	after := start(t, folder, cache, nil)
	after.has(t, "lantern", "g", true)
	after.has(t, "meridian", "m", true)
	if got := after.holder.Load().Revision; got != revision {
		t.Errorf("the same data has revision %s and %s", revision, got)
	}
	after.stop()

	// What is damaged on disk is loaded again.
	put(t, folder, "a.json", lanternLine)
	put(t, filepath.Join(cache, "layers"), "lantern.layer", "damaged")
	start(t, folder, cache, nil).has(t, "lantern", "g", true)
}

func TestAllReplicasRefreshInTheSameSlot(t *testing.T) {
	object := registered("lantern", "a.json")
	object.UID = "00000000-0000-0000-0000-000000000001"
	a, b := &state{owner: object.UID}, &state{owner: object.UID}
	a.declare(object, day0)
	b.declare(object, day0)
	for offset := time.Duration(0); offset < time.Hour; offset += 7 * time.Minute {
		first := a.slot(day0.Add(offset))
		if !first.After(day0.Add(offset)) || first.After(day0.Add(offset+time.Hour+maxJitter)) {
			t.Fatalf("after %s it is due at %s", offset, first)
		}
		if apart := first.Sub(b.slot(first.Add(-maxJitter - time.Second))).Abs(); apart > maxJitter {
			t.Errorf("two replicas refresh %s apart", apart)
		}
	}
}

func TestASourceThatFailsIsAskedLessAndLess(t *testing.T) {
	object := registered("lantern", "a.json")
	for reason, want := range map[string][]time.Duration{
		v1alpha1.ReasonFetchFailed: {10 * time.Second, 20 * time.Second, 40 * time.Second},
		v1alpha1.ReasonUnreadable:  {5 * time.Minute, 10 * time.Minute, 20 * time.Minute},
	} {
		s := &state{}
		s.declare(object, day0)
		for i, pause := range want {
			s.failed(failure{reason: reason}, nil, day0)
			if got := s.due.Sub(day0); got < pause || got > pause*11/10 {
				t.Errorf("%s: the pause after failure %d is %s, want %s or a little more", reason, i+1, got, pause)
			}
		}
		for range 100 {
			s.failed(failure{reason: reason}, nil, day0)
		}
		if got := s.due.Sub(day0); got < maxFetchPause || got > time.Hour*11/10 {
			t.Errorf("%s: the longest pause is %s", reason, got)
		}
	}
}
