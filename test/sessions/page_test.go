package sessions

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the repository, from this folder.
var root = filepath.Join("..", "..")

// step is a command and what it says.
type step struct{ command, says string }

var console = regexp.MustCompile("(?s)```console\n(.*?)```")

// page reads a page of the documentation.
func page(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// parse reads the steps of a session. A command goes on after a backslash.
func parse(session string) (steps []step) {
	goesOn := false
	for line := range strings.Lines(session) {
		switch last := len(steps) - 1; {
		case goesOn:
			steps[last].command += "\n" + strings.TrimSuffix(line, "\n")
		case strings.HasPrefix(line, "$ "):
			steps = append(steps, step{command: strings.TrimSpace(line[2:])})
		case last >= 0:
			steps[last].says += line
		}
		goesOn = (goesOn || strings.HasPrefix(line, "$ ")) && strings.HasSuffix(line, "\\\n")
	}
	return steps
}

// text is the reverse of parse.
func text(steps []step) string {
	var b strings.Builder
	for _, s := range steps {
		b.WriteString("$ " + s.command + "\n" + s.says)
	}
	return b.String()
}

// What differs each time.
var differing = []struct {
	what *regexp.Regexp
	by   string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`), "TIME"},
	{regexp.MustCompile(`(?m)\b\d+m?s$`), "AGE"},
	{regexp.MustCompile(`-[a-f0-9]{8,10}-[a-z0-9]{5}\b`), "-RANDOM"},
	{regexp.MustCompile(`(?m)^Waiting for .*\n`), ""}, // how long it takes differs, too
}

// same is a text without what differs each time.
func same(text string) string {
	for _, d := range differing {
		text = d.what.ReplaceAllString(text, d.by)
	}
	return strings.TrimSpace(text)
}

func TestSessionsAreRead(t *testing.T) {
	const session = "$ a \\\n    b\nsaid\n$ c\n$ d\nmore\n\nand more\n"
	want := []step{{"a \\\n    b", "said\n"}, {"c", ""}, {"d", "more\n\nand more\n"}}
	got := parse(session)
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("%q is read as %q", session, got)
	}
	if again := text(got); again != session {
		t.Errorf("it is printed as %q", again)
	}
}

func TestWhatDiffersEachTimeIsLeftOut(t *testing.T) {
	const (
		one   = "a-fdfc7c4fd-92ph2 1/1 4s\nWaiting for it\nas of 2026-11-30T10:39:38Z\n"
		other = "a-5d5b7c4fd4-x2abc 1/1 17s\nas of 2027-01-01T00:00:00Z"
	)
	if same(one) != same(other) {
		t.Errorf("%q and %q", same(one), same(other))
	}
	if same("3 tenants") == same("4 tenants") {
		t.Error("numbers may not differ")
	}
}
