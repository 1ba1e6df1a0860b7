package snapshot

import (
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/metric"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/rig/sample"
	"github.com/domicile-dev/domicile/test/rig/series"
)

func newTestMetrics(t *testing.T) (*metrics, *prometheus.Registry) {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	m, err := newMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	return m, registry
}

func TestTheRevisionIsOneSeries(t *testing.T) {
	m, registry := newTestMetrics(t)
	first, second := snapshottest.Compile(sample.World()), snapshot.New()
	m.published(nil, first, sample.BeforeTenth)
	m.published(first, second, sample.OnTenth)
	want := map[string]float64{
		"domicile_snapshot_info revision=" + second.Revision: 1,
	}
	if diff := cmp.Diff(want, series.Of(t, registry, "domicile_snapshot_info")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBacklogSaysSinceWhenSomethingIsMissing(t *testing.T) {
	at := func(second int) time.Time { return time.Unix(int64(second), 0) }
	const pending = "domicile_snapshot_pending_timestamp_seconds"
	for _, tc := range []struct {
		name, reason string
		happens      func(b *backlog)
		want         float64
	}{
		{"idle", "an old snapshot lacks nothing if nothing has changed", func(*backlog) {}, 0},
		{"stuck", "the oldest change counts", func(b *backlog) { b.notice(at(10)); b.notice(at(20)) }, 10},
		{"stuck while building", "what was read is not in use yet", func(b *backlog) { b.notice(at(10)); b.begin(); b.notice(at(20)) }, 10},
		{"built", "nothing is missing", func(b *backlog) { b.notice(at(10)); b.begin(); b.done() }, 0},
		{"changed while building", "the build may not have read that", func(b *backlog) { b.notice(at(10)); b.begin(); b.notice(at(20)); b.done() }, 20},
		{"begun again", "the second build reads what the first one had not", func(b *backlog) {
			b.notice(at(10))
			b.begin()
			b.notice(at(20))
			b.begin()
			b.done()
		}, 0},
		{"built without a change", "time alone may be the reason", func(b *backlog) { b.begin(); b.done() }, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, registry := newTestMetrics(t)
			tc.happens(&m.backlog)
			if got := series.Of(t, registry, pending)[pending]; got != tc.want {
				t.Errorf("%v, want %v: %s", got, tc.want, tc.reason)
			}
		})
	}
}

func TestABuilderThatIsStuckIsSeen(t *testing.T) {
	cl := clocktesting.NewFakeClock(sample.OnTenth)
	registry := prometheus.NewPedanticRegistry()
	b, err := New(nil, nil, nil, cl, registry, logr.Discard())
	if err != nil {
		t.Fatal(err)
	}
	cl.Step(time.Minute)
	b.notice() // as an informer does, while nobody builds
	cl.Step(time.Hour)
	want := map[string]float64{
		"domicile_snapshot_heartbeat_timestamp_seconds": metric.Timestamp(sample.OnTenth),
		"domicile_snapshot_pending_timestamp_seconds":   metric.Timestamp(sample.OnTenth.Add(time.Minute)),
	}
	got := series.Of(t, registry, "domicile_snapshot_")
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %v, want %v", name, got[name], value)
		}
	}
}

// Registers have a bound of their own: their data may be old, what is declared may not.
func TestABuilderThatIsBehindSaysForHowLong(t *testing.T) {
	cl := clocktesting.NewFakeClock(sample.OnTenth)
	b, err := New(nil, nil, &snapshot.Holder{}, cl, prometheus.NewPedanticRegistry(), logr.Discard())
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		reason string
		do     func()
		want   time.Duration
	}{
		{"nothing has changed", func() {}, 0},
		{"data of registers are not a change of an object", func() { b.UseRegisters(snapshot.Registers{}) }, 0},
		{"a policy was told of", func() {
			b.pending.handlers()["TenantPolicy"].OnAdd(&v1alpha1.TenantPolicy{ObjectMeta: metav1.ObjectMeta{Name: "p"}}, false)
		}, 3 * time.Second},
		{"nobody builds", func() {}, 6 * time.Second},
		{"it is taken in", b.build, 0},
	} {
		step.do()
		cl.Step(3 * time.Second)
		if got := b.Behind(); got != step.want {
			t.Errorf("%s: %s, want %s", step.reason, got, step.want)
		}
	}
}

// hostile is a name that nobody would look for among the metrics.
const hostile = "hostile-name"

// Everything has a name that its users chose, and fails in its own way.
func TestNoLabelHasANameThatUsersChoose(t *testing.T) {
	m, registry := newTestMetrics(t)
	in := snapshottest.Inputs{
		Policies: []v1alpha1.TenantPolicy{sample.Policy(hostile+"-policy", nil), sample.Policy(hostile+"-invalid", nil)},
		Entities: []v1alpha1.LegalEntity{sample.Entity(hostile+"-entity", "CN"), sample.Entity(hostile+"-nowhere", hostile)},
		Tenants:  []v1alpha1.Tenant{sample.Tenant(hostile+"-tenant", hostile+"-entity", "1"), sample.Tenant(hostile+"-lost", hostile+"-gone", "1")},
	}
	in.Policies[1].Spec.Jurisdictions.Blocked = []v1alpha1.JurisdictionCode{hostile}
	m.published(nil, snapshottest.Compile(in), sample.OnTenth)
	for name := range series.Of(t, registry, "") {
		if strings.Contains(name, hostile) {
			t.Errorf("%s", name)
		}
	}
	if got := series.Of(t, registry, "domicile_snapshot_problems"); got["domicile_snapshot_problems kind=TenantPolicy"] != 1 {
		t.Errorf("too little happened for this test to mean anything: %v", got)
	}
}
