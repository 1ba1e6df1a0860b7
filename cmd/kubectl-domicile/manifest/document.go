package manifest

import (
	"bytes"
	"unicode/utf8"
)

// document is one document of a file.
type document struct {
	file  string
	text  []byte
	first int // the line of the file on which it begins
	lines int // how many lines it has, at least 1
}

// at is a position in the file, given one in the document.
func (d document) at(line, column int) Position {
	return Position{File: d.file, Line: d.first + min(max(line, 1), d.lines) - 1, Column: max(column, 1)}
}

// split cuts a file at its lines of ---, as kubectl does.
func split(file string, text []byte) ([]document, *Error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		return nil, errorAt(invalidAt(file, text), "not UTF-8 text")
	}
	var documents []document
	current := document{file: file, first: 1}
	start, line := 0, 0
	for offset := 0; offset < len(text); {
		end := len(text)
		if i := bytes.IndexByte(text[offset:], '\n'); i >= 0 {
			end = offset + i + 1
		}
		line++
		if after, separator := bytes.CutPrefix(text[offset:end], []byte("---")); separator {
			after = bytes.TrimSpace(after)
			if len(after) > 0 && after[0] != '#' {
				return nil, errorAt(Position{File: file, Line: line, Column: 1}, "nothing but a comment may follow --- on its line")
			}
			current.text, current.lines = text[start:offset], max(1, line-current.first)
			documents = append(documents, current)
			current = document{file: file, first: line + 1}
			start = end
		}
		offset = end
	}
	current.text, current.lines = text[start:], max(1, line-current.first+1)
	return append(documents, current), nil
}

func invalidAt(file string, text []byte) Position {
	line, column := 1, 1
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size <= 1 {
			break
		}
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
		text = text[size:]
	}
	return Position{File: file, Line: line, Column: column}
}
