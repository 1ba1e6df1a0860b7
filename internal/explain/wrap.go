package explain

import "strings"

// labelWidth is how wide the labels of Mermaid and DOT are, in characters.
const labelWidth = 30

// Wrap breaks a text into lines of at most width by the measure: between
// words, or inside of one that is longer by itself. Where there are more lines
// than the limit, the last one ends with an ellipsis.
func Wrap(text string, width float64, limit int, measure func(string) float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		for _, part := range split(word, width, measure) {
			joined := part
			if line != "" {
				joined = line + " " + part
			}
			switch {
			case measure(joined) <= width:
				line = joined
			case line == "":
				line = part
			default:
				lines = append(lines, line)
				line = part
			}
		}
		if len(lines) > limit {
			break
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	if len(lines) <= limit {
		return lines
	}
	lines = lines[:limit]
	last := []rune(lines[limit-1])
	for len(last) > 1 && measure(string(last)+"…") > width {
		last = last[:len(last)-1]
	}
	lines[limit-1] = strings.TrimRight(string(last), " ") + "…"
	return lines
}

// split breaks a word that is wider than a line.
func split(word string, width float64, measure func(string) float64) []string {
	if measure(word) <= width {
		return []string{word}
	}
	var parts []string
	part := ""
	for _, r := range word {
		if part != "" && measure(part+string(r)) > width {
			parts = append(parts, part)
			part = ""
		}
		part += string(r)
	}
	return append(parts, part)
}

// wrapLabel wraps for labels whose font nobody knows.
func wrapLabel(text string, limit int) []string { return Wrap(text, labelWidth, limit, columns) }

// columns is how wide a text is in characters. Those of East Asia count twice.
func columns(s string) float64 {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return float64(n)
}
