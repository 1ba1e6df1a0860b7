package cluster

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/domicile-dev/domicile/internal/cut"
)

// How many lines of a log go into an error, and how long each may be.
const (
	tailErrors = 5
	tailLines  = 5
	lineLength = 500
)

// tail is what a log file says last, with the last errors before it: a process
// that waits for something often says only that it waits.
func tail(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer f.Close() //nolint:errcheck // it was only read
	var errs, last []string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), `,"stacktrace":`)
		line = cut.Text(line, lineLength)
		if strings.Contains(line, `"level":"error"`) {
			errs = keep(errs, line, tailErrors)
		} else {
			last = keep(last, line, tailLines)
		}
	}
	if err := lines.Err(); err != nil {
		last = append(last, err.Error())
	}
	return fmt.Sprintf("%s\n(%s)", strings.Join(append(errs, last...), "\n"), filepath.Base(path))
}

// keep appends a line and drops the first beyond n.
func keep(lines []string, line string, n int) []string {
	lines = append(lines, line)
	return lines[max(0, len(lines)-n):]
}
