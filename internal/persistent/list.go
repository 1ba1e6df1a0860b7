package persistent

// perChunk is how many values of a List are copied when one of them changes.
const perChunk = 64

// List is an immutable list: a change copies a table and the chunks in which
// anything changes. The zero value is empty. It is safe for concurrent use.
type List[V any] struct {
	chunks []*[perChunk]V
	len    int
}

// ListOf is a list of values, which it takes over.
func ListOf[V any](values []V) List[V] {
	l := List[V]{len: len(values)}
	whole := len(values) / perChunk * perChunk
	for at := 0; at < whole; at += perChunk {
		l.chunks = append(l.chunks, (*[perChunk]V)(values[at:]))
	}
	if whole < len(values) {
		last := new([perChunk]V)
		copy(last[:], values[whole:])
		l.chunks = append(l.chunks, last)
	}
	return l
}

// Len is how many values there are.
func (l *List[V]) Len() int { return l.len }

// At is where the value of an index stands; it is not to be changed.
func (l *List[V]) At(i int) *V { return &l.chunks[i/perChunk][i%perChunk] }

// With is the list with other values for some indices. It becomes longer if they
// are beyond its end.
func (l *List[V]) With(values map[int]V) List[V] {
	next := List[V]{len: l.len}
	for i := range values {
		next.len = max(next.len, i+1)
	}
	next.chunks = make([]*[perChunk]V, (next.len+perChunk-1)/perChunk)
	copy(next.chunks, l.chunks)
	for i, value := range values {
		chunk := &next.chunks[i/perChunk]
		if at := i / perChunk; at >= len(l.chunks) {
			if *chunk == nil {
				*chunk = new([perChunk]V)
			}
		} else if *chunk == l.chunks[at] {
			own := *l.chunks[at]
			*chunk = &own
		}
		(*chunk)[i%perChunk] = value
	}
	for at, chunk := range next.chunks {
		if chunk == nil {
			next.chunks[at] = new([perChunk]V)
		}
	}
	return next
}
