// Package nearest finds the names that somebody may have meant.
package nearest

import (
	"slices"
	"strings"
)

// Names returns the few of the names that are known which are a slip of the pen
// away, the nearest first.
func Names(name string, known []string) []string {
	const most = 3
	type candidate struct {
		name     string
		distance int
	}
	var near []candidate
	for _, k := range known {
		limit := max(1, min(len(name), len(k))/3)
		d := distance(name, k)
		if d > limit && len(name) >= 3 && strings.Contains(k, name) {
			d = limit
		}
		if d <= limit {
			near = append(near, candidate{k, d})
		}
	}
	slices.SortFunc(near, func(a, b candidate) int {
		if a.distance != b.distance {
			return a.distance - b.distance
		}
		return strings.Compare(a.name, b.name)
	})
	names := make([]string, 0, most)
	for _, c := range near[:min(most, len(near))] {
		names = append(names, c.name)
	}
	return names
}

// distance is how many bytes must be inserted, removed, replaced or swapped with
// the next to turn one name into the other.
func distance(a, b string) int {
	var before, last []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			replaced := last[j]
			if a[i] != b[j] {
				replaced++
			}
			row[j+1] = min(replaced, row[j]+1, last[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
