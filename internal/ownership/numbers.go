package ownership

// perPage is for how many nodes room is made at once.
const perPage = 1 << 10

// numbers has a number for some nodes, and 0 for all others. It takes memory where
// there is any.
type numbers struct{ pages []*[perPage]int32 }

func (t *numbers) of(n Node) int32 {
	if page := int(n) / perPage; page < len(t.pages) && t.pages[page] != nil {
		return t.pages[page][n%perPage]
	}
	return 0
}

func (t *numbers) set(n Node, number int32) {
	page := int(n) / perPage
	for page >= len(t.pages) {
		t.pages = append(t.pages, nil)
	}
	if t.pages[page] == nil {
		t.pages[page] = new([perPage]int32)
	}
	t.pages[page][n%perPage] = number
}
