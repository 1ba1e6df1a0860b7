package manager

import (
	"context"
	"os"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
	"time"

	"k8s.io/utils/clock"

	"github.com/domicile-dev/domicile/internal/snapshot"
)

const mebibyte = 1 << 20

// How much garbage may lie in memory: as much as what lives, up to leastGarbage; in
// a large heap half as much, up to mostGarbage. By default Go lets any heap double.
const (
	leastGarbage = 64 * mebibyte
	mostGarbage  = 128 * mebibyte
)

// collectEvery is how often that is set anew.
const collectEvery = time.Minute

// collector keeps garbage within bounds, so that the memory of a replica is what its
// world needs. Whoever sets GOGC decides for himself.
type collector struct {
	snapshots *snapshot.Holder
	clock     clock.WithTicker
}

// NeedLeaderElection says no: every replica has memory.
func (c *collector) NeedLeaderElection() bool { return false }

// Start sets how much garbage there may be, once there is a world and then from time
// to time, until the context ends.
func (c *collector) Start(ctx context.Context) error {
	if _, set := os.LookupEnv("GOGC"); set {
		return nil
	}
	first := c.snapshots.Changed()
	if c.snapshots.Load() == nil {
		select {
		case <-ctx.Done():
			return nil
		case <-first:
		}
	}
	// What the first lists left behind may be more than all that lives.
	debug.FreeOSMemory()
	every := c.clock.NewTicker(collectEvery)
	defer every.Stop()
	for {
		debug.SetGCPercent(gcPercent(liveHeap()))
		select {
		case <-ctx.Done():
			return nil
		case <-every.C():
		}
	}
}

// gcPercent is what GOGC is to be, in percent, when so many bytes live.
func gcPercent(live uint64) int {
	const most = 100
	if live <= leastGarbage {
		return most
	}
	garbage := max(leastGarbage, min(live/2, mostGarbage))
	return int(garbage * most / live)
}

// liveHeap is how many bytes the last collection left.
func liveHeap() uint64 {
	sample := []runtimemetrics.Sample{{Name: "/gc/heap/live:bytes"}}
	runtimemetrics.Read(sample)
	if sample[0].Value.Kind() != runtimemetrics.KindUint64 {
		return 0 // not reached: Go has this metric since 1.21
	}
	return sample[0].Value.Uint64()
}
