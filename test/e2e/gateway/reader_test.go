package gateway

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/proxies"
)

// TestThePageLeadsToARefusedRequest takes the steps of docs/gateway.md, in a folder that has
// nothing but a checkout, with a cluster as the quickstart makes it.
func TestThePageLeadsToARefusedRequest(t *testing.T) {
	ctx := within(t)
	c, err := cluster.Start(ctx, cluster.Options{Nodes: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := c.InstallChart(ctx, systemNamespace); err != nil {
		t.Fatal(err)
	}
	if _, err := c.RunManager(ctx, systemNamespace, "domicile"); err != nil {
		t.Fatal(err)
	}
	samples, err := filepath.Abs(filepath.Join(root, "config", "samples"))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := c.Kubectl(ctx, "", "apply", "-k", samples); err != nil || r.Code != 0 {
		t.Fatal(err, r.Stderr)
	}
	text, err := proxies.Section(root, "## From nothing to a refused request")
	if err != nil {
		t.Fatal(err)
	}
	sh := newShell(t, c)
	steps := stepsIn(text)
	if len(steps) < 20 {
		t.Fatalf("only %d steps", len(steps))
	}
	for _, s := range steps {
		switch {
		case strings.HasPrefix(s.command, "helm "):
			sh.take(ctx, t, s)
			if _, err := c.RunManager(ctx, systemNamespace, "domicile-gateway"); err != nil {
				t.Fatal(err)
			}
			r, err := c.Kubectl(ctx, "", "get", "service", "domicile-gateway", "-n", systemNamespace, "-o", "jsonpath={.spec.clusterIP}")
			if err != nil || r.Code != 0 {
				t.Fatal(err, r.Stderr)
			}
			sh.service = r.Stdout
		case strings.Contains(s.command, " port-forward "):
			sh.take(ctx, t, step{command: "sleep 600 > /dev/null &"}) // nodes are not real here, but the address of the Service is
		default:
			sh.take(ctx, t, s)
		}
	}
}

// step is a command of the page, and what it says there.
type step struct{ command, says string }

// stepsIn are the steps of a text, out of blocks in lists. A command goes on after a backslash,
// and until its quotes are closed.
func stepsIn(text string) (steps []step) {
	for _, block := range regexp.MustCompile("(?s)\n   ```console\n(.*?)\n   ```\n").FindAllStringSubmatch(text, -1) {
		for line := range strings.SplitSeq(block[1], "\n") {
			line = strings.TrimPrefix(line, "   ")
			last := len(steps) - 1
			switch {
			case strings.HasPrefix(line, "$ "):
				steps = append(steps, step{command: line[2:]})
			case strings.HasSuffix(steps[last].command, "\\") || strings.Count(steps[last].command, "'")%2 == 1:
				steps[last].command += "\n" + line
			default:
				steps[last].says += line + "\n"
			}
		}
	}
	return steps
}

// shell is one in which all steps are taken.
type shell struct {
	fill    func(string) string // ports that are free
	service string              // the gateway's address
	in      io.Writer
	out     *bufio.Reader
}

func newShell(t *testing.T, c *cluster.Cluster) *shell {
	t.Helper()
	folder, programs := t.TempDir(), t.TempDir()
	for _, name := range []string{"charts", "config", "docs"} {
		from, err := filepath.Abs(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(from, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	bin := filepath.Dir(filepath.Dir(inProxies("")))
	for name, path := range map[string]string{
		"kubectl": filepath.Join(bin, "bin", "controlplane"), "kubectl-domicile": filepath.Join(bin, "bin", "kubectl-domicile"), "helm": filepath.Join(bin, "bin", "helm"),
		"envoy": program(t, "envoy"), "nginx": program(t, "nginx"), "curl": program(t, "curl"),
	} {
		if err := os.Symlink(path, filepath.Join(programs, name)); err != nil {
			t.Fatal(err)
		}
	}
	s := &shell{fill: freePorts(t, "8000", "8080", "8081")}
	for name, printed := range map[string]string{"envoy.yaml": "### Envoy\x00yaml", "domicile.conf": "### nginx\x00nginx"} {
		heading, language, _ := strings.Cut(printed, "\x00")
		text, err := proxies.Printed(root, heading, language)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(s.fill(text)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.start(t, folder, append(os.Environ(), "PATH="+programs+":"+os.Getenv("PATH"), "KUBECONFIG="+c.Kubeconfig(), "LD_LIBRARY_PATH="+inProxies("debian/usr/lib/x86_64-linux-gnu")))
	return s
}

func program(t *testing.T, name string) string {
	t.Helper()
	path, err := installed(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// freePorts puts ports that are free in the place of those of the page.
func freePorts(t *testing.T, printed ...string) func(string) string {
	t.Helper()
	var pairs []string
	for _, port := range printed {
		address, err := freeAddress()
		if err != nil {
			t.Fatal(err)
		}
		_, free, _ := net.SplitHostPort(address) // it is of our own making
		pairs = append(pairs, port, free)
	}
	return strings.NewReplacer(pairs...).Replace
}

func (s *shell) start(t *testing.T, folder string, env []string) {
	t.Helper()
	command := exec.Command("bash", "-m")
	command.Dir, command.Env, command.SysProcAttr = folder, env, &syscall.SysProcAttr{Setpgid: true}
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		fmt.Fprintln(in, "kill $(jobs -p); nginx -p . -c nginx.conf -e stderr -s stop; exit") // what the last step ends otherwise
		_ = in.Close()                                                                        // it has been told to end
		_ = command.Wait()                                                                    // how it ends is not what is tested
	})
	s.in, s.out = in, bufio.NewReader(out)
}

// take takes a step, and holds what is said. What only asks is asked until it is so.
func (s *shell) take(ctx context.Context, t *testing.T, p step) {
	t.Helper()
	var said string
	err := cluster.Poll(ctx, p.command, func(context.Context) (bool, error) {
		var err error
		said, err = s.say(p.command)
		return err != nil || p.says == "" || !strings.HasPrefix(p.command, "curl ") || alike(said) == alike(p.says), err
	})
	if err != nil {
		t.Fatalf("$ %s\n%s%v", p.command, said, err)
	}
	if diff := cmp.Diff(alike(p.says), alike(said)); p.says != "" && diff != "" {
		t.Errorf("$ %s\n(-printed +said)\n%s", p.command, diff)
	}
}

var reference = regexp.MustCompile(`[A-Z2-7]{5}(-[A-Z2-7]{5}){3}`)

// alike is a text without the number of a refusal.
func alike(said string) string { return reference.ReplaceAllString(said, "REFERENCE") }

const endOfStep = "-- that is all --"

func (s *shell) say(command string) (said string, err error) {
	command = strings.NewReplacer(
		"domicile-gateway.domicile-system/127.0.0.1", "domicile-gateway.domicile-system/"+s.service,
		"domicile-gateway.domicile-system/address: 127.0.0.1", "domicile-gateway.domicile-system/address: "+s.service,
		"127.0.0.1:9002", s.service+":9002",
	).Replace(s.fill(command))
	if _, err := fmt.Fprintf(s.in, "{ %s\n} 2>&1\necho '%s'\n", command, endOfStep); err != nil {
		return "", err
	}
	for {
		line, err := s.out.ReadString('\n')
		if err != nil || line == endOfStep+"\n" {
			return said, err
		}
		said += line
	}
}
