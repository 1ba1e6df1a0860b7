package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// python is Debian's, which finds Debian's packages.
const python = "/usr/bin/python3"

// install sees to it that PostgreSQL and networkx are there.
func install(ctx context.Context, out io.Writer) error {
	if installed(ctx) {
		return nil
	}
	const packages = "postgresql python3-networkx"
	missing := errors.New("PostgreSQL and networkx are needed: on Debian or Ubuntu, apt-get install --no-install-recommends " + packages)
	if _, err := exec.LookPath("apt-get"); err != nil || os.Getuid() != 0 {
		return missing
	}
	fmt.Fprintln(out, "Installing", packages)
	for _, args := range [][]string{{"update", "-q"}, {"install", "-y", "-q", "--no-install-recommends", "postgresql", "python3-networkx"}} {
		apt := exec.CommandContext(ctx, "apt-get", args...)
		apt.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if said, err := apt.CombinedOutput(); err != nil {
			return fmt.Errorf("%w\napt-get: %w\n%s", missing, err, said)
		}
	}
	if !installed(ctx) {
		return missing
	}
	return nil
}

func installed(ctx context.Context) bool {
	_, err := serverPrograms()
	return err == nil && exec.CommandContext(ctx, python, "-c", "import networkx").Run() == nil
}

// serverPrograms is the folder with the newest PostgreSQL's programs: Debian
// keeps those of the server out of the PATH.
func serverPrograms() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("there is no PostgreSQL")
	}
	return filepath.Dir(slices.Max(found)), nil
}
