package mirror

import (
	"strings"
)

// maxText is how long a text of names is, in characters. The API server takes 100,000
// for an expression; a shorter one is searched faster, and a longer one saves
// comparisons.
const maxText = 12_000

// textsEach is how many texts one variable has: the API server prepares each variable for
// each request. Names of one letter make the longest expressions.
const textsEach = 5

// index finds names in texts of them, by a binary tree of comparisons to the one text
// that can have it: that compiles three to ten times faster than a list.
type index struct {
	first []string // name in each text
	texts []string
}

// indexOf makes an index of sorted names.
func indexOf(names []string) index {
	var x index
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			x.texts = append(x.texts, text.String()+"\n")
			text.Reset()
		}
	}
	for _, name := range names {
		if text.Len() > 0 && text.Len()+len(name)+2 > maxText {
			flush()
		}
		if text.Len() == 0 {
			x.first = append(x.first, name)
		}
		text.WriteString("\n" + name)
	}
	flush()
	return x
}

// has is an expression that says whether a name is in the index, if the texts are where
// text says.
func (x index) has(name string, text func(int) string) string {
	if len(x.texts) == 0 {
		return "false"
	}
	return "(" + x.tree(name, text, 0, len(x.texts)) + ").contains('\\n' + " + name + " + '\\n')"
}

func (x index) tree(name string, text func(int) string, from, to int) string {
	if to-from == 1 {
		return text(from)
	}
	middle := (from + to) / 2
	return name + " < " + quote(x.first[middle]) +
		" ? (" + x.tree(name, text, from, middle) + ") : (" + x.tree(name, text, middle, to) + ")"
}
