// Package explain renders decisions.
package explain

import (
	"io"

	"github.com/domicile-dev/domicile/internal/residency"
)

// Sentence says in one human sentence why the decision is what it is.
func Sentence(d residency.Decision) string { panic("stub") }

// Path gives the lines of the ownership path, shortest first.
func Path(d residency.Decision) []string { panic("stub") }

// Command is the command that explains more, or "".
func Command(d residency.Decision) string { panic("stub") }

// Text writes the whole tree for a terminal.
func Text(w io.Writer, d []residency.Decision) error { panic("stub") }

// JSON writes the whole tree as JSON.
func JSON(w io.Writer, d []residency.Decision) error { panic("stub") }
