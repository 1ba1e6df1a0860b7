package register

import (
	"io"
	"sync/atomic"
)

// Progress says how far Read is. Others may look at it while Read runs.
type Progress struct {
	// Bytes is how much of the files has been worked through, packed as they are,
	// and Records how many records that was.
	Bytes, Records atomic.Int64
	// Reading counts the readings: some formats are read twice, and Bytes and
	// Records begin anew each time.
	Reading atomic.Int64

	files, begun int
}

// begin notes that one of so many files is opened.
func (p *Progress) begin() {
	if p == nil {
		return
	}
	if p.begun%p.files == 0 {
		p.Bytes.Store(0)
		p.Records.Store(0)
		p.Reading.Add(1)
	}
	p.begun++
}

// again forgets what has been read until now.
func (p *Progress) again(files int) {
	if p != nil {
		p.files, p.begun = files, 0
		p.Reading.Store(0)
	}
}

func (p *Progress) bytes(n int64) {
	if p != nil {
		p.Bytes.Add(n)
	}
}

func (p *Progress) records(n int) {
	if p != nil {
		p.Records.Add(int64(n))
	}
}

// countedAt counts what is read of an archive that is there as a whole.
type countedAt struct {
	io.ReaderAt

	progress *Progress
}

func (c countedAt) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, at)
	c.progress.bytes(int64(n))
	return n, err
}
