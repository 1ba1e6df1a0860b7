package suspension

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/scan"
	"github.com/domicile-dev/domicile/internal/translate"
)

// straggling is how long after the suspension of what seems to have made a Pod
// the Pod may still run. After that it is taken for one that stands by itself:
// users can write whom a Pod belongs to. Until then it is looked at now and then, as it
// is gone as a rule.
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
	// spared is until when a Pod is left to the controller of what seems to have made it.
	spared time.Time
	// blocked: the circuit breaker is in the way.
	blocked bool
	// begun is what this process has written of it whose end it has not told yet.
	begun operation
}

// ledger has the entries. The auditor and the Suspender write it.
type ledger struct {
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

func newLedger() *ledger {
	return &ledger{
		entries: map[key]*entry{}, scanned: map[key]*entry{}, follows: map[types.UID]bool{},
		relist: true, wake: make(chan struct{}, 1),
	}
}

func (l *ledger) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// observe takes note of an object if there is anything to do with it.
func (l *ledger) observe(f *scan.Found, r ruling, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	way, field := wayOf(f.Resource.GroupResource(), f.Content)
	inPlaceNow := field != nil && isMarked(f.Content) && field.set(f.Content.Object)
	e := &entry{
		key: key{resource: f.Resource, namespace: f.Content.GetNamespace(), name: f.Content.GetName()},
		way: way, want: r.want, tenant: r.tenant, policies: r.policies, due: true, state: pending,
	}
	if way != kinds.Nothing && way != kinds.Set {
		e.uid = f.Content.GetUID()
	}
	rootDone, isFollower := l.follows[f.Maker]
	isFollower = isFollower && f.Maker != ""
	switch {
	case way == kinds.Nothing || r.want != suspended && !inPlaceNow:
		return
	case r.want == suspended && isFollower && !startsOwner(f.Resource.GroupResource()):
		l.follows[f.Content.GetUID()] = rootDone
		if way != kinds.Evict || !rootDone {
			return
		}
		e.spared, e.after = now.Add(straggling), now.Add(soon)
	case r.want == suspended && way == kinds.Set:
		l.follows[f.Content.GetUID()] = inPlaceNow
	}
	if way == kinds.Evict && (f.Content.GetDeletionTimestamp() != nil || hasEnded(f.Resource.GroupResource(), f.Content)) {
		return
	}
	l.scanned[e.key] = e
}

// startsOwner says whether an object starts what made it again, if it goes on.
func startsOwner(r schema.GroupResource) bool {
	k := translate.KindOf(r)
	return k != nil && k.StartsOwner
}

// forget drops what a scan has come across.
func (l *ledger) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.scanned)
	clear(l.follows)
}

// merge takes over what a scan has come across in some namespaces, nil for all.
// What was to be suspended there and was not found is looked at again, too.
func (l *ledger) merge(namespaces []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for k, e := range l.entries {
		if namespaces != nil && !slices.Contains(namespaces, k.namespace) {
			continue
		}
		if l.scanned[k] == nil {
			e.due, e.after = true, time.Time{}
		}
	}
	for k, e := range l.scanned {
		if known := l.entries[k]; known != nil {
			e.state, e.problem, e.tries, e.begun = known.state, known.problem, known.tries, known.begun
			if known.state == failed {
				e.after = known.after
			}
			if !e.spared.IsZero() && !known.spared.IsZero() {
				e.spared = known.spared // however often it is come across
			}
		}
		l.entries[k] = e
	}
	clear(l.scanned)
	clear(l.follows)
	l.relist = l.relist || namespaces == nil
	l.audited = l.audited || namespaces == nil
	l.signal()
}

// add takes note of something that says to be suspended.
func (l *ledger) add(found []*entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range found {
		if known := l.entries[e.key]; known != nil {
			known.due = true
			continue
		}
		l.entries[e.key] = e
	}
}

// takeRelist says whether to list again, and takes note that it is done.
func (l *ledger) takeRelist() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	relist := l.relist
	l.relist = false
	return relist
}

// complete says whether the whole cluster has been gone over.
func (l *ledger) complete() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.audited
}

// askRelist asks to list again.
func (l *ledger) askRelist() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.relist = true
}

// recheck makes the entries of some tenants due, or all of them.
func (l *ledger) recheck(changed func(tenant string) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.entries {
		if changed(e.tenant) {
			e.due, e.after = true, time.Time{}
		}
	}
}

// due returns what is to be looked at now: what is to be given back first, then
// keys, then the rest. next is when there will be more; zero if that is unknown.
func (l *ledger) due(now time.Time, allowed func([]string) bool) (list []entry, next time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.entries {
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
			cmp.Compare(a.namespace, b.namespace), beforeOwner(a, b), cmp.Compare(a.resource.Resource, b.resource.Resource),
			strings.Compare(a.name, b.name),
		)
	})
	return list, next
}

// beforeOwner puts what starts its owner again before it, so that whoever starts the owner
// stops it, too.
func beforeOwner(a, b entry) int {
	switch first := startsOwner(a.resource.GroupResource()); {
	case first == startsOwner(b.resource.GroupResource()):
		return 0
	case first:
		return -1
	default:
		return 1
	}
}

// backoff is how long to wait after so many failures.
func backoff(tries int) time.Duration {
	return min(time.Second<<min(tries, 10), 10*time.Minute)
}

// noteOutcome writes down what a step found out. It says what has come to its end with
// it, if anything has that this process began: what is suspended already when it looks
// for the first time was told by another.
func (l *ledger) noteOutcome(k key, out outcome, now time.Time) (ended operation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entries[k]
	if e == nil {
		return ""
	}
	if out.wrote && out.state == pending && !out.conflict && !out.refused {
		e.begun = out.operation
	}
	if e.begun == opSuspend && out.state == inPlace || e.begun == opResume && out.state == settled {
		ended, e.begun = e.begun, ""
	}
	if out.state == settled {
		delete(l.entries, k)
		return ended
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
	return ended
}

// all copies all entries, for those who tell about them.
func (l *ledger) all() []entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]entry, 0, len(l.entries))
	for e := range maps.Values(l.entries) {
		list = append(list, *e)
	}
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.resource.Resource, b.resource.Resource), cmp.Compare(a.name, b.name))
	})
	return list
}
