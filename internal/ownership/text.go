package ownership

import (
	"encoding/binary"
	"slices"
)

// text is an arena of strings: each stands at an offset as its length and its
// bytes. Millions of names then are one allocation, which the garbage collector
// does not look into.
type text []byte

// maxText is how long a text can be, so that offsets fit into 32 bits.
const maxText = 1<<32 - 1

// textRoom is what a string needs besides its bytes, at most.
const textRoom = 2 * binary.MaxVarintLen64

// add appends a string and returns where it stands.
func (t *text) add(s string) uint32 { return appendText(t, s) }

// addBytes is add.
func (t *text) addBytes(s []byte) uint32 { return appendText(t, s) }

func appendText[S string | []byte](t *text, s S) uint32 {
	t.grow(len(s))
	at := uint32(len(*t))
	*t = binary.AppendUvarint(*t, uint64(len(s)))
	*t = append(*t, s...)
	return at
}

// grow makes room for a string. It doubles a large text, where append would
// copy it four times as often.
func (t *text) grow(length int) {
	if need := length + textRoom; cap(*t)-len(*t) < need {
		*t = slices.Grow(*t, max(need, cap(*t)))
	}
}

// bytes returns the string at an offset without copying it.
func (t text) bytes(at uint32) []byte {
	length, width := binary.Uvarint(t[at:])
	begin := uint64(at) + uint64(width)
	return t[begin : begin+length]
}

// at returns the string at an offset.
func (t text) at(at uint32) string { return string(t.bytes(at)) }

// valid says whether a string stands at an offset.
func (t text) valid(at uint32) bool {
	if uint64(at) >= uint64(len(t)) {
		return false
	}
	length, width := binary.Uvarint(t[at:])
	return width > 0 && length <= uint64(len(t)) && uint64(at)+uint64(width)+length <= uint64(len(t))
}
