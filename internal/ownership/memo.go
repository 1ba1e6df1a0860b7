package ownership

import "sync"

// maxMemo bounds how many values a View remembers.
const maxMemo = 256

type memoized struct {
	value func() any
	used  uint64
}

// Memo returns what build returned for an equal key before, or calls it. build
// must be a pure function of the key and the View, for values that were not
// asked for lately are forgotten. Safe for concurrent use; build runs once at a
// time per key, and may call Memo with another key.
func (v *View) Memo(key any, build func() any) any {
	v.memoLock.Lock()
	if v.memo == nil {
		v.memo = map[any]*memoized{}
	}
	m, ok := v.memo[key]
	if !ok {
		if len(v.memo) == maxMemo {
			v.forgetOne()
		}
		m = &memoized{value: sync.OnceValue(build)}
		v.memo[key] = m
	}
	v.memoAge++
	m.used = v.memoAge
	v.memoLock.Unlock()
	return m.value()
}

// forgetOne drops the value that was not asked for the longest.
func (v *View) forgetOne() {
	var oldest any
	age := v.memoAge + 1
	for key, m := range v.memo {
		if m.used < age {
			oldest, age = key, m.used
		}
	}
	delete(v.memo, oldest)
}
