package keys

import (
	"crypto/subtle"
	"sync"

	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/translate"
)

// chunk is how many entries are made at once, so that growing copies none.
const chunk = 4096

// contested is a holder who cannot be told: Secrets do not say the same of a key.
const contested call.Holder = 1 << 63

// entry is one key of one Secret.
type entry struct {
	digest            translate.KeyDigest
	secret            uid
	namespace, claims uint32
	next              uint32 // of the same Secret, or of those that are free
}

// uid identifies a Secret.
type uid [16]byte

// Table has keys by their digests. It is safe for use by many.
type Table struct {
	mu         sync.RWMutex
	entries    [][]entry
	count      uint32 // of entries that were made
	free       uint32 // the first that is free
	live       int
	byDigest   index
	bySecret   index
	namespaces texts
	claims     texts

	keyed *keyed // nil without a secret
}

// NewTable makes an empty table. Secret is what keyed digests are made with; nil for none.
func NewTable(secret []byte) *Table {
	t := &Table{byDigest: newIndex(), bySecret: newIndex(), namespaces: newTexts(), claims: newTexts()}
	if len(secret) > 0 {
		t.keyed = newKeyed(secret)
	}
	return t
}

func (t *Table) at(number uint32) *entry {
	number--
	return &t.entries[number/chunk][number%chunk]
}

func (t *Table) digestOf(number uint32) []byte { return t.at(number).digest[:] }
func (t *Table) secretOf(number uint32) []byte { return t.at(number).secret[:] }

// Len is how many keys are known.
func (t *Table) Len() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.live
}

// Key is who holds a key; 0 is nobody. What it takes does not depend on how much of a
// digest is right: whoever asks knows a key and not its digest, and entries are found by
// a hash with a seed. Both kinds of digests are looked up, so that a plain one of somebody
// else's key does not hide the keyed one.
func (t *Table) Key(presented string) call.Holder {
	digest := translate.DigestKey(presented)
	holder := t.find(&digest)
	if t.keyed == nil {
		return holder
	}
	digest = t.keyed.digest(presented)
	return both(holder, t.find(&digest))
}

// both is who holds a key that was found twice.
func both(a, b call.Holder) call.Holder {
	if a == 0 || b == 0 || a&^contested == b&^contested {
		return a | b
	}
	return a | contested
}

func (t *Table) find(digest *translate.KeyDigest) (found call.Holder) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	mask := len(t.byDigest.slots) - 1
	for at := t.byDigest.home(digest[:]); t.byDigest.slots[at] != 0; at = (at + 1) & mask {
		e := t.at(t.byDigest.slots[at])
		if subtle.ConstantTimeCompare(e.digest[:], digest[:]) != 1 {
			continue
		}
		found = both(found, call.Holder(e.namespace)<<32|call.Holder(e.claims))
	}
	return found
}

// Said is what the Secret of a holder says: its namespace and its claims.
func (t *Table) Said(h call.Holder) (namespace, claims string, unsure bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	unsure = h&contested != 0
	h &^= contested
	return t.namespaces.of(uint32(h >> 32)), t.claims.of(uint32(h)), unsure
}

// Set makes the keys of a Secret those that are given.
func (t *Table) Set(id uid, namespace string, keys translate.SecretKeys) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.remove(id)
	if len(keys.Digests)+len(keys.Keyed) == 0 {
		return
	}
	e := entry{secret: id, namespace: t.namespaces.number(namespace), claims: t.claims.number(keys.Claims)}
	for _, digests := range [][]translate.KeyDigest{keys.Digests, keys.Keyed} {
		for _, d := range digests {
			e.digest = d
			e.next = t.put(e)
		}
	}
	t.bySecret.add(id[:], e.next, t.secretOf)
}

// Remove forgets the keys of a Secret.
func (t *Table) Remove(id uid) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.remove(id)
}

// put stores an entry, and finds it by its digest from now on.
func (t *Table) put(e entry) (number uint32) {
	if number = t.free; number != 0 {
		t.free = t.at(number).next
	} else {
		if int(t.count)%chunk == 0 {
			t.entries = append(t.entries, make([]entry, chunk))
		}
		t.count++
		number = t.count
	}
	*t.at(number) = e
	t.byDigest.add(e.digest[:], number, t.digestOf)
	t.live++
	return number
}

func (t *Table) remove(id uid) {
	mask := len(t.bySecret.slots) - 1
	for at := t.bySecret.home(id[:]); t.bySecret.slots[at] != 0; at = (at + 1) & mask {
		first := t.bySecret.slots[at]
		if t.at(first).secret != id {
			continue
		}
		t.bySecret.remove(id[:], first, t.secretOf)
		for number := first; number != 0; {
			e := t.at(number)
			next := e.next
			t.byDigest.remove(e.digest[:], number, t.digestOf)
			*e = entry{next: t.free}
			t.free, number = number, next
			t.live--
		}
		return
	}
}

// texts numbers texts, from 1. They stay: a number means the same for ever, so that
// what was decided about it can be kept.
type texts struct {
	numbers map[string]uint32
	all     []string
}

func newTexts() texts { return texts{numbers: map[string]uint32{}} }

func (t *texts) number(s string) uint32 {
	if n, ok := t.numbers[s]; ok {
		return n
	}
	t.all = append(t.all, s)
	n := uint32(len(t.all))
	t.numbers[s] = n
	return n
}

func (t *texts) of(n uint32) string {
	if n == 0 || int(n) > len(t.all) {
		return ""
	}
	return t.all[n-1]
}
