package register

import (
	"os"
	"strings"
	"testing"
)

// docs reads the table of docs/registers.md that stands after a comment, as the
// first cell of each row and the others.
func docs(t *testing.T, comment string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/registers.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(text), "<!-- "+comment+" -->\n")
	if !ok {
		t.Fatalf("docs/registers.md has no comment %q", comment)
	}
	table, _, _ := strings.Cut(strings.TrimLeft(after, "\n"), "\n\n")
	rows := map[string][]string{}
	for _, line := range strings.Split(table, "\n")[2:] {
		var cells []string
		for _, cell := range strings.Split(strings.Trim(line, "|"), "|") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		rows[cells[0]] = cells[1:]
	}
	return rows
}
