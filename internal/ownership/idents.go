package ownership

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"math/bits"
	"strings"
)

// Identities are pairs of a scheme and an ID. A key is an ID in the scheme
// keyScheme, which is the first one of every list of schemes.
const keyScheme = 0

// maxSchemes bounds how many schemes one set of declarations has.
const maxSchemes = 1 << 16

// identities is a list of distinct identities with an index over it.
type identities struct {
	text   *text
	scheme []uint16
	id     []uint32 // where the ID stands in text
	// slots is an open hash table. A slot has the number of an identity plus
	// one in its low half and some of its hash in the high one; or it is 0.
	slots []uint64
	seed  maphash.Seed
}

func newIdentities(t *text) identities {
	return identities{text: t, seed: maphash.MakeSeed()}
}

func (s *identities) len() int { return len(s.scheme) }

func (s *identities) bytes(n uint32) []byte { return s.text.bytes(s.id[n]) }

// hash mixes the scheme in, so that equal numbers of many registers don't meet.
func (s *identities) hash(scheme uint16, id []byte) uint64 {
	return maphash.Bytes(s.seed, id) ^ (uint64(scheme)+1)*0x9e3779b97f4a7c15
}

// home is where the search for a hash begins.
func (s *identities) home(hash uint64) uint64 {
	at, _ := bits.Mul64(hash, uint64(len(s.slots)))
	return at
}

func slotOf(hash uint64, n uint32) uint64 { return hash<<32 | uint64(n+1) }

// find returns the number of an identity.
func (s *identities) find(scheme uint16, id []byte) (uint32, bool) {
	if len(s.slots) == 0 {
		return 0, false
	}
	at, found := s.search(s.hash(scheme, id), scheme, id)
	return uint32(s.slots[at]) - 1, found
}

// search returns the slot that an identity is in, or would be.
func (s *identities) search(hash uint64, scheme uint16, id []byte) (at uint64, found bool) {
	for at = s.home(hash); s.slots[at] != 0; {
		if n := uint32(s.slots[at]) - 1; uint32(s.slots[at]>>32) == uint32(hash) && s.scheme[n] == scheme && bytes.Equal(s.bytes(n), id) {
			return at, true
		}
		if at++; at == uint64(len(s.slots)) {
			at = 0
		}
	}
	return at, false
}

// add appends an identity that stands in the text; it is not in the index yet.
func (s *identities) add(scheme uint16, id uint32) {
	s.scheme, s.id = append(s.scheme, scheme), append(s.id, id)
}

// intern returns the number of an identity, which is new or known.
func (s *identities) intern(scheme uint16, id string) uint32 {
	if 3*(s.len()+1) > 2*len(s.slots) {
		s.index(2 * (s.len() + 8))
	}
	bytes := []byte(id)
	hash := s.hash(scheme, bytes)
	at, found := s.search(hash, scheme, bytes)
	if !found {
		s.add(scheme, s.text.add(id))
		s.slots[at] = slotOf(hash, uint32(s.len()-1))
	}
	return uint32(s.slots[at]) - 1
}

// insert puts an identity into the table; false if it is there already. It looks
// the ID up only if it must.
func (s *identities) insert(hash uint64, n uint32) bool {
	at := s.home(hash)
	for s.slots[at] != 0 {
		if uint32(s.slots[at]>>32) == uint32(hash) {
			if other := uint32(s.slots[at]) - 1; s.scheme[other] == s.scheme[n] && bytes.Equal(s.bytes(other), s.bytes(n)) {
				return false
			}
		}
		if at++; at == uint64(len(s.slots)) {
			at = 0
		}
	}
	s.slots[at] = slotOf(hash, n)
	return true
}

// indexBlock and indexParts bound what of a large table is written at a time:
// the rest of it then needs not be in the processor's caches.
const (
	indexBlock = 1 << 20
	indexParts = 1 << 8
)

// index makes the table anew, with room for so many identities. It returns the
// number of one that is there twice, or -1.
func (s *identities) index(room int) (twice int) {
	s.slots = make([]uint64, 1+room*3/2)
	twice = -1
	type entry struct {
		hash uint64
		n    uint32
	}
	var parts [indexParts][]entry
	for begin := 0; begin < s.len(); begin += indexBlock {
		for n := begin; n < min(begin+indexBlock, s.len()); n++ {
			hash := s.hash(s.scheme[n], s.bytes(uint32(n)))
			part := &parts[hash>>(64-8)]
			*part = append(*part, entry{hash, uint32(n)})
		}
		for i, part := range parts {
			for _, e := range part {
				if !s.insert(e.hash, e.n) {
					twice = int(e.n)
				}
			}
			parts[i] = part[:0]
		}
	}
	return twice
}

// compareSchemes puts keys first, then public schemes, and registers' own last:
// so a party is labelled by what people know it by.
func compareSchemes(a, b string) int {
	return cmp.Or(cmp.Compare(schemeRank(a), schemeRank(b)), strings.Compare(a, b))
}

func schemeRank(scheme string) int {
	switch {
	case scheme == "":
		return 0
	case strings.HasPrefix(scheme, registerPrefix):
		return 2
	default:
		return 1
	}
}

// registerPrefix begins the schemes of registers' own numbers.
const registerPrefix = "OREG."

// RegisterScheme is the scheme of a register's own numbers: under
// {RegisterScheme(name), ID} a party is found that the register knows by ID.
func RegisterScheme(register string) string { return registerPrefix + strings.ToUpper(register) }
