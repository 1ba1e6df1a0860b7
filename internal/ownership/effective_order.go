package ownership

// visit is a party on the way of inOrder.
type visit struct {
	slot int32
	next int32 // which of its terms to follow
}

// inOrder calls solve for each set of parties that hold each other, directly or
// through others, after all other holders in any of them: Tarjan's algorithm
// along the holders, without recursion, for chains are long. In a set, holders
// come before what they hold as far as that can be.
func (s *system) inOrder(solve func(loop []int32)) {
	// number is 1 + when a party was first seen, 0 for not yet, and done when
	// it is solved. lowest is the smallest number that it leads back to.
	const done = int32(-1)
	number := make([]int32, len(s.nodes))
	lowest := make([]int32, len(s.nodes))
	var open []int32 // seen and not solved
	var path []visit
	seen := int32(0)
	enter := func(slot int32) {
		seen++
		number[slot], lowest[slot] = seen, seen
		open = append(open, slot)
		path = append(path, visit{slot, s.equations[slot].first})
	}
	for root := range s.nodes {
		if number[root] != 0 || s.equations[root].known {
			continue
		}
		enter(int32(root))
		for len(path) > 0 {
			last := &path[len(path)-1]
			slot := last.slot
			if last.next < s.equations[slot].end {
				holder := s.terms[last.next].holder
				last.next++
				switch {
				case s.equations[holder].known || number[holder] == done:
				case number[holder] == 0:
					enter(holder)
				default:
					lowest[slot] = min(lowest[slot], number[holder])
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				above := path[len(path)-1].slot
				lowest[above] = min(lowest[above], lowest[slot])
			}
			if lowest[slot] != number[slot] {
				continue
			}
			first := len(open) - 1
			for open[first] != slot {
				first--
			}
			loop := open[first:]
			for _, member := range loop {
				number[member] = done
			}
			reverse(loop)
			solve(loop)
			open = open[:first]
		}
	}
}

func reverse(slots []int32) {
	for i, j := 0, len(slots)-1; i < j; i, j = i+1, j-1 {
		slots[i], slots[j] = slots[j], slots[i]
	}
}
