package docs

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// root is the root of the repository, from this folder.
var root = filepath.Join("..", "..")

var link = regexp.MustCompile(`\]\(([^)#]*)(#[^)]*)?\)`)

func TestLinksLeadToFiles(t *testing.T) {
	for _, page := range append(documents(t), "CHANGELOG.md") {
		for _, match := range link.FindAllStringSubmatch(read(t, page), -1) {
			target := match[1]
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(page), target)); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
}

var (
	quoted      = regexp.MustCompile("`([^` ]+)`")
	testDeclare = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	kebab       = regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`)
	snake       = regexp.MustCompile(`^[a-z]+(_[a-z]+)+$`)
)

// TestThreatModelNamesTestsThatExist: a claim without a test that shows it is
// no more than a hope.
func TestThreatModelNamesTestsThatExist(t *testing.T) {
	declared := declaredTests(t)
	named := 0
	for line := range strings.Lines(read(t, "docs/threat-model.md")) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 {
			continue
		}
		for _, match := range quoted.FindAllStringSubmatch(cells[3], -1) {
			named++
			name, at := match[1], ""
			switch {
			case strings.HasPrefix(name, "Test"):
				if !declared[name] {
					t.Errorf("no test is called %s", name)
				}
				continue
			case kebab.MatchString(name):
				at = filepath.Join("test", "decisions", name+".txtar")
			case snake.MatchString(name):
				at = filepath.Join("test", "api", "testdata", name+".txtar")
			}
			if _, err := os.Stat(filepath.Join(root, at)); at == "" || err != nil {
				t.Errorf("nothing is called %s: %v", name, err)
			}
		}
	}
	if named < 30 {
		t.Errorf("the threat model names %d tests: has its table another form?", named)
	}
}

func declaredTests(t *testing.T) map[string]bool {
	t.Helper()
	declared := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "bin"}, d.Name()):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, match := range testDeclare.FindAllSubmatch(text, -1) {
			declared[string(match[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return declared
}

var makeCommand = regexp.MustCompile("(?:^\\$ |`)make ([a-z0-9/-]+)")

func TestMakeTargetsExist(t *testing.T) {
	makefile := read(t, "Makefile")
	for _, page := range append(documents(t), "CHANGELOG.md") {
		for line := range strings.Lines(read(t, page)) {
			for _, match := range makeCommand.FindAllStringSubmatch(line, -1) {
				if !strings.Contains(makefile, "\n"+match[1]+":") {
					t.Errorf("%s: there is no `make %s`", page, match[1])
				}
			}
		}
	}
}

var (
	flagRow  = regexp.MustCompile("(?m)^\\| `--([a-z-]+)`")
	flagCode = regexp.MustCompile(`\w+Var\(&o\.\w+, "([a-z-]+)"`)
)

func TestFlagsExist(t *testing.T) {
	operations := read(t, "docs/operations.md")
	code := read(t, "internal/manager/options.go") + read(t, "internal/manager/options_shared.go")
	described := map[string]bool{"version": true}
	for _, match := range flagRow.FindAllStringSubmatch(operations, -1) {
		described[match[1]] = true
		if !strings.Contains(code, `"`+match[1]+`"`) && !strings.HasPrefix(match[1], "zap-") {
			t.Errorf("the manager has no flag --%s", match[1])
		}
	}
	flags := flagCode.FindAllStringSubmatch(code, -1)
	for _, match := range flags {
		if !described[match[1]] {
			t.Errorf("docs/operations.md does not describe the flag --%s", match[1])
		}
	}
	if len(flags) == 0 || len(described) == 0 {
		t.Error("no flags in internal/manager/options.go, or none in docs/operations.md: are they written in another form?")
	}
}

// TestREADMEShowsTheSample: the policy in ten lines is one that test/api tests.
func TestREADMEShowsTheSample(t *testing.T) {
	_, spec, found := strings.Cut(read(t, "config/samples/policy.yaml"), "\napiVersion:")
	if !found {
		t.Fatal("the sample is no manifest with a comment before it")
	}
	policy := "apiVersion:" + spec
	if lines := strings.Count(policy, "\n"); lines > 10 {
		t.Errorf("the policy in ten lines has %d", lines)
	}
	if !strings.Contains(read(t, "README.md"), policy) {
		t.Error("README.md does not show config/samples/policy.yaml as it is")
	}
}

// TestREADMEShowsWhatIsSaid: the refusal and its explanation are what the samples
// get today.
func TestREADMEShowsWhatIsSaid(t *testing.T) {
	plugin, err := filepath.Abs(filepath.Join(root, "bin", "kubectl-domicile"))
	if err != nil {
		t.Fatal(err)
	}
	explain := exec.CommandContext(t.Context(), plugin, "explain", "tenant/lantern", "--policy", "no-restricted-owners",
		"-f", "policy.yaml", "-f", "entities.yaml", "-f", "tenants.yaml")
	explain.Dir = filepath.Join(root, "config", "samples")
	said, err := explain.Output()
	if err != nil {
		t.Fatalf("%v: run `make build`", err)
	}
	readme := read(t, "README.md")
	if !strings.Contains(readme, string(said)) {
		t.Errorf("README.md does not show what explain says:\n%s", said)
	}
	sentence := strings.Split(string(said), "\n")[1]
	if !strings.Contains(readme, "denied the request: policy no-restricted-owners does not admit tenant lantern: "+sentence) {
		t.Errorf("README.md does not show the refusal: %s", sentence)
	}
}

func read(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
