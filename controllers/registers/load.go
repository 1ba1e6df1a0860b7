package registers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/register/source"
	"github.com/domicile-dev/domicile/internal/register/store"
)

// longestLoad bounds one attempt. The largest registers take minutes.
const longestLoad = time.Hour

// loading is an attempt under way.
type loading struct {
	state  state // as it was when the attempt began
	cancel context.CancelFunc
	done   chan outcome
}

// outcome is what an attempt came to: an entry, with a compiled layer unless it
// is unchanged, or a failure.
type outcome struct {
	entry   store.Entry
	layer   string // the file that has it
	folder  string // the attempt's own, which the file is in
	report  *register.Report
	failure *failure
	took    time.Duration
}

func fail(reason string, err error, report *register.Report) outcome {
	return outcome{failure: &failure{reason, fmt.Sprint(err)}, report: report}
}

// begin starts to load the register that is due; nil if none is.
func (l *Loader) begin(ctx context.Context) *loading {
	s := l.next()
	if s == nil || s.due.After(l.clock.Now()) {
		return nil
	}
	memory := l.options.MemoryBytes
	for _, other := range l.states {
		if other.name != s.name && other.inUse != nil {
			memory -= other.inUse.Memory
		}
	}
	ctx, cancel := context.WithTimeout(ctx, longestLoad)
	a := &loading{state: *s, cancel: cancel, done: make(chan outcome, 1)}
	go func() {
		began := l.clock.Now()
		folder, err := l.store.Scratch()
		o := fail(v1alpha1.ReasonFetchFailed, err, nil)
		if err == nil {
			o = l.load(ctx, a.state, folder, max(memory, 1), began)
		}
		o.folder, o.took = folder, l.clock.Since(began)
		a.done <- o
	}()
	return a
}

// wanted says whether a register still declares what is being loaded.
func (l *Loader) wanted(a *loading) bool {
	s := l.states[a.state.name]
	return s != nil && s.owner == a.state.owner && s.key == a.state.key && len(s.invalid) == 0
}

// settle takes over what an attempt came to.
func (l *Loader) settle(a *loading, o outcome) {
	a.cancel()
	defer func() { l.tidied(os.RemoveAll(o.folder), "register", a.state.name) }()
	if !l.wanted(a) {
		l.metrics.load("canceled", o.took)
		return
	}
	s, now := l.states[a.state.name], l.clock.Now()
	if o.failure == nil {
		if err := l.keep(s.name, o); err != nil {
			o = fail(v1alpha1.ReasonFetchFailed, err, o.report)
		}
	}
	if o.failure != nil {
		s.failed(*o.failure, o.report, now)
		l.metrics.load(results[o.failure.reason], o.took)
		l.log.Info("Could not load a register", "register", s.name, "reason", o.failure.reason, "message", o.failure.message, "nextRefresh", s.due)
		return
	}
	s.succeeded(o.entry, o.report, now)
	result := "loaded"
	if o.layer == "" {
		result = "unchanged"
	}
	l.metrics.load(result, o.took)
	l.log.Info("Loaded a register", "register", s.name, "result", result, "revision", shortRevision(o.entry.Revision),
		"entities", o.entry.Parties, "interests", o.entry.Interests, "duration", o.took.String())
}

func (l *Loader) keep(name string, o outcome) error {
	if o.layer == "" {
		return l.store.Note(name, o.entry)
	}
	return l.store.Keep(name, o.layer, o.entry)
}

// load fetches, reads and compiles a register. Data that brings the reader down
// must not bring admission down.
func (l *Loader) load(ctx context.Context, s state, folder string, memory int64, began time.Time) (o outcome) {
	defer func() {
		if r := recover(); r != nil {
			l.log.Error(fmt.Errorf("panic: %v", r), "Reading a register failed", "register", s.name, "stack", string(debug.Stack()))
			o = fail(v1alpha1.ReasonUnreadable, errors.New("reading it failed because of a bug in Domicile"), nil)
		}
	}()
	fetched, err := l.fetch(ctx, s, folder)
	if err != nil {
		reason := v1alpha1.ReasonFetchFailed
		if errors.Is(err, source.ErrChecksum) {
			reason = v1alpha1.ReasonChecksumMismatch
		}
		return fail(reason, err, nil)
	}
	defer func() {
		if err := fetched.Close(); err != nil {
			l.log.Error(err, "Could not close a register", "register", s.name)
		}
	}()
	if fetched.Unchanged {
		entry := *s.inUse
		entry.LoadedAt = began
		return outcome{entry: entry}
	}
	options := s.spec.Options
	options.MaxBytes = memory
	layer, report, err := register.Read(ctx, fetched.Files, options)
	switch {
	case ctx.Err() != nil:
		return fail(v1alpha1.ReasonFetchFailed, context.Cause(ctx), nil)
	case err != nil && tooMany(report, options.MaxRefused):
		return fail(v1alpha1.ReasonTooManyRefused, err, &report)
	case err != nil:
		return fail(v1alpha1.ReasonUnreadable, err, &report)
	}
	file, entry, err := l.store.Write(folder, layer, store.Entry{
		Owner: string(s.owner), Spec: s.key, Version: fetched.Version, LoadedAt: began,
	})
	if err != nil {
		return fail(v1alpha1.ReasonFetchFailed, err, &report)
	}
	return outcome{entry: entry, layer: file, report: &report}
}

// fetch asks the source, for what is newer if what is in use is what the spec
// declares.
func (l *Loader) fetch(ctx context.Context, s state, folder string) (*source.Result, error) {
	room, err := l.store.Room()
	if err != nil {
		return nil, err
	}
	request := source.Request{Spec: s.spec.Source, Folder: folder, MaxBytes: room}
	if s.inUse != nil && s.inUse.Spec == s.key {
		request.Version = s.inUse.Version
	}
	return l.fetcher.Fetch(ctx, request)
}

// tooMany says whether more records were refused than may be.
func tooMany(r register.Report, most ownership.Percent) bool {
	return r.Records > 0 && float64(r.Refused)/float64(r.Records) > float64(most)/float64(ownership.Whole)
}
