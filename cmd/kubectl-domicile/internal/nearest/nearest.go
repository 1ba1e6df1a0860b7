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

// distance is how many bytes must be inserted, removed or replaced to turn one
// name into the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
