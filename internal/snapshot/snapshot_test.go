package snapshot_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/domicile-dev/domicile/internal/snapshot"
)

func TestNothingIsKnownBeforeTheFirstStore(t *testing.T) {
	t.Parallel()
	var h snapshot.Holder
	if s := h.Load(); s != nil {
		t.Errorf("Load = %v before the first Store", s)
	}
}

func TestStoreWakesWhoeverWaits(t *testing.T) {
	t.Parallel()
	var h snapshot.Holder
	first, again := h.Changed(), h.Changed()
	h.Store(&snapshot.Snapshot{Revision: "1"})
	<-first // the test's deadline is the assertion
	<-again
	if got := h.Load().Revision; got != "1" {
		t.Errorf("revision %q after the Store", got)
	}
	select {
	case <-h.Changed():
		t.Error("a channel that was taken after a Store is closed before the next one")
	default:
	}
}

// TestNoStoreIsMissed follows a holder by the documented order: the channel
// first, then the value.
func TestNoStoreIsMissed(t *testing.T) {
	t.Parallel()
	const stores = 200
	last := fmt.Sprint(stores - 1)
	var h snapshot.Holder
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				changed := h.Changed()
				if s := h.Load(); s != nil && s.Revision == last {
					return
				}
				<-changed
			}
		})
	}
	for i := range stores {
		h.Store(&snapshot.Snapshot{Revision: fmt.Sprint(i)})
	}
	readers.Wait()
}
