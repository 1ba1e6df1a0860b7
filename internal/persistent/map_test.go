package persistent_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/persistent"
)

// TestMapIsWhatAMapIs changes a Map and Go's own in the same way, and looks
// whether earlier ones stay what they were.
func TestMapIsWhatAMapIs(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var m persistent.Map[int]
	want := map[string]int{}
	type version struct {
		m    persistent.Map[int]
		want map[string]int
	}
	var versions []version
	for step := range 300 {
		set, gone := map[string]int{}, []string{}
		for range random.IntN(1 + step) {
			set[fmt.Sprint(random.IntN(5000))] = 1 + random.IntN(3)
		}
		for range random.IntN(1 + step/2) {
			gone = append(gone, fmt.Sprint(random.IntN(5000)))
		}
		before := version{m, maps.Clone(want)}
		m = m.With(set, gone...)
		maps.Copy(want, set)
		for _, key := range gone {
			delete(want, key)
		}
		if diff := cmp.Diff(want, maps.Collect(m.All())); diff != "" || m.Len() != len(want) {
			t.Fatalf("step %d: %d keys (-want +got):\n%s", step, m.Len(), diff)
		}
		checkDifferences(t, before.m, m, before.want, want)
		versions = append(versions, version{m, maps.Clone(want)})
	}
	for i, v := range versions {
		if diff := cmp.Diff(v.want, maps.Collect(v.m.All())); diff != "" {
			t.Errorf("version %d is not any more what it was (-want +got):\n%s", i, diff)
		}
		first := versions[0]
		checkDifferences(t, first.m, v.m, first.want, v.want)
	}
}

func checkDifferences(t *testing.T, before, after persistent.Map[int], had, has map[string]int) {
	t.Helper()
	want := map[string][2]int{}
	for key := range had {
		want[key] = [2]int{had[key], has[key]}
	}
	for key := range has {
		want[key] = [2]int{had[key], has[key]}
	}
	maps.DeleteFunc(want, func(_ string, v [2]int) bool { return v[0] == v[1] })
	got := map[string][2]int{}
	for d := range after.Since(before) {
		got[d.Key] = [2]int{d.Before, d.After}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("differences (-want +got):\n%s", diff)
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	var empty persistent.Map[string]
	if _, ok := empty.Get("a"); ok || empty.Len() != 0 {
		t.Error("the zero value has something")
	}
	m := empty.With(map[string]string{"a": "1", "b": "2"}, "b")
	if v, ok := m.Get("a"); !ok || v != "1" {
		t.Errorf("a is %q, %t", v, ok)
	}
	if _, ok := m.Get("b"); ok {
		t.Error("what is set and gone is gone")
	}
}

// BenchmarkOneChange changes one key of a small and of a large map: the second
// should not take much longer.
func BenchmarkOneChange(b *testing.B) {
	for _, n := range []int{1_000, 300_000} {
		all := make(map[string]int, n)
		for i := range n {
			all[fmt.Sprintf("tenant-%d", i)] = 1
		}
		m := persistent.Map[int]{}.With(all)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				next := m.With(map[string]int{"tenant-500": i})
				for range next.Since(m) {
				}
			}
		})
	}
}
