package keys

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/translate"
)

func secret(number uint64, tenant string, presented ...string) (uid, translate.SecretKeys) {
	var id uid
	binary.BigEndian.PutUint64(id[:], number)
	keys := translate.SecretKeys{Claims: tenant}
	for _, p := range presented {
		keys.Digests = append(keys.Digests, translate.DigestKey(p))
	}
	return id, keys
}

// TestTheTableHasWhatAMapHas compares with a map over random changes.
func TestTheTableHasWhatAMapHas(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	table, model := NewTable(nil), map[uint64]translate.SecretKeys{}
	for range 20_000 {
		number := random.Uint64N(300)
		var presented []string
		for range random.IntN(3) {
			presented = append(presented, fmt.Sprintf("key-%d", random.IntN(400)))
		}
		id, keys := secret(number, fmt.Sprintf("tenant-%d", random.IntN(5)), presented...)
		table.Set(id, "ns", keys)
		model[number] = keys
	}
	for i := range 400 {
		presented := fmt.Sprintf("key-%d", i)
		said := map[string]bool{}
		for _, keys := range model {
			for _, d := range keys.Digests {
				if d == translate.DigestKey(presented) {
					said[keys.Claims] = true
				}
			}
		}
		holder := table.Key(presented)
		_, claims, unsure := table.Said(holder)
		if (holder != 0) != (len(said) > 0) || unsure != (len(said) > 1) || holder != 0 && !said[claims] {
			t.Errorf("%s: holder %x says %q (contested %t), want %v", presented, holder, claims, unsure, said)
		}
	}
	for number := range model {
		id, _ := secret(number, "")
		table.Remove(id)
	}
	if table.Len() != 0 || table.byDigest.used != 0 || table.bySecret.used != 0 {
		t.Errorf("%d keys are left", table.Len())
	}
}

func TestAKeyedDigestNeedsTheSecret(t *testing.T) {
	t.Parallel()
	mac := hmac.New(sha256.New, []byte("pepper"))
	mac.Write([]byte("1234"))
	keys := translate.SecretKeys{Claims: "t", Keyed: []translate.KeyDigest{translate.KeyDigest(mac.Sum(nil))}}
	for pepper, found := range map[string]bool{"pepper": true, "other": false, "": false} {
		table := NewTable([]byte(pepper))
		table.Set(uid{1}, "ns", keys)
		if (table.Key("1234") != 0) != found {
			t.Errorf("with %q: found is not %t", pepper, found)
		}
	}
}

// TestAPlainDigestHidesNoKeyedOne holds that somebody else's annotation does not take over a
// key of which there is a keyed digest.
func TestAPlainDigestHidesNoKeyedOne(t *testing.T) {
	t.Parallel()
	table := NewTable([]byte("pepper"))
	table.Set(uid{1}, "lantern", translate.SecretKeys{Keyed: []translate.KeyDigest{table.keyed.digest("sk")}})
	table.Set(uid{2}, "wren", translate.SecretKeys{Digests: []translate.KeyDigest{translate.DigestKey("sk")}})
	if _, _, unsure := table.Said(table.Key("sk")); !unsure {
		t.Error("a key that two Secrets have is one's alone")
	}
	table.Remove(uid{2})
	if namespace, _, unsure := table.Said(table.Key("sk")); namespace != "lantern" || unsure {
		t.Errorf("it is of %q (contested %t)", namespace, unsure)
	}
}

// TestHowMuchOfADigestIsRightDoesNotShow holds that digests which begin or end as one that is
// known are looked for elsewhere: whoever measures how long a lookup takes learns nothing of
// the digests that there are.
func TestHowMuchOfADigestIsRightDoesNotShow(t *testing.T) {
	t.Parallel()
	table := fill(2000, 10)
	known := translate.DigestKey("key-1234")
	home := table.byDigest.home(known[:])
	for right := range len(known) {
		same, tried := 0, 0
		for _, from := range []int{0, len(known) - right} { // the beginning is right, or the end
			for other := range 256 {
				guess := translate.DigestKey(fmt.Sprint("guess ", other))
				copy(guess[from:from+right], known[from:from+right])
				if guess == known {
					continue
				}
				tried++
				if table.find(&guess) != 0 {
					t.Fatalf("%d bytes are right, and that is enough", right)
				}
				if table.byDigest.home(guess[:]) == home {
					same++
				}
			}
		}
		if same > tried/20 {
			t.Errorf("with %d bytes that are right, %d of %d digests are looked for where the known one is", right, same, tried)
		}
	}
	if other := fill(2000, 10); other.byDigest.home(known[:]) == home && other.byDigest.seed == table.byDigest.seed {
		t.Error("two replicas look in the same places")
	}
}

// TestOfValuesNothingStaysButDigests holds which values are keys, and that all are wiped.
func TestOfValuesNothingStaysButDigests(t *testing.T) {
	t.Parallel()
	f := &keeper{table: NewTable([]byte("pepper")), Source: Source{Values: []string{"key", "old-key"}}}
	s := &corev1.Secret{ObjectMeta: secretOf("a", "wren", "annotated").ObjectMeta, Data: map[string][]byte{
		"key": []byte("k1\r\n"), "old-key": []byte("k2"), "user": []byte("k3"),
	}}
	take := func(kind watch.EventType) {
		t.Helper()
		if err := f.Take(kind, s); err != nil {
			t.Fatal(err)
		}
	}
	check := func(reason string, want map[string]bool) {
		t.Helper()
		for key, known := range want {
			if (f.table.Key(key) != 0) != known {
				t.Errorf("%s: that %q is known is not %t", reason, key, known)
			}
		}
	}
	take(watch.Added)
	check("those that are named, and what is annotated", map[string]bool{"k1": true, "k2": true, "k3": false, "annotated": true, "": false})
	for name, value := range s.Data {
		if !bytes.Equal(value, make([]byte, len(value))) {
			t.Errorf("the value of %s stays: %q", name, value)
		}
	}
	s.Data = map[string][]byte{"key": bytes.Repeat([]byte("k"), maxValue+1), "old-key": []byte("k2")}
	take(watch.Modified)
	check("what is longer than any key", map[string]bool{"k1": false, "k2": true, strings.Repeat("k", maxValue+1): false})
	s.Data, s.Labels["domicile.dev/suspended"] = map[string][]byte{"key": []byte("k1")}, "true"
	take(watch.Modified)
	check("held", map[string]bool{"k1": false, "k2": false, "annotated": false})
	delete(s.Labels, "domicile.dev/suspended")
	s.Data = map[string][]byte{"key": []byte("k1")}
	take(watch.Modified)
	check("given back", map[string]bool{"k1": true})
	s.Data = map[string][]byte{"key": []byte("k1")}
	take(watch.Deleted)
	check("deleted", map[string]bool{"k1": false})
	if !bytes.Equal(s.Data["key"], []byte{0, 0}) {
		t.Error("the value of a Secret that is deleted stays")
	}
}

func secretOf(id, tenant, key string, more ...string) *metav1.PartialObjectMetadata {
	digest := translate.DigestKey(key)
	m := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
		Name: id, Namespace: "ns", UID: types.UID(id), ResourceVersion: "7", Labels: map[string]string{"domicile.dev/api-key": "true"},
		Annotations: map[string]string{"domicile.dev/tenant": tenant, "domicile.dev/key-sha256": hex.EncodeToString(digest[:])},
	}}
	for i := 0; i+1 < len(more); i += 2 {
		m.Labels[more[i]], m.Annotations[more[i]] = more[i+1], more[i+1]
	}
	return m
}

func TestTheTableFollowsSecrets(t *testing.T) {
	t.Parallel()
	f := &keeper{table: NewTable(nil)}
	f.Begin()
	check := func(reason string, kind watch.EventType, m *metav1.PartialObjectMetadata, key, tenant string) {
		t.Helper()
		if m == nil {
			f.Complete()
		} else if err := f.Take(kind, m); err != nil {
			t.Fatal(err)
		}
		_, claims, _ := f.table.Said(f.table.Key(key))
		if got := translate.ClaimsOfKeys(claims); tenant == "" && f.table.Key(key) != 0 || tenant != "" && (len(got.Tenants) != 1 || got.Tenants[0].Tenant != tenant) {
			t.Errorf("%s: %s is of %v, want %q", reason, key, got.Tenants, tenant)
		}
	}
	check("what is listed counts at once", watch.Added, secretOf("a", "wren", "k1"), "k1", "wren")
	check("that is all", "", nil, "k1", "wren")
	check("a key that is moved to another tenant", watch.Modified, secretOf("a", "lantern", "k1"), "k1", "lantern")
	check("a key that is replaced", watch.Modified, secretOf("a", "lantern", "k2"), "k1", "")
	check("the new one", watch.Modified, secretOf("a", "lantern", "k2"), "k2", "lantern")
	check("a Secret that is held", watch.Modified, secretOf("a", "lantern", "k2", "domicile.dev/suspended", "true"), "k2", "")
	check("and given back", watch.Modified, secretOf("a", "lantern", "k2"), "k2", "lantern")
	check("another one", watch.Added, secretOf("b", "wren", "k3"), "k3", "wren")
	check("one that is gone", watch.Deleted, secretOf("a", "lantern", "k2"), "k2", "")
	f.Begin()
	check("everything is read anew, and meanwhile what was known counts", watch.Added, secretOf("c", "wren", "k4"), "k3", "wren")
	check("what is not there any more is forgotten", "", nil, "k3", "")
	check("what is there stays", watch.Modified, secretOf("d", "wren", "k5"), "k4", "wren")
}

// TestAMillionKeysFit holds the bound of memory: 120 bytes a key.
func TestAMillionKeysFit(t *testing.T) {
	const keys, tenants = 1_000_000, 300_000
	memory := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := memory()
	table := fill(keys, tenants)
	each := (memory() - before) / keys
	t.Logf("%d bytes a key", each)
	if each > 120 {
		t.Errorf("%d bytes a key", each)
	}
	if table.Len() != keys || table.Key("key-999999") == 0 {
		t.Error("keys are missing")
	}
}

func fill(keys, tenants int) *Table {
	table := NewTable(nil)
	for i := range keys {
		id, k := secret(uint64(i), fmt.Sprintf("tenant-%06d", i%tenants), fmt.Sprintf("key-%d", i))
		table.Set(id, "api-keys", k)
	}
	return table
}

func BenchmarkKey(b *testing.B) {
	table := fill(1_000_000, 300_000)
	for name, key := range map[string]string{"known": "key-123456", "unknown": "no such key"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var h call.Holder
			for b.Loop() {
				h |= table.Key(key)
			}
		})
	}
}
