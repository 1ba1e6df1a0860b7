// Package printed reads what pages of the documentation print: code, and sessions in a
// terminal. Tests and the demo run it, so that pages stay true.
package printed

import (
	"fmt"
	"os"
	"strings"
)

// Section is what is below a heading of a page.
func Section(page, heading string) (string, error) {
	text, err := os.ReadFile(page)
	if err != nil {
		return "", err
	}
	_, below, ok := strings.Cut(string(text), "\n"+heading+"\n")
	if !ok {
		return "", fmt.Errorf("%s has no %q", page, heading)
	}
	below, _, _ = strings.Cut(below, "\n##")
	return below, nil
}

// Code is the first block of code in a language in a section. A block in a list is
// indented there.
func Code(page, heading, language string) (string, error) {
	below, err := Section(page, heading)
	if err != nil {
		return "", err
	}
	before, code, ok := strings.Cut(below, "```"+language+"\n")
	if !ok {
		return "", fmt.Errorf("%s has no %s below %q", page, language, heading)
	}
	code, _, _ = strings.Cut(code, "```\n")
	return outdent(code, before[strings.LastIndex(before, "\n")+1:]), nil
}

// outdent takes an indent away from each line that has it.
func outdent(text, indent string) string {
	return strings.ReplaceAll("\n"+text, "\n"+indent, "\n")[1:]
}
