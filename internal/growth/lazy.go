package growth

// Lazy is a value of which no more is decoded than is looked at. It may stand for any
// value in the objects that Object compares.
type Lazy interface {
	// Same says whether both are the same for certain. They may be equal all the same.
	Same(other Lazy) bool
	// Open is the value, whose parts may be Lazy.
	Open() any
	// Whole is the value with all its parts.
	Whole() any
}

func isSame(old, updated any) bool {
	before, ok := old.(Lazy)
	after, ok2 := updated.(Lazy)
	return ok && ok2 && before.Same(after)
}

// look decodes a value as far as it is needed here: rules look at all of it.
func (p *place) look(v any) any {
	lazy, ok := v.(Lazy)
	switch {
	case !ok:
		return v
	case p.rule != nil || p.block != nil:
		return lazy.Whole()
	default:
		return lazy.Open()
	}
}
