package ownership

import "sync"

const (
	// maxOutcomes bounds how many values a View remembers.
	maxOutcomes = 256
	// maxStarts bounds how many Starts a layer remembers: where nobody knows
	// where millions of parties sit, they are large.
	maxStarts = 8
)

// memo remembers at most so many values by key.
type memo struct {
	most int
	lock sync.Mutex
	all  map[any]*memoized
	age  uint64
}

type memoized struct {
	value func() any
	used  uint64
}

// Memo returns what build returned for an equal key before, or calls it. build
// must be a pure function of the key and the View, for values that were not
// asked for lately are forgotten. Safe for concurrent use; build runs once at a
// time per key, and may call Memo with another key.
func (v *View) Memo(key any, build func() any) any { return v.memo.get(key, build) }

func (m *memo) get(key any, build func() any) any {
	m.lock.Lock()
	if m.all == nil {
		m.all = map[any]*memoized{}
	}
	one, ok := m.all[key]
	if !ok {
		if len(m.all) == m.most {
			m.forgetOne()
		}
		one = &memoized{value: sync.OnceValue(build)}
		m.all[key] = one
	}
	m.age++
	one.used = m.age
	m.lock.Unlock()
	return one.value()
}

// forgetOne drops the value that was not asked for the longest.
func (m *memo) forgetOne() {
	var oldest any
	age := m.age + 1
	for key, one := range m.all {
		if one.used < age {
			oldest, age = key, one.used
		}
	}
	delete(m.all, oldest)
}
