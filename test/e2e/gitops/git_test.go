package gitops

import (
	"context"
	"fmt"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gitServer serves Git repositories over HTTP, by Git's own program for that.
type gitServer struct {
	folder string // with the repositories
	server *httptest.Server
}

func serveGit(ctx context.Context, folder string) (*gitServer, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	programs, err := exec.CommandContext(ctx, "git", "--exec-path").Output()
	if err != nil {
		return nil, fmt.Errorf("ask git where its programs are: %w", err)
	}
	backend := filepath.Join(strings.TrimSpace(string(programs)), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		return nil, fmt.Errorf("git cannot serve here: %w", err)
	}
	environment := append([]string{"GIT_PROJECT_ROOT=" + folder, "GIT_HTTP_EXPORT_ALL=1"}, plainGit...)
	return &gitServer{folder, httptest.NewServer(&cgi.Handler{Path: backend, Env: environment})}, nil
}

func (g *gitServer) close() {
	if g != nil {
		g.server.Close()
	}
}

// plainGit is an environment without anybody's own configuration of Git.
var plainGit = []string{"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1"}

// repository is a Git repository: url serves what is committed in folder.
type repository struct{ name, folder, url string }

// repository makes one with these files.
func (w *world) repository(t *testing.T, name string, files map[string]string) *repository {
	t.Helper()
	r := &repository{name, t.TempDir(), w.git.server.URL + "/" + name + ".git"}
	r.git(t, "init", "--quiet", "--initial-branch=main", "--separate-git-dir="+filepath.Join(w.git.folder, name+".git"))
	r.commit(t, files)
	return r
}

// commit writes files.
func (r *repository) commit(t *testing.T, files map[string]string) {
	t.Helper()
	for path, text := range files {
		path = filepath.Join(r.folder, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r.git(t, "add", "--all")
	r.git(t, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message=Change")
}

// edit replaces text in a file that is there.
func (r *repository) edit(t *testing.T, path, from, to string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.folder, path))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), from) {
		t.Fatalf("%s has no %q", path, from)
	}
	r.commit(t, map[string]string{path: strings.ReplaceAll(string(text), from, to)})
}

// head is the newest commit.
func (r *repository) head(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(string(r.git(t, "rev-parse", "HEAD")))
}

// git is what git says in the repository.
func (r *repository) git(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = r.folder
	cmd.Env = append(os.Environ(), plainGit...)
	said, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %q: %v", args, err)
	}
	return said
}

// example is a file of examples/gitops for another tenant than harbour.
func example(t *testing.T, path, tenant string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "examples", "gitops", path))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "harbour", tenant)
}

const (
	tenantFile = "examples/gitops/tenants/harbour.yaml"
	appsFile   = "examples/gitops/apps/harbour.yaml"
)

// examples are the manifests of examples/gitops, for another tenant.
func examples(t *testing.T, tenant string) map[string]string {
	t.Helper()
	return map[string]string{
		tenantFile: example(t, "tenants/harbour.yaml", tenant),
		appsFile:   example(t, "apps/harbour.yaml", tenant),
	}
}

// restrict has the owner of the example's tenant move to KP, and clear back to FR.
func (r *repository) restrict(t *testing.T) {
	t.Helper()
	r.edit(t, tenantFile, "headquarters: FR", "headquarters: KP")
}

func (r *repository) clear(t *testing.T) {
	t.Helper()
	r.edit(t, tenantFile, "headquarters: KP", "headquarters: FR")
}
