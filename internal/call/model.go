package call

import "strings"

// Model says where requests name the model that they are for.
type Model struct {
	// Exactly one of these is set. Pointer has the unescaped segments of a JSON
	// pointer, Path those of a pattern.
	Pointer []string
	Path    *PathPattern
	Header  string // in lower case

	// MaxBody is how many bytes of a body are read.
	MaxBody int
	// Aliases are other names, and Known patterns of all names that are served, both
	// in lower case. An empty Known knows every name.
	Aliases map[string]string
	Known   []string
}

// MaxModelName bounds the name of a model, in bytes.
const MaxModelName = 256

// IsName says whether a text can be the name of a model. Whatever could look like
// another name, such as white space or letters of other alphabets, cannot.
func IsName[T string | []byte](s T) bool { return isNameOr(s, "") }

// IsPattern says whether a text is the name of a model in which * may stand.
func IsPattern(s string) bool { return isNameOr(s, "*") }

func isNameOr[T string | []byte](s T, more string) bool {
	if len(s) == 0 || len(s) > MaxModelName {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && strings.IndexByte("-._:/@+", c) < 0 && strings.IndexByte(more, c) < 0 {
			return false
		}
	}
	return true
}

// Names are those that a request for a model is about, in lower case: the name that
// it has and, for an alias, what that stands for. None says that the model is not
// known, so that the request counts as one for every model.
func (m *Model) Names(name string) []string {
	if m == nil || !IsName(name) {
		return nil
	}
	name = strings.ToLower(name)
	if target, ok := m.Aliases[name]; ok {
		return []string{name, target}
	}
	if len(m.Known) > 0 && !Matches(m.Known, name) {
		return nil
	}
	return []string{name}
}

// Matches says whether a name matches any of some patterns, in which * stands for any
// text, also none. All are in lower case.
func Matches(patterns []string, name string) bool {
	for _, p := range patterns {
		if matches(p, name) {
			return true
		}
	}
	return false
}

// matches goes back only to the last *, so that it takes at most the product of the
// two lengths.
func matches(pattern, name string) bool {
	p, n, star, from := 0, 0, -1, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, n
			p++
		case p < len(pattern) && pattern[p] == name[n]:
			p++
			n++
		case star >= 0:
			from++
			p, n = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// Read appends the name of the model that a request has, as it stands there. It is false
// if there is none, or none that is certain.
func (m *Model) Read(r *Request, into []byte) (name []byte, ok bool) {
	switch {
	case m == nil:
		return into, false
	case m.Header != "":
		value, n := r.Headers.Get(m.Header)
		return append(into, value...), n == 1 && value != ""
	case m.Path != nil:
		value, ok := m.Path.model(r.Path)
		return append(into, value...), ok
	default:
		return m.inBody(r, into)
	}
}
