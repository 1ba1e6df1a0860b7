package manager

import (
	"context"
	"os"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/go-logr/logr"
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
const collectEvery = 10 * time.Second

// collector keeps garbage within bounds, so that the memory of a replica is what its
// world needs. Whoever sets GOGC decides for himself.
type collector struct {
	snapshots *snapshot.Holder
	clock     clock.WithTicker
}

// limitMemory has Go collect what it can before a container's limit is reached, of
// which a tenth is for what is not Go's heap. GOMEMLIMIT goes before it.
func limitMemory(log logr.Logger) {
	limit, err := memlimit.Set(memlimit.WithProvider(memlimit.FromCgroup))
	if err != nil {
		// The container may grow beyond it as it always could.
		log.Info("Could not read how much memory there may be", "reason", err.Error())
		return
	}
	log.V(1).Info("Go collects garbage to stay below a limit", "bytes", limit)
}

// NeedLeaderElection says no: every replica has memory.
func (c *collector) NeedLeaderElection() bool { return false }

// Start sets how much garbage there may be, until the context ends: little while the
// first lists are read, and then in proportion to what lives.
func (c *collector) Start(ctx context.Context) error {
	if _, set := os.LookupEnv("GOGC"); set {
		return nil
	}
	debug.SetGCPercent(startPercent)
	first := c.snapshots.Changed()
	if c.snapshots.Load() == nil {
		select {
		case <-ctx.Done():
			return nil
		case <-first:
		}
	}
	every := c.clock.NewTicker(collectEvery)
	defer every.Stop()
	for {
		collect()
		select {
		case <-ctx.Done():
			return nil
		case <-every.C():
		}
	}
}

// startPercent is GOGC while a replica starts, in percent.
const startPercent = 50

// collect gives back what large lists or reviews have left behind, and sets how much
// garbage there may be.
func collect() {
	if metric("/memory/classes/heap/free:bytes") > leastGarbage {
		debug.FreeOSMemory()
	}
	debug.SetGCPercent(gcPercent(metric("/gc/heap/live:bytes")))
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

// metric reads a number that Go's runtime tells of itself.
func metric(name string) uint64 {
	sample := []runtimemetrics.Sample{{Name: name}}
	runtimemetrics.Read(sample)
	if sample[0].Value.Kind() != runtimemetrics.KindUint64 {
		return 0 // not reached: Go has these
	}
	return sample[0].Value.Uint64()
}
