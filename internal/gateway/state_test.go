package gateway

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// TestWhatIsRememberedIsBounded holds that nobody can fill the memory with names of models or
// of customers that nobody has.
func TestWhatIsRememberedIsBounded(t *testing.T) {
	t.Parallel()
	s := newState(snapshot.New(), 0, time.Unix(0, 0))
	p := &pointState{point: &call.Point{Model: &call.Model{}}, models: map[string]*tier{}, tiers: map[string]*tier{}}
	for i := range 2 * maxModels {
		p.tier(s, []byte(fmt.Sprint("tern-", i)), true)
		p.tier(s, []byte(strings.Repeat("tern", 1000)+fmt.Sprint(i)), true)
		p.tier(s, []byte(fmt.Sprint("no name ", i)), true)
	}
	size := 0
	for name := range p.models {
		size += len(name)
	}
	if len(p.models) > maxModels || size > maxModels*20 {
		t.Errorf("%d names of models are kept, of %d bytes", len(p.models), size)
	}
	q := question{identity: call.Identity{Way: 1, Value: "wren", Behalf: strings.Repeat("x", maxSaid)}}
	if s.keep(q, nothing); s.known(q) != nil {
		t.Error("what is said at length is kept")
	}
	q.identity.Behalf = "lantern"
	if s.keep(q, nothing); s.known(q) != nothing {
		t.Error("what is short is not")
	}
	for i := range 2 * maxKept {
		s.keep(question{identity: call.Identity{Way: 1, Value: fmt.Sprint(i)}}, nothing)
	}
	kept := 0
	for i := range s.kept {
		kept += len(s.kept[i].of)
	}
	if kept > maxKept || kept < maxKept/4 {
		t.Errorf("%d answers are kept, %d at most", kept, maxKept)
	}
}

// TestAnswersAreKeptInAllPlaces holds that keys of tenants that say the same of themselves,
// each in a namespace of its own, do not share one lock and one bound.
func TestAnswersAreKeptInAllPlaces(t *testing.T) {
	t.Parallel()
	s := newState(snapshot.New(), 0, time.Unix(0, 0))
	const holders = 16_000
	for i := range holders {
		s.keep(question{identity: call.Identity{Holder: call.Holder(i+1)<<32 | 1}}, nothing)
	}
	for i := range s.kept {
		if n := len(s.kept[i].of); n < holders/shards/2 || n > holders/shards*2 {
			t.Errorf("%d of %d answers are in one of %d places", n, holders, shards)
		}
	}
}
