package suspension

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/scan"
)

// straggling is how long after the suspension of what seems to have made a Pod
// the Pod may still run. After that it is taken for one that stands by itself:
// users can write whom a Pod belongs to.
const straggling = 2 * time.Minute

// entry is an object that is suspended, or that something is to be done with. It
// says what to look at next, and what to tell; what is done is decided anew.
type entry struct {
	key
	way      kinds.Way
	state    state
	want     want
	tenant   string
	policies []string
	problem  string
	// due says that the object is to be looked at, and after not before when.
	due   bool
	after time.Time
	tries int
	// blocked: the circuit breaker is in the way.
	blocked bool
}

// books are the entries. The auditor writes them, and the Suspender.
type books struct {
	mu      sync.Mutex
	entries map[key]*entry
	// scanned is what the scan that runs has come across, and follows whom: by
	// UID, whether its root has been suspended already.
	scanned map[key]*entry
	follows map[types.UID]bool
	// relist says that what is marked and held is to be listed again.
	relist bool
	// audited says that the whole cluster has been gone over.
	audited bool
	wake    chan struct{}
}

func newBooks() *books {
	return &books{
		entries: map[key]*entry{}, scanned: map[key]*entry{}, follows: map[types.UID]bool{},
		relist: true, wake: make(chan struct{}, 1),
	}
}

func (b *books) signal() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// observe takes note of an object if there is anything to do with it.
func (b *books) observe(f *scan.Found, r ruling, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	way, field := wayOf(f.Resource.GroupResource(), f.Content)
	inPlaceNow := field != nil && isMarked(f.Content) && field.set(f.Content.Object)
	e := &entry{
		key: key{resource: f.Resource, namespace: f.Content.GetNamespace(), name: f.Content.GetName()},
		way: way, want: r.want, tenant: r.tenant, policies: r.policies, due: true, state: pending,
	}
	if way != kinds.Nothing && way != kinds.Set {
		e.uid = f.Content.GetUID()
	}
	rootDone, isFollower := b.follows[f.Maker]
	isFollower = isFollower && f.Maker != ""
	switch {
	case way == kinds.Nothing || r.want != suspended && !inPlaceNow:
		return
	case r.want == suspended && isFollower && !startsOwner(f):
		b.follows[f.Content.GetUID()] = rootDone
		if way != kinds.Evict || !rootDone {
			return
		}
		e.after = now.Add(straggling)
	case r.want == suspended && way == kinds.Set:
		b.follows[f.Content.GetUID()] = inPlaceNow
	}
	if way == kinds.Evict && (f.Content.GetDeletionTimestamp() != nil || hasEnded(f.Resource.GroupResource(), f.Content)) {
		return
	}
	b.scanned[e.key] = e
}

// startsOwner says whether an object starts what made it again, if it goes on.
func startsOwner(f *scan.Found) bool {
	k := kinds.Find(f.Resource.GroupResource())
	return k != nil && k.StartsOwner
}

// forget drops what a scan has come across.
func (b *books) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.scanned)
	clear(b.follows)
}

// merge takes over what a scan has come across in some namespaces, nil for all.
// What was to be suspended there and was not found is looked at again, too.
func (b *books) merge(namespaces []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for k, e := range b.entries {
		if namespaces != nil && !slices.Contains(namespaces, k.namespace) {
			continue
		}
		if b.scanned[k] == nil {
			e.due, e.after = true, time.Time{}
		}
	}
	for k, e := range b.scanned {
		if known := b.entries[k]; known != nil {
			e.state, e.problem, e.tries = known.state, known.problem, known.tries
			if known.state == failed {
				e.after = known.after
			}
		}
		b.entries[k] = e
	}
	clear(b.scanned)
	clear(b.follows)
	b.relist = b.relist || namespaces == nil
	b.audited = b.audited || namespaces == nil
	b.signal()
}

// add takes note of something that says to be suspended.
func (b *books) add(found []*entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range found {
		if known := b.entries[e.key]; known != nil {
			known.due = true
			continue
		}
		b.entries[e.key] = e
	}
}

// takeRelist says whether to list again, and takes note that it is done.
func (b *books) takeRelist() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	relist := b.relist
	b.relist = false
	return relist
}

// complete says whether the whole cluster has been gone over.
func (b *books) complete() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.audited
}

// askRelist asks to list again.
func (b *books) askRelist() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.relist = true
}

// recheck makes the entries of some tenants due, or all of them.
func (b *books) recheck(changed func(tenant string) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		if changed(e.tenant) {
			e.due, e.after = true, time.Time{}
		}
	}
}

// due returns what is to be looked at now: what is to be given back first, then
// keys, then the rest. next is when there will be more; zero if that is unknown.
func (b *books) due(now time.Time, allowed func([]string) bool) (list []entry, next time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		switch {
		case !e.due, e.blocked && !allowed(e.policies):
		case e.after.After(now):
			if next.IsZero() || e.after.Before(next) {
				next = e.after
			}
		default:
			list = append(list, *e)
		}
	}
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(
			cmp.Compare(a.want, b.want), cmp.Compare(b.way, a.way), cmp.Compare(a.tenant, b.tenant),
			cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.resource.Resource, b.resource.Resource),
			strings.Compare(a.name, b.name),
		)
	})
	return list, next
}

// backoff is how long to wait after so many failures.
func backoff(tries int) time.Duration {
	return min(time.Second<<min(tries, 10), 10*time.Minute)
}

// noteOutcome writes down what a step found out.
func (b *books) noteOutcome(k key, out outcome, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[k]
	if e == nil {
		return
	}
	if out.state == settled {
		delete(b.entries, k)
		return
	}
	e.state, e.problem, e.blocked = out.state, out.problem, out.blocked
	if out.ruling.tenant != "" || out.ruling.policies != nil {
		e.want, e.tenant = out.ruling.want, out.ruling.tenant
		if out.ruling.policies != nil {
			e.policies = out.ruling.policies
		}
	}
	e.due, e.after = out.state == pending || out.after > 0, time.Time{}
	if out.state == failed && out.after == 0 {
		e.tries++
		e.due, e.after = true, now.Add(backoff(e.tries))
	}
	if out.after > 0 {
		e.after = now.Add(out.after)
	}
	if out.state != failed {
		e.tries = 0
	}
}

// all copies all entries, for those who tell about them.
func (b *books) all() []entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]entry, 0, len(b.entries))
	for e := range maps.Values(b.entries) {
		list = append(list, *e)
	}
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.resource.Resource, b.resource.Resource), cmp.Compare(a.name, b.name))
	})
	return list
}
