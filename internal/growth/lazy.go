package growth

// Lazy is a value of which no more is decoded than is looked at. It may stand for any
// value in the objects that Object compares.
type Lazy interface {
	// Same says whether both are the same for certain. They may be equal all the same.
	Same(other Lazy) bool
	// Open is the value, whose parts may be Lazy.
	Open() any
	// OpenWith opens both. Of two maps it may leave out what is the same in both.
	OpenWith(other Lazy) (own, others any)
	// Whole is the value with all its parts.
	Whole() any
}

func isSame(old, updated any) bool {
	before, ok := old.(Lazy)
	after, ok2 := updated.(Lazy)
	return ok && ok2 && before.Same(after)
}

// look decodes two values as far as they are needed here: rules look at all of them.
func (p *place) look(old, updated any) (before, after any) {
	was, ok := old.(Lazy)
	is, ok2 := updated.(Lazy)
	all := p.rule != nil || p.block != nil
	switch {
	case ok && ok2 && !all:
		return was.OpenWith(is)
	case ok:
		old = open(was, all)
	}
	if ok2 {
		updated = open(is, all)
	}
	return old, updated
}

func open(v Lazy, all bool) any {
	if all {
		return v.Whole()
	}
	return v.Open()
}
