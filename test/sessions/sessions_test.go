package sessions

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/printed"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

var update = flag.Bool("update", false, "write into the pages what is said today")

const (
	// startTimeout is how long the cluster may take to start on a busy machine.
	startTimeout = 5 * time.Minute
	// patience is how long a session waits until what is printed is said.
	patience = time.Minute
)

// root is the repository, from this folder.
var root = filepath.Join("..", "..")

// setting is where sessions run.
type setting struct {
	folder string   // where they run
	env    []string // of their shells
}

// place makes a folder in which sessions run, with kubectl and its plugin in PATH.
func place(t *testing.T, kubeconfig string) *setting {
	t.Helper()
	bin := filepath.Join(root, "bin")
	s := &setting{folder: t.TempDir()}
	path, err := printed.Programs(filepath.Join(s.folder, ".bin"), map[string]string{
		"kubectl": filepath.Join(bin, "controlplane"), "kubectl-domicile": filepath.Join(bin, "kubectl-domicile"),
	})
	if err != nil {
		t.Fatalf("%v: run `make build controlplane`", err)
	}
	s.env = append(os.Environ(), path, "KUBECONFIG="+kubeconfig, "HOME="+s.folder)
	return s
}

// copy puts a file or a folder of the repository where sessions find it.
func (s *setting) copy(t *testing.T, from, to string) {
	t.Helper()
	from, to = filepath.Join(root, from), filepath.Join(s.folder, to)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(from)
	if err == nil && info.IsDir() {
		err = os.CopyFS(to, os.DirFS(from))
	} else if err == nil {
		var text []byte
		if text, err = os.ReadFile(from); err == nil {
			err = os.WriteFile(to, text, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// say is what a command says.
func (s *setting) say(ctx context.Context, command string) string {
	cmd := exec.CommandContext(ctx, "bash", "-c", command)
	cmd.Dir, cmd.Env = s.folder, s.env
	said, _ := cmd.CombinedOutput() // an exit code is not printed
	return string(said)
}

// What only asks may be asked again, until it says what is printed.
var asks = regexp.MustCompile(`^kubectl (get|wait|domicile|-n [a-z-]+ rollout status) ?`)

const denied = "denied the request"

// perform takes a step. Pages are read more slowly than this runs: what a change needs to
// be known of is waited for.
func (s *setting) perform(ctx context.Context, p printed.Step) (said string) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if asks.MatchString(p.Command) {
		cluster.Poll(ctx, p.Command, func(ctx context.Context) (bool, error) { //nolint:errcheck // what was said last is compared
			if now := s.say(ctx, p.Command); ctx.Err() == nil {
				said = now
			}
			return printed.Same(said) == printed.Same(p.Says), nil
		})
		return said
	}
	if strings.HasPrefix(p.Command, "kubectl ") {
		cluster.Poll(ctx, p.Command, func(ctx context.Context) (bool, error) { //nolint:errcheck // it is done all the same
			would := s.say(ctx, p.Command+" --dry-run=server")
			return strings.Contains(would, denied) == strings.Contains(p.Says, denied), nil
		})
	}
	return s.say(context.WithoutCancel(ctx), p.Command)
}

// hold runs the sessions of a page that are not left out, and compares, or updates the page.
func (s *setting) hold(t *testing.T, path string, left *regexp.Regexp) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	text, ran := string(page), 0
	updated := printed.EachSession(text, func(session string) string {
		if left.MatchString(session) {
			return session
		}
		steps := printed.Steps(session)
		for i := range steps {
			ran++
			said := s.perform(t.Context(), steps[i])
			if diff := cmp.Diff(printed.Same(steps[i].Says), printed.Same(said)); diff != "" {
				if !*update {
					t.Errorf("%s: $ %s (-printed +said; go test ./test/sessions -update writes it):\n%s", path, steps[i].Command, diff)
				}
				steps[i].Says = said
			}
		}
		return printed.Session(steps)
	})
	if ran == 0 {
		t.Errorf("%s has no session: is it written in another form?", path)
	}
	if *update && updated != text {
		if err := os.WriteFile(filepath.Join(root, path), []byte(updated), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestQuickstart runs the quickstart word for word, but for making the cluster: kind is
// not everywhere. What docs/gitops.md asks a cluster follows in the same one.
func TestQuickstart(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	c := suite.Quickstart(ctx, t)
	s := place(t, c.Kubeconfig())
	s.copy(t, "config/samples", "config/samples")
	s.hold(t, "docs/quickstart.md", regexp.MustCompile(`(?m)^\$ (kind|make|helm|export) `))

	for _, part := range []string{"policies", "tenants", "apps"} {
		s.copy(t, "test/sessions/testdata/gitops/"+part, part)
	}
	s.hold(t, "docs/gitops.md", regexp.MustCompile(`(?m)^\$ kubectl (apply|annotate) `))
}

// TestWithoutACluster runs what needs none.
func TestWithoutACluster(t *testing.T) {
	for path, p := range map[string]struct {
		files map[string]string // by where they are
		left  string
	}{
		"docs/impact.md": {map[string]string{
			"policy.yaml": "test/sessions/testdata/impact/policy.yaml", "deploy/entities.yaml": "config/samples/entities.yaml",
			"deploy/tenants.yaml": "config/samples/tenants.yaml", "deploy/namespaces.yaml": "config/samples/namespaces.yaml",
			"deploy/refused.yaml": "config/samples/refused.yaml", "deploy/workload.yaml": "config/samples/workload.yaml",
		}, `kubectl get|-o json`},
		"docs/testing.md": {map[string]string{"policies": "test/sessions/testdata/testing/policies", "tests": "test/sessions/testdata/testing/tests"}, `^$`},
	} {
		t.Run(path, func(t *testing.T) {
			s := place(t, os.DevNull)
			for to, from := range p.files {
				s.copy(t, from, to)
			}
			s.hold(t, path, regexp.MustCompile(p.left))
		})
	}
}

// TestThePrintedCaseIsTheOneThatFails: the session and the case of docs/testing.md belong
// together.
func TestThePrintedCaseIsTheOneThatFails(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("testdata", "testing", "tests", "purchase.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	code, err := printed.Code(filepath.Join(root, "docs", "testing.md"), "## A case", "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(file), code); diff != "" {
		t.Errorf("purchase.txtar is not what docs/testing.md prints (-file +page):\n%s", diff)
	}
}
