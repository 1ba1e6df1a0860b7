package ownership

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

// An encoded layer is, in this order and with all numbers in little endian:
//
//   - layerMagic and layerVersion
//   - the counts, in the order of their fields
//   - schemes, prefixes, profiles, and the text
//   - the identities: schemes, and where their IDs stand
//   - by node: where its identities begin (and the end of the last), name,
//     source and profile; whether it is loaded, a bit each
//   - by subject: where its records begin (and the end of the last); the records
//   - the details that records refer to
//   - the problems
//   - the SHA-256 of all that
const (
	layerMagic   = "DOMICILE-LAYER\n"
	layerVersion = 2
)

// counts says how much of everything there is.
type counts struct {
	Text                                             uint64
	Schemes, Prefixes, Profiles, IDs, Nodes, Records uint32
	Details, Problems, ProblemsLeftOut               uint32
}

// IsLayer says whether data begins as an encoded layer does.
func IsLayer(begin []byte) bool {
	return len(begin) >= len(layerMagic) && string(begin[:len(layerMagic)]) == layerMagic
}

// Revision identifies the declarations: equal ones, added in any order, have the
// same revision.
func (l *Layer) Revision() string {
	l.hashing.Do(func() {
		if l.revision == "" {
			hash := sha256.New()
			e := encoder{w: bufio.NewWriterSize(hash, chunk)}
			e.layer(l.layerData)
			_ = e.w.Flush() // a hash refuses nothing
			l.revision = hex.EncodeToString(hash.Sum(nil))
		}
	})
	return l.revision
}

// Encode writes the layer, without the name that Named gives, in a compact form
// that Decode reads. Equal layers are equal when encoded.
func (l *Layer) Encode(w io.Writer) error {
	hash := sha256.New()
	e := encoder{w: bufio.NewWriterSize(io.MultiWriter(w, hash), chunk)}
	e.layer(l.layerData)
	if err := e.w.Flush(); err != nil {
		return fmt.Errorf("encode the layer: %w", err)
	}
	sum := hash.Sum(nil)
	if _, err := w.Write(sum); err != nil {
		return fmt.Errorf("encode the layer: %w", err)
	}
	return nil
}

// encoder writes; the bufio.Writer keeps the first error.
type encoder struct {
	w       *bufio.Writer
	scratch []byte
}

func (e *encoder) layer(l *layerData) {
	e.write([]byte(layerMagic))
	e.number(layerVersion)
	e.fixed(counts{
		Text: uint64(len(l.text)), Schemes: uint32(len(l.schemes)), Prefixes: uint32(len(l.prefixes)),
		Profiles: uint32(len(l.profiles)), IDs: uint32(l.ids.len()), Nodes: uint32(l.len()),
		Records: uint32(len(l.records)), Details: uint32(len(l.details)), Problems: uint32(len(l.problems.listed)), ProblemsLeftOut: uint32(l.problems.leftOut),
	})
	for _, list := range [][]string{l.schemes, l.prefixes} {
		for _, s := range list {
			e.string(s)
		}
	}
	for _, p := range l.profiles {
		e.profile(p)
	}
	e.write(l.text)
	for _, s := range l.ids.scheme {
		e.scratch = binary.LittleEndian.AppendUint16(e.scratch[:0], s)
		e.write(e.scratch)
	}
	for _, list := range [][]uint32{l.ids.id, l.idStart, l.name, l.source, l.profile} {
		e.numbers(list)
	}
	for _, word := range l.loaded {
		e.scratch = binary.LittleEndian.AppendUint64(e.scratch[:0], word)
		e.write(e.scratch)
	}
	e.numbers(l.recordStart)
	for i := range l.records {
		r := &l.records[i]
		e.numbers([]uint32{uint32(r.holder), uint32(r.since), uint32(r.until), r.kindLower, r.directUpper, r.source, r.details})
	}
	for i := range l.details {
		e.details(&l.details[i])
	}
	for _, p := range l.problems.listed {
		e.number(uint32(p.node))
		e.string(p.reason)
		e.string(p.message)
	}
}

func (e *encoder) profile(p Profile) {
	j := p.Jurisdictions
	e.write([]byte{byte(p.Type)})
	e.string(string(j.Incorporation))
	e.string(string(j.Headquarters))
	for _, codes := range [][]jurisdiction.Code{j.OtherIncorporation, j.OtherHeadquarters, j.Nationality, j.Residence} {
		e.number(uint32(len(codes)))
		for _, c := range codes {
			e.string(string(c))
		}
	}
	e.number(uint32(len(j.Unread)))
	for _, u := range j.Unread {
		e.write([]byte{byte(u.Basis)})
		e.string(u.Text)
		e.number(uint32(len(u.Candidates)))
		for _, c := range u.Candidates {
			e.string(string(c))
		}
	}
}

func (e *encoder) details(d *details) {
	e.string(d.class)
	e.string(d.joint)
	for _, list := range [][]Node{d.through, d.maybe} {
		e.number(uint32(len(list)))
		for _, n := range list {
			e.number(uint32(n))
		}
	}
}

func (e *encoder) write(b []byte) { _, _ = e.w.Write(b) }

func (e *encoder) number(n uint32) { e.numbers([]uint32{n}) }

func (e *encoder) numbers(list []uint32) {
	for _, n := range list {
		e.scratch = binary.LittleEndian.AppendUint32(e.scratch[:0], n)
		e.write(e.scratch)
	}
}

func (e *encoder) string(s string) {
	e.number(uint32(len(s)))
	e.write([]byte(s))
}

// fixed writes a value of fixed size.
func (e *encoder) fixed(v any) { _ = binary.Write(e.w, binary.LittleEndian, v) }
