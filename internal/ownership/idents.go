package ownership

import (
	"bytes"
	"cmp"
	"hash/maphash"
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
	// slots is an open hash table: a number of an identity plus one, or 0.
	slots []uint32
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

// find returns the number of an identity.
func (s *identities) find(scheme uint16, id []byte) (uint32, bool) {
	if len(s.slots) == 0 {
		return 0, false
	}
	at, found := s.slot(scheme, id)
	return s.slots[at] - 1, found
}

// slot is where an identity is in the table, or would be.
func (s *identities) slot(scheme uint16, id []byte) (at uint64, found bool) {
	mask := uint64(len(s.slots) - 1)
	for at = s.hash(scheme, id) & mask; s.slots[at] != 0; at = (at + 1) & mask {
		if n := s.slots[at] - 1; s.scheme[n] == scheme && bytes.Equal(s.bytes(n), id) {
			return at, true
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
	if 4*(s.len()+1) > 3*len(s.slots) {
		s.index(2 * (s.len() + 1))
	}
	at, found := s.slot(scheme, []byte(id))
	if !found {
		s.add(scheme, s.text.add(id))
		s.slots[at] = uint32(s.len())
	}
	return s.slots[at] - 1
}

// index makes the table anew, with room for so many identities. It returns the
// number of one that is there twice, or -1.
func (s *identities) index(room int) (twice int) {
	size := 16
	for 3*size < 4*room {
		size *= 2
	}
	s.slots = make([]uint32, size)
	twice = -1
	for n := range s.scheme {
		at, found := s.slot(s.scheme[n], s.bytes(uint32(n)))
		if found {
			twice = n
		}
		s.slots[at] = uint32(n) + 1
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
