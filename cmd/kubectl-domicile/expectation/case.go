package expectation

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

// DefaultAt is the instant of cases that set none: a case says the same every
// day.
var DefaultAt = time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC)

// The names of files that mean something in a case.
const (
	inputFile    = "input.yaml"
	expectedFile = "expected.yaml"
)

// Case is one case.
type Case struct {
	// File is where the case stands, Name that without folder and .txtar.
	File, Name string
	// Comment says why the case matters.
	Comment string
	// At is the instant of the decision.
	At time.Time
	// Input is the YAML stream of input.yaml as it stands in the file, and
	// InputLine the line of the file on which it begins.
	Input     []byte
	InputLine int
	// Files are those of OwnershipRegisters, by the paths that these have.
	Files []txtar.File
	// Expected has one result for each object of the input, in its order.
	Expected []Result

	lines map[string]int // on which files begin
}

// Parse reads a case from a file. What is wrong with it is told with file and
// line.
func Parse(file string, text []byte) (Case, []*manifest.Error) {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	archive := txtar.Parse(text)
	c := Case{File: file, Name: strings.TrimSuffix(filepath.Base(file), ".txtar"), At: DefaultAt}
	errs := c.readLines(text)
	if err := c.readComment(string(archive.Comment)); err != nil {
		errs = append(errs, err)
	}
	var expected []byte
	for _, f := range archive.Files {
		switch f.Name {
		case inputFile:
			c.Input, c.InputLine = f.Data, c.lines[inputFile]
		case expectedFile:
			expected = f.Data
		default:
			if !filepath.IsLocal(f.Name) {
				errs = append(errs, c.wrong(c.lines[f.Name]-1, "%q is not a path below the folder of the case", f.Name))
			}
			c.Files = append(c.Files, f)
		}
	}
	for _, name := range []string{inputFile, expectedFile} {
		if c.lines[name] == 0 {
			errs = append(errs, c.wrong(0, "there is no %s in it: begin one with the line -- %s --", name, name))
		}
	}
	return c, append(errs, c.readExpected(expected)...)
}

// LineOf is where one of Files begins.
func (c *Case) LineOf(name string) int { return c.lines[name] }

func (c *Case) wrong(line int, format string, args ...any) *manifest.Error {
	return &manifest.Error{Position: manifest.Position{File: c.File, Line: line, Column: min(line, 1)}, Err: fmt.Errorf(format, args...)}
}

// readLines notes where files begin.
func (c *Case) readLines(text []byte) (errs []*manifest.Error) {
	c.lines = map[string]int{}
	line := 0
	for of := range bytes.Lines(text) {
		line++
		one := txtar.Parse(of)
		if len(one.Files) == 0 {
			continue
		}
		name := one.Files[0].Name
		if c.lines[name] > 0 {
			errs = append(errs, c.wrong(line, "%s is already on line %d", name, c.lines[name]-1))
			continue
		}
		c.lines[name] = line + 1
	}
	return errs
}

var atLine = regexp.MustCompile(`^(?i:at)\s*:\s*(.*)$`)

func (c *Case) readComment(text string) *manifest.Error {
	var prose []string
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		given := atLine.FindStringSubmatch(line)
		if given == nil {
			prose = append(prose, line)
			continue
		}
		at, err := time.Parse(time.RFC3339, given[1])
		if err != nil {
			return c.wrong(i+1, "at: %q is not an instant as in 2027-01-01T00:00:00Z (RFC 3339)", given[1])
		}
		c.At = at
	}
	if c.Comment = strings.TrimSpace(strings.Join(prose, "\n")); c.Comment == "" {
		return c.wrong(1, "say in a sentence at the beginning what the case is for")
	}
	return nil
}

func (c *Case) readExpected(text []byte) []*manifest.Error {
	if text == nil {
		return nil
	}
	var out struct {
		Results []Result `yaml:"results"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	err := decoder.Decode(&out)
	c.Expected = out.Results
	var several *yaml.TypeError
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case errors.As(err, &several):
		var errs []*manifest.Error
		for _, one := range several.Errors {
			errs = append(errs, c.expectedError(one))
		}
		return errs
	case err != nil:
		return []*manifest.Error{c.expectedError(strings.TrimPrefix(err.Error(), "yaml: "))}
	default:
		return nil
	}
}

var (
	yamlLine  = regexp.MustCompile(`^line (\d+): (.*)$`)
	yamlField = regexp.MustCompile(`^field (.*) not found in type .*$`)
	yamlType  = regexp.MustCompile(`^cannot unmarshal \S+ (.*)into (.*)$`)
)

// expectedError says what the library says, in the words of users.
func (c *Case) expectedError(text string) *manifest.Error {
	line := 0
	if match := yamlLine.FindStringSubmatch(text); match != nil {
		line, _ = strconv.Atoi(match[1])
		text = match[2]
	}
	if match := yamlField.FindStringSubmatch(text); match != nil {
		text = fmt.Sprintf("unknown field %q", match[1])
	} else if match := yamlType.FindStringSubmatch(text); match != nil {
		text = cmp.Or(match[1], "it ") + "is not " + whatBelongs(match[2])
	}
	return c.wrong(c.lines[expectedFile]+max(line-1, 0), "%s: %s", expectedFile, text)
}

// whatBelongs says in words what a Go type stands for.
func whatBelongs(typ string) string {
	switch {
	case typ == "bool":
		return "true or false"
	case typ == "string":
		return "text"
	case strings.HasPrefix(typ, "[]"):
		return "a list"
	default:
		return "a map"
	}
}
