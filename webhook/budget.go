package webhook

import (
	"bytes"
	"context"

	"golang.org/x/sync/semaphore"

	"github.com/domicile-dev/domicile/internal/translate"
)

// maxBody is the longest review that an API server sends: the old and the new object,
// which have been at most 3 MiB each when they were sent to it, in which one byte may
// have become six ("<" is \u003c), and 1 MiB for the rest.
const maxBody = 2*6*(3<<20) + 1<<20

// DefaultReviewMemory is how many bytes all reviews that are being answered may take
// together.
const DefaultReviewMemory = 128 << 20

// budget bounds what all reviews take that are being read and answered. Nothing is
// read, and nothing is made of it, before there is room for it.
type budget struct {
	size int64
	room *semaphore.Weighted
}

func newBudget(size int64) *budget {
	return &budget{size: size, room: semaphore.NewWeighted(size)}
}

// lease is what one review has of a budget.
type lease struct {
	budget *budget
	taken  int64
}

// take waits until there is room for so many bytes. Who gives up gets errBusy.
func (b *budget) take(ctx context.Context, n int64) (*lease, error) {
	if n > b.size {
		return nil, errTooLarge
	}
	if b.room.Acquire(ctx, n) != nil {
		return nil, errBusy
	}
	return &lease{b, n}, nil
}

// grow takes what is missing to so many bytes. It does not wait: two who wait for each
// other would have it neither.
func (l *lease) grow(n int64) error {
	switch missing := n - l.taken; {
	case missing <= 0:
		return nil
	case n > l.budget.size:
		return errTooLarge
	case !l.budget.room.TryAcquire(missing):
		return errBusy
	default:
		l.taken = n
		return nil
	}
}

func (l *lease) release() { l.budget.room.Release(l.taken) }

// What a decoded review takes at most for each character of its structure, in bytes.
const (
	perObject, perArray, perElement, perField = 420, 64, 112, 64
)

// sureSize is up to where the quick estimate of a size does.
const sureSize = 4 << 20

// decodedSize is at least what a review takes with all that is made of it.
func decodedSize(body []byte) int64 {
	count := func(c string) int64 { return int64(bytes.Count(body, []byte(c))) }
	text := 3 * int64(len(body))
	// This counts what stands in strings, too.
	objects := count("{")
	if size := text + perObject*objects + perArray*count("[") + perElement*count(",") + perField*count(":") + sifted(objects); size <= sureSize {
		return size
	}
	size, objects := structure(body)
	return text + size + sifted(objects)
}

// sifted is what is kept of both objects beside the whole, which has so many objects.
func sifted(objects int64) int64 { return perObject * min(objects, 2*translate.MaxKept) }

// structure is what the structure of a review takes, without what stands in strings.
func structure(body []byte) (size, objects int64) {
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{':
			size += perObject
			objects++
		case '[':
			size += perArray
		case ',':
			size += perElement
		case ':':
			size += perField
		case '"':
			i = endOfString(body, i)
		}
	}
	return size, objects
}

// endOfString is where the string ends that begins at i.
func endOfString(body []byte, i int) int {
	for i++; i < len(body) && body[i] != '"'; i++ {
		if body[i] == '\\' {
			i++
		}
	}
	return i
}
