package controllers

import (
	"sync/atomic"

	"github.com/domicile-dev/domicile/internal/snapshot"
)

// Registers hands the merged data of all registers from the loader to the
// snapshot builder. The zero value is ready for use.
type Registers struct {
	current atomic.Pointer[snapshot.Registers]
	changed snapshot.Broadcast
}

// load is what was published last, or nil before every register was tried once:
// a snapshot would then know less than those of other replicas.
func (r *Registers) load() *snapshot.Registers { return r.current.Load() }

func (r *Registers) publish(next snapshot.Registers) {
	r.current.Store(&next)
	r.changed.Wake()
}
