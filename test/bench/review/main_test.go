package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// The measurement itself, where it takes a second.
func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), []string{"-patience", "1ms", "-store", filepath.Join(t.TempDir(), "bench-review.json")}, &out, t.Output()); err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{"CREATE of 2 KB", "UPDATE of 207 KB: an image", "beside the other two", "allocations of it"} {
		if !strings.Contains(out.String(), row) {
			t.Errorf("no row about %q in\n%s", row, &out)
		}
	}
}

// BenchmarkHandler is for profiles.
func BenchmarkHandler(b *testing.B) {
	handler, err := newHandler()
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range reviews() {
		b.Run(r.name, func(b *testing.B) {
			body, err := r.body()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := ask(handler, body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
