package registers

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/register/store"
	"github.com/domicile-dev/domicile/internal/translate"
)

const (
	// maxJitter spreads the replicas' refreshes, so that a source is not asked by
	// all of them in the same second. It is short: until all have refreshed,
	// they may answer from different data.
	maxJitter = 30 * time.Second

	// A source that fails is asked again after fetchPause, then after twice that
	// and so on up to maxFetchPause. One that gives what cannot be used is not
	// better a few seconds later, and large: readPause, up to the interval.
	fetchPause, maxFetchPause = 10 * time.Second, 15 * time.Minute
	readPause                 = 5 * time.Minute
)

// state is what one replica knows about one register.
type state struct {
	name       string
	owner      types.UID
	generation int64
	spec       translate.RegisterSpec
	key        string // of what the spec declares about the data
	invalid    field.ErrorList

	// inUse is the data in use; nil if there is none.
	inUse *store.Entry
	// tried says that there is data, or an attempt to get some has ended.
	tried bool
	// lost says that the data cannot be read back from disk.
	lost bool
	// attempted is the generation that the last attempt was about; 0 for none.
	attempted int64
	failure   *failure // of the last attempt
	failures  int      // attempts that failed one after the other
	report    *register.Report
	due       time.Time
}

// failure says why an attempt came to nothing.
type failure struct {
	reason  string // one of the condition Ready
	message string
}

// newState is what is known about a register that is new to this replica: what
// it loaded before it was restarted is good until it is due.
func (l *Loader) newState(r *v1alpha1.OwnershipRegister, now time.Time) *state {
	s := &state{name: r.Name, owner: r.UID}
	s.declare(r, now)
	entry, ok := l.store.Entry(r.Name)
	if !ok || entry.Owner != string(r.UID) {
		return s
	}
	s.inUse, s.tried = &entry, true
	if entry.Spec == s.key && len(s.invalid) == 0 {
		s.attempted = r.Generation
		s.due = s.slot(entry.LoadedAt)
	}
	return s
}

// declare takes over what the register declares now. It is loaded at once if
// that is something else about the data.
func (s *state) declare(r *v1alpha1.OwnershipRegister, now time.Time) {
	spec, errs := translate.Register(r)
	key := s.key
	s.generation, s.spec, s.invalid, s.key = r.Generation, spec, errs, keyOf(spec)
	switch {
	case len(errs) > 0:
		s.tried, s.failure, s.report = true, nil, nil
	case s.key != key || s.attempted == 0:
		s.due, s.failures, s.attempted = now, 0, 0
	default:
		// Another interval, say.
		s.attempted = r.Generation
		s.due = s.slot(now)
	}
}

// keyOf identifies what is declared about the data: where it is, and how it is
// read.
func keyOf(spec translate.RegisterSpec) string {
	spec.Interval = 0
	text, err := json.Marshal(spec)
	if err != nil {
		// Plain values marshal; should they not, no two are alike.
		return err.Error()
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// slot is when the register is due next after an instant. Every replica comes to
// the same slots, whenever it was started, and asks within maxJitter of them: so
// that all answer from the same data, as far as that can be.
func (s *state) slot(after time.Time) time.Time {
	interval := s.spec.Interval
	hash := fnv.New64a()
	hash.Write([]byte(s.owner))
	phase := time.Duration(hash.Sum64() % uint64(interval))
	next := after.Truncate(interval).Add(phase)
	if !next.After(after) {
		next = next.Add(interval)
	}
	return next.Add(rand.N(min(maxJitter, interval/10)))
}

// succeeded notes that the source gave what is in use now.
func (s *state) succeeded(entry store.Entry, report *register.Report, now time.Time) {
	s.inUse, s.tried, s.lost, s.attempted, s.failure, s.failures = &entry, true, false, s.generation, nil, 0
	if report != nil {
		s.report = report
	}
	s.due = s.slot(now)
}

// failed notes that an attempt came to nothing.
func (s *state) failed(f failure, report *register.Report, now time.Time) {
	s.tried, s.lost, s.attempted, s.failure, s.report = true, false, s.generation, &f, report
	pause, longest := readPause, s.spec.Interval
	if f.reason == v1alpha1.ReasonFetchFailed {
		pause, longest = fetchPause, min(maxFetchPause, s.spec.Interval)
	}
	pause <<= min(s.failures, 16)
	s.failures++
	s.due = now.Add(wait.Jitter(min(pause, longest), 0.1))
}

// next is the register that is due first; nil if there is none to load.
func (l *Loader) next() *state {
	var first *state
	for _, s := range l.states {
		if len(s.invalid) > 0 {
			continue
		}
		if first == nil || s.due.Before(first.due) || (s.due.Equal(first.due) && s.name < first.name) {
			first = s
		}
	}
	return first
}
