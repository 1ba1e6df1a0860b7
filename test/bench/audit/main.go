package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/domicile-dev/domicile/test/bench/program"
	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// size is how much there is in the cluster.
type size struct {
	pods, namespaces, tenants int
}

func main() { os.Exit(program.Run("audit", run)) }

func run(ctx context.Context, args []string, out, progress io.Writer) (err error) {
	var s size
	flags := flag.NewFlagSet("audit", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.IntVar(&s.pods, "pods", 10_000, "how many Pods there are")
	flags.IntVar(&s.namespaces, "namespaces", 500, "how many namespaces they are in")
	flags.IntVar(&s.tenants, "tenants", 100, "how many tenants have the namespaces")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctrl.SetLogger(logr.Discard())
	c, err := cluster.Start(ctx, cluster.Options{Nodes: 20})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	w, err := newWorld(ctx, c)
	if err != nil {
		return err
	}
	fmt.Fprintf(progress, "Making %d pods in %d namespaces …\n", s.pods, s.namespaces)
	if err := w.fill(ctx, s); err != nil {
		return err
	}
	results, err := w.measure(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d pods in %d namespaces of %d tenants, one of them restricted in the end\n\n", s.pods, s.namespaces, s.tenants)
	return table(out, results)
}
