package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// fault is what breaks.
type fault struct {
	name, what string
	// quick is tried in any case.
	quick bool
	// all says that nobody must go without an answer meanwhile.
	all bool
	// before is done before anybody asks.
	before func(context.Context, *scene) error
	// do breaks and mends, and says what else is to be told.
	do func(context.Context, *scene) (string, error)
}

var faults = slices.Concat([]fault{
	{name: "calm", what: "nothing", all: true, do: func(ctx context.Context, _ *scene) (string, error) {
		wait(ctx, 20*time.Second)
		return "", nil
	}},
	{name: "churn", what: "as many changes to the tenants under test as the API server takes", do: churn},
}, replicaFaults, planeFaults, configurationFaults, certificateFaults, resourceFaults)

func TestFaults(t *testing.T) {
	everything := os.Getenv("DOMICILE_FAULTS") == "all"
	for _, f := range faults {
		if !f.quick && !everything {
			continue
		}
		t.Run(f.name, func(t *testing.T) { theScene(t).try(t, f) })
	}
}

// try breaks something while everybody asks, and compares.
func (s *scene) try(t *testing.T, f fault) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	if f.before != nil {
		if err := errors.Join(f.before(ctx, s), s.mends(ctx)); err != nil {
			t.Fatal(err)
		}
	}
	before := s.refusals(t)
	tally := newTally()
	loading, stop := context.WithCancel(ctx)
	done := s.load(loading, tally)
	wait(ctx, time.Second)
	note, err := f.do(ctx, s)
	err = errors.Join(err, s.mends(ctx))
	if err == nil {
		err = s.settles(ctx, tally)
	}
	stop()
	done()
	what, starved := f.what, f.all && s.starved(t, before)
	if starved {
		note += "; this machine was so busy that no replica knew anything for a while"
	}
	if note != "" {
		what += "; " + strings.TrimPrefix(note, "; ")
	}
	rows = append(rows, row{f.name, what, "RUN=" + f.name, tally})
	t.Log("\n" + table(rows[len(rows)-1:]) + tally.reasons())
	if err != nil {
		t.Error(err)
	}
	if tally.wrongAdmissions > 0 || tally.wrongRefusals > 0 {
		t.Errorf("%d wrong admissions and %d wrong refusals: %q", tally.wrongAdmissions, tally.wrongRefusals, tally.wrong)
	}
	if f.all && tally.unanswered > 0 && !starved {
		t.Errorf("%d requests were not answered", tally.unanswered)
	}
	if tally.requests == 0 || tally.requests == tally.unanswered {
		t.Error("this shows nothing: nobody was answered")
	}
}

// refusals are how often each replica has said that it cannot know, by its log.
func (s *scene) refusals(t *testing.T) map[string]int {
	t.Helper()
	said := map[string]int{}
	for i := range s.manager.Replicas() {
		text, err := os.ReadFile(s.manager.Log(i))
		if err != nil {
			t.Fatal(err)
		}
		said[s.manager.Log(i)] = bytes.Count(text, []byte(`"Refuses to decide"`))
	}
	return said
}

// starved says whether every replica has lost contact with an API server that was there
// all the time: then nobody can know, and it is for want of a processor.
func (s *scene) starved(t *testing.T, before map[string]int) bool {
	t.Helper()
	for replica, n := range s.refusals(t) {
		if n == before[replica] {
			return false
		}
	}
	return true
}

// churn writes as fast as the API server takes it.
func churn(ctx context.Context, s *scene) (string, error) {
	const lasts = 30 * time.Second
	s.pause.Store(int64(time.Millisecond))
	defer s.pause.Store(0)
	before, began := s.written.Load(), time.Now()
	wait(ctx, lasts)
	perMinute := float64(s.written.Load()-before) / time.Since(began).Minutes()
	return fmt.Sprintf("%.0f a minute", perMinute), nil
}
