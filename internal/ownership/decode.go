package ownership

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

// errDamaged is what all errors about the content of an encoded layer wrap.
var errDamaged = errors.New("the compiled data is damaged")

// Decode reads what Encode wrote. It refuses what is damaged in any way, what a
// later version wrote, and what would take more than maxBytes of memory, before
// it takes that memory.
func Decode(r io.Reader, maxBytes int64) (*Layer, error) {
	d := &decoder{r: bufio.NewReaderSize(r, chunk), hash: sha256.New()}
	l, err := d.layer(maxBytes)
	if err != nil {
		return nil, fmt.Errorf("read compiled ownership data: %w", err)
	}
	return l, nil
}

// decoder reads, and keeps the first error; what is read after it is nothing.
type decoder struct {
	r    *bufio.Reader
	hash hash.Hash
	buf  []byte
	err  error
}

func (d *decoder) layer(maxBytes int64) (*Layer, error) {
	begin := make([]byte, len(layerMagic))
	if _, err := io.ReadFull(d.r, begin); err != nil || !IsLayer(begin) {
		return nil, errors.New("this is no compiled ownership data")
	}
	d.hash.Write(begin)
	if version := d.number(); d.err == nil && version != layerVersion {
		return nil, fmt.Errorf("it is of version %d, and this program reads version %d: compile the register again", version, layerVersion)
	}
	var c counts
	header := d.bytes(uint64(binary.Size(c)))
	if d.err == nil {
		d.err = binary.Read(bytes.NewReader(header), binary.LittleEndian, &c)
	}
	if d.err == nil && c.Text > maxText {
		return nil, fmt.Errorf("%w: a text of %d bytes", errDamaged, c.Text)
	}
	if d.err == nil && c.memory() > maxBytes {
		return nil, fmt.Errorf("it takes %d bytes of memory: at most %d are allowed", c.memory(), maxBytes)
	}
	l := d.content(&c)
	sum := d.hash.Sum(nil)
	if d.err == nil {
		stored := make([]byte, len(sum))
		if _, err := io.ReadFull(d.r, stored); err != nil {
			d.fail(err)
		} else if !bytes.Equal(stored, sum) {
			d.err = fmt.Errorf("%w: its checksum is not that of its content", errDamaged)
		}
	}
	if _, err := d.r.ReadByte(); d.err == nil && err != io.EOF {
		d.err = fmt.Errorf("%w: there is more after its end", errDamaged)
	}
	if d.err != nil {
		return nil, d.err
	}
	l.revision = hex.EncodeToString(sum)
	if err := l.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return &Layer{layerData: l}, nil
}

// memory is about how much a layer of so many takes.
func (c *counts) memory() int64 {
	return int64(c.Text) + (int64(c.Schemes)+int64(c.Prefixes))*32 + int64(c.Profiles)*profileBytes + int64(c.IDs)*18 +
		int64(c.Nodes)*20 + int64(c.Records)*28 + int64(c.Details)*80 + int64(c.Problems)*300
}

func (d *decoder) content(c *counts) *layerData {
	l := &layerData{starts: memo{most: maxStarts}}
	l.schemes = d.strings(c.Schemes)
	l.prefixes = d.strings(c.Prefixes)
	for i := uint32(0); i < c.Profiles && d.err == nil; i++ {
		l.profiles = append(l.profiles, d.profile())
	}
	l.text = d.bytes(c.Text)
	l.ids = newIdentities(&l.text)
	l.ids.scheme = list(d, uint64(c.IDs), 2, binary.LittleEndian.Uint16)
	l.ids.id = d.numbers(uint64(c.IDs))
	l.idStart = d.numbers(uint64(c.Nodes) + 1)
	l.name, l.source, l.profile = d.numbers(uint64(c.Nodes)), d.numbers(uint64(c.Nodes)), d.numbers(uint64(c.Nodes))
	l.loaded = list(d, (uint64(c.Nodes)+63)/64, 8, binary.LittleEndian.Uint64)
	l.recordStart = d.numbers(uint64(c.Nodes) + 1)
	l.records = list(d, uint64(c.Records), 28, func(b []byte) record {
		n := binary.LittleEndian.Uint32
		return record{Node(n(b)), day(n(b[4:])), day(n(b[8:])), n(b[12:]), n(b[16:]), n(b[20:]), n(b[24:])}
	})
	for i := uint32(0); i < c.Details && d.err == nil; i++ {
		l.details = append(l.details, d.details())
	}
	for i := uint32(0); i < c.Problems && d.err == nil; i++ {
		l.problems.listed = append(l.problems.listed, problem{Node(d.number()), d.string(), d.string()})
	}
	l.problems.leftOut = int(c.ProblemsLeftOut)
	return l
}

func (d *decoder) profile() Profile {
	var p Profile
	if t := d.bytes(1); d.err == nil {
		p.Type = PartyType(t[0])
	}
	j := &p.Jurisdictions
	j.Incorporation, j.Headquarters = d.code(), d.code()
	for _, codes := range []*[]jurisdiction.Code{&j.OtherIncorporation, &j.OtherHeadquarters, &j.Nationality, &j.Residence} {
		for n := d.number(); n > 0 && d.err == nil; n-- {
			*codes = append(*codes, d.code())
		}
	}
	for n := d.number(); n > 0 && d.err == nil; n-- {
		var u Unread
		if b := d.bytes(1); d.err == nil {
			u.Basis = Basis(b[0])
		}
		u.Text = d.string()
		for m := d.number(); m > 0 && d.err == nil; m-- {
			u.Candidates = append(u.Candidates, d.code())
		}
		j.Unread = append(j.Unread, u)
	}
	return p
}

func (d *decoder) details() (one details) {
	one.class, one.joint = d.string(), d.string()
	for _, list := range []*[]Node{&one.through, &one.maybe} {
		for n := d.number(); n > 0 && d.err == nil; n-- {
			*list = append(*list, Node(d.number()))
		}
	}
	return one
}

func (d *decoder) code() jurisdiction.Code { return jurisdiction.Code(d.string()) }

// maxString bounds a string that is not in the text.
const maxString = 1 << 16

func (d *decoder) string() string {
	length := d.number()
	if d.err == nil && length > maxString {
		d.err = fmt.Errorf("%w: a string of %d bytes", errDamaged, length)
	}
	return string(d.bytes(uint64(length)))
}

func (d *decoder) strings(n uint32) (all []string) {
	for ; n > 0 && d.err == nil; n-- {
		all = append(all, d.string())
	}
	return all
}

func (d *decoder) number() uint32 {
	if b := d.bytes(4); d.err == nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (d *decoder) numbers(n uint64) []uint32 { return list(d, n, 4, binary.LittleEndian.Uint32) }

// chunk is how much is taken of memory before it is known that there is
// something to put there.
const chunk = 1 << 16

func (d *decoder) bytes(n uint64) []byte {
	all := make([]byte, 0, min(n, chunk))
	for uint64(len(all)) < n && d.err == nil {
		if len(all) == cap(all) {
			all = append(make([]byte, 0, min(n, 2*uint64(cap(all)))), all...)
		}
		next := all[len(all):cap(all)]
		if _, err := io.ReadFull(d.r, next); err != nil {
			d.fail(err)
			return nil
		}
		d.hash.Write(next)
		all = all[:cap(all)]
	}
	return all
}

// list reads so many values of a size in bytes each.
func list[T any](d *decoder, n, size uint64, value func([]byte) T) []T {
	all := make([]T, 0, min(n, chunk/size))
	if d.buf == nil {
		d.buf = make([]byte, chunk)
	}
	for uint64(len(all)) < n && d.err == nil {
		if len(all) == cap(all) {
			all = append(make([]T, 0, min(n, 2*uint64(cap(all)))), all...)
		}
		some := min(uint64(cap(all)-len(all)), chunk/size)
		b := d.buf[:some*size]
		if _, err := io.ReadFull(d.r, b); err != nil {
			d.fail(err)
			return nil
		}
		d.hash.Write(b)
		for ; len(b) > 0; b = b[size:] {
			all = append(all, value(b))
		}
	}
	return all
}

func (d *decoder) fail(err error) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w: it ends too early", errDamaged)
	}
	d.err = err
}
