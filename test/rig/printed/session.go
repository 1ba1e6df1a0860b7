package printed

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Step is a command of a session, and what it says.
type Step struct{ Command, Says string }

var console = regexp.MustCompile("(?ms)^( *)```console\n(.*?)^ *```$")

// EachSession calls replace for each session of a text, also those in lists. It returns the
// text with what that returns in their places.
func EachSession(text string, replace func(session string) string) string {
	return console.ReplaceAllStringFunc(text, func(block string) string {
		parts := console.FindStringSubmatch(block)
		indent := parts[1]
		var b strings.Builder
		for line := range strings.Lines("```console\n" + replace(outdent(parts[2], indent)) + "```") {
			if line != "\n" {
				b.WriteString(indent)
			}
			b.WriteString(line)
		}
		return b.String()
	})
}

// Steps are those of a session. A command goes on after a backslash, and until its quotes are
// closed.
func Steps(session string) (steps []Step) {
	goesOn := false
	for line := range strings.Lines(session) {
		last := len(steps) - 1
		switch {
		case goesOn:
			steps[last].Command += "\n" + strings.TrimSuffix(line, "\n")
		case strings.HasPrefix(line, "$ "):
			steps = append(steps, Step{Command: strings.TrimSpace(line[2:])})
			last++
		case last >= 0:
			steps[last].Says += line
			continue
		default:
			continue // nobody says that
		}
		command := steps[last].Command
		goesOn = strings.HasSuffix(command, `\`) || strings.Count(command, "'")%2 == 1
	}
	return steps
}

// Session is the reverse of Steps.
func Session(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		b.WriteString("$ " + s.Command + "\n" + s.Says)
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
	{regexp.MustCompile(`\b[A-Z2-7]{5}(-[A-Z2-7]{5}){3}\b`), "REFERENCE"},
	{regexp.MustCompile(`(?m)^Waiting for .*\n`), ""}, // how long it takes differs, too
}

// Same is what a step says without what differs each time.
func Same(says string) string {
	for _, d := range differing {
		says = d.what.ReplaceAllString(says, d.by)
	}
	return strings.TrimSpace(says)
}

// Programs makes a folder in which programs have the names that pages call them by, and
// returns PATH with it.
func Programs(folder string, programs map[string]string) (path string, err error) {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return "", err
	}
	for name, program := range programs {
		program, err := filepath.Abs(program)
		if err != nil {
			return "", err
		}
		if _, err := os.Stat(program); err != nil {
			return "", err
		}
		if err := os.Symlink(program, filepath.Join(folder, name)); err != nil {
			return "", err
		}
	}
	return "PATH=" + folder + string(os.PathListSeparator) + os.Getenv("PATH"), nil
}
