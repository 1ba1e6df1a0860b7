package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

const (
	// systemNamespace is where the chart is installed.
	systemNamespace = "domicile-system"
	// patience is how long a fault waits for what must come true.
	patience = 3 * time.Minute
)

// shared is the one cluster of all faults.
var shared = suite.Share(start)

// rows are what has been measured.
var rows []row

// TestMain ends the cluster and prints the table. Whatever had ended by itself is a
// failure too.
func TestMain(m *testing.M) {
	code := shared.Main(m)
	if len(rows) > 0 {
		fmt.Fprintf(os.Stdout, "\n%s\n", table(rows))
	}
	os.Exit(code)
}

// Close implements suite.World.
func (s *scene) Close() error { return errors.Join(s.Cluster.Close(), os.RemoveAll(s.registers)) }

// start installs the chart in a new cluster, and makes the world.
func start(ctx context.Context, has func(suite.World)) (*scene, error) {
	c, err := cluster.Start(ctx, cluster.Options{Revive: true})
	if err != nil {
		return nil, err
	}
	s := &scene{Cluster: c}
	has(s)
	s.asked.Store(true)
	if s.registers, err = os.MkdirTemp("", "domicile-registers-"); err != nil {
		return nil, err
	}
	if err := s.writeRegister("Harbour"); err != nil {
		return nil, err
	}
	if err := s.connect(); err != nil {
		return nil, err
	}
	// Worse values show that a fault can fail.
	s.values = append([]string{"extraArgs[0]=--register-dir=" + s.registers}, strings.Fields(os.Getenv("DOMICILE_VALUES"))...)
	if err := c.InstallChart(ctx, systemNamespace, s.values...); err != nil {
		return nil, err
	}
	// Nobody is asked yet: a Namespace of a restricted tenant would be refused.
	if err := s.declare(ctx); err != nil {
		return nil, err
	}
	if s.manager, err = c.RunManager(ctx, systemNamespace, "domicile"); err != nil {
		return nil, err
	}
	return s, s.isKnown(ctx, s.subjects)
}

// theScene is the shared cluster.
func theScene(t *testing.T) *scene {
	t.Helper()
	return shared.Get(t)
}

// writeRegister writes the register, in which a company has some name.
func (s *scene) writeRegister(name string) error {
	const register = `{"id":"r","schema":"Company","properties":{"name":["Lantern Works"],"jurisdiction":["cn"]}}
{"id":"c","schema":"Company","properties":{"name":["%s Works"],"jurisdiction":["nz"]}}
`
	path := filepath.Join(s.registers, "works.json")
	if err := os.WriteFile(path+".next", fmt.Appendf(nil, register, name), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".next", path)
}
