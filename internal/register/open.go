package register

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	bufferSize = 1 << 18
	// maxNesting is how many times one may be packed in the other.
	maxNesting = 3
	// maxWindow bounds the memory of zstd.
	maxWindow = 256 << 20
	// freeSize is how much a file may always unpack to; beyond that it must not
	// be more than maxRatio times its own size. Ownership data packs to a tenth
	// or a twentieth.
	freeSize = 1 << 30
	maxRatio = 200
)

var (
	magicGzip = []byte{0x1f, 0x8b}
	magicZstd = []byte{0x28, 0xb5, 0x2f, 0xfd}
	magicZip  = []byte{'P', 'K', 3, 4}
	byteOrder = []byte{0xef, 0xbb, 0xbf} // of UTF-8
)

// opener unpacks the files of one register.
type opener struct {
	ctx context.Context
	// free is how much a file may always unpack to.
	free     int64
	progress *Progress // may be nil
}

// each calls read for the file, or for each member of an archive, unpacked and
// without byte order mark.
func (o opener) each(f File, read func(name string, r *bufio.Reader) error) error {
	file, err := f.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	defer file.Close()
	o.progress.begin()
	raw := &meter{ctx: o.ctx, r: file, progress: o.progress}
	return o.unpack(f.Name, raw, &raw.read, 0, read)
}

// unpack undoes what r is packed with, as its first bytes tell. packed is how
// much of the file has been read.
func (o opener) unpack(name string, r io.Reader, packed *int64, nesting int, read func(string, *bufio.Reader) error) error {
	buffered := bufio.NewReaderSize(r, bufferSize)
	begin, err := buffered.Peek(len(magicZstd))
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %w", name, err)
	}
	if nesting >= maxNesting && packedWith(begin) {
		return fmt.Errorf("%s: packed more than %d times", name, maxNesting)
	}
	inside := func(r io.Reader) io.Reader {
		return &meter{ctx: o.ctx, r: r, limit: func() int64 { return max(o.free, *packed*maxRatio) }}
	}
	switch {
	case bytes.HasPrefix(begin, magicGzip):
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return fmt.Errorf("%s: gzip: %w", name, err)
		}
		return o.unpack(name, inside(named{"gzip", z}), packed, nesting+1, read)
	case bytes.HasPrefix(begin, magicZstd):
		z, err := zstd.NewReader(buffered, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return fmt.Errorf("%s: zstd: %w", name, err)
		}
		defer z.Close()
		return o.unpack(name, inside(named{"zstd", z}), packed, nesting+1, read)
	case bytes.HasPrefix(begin, magicZip):
		return o.unzip(name, buffered, inside, packed, nesting+1, read)
	}
	if bytes.HasPrefix(begin, byteOrder) {
		if _, err := buffered.Discard(len(byteOrder)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return read(name, buffered)
}

func packedWith(begin []byte) bool {
	return bytes.HasPrefix(begin, magicGzip) || bytes.HasPrefix(begin, magicZstd) || bytes.HasPrefix(begin, magicZip)
}

// meter counts what is read, ends with the context, and refuses to go beyond the
// limit, if there is one.
type meter struct {
	ctx   context.Context
	r     io.Reader
	read  int64
	limit func() int64

	progress *Progress // of a file itself, else nil
}

func (m *meter) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.r.Read(p)
	m.read += int64(n)
	m.progress.bytes(int64(n))
	if m.limit != nil && m.read > m.limit() {
		return n, fmt.Errorf("it unpacks to more than %d times its size: it is not read further", maxRatio)
	}
	return n, err
}

// named says in errors what was being unpacked, and that a stream that ends too
// early has been cut off.
type named struct {
	what string
	r    io.Reader
}

func (n named) Read(p []byte) (int, error) {
	read, err := n.r.Read(p)
	switch {
	case err == nil || errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return read, err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return read, fmt.Errorf("%s: the file is cut off: %w", n.what, err)
	default:
		return read, fmt.Errorf("%s: %w", n.what, err)
	}
}
