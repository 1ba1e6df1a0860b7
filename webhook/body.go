package webhook

import (
	"errors"
	"io"
	"net/http"
	"sync"
)

const (
	// leastBody is the least that there is room for in a body, in bytes: for most reviews.
	leastBody = 8 << 10
	// mostPooled is the largest body that is used again, in bytes.
	mostPooled = 1 << 20
)

// body is what a request has in its body. When it has been answered nothing of that may stay
// in memory: it may be a Secret.
type body struct {
	text []byte
	room []byte // all zero, but for what has been given to a reader
	used int64  // how much that is: a reader may write more than it says
}

// bodies are those that were forgotten.
var bodies = sync.Pool{New: func() any { return &body{} }}

// newBody is an empty body with room for so many bytes, and one more to see the end.
func newBody(length int64) *body {
	b, _ := bodies.Get().(*body)
	if int64(len(b.room)) <= length {
		b.room = make([]byte, max(length+1, leastBody))
	}
	return b
}

// read reads all of a reader that gives at most so many bytes. The text is nowhere else
// then: a buffer that grows leaves copies behind.
func (b *body) read(from io.Reader, length int64) error {
	b.used = length + 1
	for n := 0; n <= int(length); {
		more, err := from.Read(b.room[n : length+1])
		n += more
		b.text = b.room[:n:n]
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, new(*http.MaxBytesError)):
			return errTooLong
		case err != nil:
			return refused(http.StatusBadRequest, "the body could not be read to its end")
		}
	}
	return errTooLong
}

// forget overwrites what was read, and lets others use the room.
func (b *body) forget() {
	clear(b.room[:b.used])
	b.text, b.used = nil, 0
	if len(b.room) <= mostPooled {
		bodies.Put(b)
	}
}
