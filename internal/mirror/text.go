package mirror

import (
	"strconv"
	"strings"
)

// quote is a text as a literal of CEL.
func quote(text string) string { return strconv.QuoteToASCII(text) }

// list is a list of texts as a literal of CEL.
func list(texts []string) string {
	quoted := make([]string, 0, len(texts))
	for _, text := range texts {
		quoted = append(quoted, quote(text))
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// or and and join expressions.
func or(expressions ...string) string  { return joined(" || ", "false", expressions) }
func and(expressions ...string) string { return joined(" && ", "true", expressions) }

func joined(by, none string, expressions []string) string {
	if len(expressions) == 0 {
		return none
	}
	return "(" + strings.Join(expressions, ")"+by+"(") + ")"
}

// choice is a chain of cases: the first of which the condition holds.
type choice struct{ when, then string }

func choose(cases []choice, otherwise string) string {
	var b strings.Builder
	for _, c := range cases {
		b.WriteString(c.when + " ? (" + c.then + ") : ")
	}
	return b.String() + otherwise
}

// at reads a path of fields that may be missing.
func at(base, path string) string {
	if path == "" {
		return base
	}
	return base + ".?" + strings.ReplaceAll(path, ".", ".?")
}
