package call

import (
	"errors"
	"strings"
)

// modelWord is what stands in a pattern where the name of the model is.
const modelWord = "{model}"

// PathPattern is a pattern of paths that has {model} in one segment.
type PathPattern struct{ segments []string }

var errPattern = errors.New("must begin with /, have {model} once, and ** only at the end")

// ParsePath reads a pattern: * is one segment, ** at the end all that follows.
func ParsePath(s string) (*PathPattern, error) {
	rest, ok := strings.CutPrefix(s, "/")
	if !ok || strings.Count(s, modelWord) != 1 || !canonical(strings.Replace(s, modelWord, "m", 1)) {
		return nil, errPattern
	}
	p := &PathPattern{segments: strings.Split(rest, "/")}
	for i, segment := range p.segments {
		if strings.Contains(segment, "**") && (segment != "**" || i < len(p.segments)-1) {
			return nil, errPattern
		}
	}
	return p, nil
}

// model reads the name out of a path. One that could be taken for another path, by
// anybody who decodes or cleans it, has none.
func (p *PathPattern) model(path string) (string, bool) {
	path, _, _ = strings.Cut(path, "?")
	rest, ok := strings.CutPrefix(path, "/")
	if !ok || !canonical(path) {
		return "", false
	}
	name := ""
	for i, segment := range p.segments {
		if segment == "**" {
			return name, name != ""
		}
		if i > 0 && rest == "" {
			return "", false
		}
		var one string
		one, rest, _ = strings.Cut(rest, "/")
		if before, after, has := strings.Cut(segment, modelWord); has {
			if len(one) <= len(before)+len(after) || !strings.HasPrefix(one, before) || !strings.HasSuffix(one, after) {
				return "", false
			}
			name = one[len(before) : len(one)-len(after)]
			continue
		}
		if segment != "*" && segment != one || one == "" {
			return "", false
		}
	}
	return name, rest == "" && name != ""
}

// canonical says whether a path means the same to everybody: without escapes,
// backslashes, parameters, empty segments, and segments that end in a dot.
func canonical(path string) bool {
	if strings.ContainsAny(path, "%\\;#") || strings.Contains(path, "//") {
		return false
	}
	for i := range len(path) {
		if path[i] <= ' ' || path[i] >= 0x7f {
			return false
		}
	}
	return !strings.Contains(path, "./") && !strings.HasSuffix(path, ".")
}
