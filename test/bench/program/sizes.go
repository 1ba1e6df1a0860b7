package program

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Sizes is a flag with numbers in ascending order, with commas between them.
type Sizes []int

var errNotAscending = errors.New("expected numbers in ascending order")

// Set implements flag.Value.
func (s *Sizes) Set(text string) error {
	var sizes Sizes
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 || len(sizes) > 0 && n <= sizes[len(sizes)-1] {
			return errNotAscending
		}
		sizes = append(sizes, n)
	}
	*s = sizes
	return nil
}

// String implements flag.Value.
func (s *Sizes) String() string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint([]int(*s)), "[]"), " ", ",")
}
