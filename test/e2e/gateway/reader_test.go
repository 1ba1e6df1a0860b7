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
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/printed"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// TestThePageLeadsToARefusedRequest takes the steps of docs/gateway.md, in a folder that has
// nothing but a checkout, with a cluster as the quickstart makes it.
func TestThePageLeadsToARefusedRequest(t *testing.T) {
	ctx := within(t)
	c := suite.Quickstart(ctx, t)
	samples, err := filepath.Abs(filepath.Join(root, "config", "samples"))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := c.Kubectl(ctx, "", "apply", "-k", samples); err != nil || r.Code != 0 {
		t.Fatal(err, r.Stderr)
	}
	text, err := printed.Section(pagePath, "## From nothing to a refused request")
	if err != nil {
		t.Fatal(err)
	}
	sh := newShell(t, c)
	var steps []printed.Step
	printed.EachSession(text, func(session string) string {
		steps = append(steps, printed.Steps(session)...)
		return session
	})
	if len(steps) < 20 {
		t.Fatalf("only %d steps", len(steps))
	}
	for _, s := range steps {
		switch {
		case strings.HasPrefix(s.Command, "helm "):
			sh.take(ctx, t, s)
			if _, err := c.RunManager(ctx, systemNamespace, "domicile-gateway"); err != nil {
				t.Fatal(err)
			}
			r, err := c.Kubectl(ctx, "", "get", "service", "domicile-gateway", "-n", systemNamespace, "-o", "jsonpath={.spec.clusterIP}")
			if err != nil || r.Code != 0 {
				t.Fatal(err, r.Stderr)
			}
			sh.service = r.Stdout
		case strings.Contains(s.Command, " port-forward "):
			sh.take(ctx, t, printed.Step{Command: "sleep 600 > /dev/null &"}) // nodes are not real here, but the address of the Service is
		default:
			sh.take(ctx, t, s)
		}
	}
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
	folder := t.TempDir()
	for _, name := range []string{"charts", "config", "docs"} {
		from, err := filepath.Abs(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(from, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	bin := filepath.Join(root, "bin")
	path, err := printed.Programs(filepath.Join(folder, ".bin"), map[string]string{
		"kubectl": filepath.Join(bin, "controlplane"), "kubectl-domicile": filepath.Join(bin, "kubectl-domicile"), "helm": filepath.Join(bin, "helm"),
		"envoy": program(t, "envoy"), "nginx": program(t, "nginx"), "curl": program(t, "curl"),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &shell{fill: freePorts(t, "8000", "8080", "8081")}
	page, err := readPage()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"envoy.yaml": page.envoy, "domicile.conf": page.nginx} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(s.fill(text)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.start(t, folder, append(os.Environ(), path, "KUBECONFIG="+c.Kubeconfig(), "LD_LIBRARY_PATH="+inProxies("debian/usr/lib/x86_64-linux-gnu")))
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
func freePorts(t *testing.T, ports ...string) func(string) string {
	t.Helper()
	var pairs []string
	for _, port := range ports {
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
func (s *shell) take(ctx context.Context, t *testing.T, p printed.Step) {
	t.Helper()
	var said string
	err := cluster.Poll(ctx, p.Command, func(context.Context) (bool, error) {
		var err error
		said, err = s.say(p.Command)
		return err != nil || p.Says == "" || !strings.HasPrefix(p.Command, "curl ") || printed.Same(said) == printed.Same(p.Says), err
	})
	if err != nil {
		t.Fatalf("$ %s\n%s%v", p.Command, said, err)
	}
	if diff := cmp.Diff(printed.Same(p.Says), printed.Same(said)); p.Says != "" && diff != "" {
		t.Errorf("$ %s\n(-printed +said)\n%s", p.Command, diff)
	}
}

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
