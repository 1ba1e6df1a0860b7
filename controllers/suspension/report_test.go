package suspension

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// TestNothingIsCompleteThatWasNotLookedFor: whoever waits for the condition must not be told
// that everything is suspended before anybody has looked for it.
func TestNothingIsCompleteThatWasNotLookedFor(t *testing.T) {
	reports := policyOn("kp", 100, "KP")
	reports.Spec.Enforcement.Existing = v1alpha1.ExistingReport
	later := policyOn("kp", 100, "KP")
	later.Spec.Enforcement.EffectiveFrom = &metav1.Time{Time: noon.Add(time.Hour)}
	later.Spec.Enforcement.BeforeEffective = v1alpha1.ActionWarn
	suspends := policyOn("kp", 100, "KP")
	const complete, inProgress = v1alpha1.ReasonSuspensionComplete, v1alpha1.ReasonSuspensionInProgress
	for name, tc := range map[string]struct {
		reason  string
		audited *snapshot.Snapshot // what the latest audit knew
		at      time.Time          // when that was
		now     *snapshot.Snapshot
		want    string
	}{
		"as it was":         {"everything was looked for", worldOf(10, 2, 0, suspends), noon, worldOf(10, 2, 0, suspends), complete},
		"a policy begins":   {"it reported before", worldOf(10, 2, 0, reports), noon, worldOf(10, 2, 0, suspends), inProgress},
		"one more tenant":   {"nobody has looked for what is its", worldOf(10, 2, 0, suspends), noon, worldOf(10, 3, 0, suspends), inProgress},
		"one tenant less":   {"its objects are given back, which is counted apart", worldOf(10, 3, 0, suspends), noon, worldOf(10, 2, 0, suspends), complete},
		"it is effective":   {"the audit was before that", worldOf(10, 2, 0, later), noon, worldOf(10, 2, 0, later), inProgress},
		"an audit since":    {"it has looked", worldOf(10, 2, 0, later), noon.Add(time.Hour), worldOf(10, 2, 0, later), complete},
		"something is left": {"an audit has failed", nil, noon, worldOf(10, 2, 0, suspends), inProgress},
		"nobody":            {"there is nothing to look for", nil, noon, worldOf(10, 0, 0, suspends), complete},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Suspender{Options: Options{Enabled: true, MaxTenantShare: 100}, ledger: newLedger()}
			s.Audited(nil, tc.audited, tc.at)
			s.assessed = assess(tc.now, noon.Add(2*time.Hour), nil, s.MaxTenantShare)
			if _, got, message := s.condition("kp", true, &tally{}); got != tc.want {
				t.Errorf("%s: got %s (%s), want %s", tc.reason, got, message, tc.want)
			}
		})
	}
}
