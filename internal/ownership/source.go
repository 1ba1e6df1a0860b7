package ownership

import (
	"encoding/binary"
	"strings"
)

// A source names the record that declares something. Many begin with the
// register that they are from, so that is kept apart: a source in a text is the
// number of such a prefix, and then the rest.

const (
	sourceBegin = "OwnershipRegister "
	sourceEnd   = ": "
)

// prefixes numbers what sources begin with. The first is that of sources that
// name no register.
type prefixes struct {
	all   []string
	index map[string]uint64
}

// splitSource divides a source into the register that it is from and the rest.
func splitSource(source string) (prefix, rest string) {
	if !strings.HasPrefix(source, sourceBegin) {
		return "", source
	}
	name, rest, ok := strings.Cut(source, sourceEnd)
	if !ok {
		return "", source
	}
	return name + sourceEnd, rest
}

func (p *prefixes) number(prefix string) uint64 {
	if p.index == nil {
		p.all, p.index = []string{""}, map[string]uint64{"": 0}
	}
	n, ok := p.index[prefix]
	if !ok {
		n = uint64(len(p.all))
		p.all = append(p.all, strings.Clone(prefix))
		p.index[p.all[n]] = n
	}
	return n
}

// addTo appends a source to a text and returns where it stands.
func (p *prefixes) addTo(t *text, source string) uint32 {
	prefix, rest := splitSource(source)
	at := uint32(len(*t))
	*t = binary.AppendUvarint(*t, p.number(prefix))
	t.add(rest)
	return at
}

// source returns the source at an offset.
func (t text) source(at uint32, prefixes []string) string {
	number, width := binary.Uvarint(t[at:])
	return prefixes[number] + t.at(at+uint32(width))
}

// validSource says whether a source stands at an offset.
func (t text) validSource(at uint32, prefixes []string) bool {
	if uint64(at) >= uint64(len(t)) {
		return false
	}
	number, width := binary.Uvarint(t[at:])
	if width <= 0 || number >= uint64(len(prefixes)) || uint64(at)+uint64(width) > maxText {
		return false
	}
	return t.valid(at + uint32(width))
}
