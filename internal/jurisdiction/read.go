package jurisdiction

import "strings"

// Reading is what a text that names a jurisdiction says, as publishers of data
// write it.
type Reading struct {
	// Codes are places that it certainly is, or lies in.
	Codes []Code
	// Understood says that Codes are all that it says. Otherwise it may be one of
	// Candidates; without any, any place at all.
	Understood bool
	Candidates []Code
}

// Read reads a jurisdiction as publishers of data write it. Unlike Parse, which
// is for policies, it is lenient about how a code or name is written, and strict
// about what it means: what may mean something else is not understood.
func Read(text string) Reading {
	tidy := strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(text), "_", "-"))
	if other, ok := european[tidy]; ok {
		tidy = other
	}
	c, err := Parse(tidy)
	if err != nil {
		return Reading{}
	}
	return Reading{Codes: []Code{c}, Understood: true}
}

// european has the codes that the European Union writes and ISO 3166 does not.
var european = map[string]string{"UK": "GB", "EL": "GR"}
