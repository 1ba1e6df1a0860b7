package keys

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"

	"github.com/domicile-dev/domicile/internal/translate"
)

// keyed makes digests under a secret. It is safe for use by many.
type keyed struct{ pool sync.Pool }

// maker makes one digest at a time, in memory that it has already.
type maker struct {
	hash.Hash
	in  []byte
	out translate.KeyDigest
}

func newKeyed(secret []byte) *keyed {
	return &keyed{sync.Pool{New: func() any { return &maker{Hash: hmac.New(sha256.New, secret)} }}}
}

// digest is that of a key. Nothing of the key stays.
func (k *keyed) digest(key string) translate.KeyDigest {
	m, _ := k.pool.Get().(*maker)
	defer k.pool.Put(m)
	m.in = append(m.in[:0], key...)
	defer clear(m.in)
	return m.digest(m.in)
}

// digestOf is digest for bytes.
func (k *keyed) digestOf(key []byte) translate.KeyDigest {
	m, _ := k.pool.Get().(*maker)
	defer k.pool.Put(m)
	return m.digest(key)
}

func (m *maker) digest(key []byte) translate.KeyDigest {
	m.Reset()
	_, _ = m.Write(key) // a hash takes everything
	m.Sum(m.out[:0])
	return m.out
}
