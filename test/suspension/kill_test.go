package suspension

import (
	"context"
	"fmt"
	"testing"
)

// hpaMinimum is that of the autoscaler that would scale up from nothing.
const hpaMinimum int32 = 0

// Whoever suspends, and whoever gives back, is killed at each write: before it
// is sent, and when it has been done but nobody was told. Nothing is lost, and
// the next one comes to the same end.
func TestKilledAtEachWrite(t *testing.T) {
	w := theWorld(t)
	const namespace = "lantern"
	w.create(t, namespace)
	before, err := w.state(t.Context(), namespace)
	if err != nil {
		t.Fatal(err)
	}
	restricted, sold := declared("KP"), declared("SG")
	isSuspended := func(ctx context.Context) error { return w.isSuspended(ctx, namespace) }
	isBack := func(ctx context.Context) error { return w.isBack(ctx, namespace, before) }

	for _, after := range []bool{false, true} {
		for at, more := 1, true; more; at++ {
			name := fmt.Sprintf("before write %d", at)
			if after {
				name = fmt.Sprintf("after write %d", at)
			}
			t.Run(name, func(t *testing.T) {
				more = false
				for _, step := range []struct {
					what   string
					inWhat func() *run
					end    func(context.Context) error
				}{
					{"suspending", func() *run { return w.begin(t, restricted, at, after) }, isSuspended},
					{"giving back", func() *run { return w.begin(t, sold, at, after) }, isBack},
				} {
					r := step.inWhat()
					killed := r.killed(t, step.end)
					if err := w.nothingIsLost(t.Context(), namespace); err != nil {
						t.Fatalf("%s, %v: %v", step.what, r.killer.writes, err)
					}
					if !killed {
						continue
					}
					more = true
					next := restricted
					if step.what == "giving back" {
						next = sold
					}
					r = w.begin(t, next, 0, false)
					if r.killed(t, step.end) {
						t.Fatalf("%s: the next run ended by itself", step.what)
					}
				}
			})
		}
	}
}
