package ownership

import (
	"slices"
	"sync"
	"sync/atomic"
)

// maxViews bounds how many Views are remembered: that of today, the next one,
// and those of a few other days that somebody asks about.
const maxViews = 4

// views remembers what was computed for the latest periods between boundaries.
// The zero value is ready for use.
type views[V any] struct {
	all    atomic.Pointer[[]*periodView[V]]
	making sync.Mutex
}

type periodView[V any] struct {
	period int // how many boundaries are past
	view   V
	used   atomic.Bool // since something was last forgotten
}

// at returns what was made for a period, or makes it.
func (vs *views[V]) at(period int, build func() V) V {
	if v := vs.made(period); v != nil {
		return v.view
	}
	vs.making.Lock()
	defer vs.making.Unlock()
	if v := vs.made(period); v != nil {
		return v.view
	}
	v := &periodView[V]{period: period, view: build()}
	vs.remember(v)
	return v.view
}

func (vs *views[V]) made(period int) *periodView[V] {
	all := vs.all.Load()
	if all == nil {
		return nil
	}
	for _, v := range *all {
		if v.period == period {
			if !v.used.Load() {
				v.used.Store(true)
			}
			return v
		}
	}
	return nil
}

// each calls visit for all that were made.
func (vs *views[V]) each(visit func(period int, view V)) {
	if all := vs.all.Load(); all != nil {
		for _, v := range *all {
			visit(v.period, v.view)
		}
	}
}

// remember adds one. It forgets the oldest that was not asked for since the
// last time something was forgotten.
func (vs *views[V]) remember(v *periodView[V]) {
	var all []*periodView[V]
	if old := vs.all.Load(); old != nil {
		all = slices.Clone(*old)
	}
	if len(all) == maxViews {
		forget := max(0, slices.IndexFunc(all, func(v *periodView[V]) bool { return !v.used.Load() }))
		all = slices.Delete(all, forget, forget+1)
		for _, kept := range all {
			kept.used.Store(false)
		}
	}
	all = append(all, v)
	vs.all.Store(&all)
}

// periodOf is how many boundaries are past on a day.
func periodOf(boundaries []day, on day) int {
	period, found := slices.BinarySearch(boundaries, on)
	if found {
		period++
	}
	return period
}

// dayIn is a day on which so many boundaries are past.
func dayIn(boundaries []day, past int) day {
	switch {
	case len(boundaries) == 0:
		return 0
	case past == 0:
		return boundaries[0] - 1
	default:
		return boundaries[past-1]
	}
}
