package manifest

import (
	"fmt"
	"strconv"
	"strings"
)

// Position is a place in a file. Line and Column count from 1; a Line of 0 is
// the file as a whole.
type Position struct {
	File         string
	Line, Column int
}

// String is FILE:LINE, or FILE alone.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line)
}

// Error is something wrong at a place.
type Error struct {
	Position Position
	Err      error
}

// Error is FILE:LINE: what is wrong.
func (e *Error) Error() string { return e.Position.String() + ": " + e.Err.Error() }

// Unwrap is what is wrong.
func (e *Error) Unwrap() error { return e.Err }

func errorAt(p Position, format string, args ...any) *Error {
	return &Error{Position: p, Err: fmt.Errorf(format, args...)}
}

// node is where a value stands: the key of a field, or an item of a list. What
// a YAML alias stands for is one node in several places.
type node struct {
	line, column int
	fields       map[string]*node // of a map, else nil
	items        []*node          // of a list, else nil
	// merged says that a YAML merge key adds to the fields.
	merged bool
	// text is a value as it is written, if it is written without quotes.
	text string
}

func (n *node) position(file string) Position {
	return Position{File: file, Line: n.line, Column: n.column}
}

// find follows a path as far as it leads.
func (n *node) find(path string) *node {
	for path != "" {
		_, child, rest := n.step(path)
		if child == nil {
			return n
		}
		n, path = child, rest
	}
	return n
}

// step takes the longest key that begins the path, since keys may have dots.
func (n *node) step(path string) (key string, child *node, rest string) {
	if inner, bracketed := strings.CutPrefix(path, "["); bracketed {
		key, rest, found := strings.Cut(inner, "]")
		if !found {
			return "", nil, ""
		}
		return key, n.child(key), strings.TrimPrefix(rest, ".")
	}
	for end := len(path); end > 0; end = strings.LastIndexAny(path[:end], ".[") {
		if child := n.fields[path[:end]]; child != nil {
			return path[:end], child, strings.TrimPrefix(path[end:], ".")
		}
	}
	return "", nil, ""
}

func (n *node) child(key string) *node {
	if child := n.fields[key]; child != nil {
		return child
	}
	if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(n.items) {
		return n.items[i]
	}
	return nil
}
