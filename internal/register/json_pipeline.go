package register

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
)

const (
	// batchSize is about how many bytes of records are decoded at once.
	batchSize = 1 << 18
	// maxWorkers bounds how many batches are decoded at the same time.
	maxWorkers = 4
)

// batch is some records that follow each other. It is filled by whoever reads
// the file, decoded by one of the workers, and then used in order.
type batch[T any] struct {
	text    []byte
	records []span
	first   uint32 // the ordinal of the first
	decoded []decoded[T]
	ready   chan struct{} // has one element when it is decoded
	err     error         // why there is nothing after it
}

// span is a record in the text of its batch; too long if it is not there.
type span struct {
	end     int
	line    int64
	tooLong bool
}

type decoded[T any] struct {
	value T
	err   error
}

// jsonFile says how the records of a file of JSON are read.
type jsonFile[T any] struct {
	open     opener
	file     File
	number   int
	expected string
	// decode makes a value of a record; many are decoded at the same time. The
	// ordinal counts the records of all files.
	decode  func(record []byte, ordinal uint32, into *T) error
	ordinal *uint32
	// use gets the values in the order of the records.
	use func(v *T, err error, at place) error
}

// read reads all records of the file.
func (j jsonFile[T]) read() error {
	return j.open.each(j.file, func(name string, r *bufio.Reader) error {
		records, err := newJSONRecords(r)
		if err != nil {
			return fmt.Errorf("%s: %w; expected %s", name, err, j.expected)
		}
		if err := j.pipeline(records, place{file: j.number, name: name}); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
}

// pipeline reads, decodes and uses at the same time. All that it starts has ended
// when it returns, for the file is closed then.
func (j jsonFile[T]) pipeline(records *jsonRecords, at place) error {
	workers := min(runtime.GOMAXPROCS(0), maxWorkers)
	free := make(chan *batch[T], 2*workers+1)
	for range cap(free) {
		free <- &batch[T]{ready: make(chan struct{}, 1)}
	}
	toDecode, inOrder := make(chan *batch[T], cap(free)), make(chan *batch[T], cap(free))
	stop := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		defer close(inOrder)
		defer close(toDecode)
		for more := true; more; {
			select {
			case <-stop:
				return
			case b := <-free:
				more = b.fill(records, j.ordinal)
				// Neither blocks: there is room for all batches.
				toDecode <- b
				inOrder <- b
			}
		}
	})
	for range workers {
		running.Go(func() {
			for b := range toDecode {
				b.decode(j.decode)
				b.ready <- struct{}{}
			}
		})
	}
	defer running.Wait()
	defer close(stop)
	for b := range inOrder {
		<-b.ready
		if err := b.use(j.use, at); err != nil {
			return err
		}
		j.open.progress.records(len(b.records))
		if b.err != nil {
			if errors.Is(b.err, io.EOF) {
				return nil
			}
			return b.err
		}
		free <- b
	}
	return nil
}

// fill reads records until there are enough; false if there are no more.
func (b *batch[T]) fill(records *jsonRecords, ordinal *uint32) bool {
	b.text, b.records, b.first, b.err = b.text[:0], b.records[:0], *ordinal, nil
	for len(b.text) < batchSize {
		record, line, err := records.next()
		switch {
		case errors.Is(err, errRecordTooLong):
		case err != nil:
			b.err = err
			return false
		case *ordinal == maxRecords:
			b.err = fmt.Errorf("more than %d records", uint32(maxRecords))
			return false
		}
		*ordinal++
		b.text = append(b.text, record...)
		b.records = append(b.records, span{len(b.text), line, err != nil})
	}
	return true
}

func (b *batch[T]) decode(decode func([]byte, uint32, *T) error) {
	if cap(b.decoded) < len(b.records) {
		b.decoded = make([]decoded[T], len(b.records))
	}
	b.decoded = b.decoded[:len(b.records)]
	clear(b.decoded)
	begin := 0
	for i, r := range b.records {
		d := &b.decoded[i]
		if d.err = errRecordTooLong; !r.tooLong {
			d.err = decode(b.text[begin:r.end], b.first+uint32(i), &d.value)
		}
		begin = r.end
	}
}

func (b *batch[T]) use(use func(*T, error, place) error, at place) error {
	for i, r := range b.records {
		at.line = r.line
		if err := use(&b.decoded[i].value, b.decoded[i].err, at); err != nil {
			return err
		}
	}
	return nil
}
