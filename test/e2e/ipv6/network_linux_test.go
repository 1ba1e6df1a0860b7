package ipv6

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// within says that this process is in a network of its own already.
const within = "DOMICILE_OWN_NETWORK"

// shared is a cluster in that network.
var shared = suite.Share(func(ctx context.Context, has func(suite.World)) (*cluster.Cluster, error) {
	c, err := cluster.Start(ctx, cluster.Options{Nodes: 1, IPv6: true})
	if err != nil {
		return nil, err
	}
	has(c)
	return c, nil
})

// TestMain runs the tests in a network of their own.
func TestMain(m *testing.M) {
	if os.Getenv(within) == "" {
		os.Exit(again())
	}
	if err := addresses(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(shared.Main(m))
}

// again runs this program in a network of its own, and returns its exit code.
func again() int {
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), within+"=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "a network of its own takes root or user namespaces: %v\n", err)
		return 1
	}
	return 0
}

// addresses gives this network's loopback interface what a cluster needs.
func addresses() error {
	for _, command := range []string{"link set lo up", "-6 route add local " + cluster.IPv6Range + " dev lo"} {
		if said, err := exec.Command("ip", strings.Fields(command)...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", command, err, said)
		}
	}
	// Or nobody could listen on them: they are in no list of addresses.
	return os.WriteFile("/proc/sys/net/ipv6/ip_nonlocal_bind", []byte("1"), 0)
}
