package decisions

import (
	"bufio"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"golang.org/x/tools/txtar"
	"sigs.k8s.io/yaml"
)

//go:embed *.txtar
var files embed.FS

// DefaultAt is the instant of cases that don't set one.
var DefaultAt = time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC)

// Case is one file of the corpus.
type Case struct {
	// Name is the file's name without .txtar.
	Name string
	// Comment says why the case matters.
	Comment string
	// At is the instant of the decision.
	At time.Time
	// Input is the YAML stream of input.yaml as it stands in the file.
	Input []byte
	// Files are those of OwnershipRegisters.
	Files []txtar.File
	// Expected has one result per object of the input, in its order.
	Expected []Result
}

// Result is what must come out for one object, in the form of
// kubectl domicile check -o json.
type Result struct {
	Resource  Resource   `json:"resource"`
	Allowed   bool       `json:"allowed"`
	Decisions []Decision `json:"decisions"`
}

// Resource names an object.
type Resource struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
}

// Decision is what one policy says, or (policy "") a refusal that needs none.
// Message and Path are compared only where the case gives them.
type Decision struct {
	Policy  string   `json:"policy"`
	Tenant  string   `json:"tenant"`
	Verdict string   `json:"verdict"`
	Reason  string   `json:"reason"`
	Action  string   `json:"action"`
	Message string   `json:"message,omitempty"`
	Path    []string `json:"path,omitempty"`
	// Exemptions are those because of which something does not count.
	Exemptions []Exemption `json:"exemptions,omitempty"`
}

// Exemption is one that a decision names. All but Name are compared only where
// the case gives them.
type Exemption struct {
	Name      string `json:"name"`
	Tenant    string `json:"tenant,omitempty"`
	Reference string `json:"reference,omitempty"`
	ExpiresAt string `json:"expiresAt,omitempty"`
}

// Load reads the corpus, by name.
func Load() ([]Case, error) {
	names, err := fs.Glob(files, "*.txtar")
	if err != nil {
		return nil, fmt.Errorf("list the corpus: %w", err)
	}
	cases := make([]Case, 0, len(names))
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		c, err := parse(strings.TrimSuffix(path.Base(name), ".txtar"), data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		cases = append(cases, c)
	}
	return cases, nil
}

func parse(name string, data []byte) (Case, error) {
	archive := txtar.Parse(data)
	c := Case{Name: name, At: DefaultAt}
	if err := c.readComment(string(archive.Comment)); err != nil {
		return Case{}, err
	}
	var expected []byte
	for _, file := range archive.Files {
		switch file.Name {
		case "input.yaml":
			c.Input = file.Data
		case "expected.yaml":
			expected = file.Data
		default:
			c.Files = append(c.Files, file)
		}
	}
	if c.Comment == "" || c.Input == nil || expected == nil {
		return Case{}, fmt.Errorf("needs a comment, input.yaml and expected.yaml")
	}
	var out struct {
		Results []Result `json:"results"`
	}
	if err := yaml.UnmarshalStrict(expected, &out); err != nil {
		return Case{}, fmt.Errorf("expected.yaml: %w", err)
	}
	c.Expected = out.Results
	return c, nil
}

func (c *Case) readComment(text string) error {
	var prose []string
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		value, found := strings.CutPrefix(line, "at: ")
		if !found {
			prose = append(prose, line)
			continue
		}
		at, err := time.Parse(time.RFC3339, value)
		if err != nil {
			return fmt.Errorf("at: %w", err)
		}
		c.At = at
	}
	c.Comment = strings.TrimSpace(strings.Join(prose, "\n"))
	return lines.Err()
}
