package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/domicile-dev/domicile/test/rig/controlplane/launch"
)

// defaultDir is the data folder when no other is given.
const defaultDir = ".controlplane"

func newFlags(name, about string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprintf(flags.Output(), "%s\n\nUsage: controlplane %s [flags]\n\nFlags:\n", about, name)
		flags.PrintDefaults()
	}
	return flags
}

// parse is flags.Parse without arguments beside flags.
func parse(flags *flag.FlagSet, args []string) error {
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			os.Exit(0)
		}
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%s takes no argument %q", flags.Name(), flags.Arg(0))
	}
	return nil
}

// up starts a control plane and stays in the foreground until it is told to end.
func up(args []string) error {
	// Children die with the thread that started them (see launch.Up).
	runtime.LockOSThread()
	flags := newFlags("up", "Start a control plane on loopback. It ends on an interrupt, or with \"controlplane down\".")
	o := launch.Options{Progress: os.Stderr}
	flags.StringVar(&o.Dir, "dir", defaultDir, "data folder; must be absent, empty, or left over from an earlier up")
	flags.IntVar(&o.APIPort, "api-port", 0, "port of the API server (default: a free one)")
	flags.IntVar(&o.Nodes, "nodes", 1, "number of simulated nodes")
	flags.StringVar(&o.Assets, "assets", os.Getenv("KUBEBUILDER_ASSETS"), "folder whose etcd and kube-apiserver are run instead of the built-in ones")
	flags.TextVar(&o.ServiceRange, "service-cluster-ip-range", netip.MustParsePrefix("10.96.0.0/16"), "range of Service addresses; one within 127.0.0.0/8 lets the API server reach Services without kube-proxy; with an IPv6 range all is IPv6")
	flags.Func("kube-apiserver-arg", "a further `flag` of kube-apiserver, such as --feature-gates=X=true (repeatable)", func(s string) error {
		o.APIServerArgs = append(o.APIServerArgs, s)
		return nil
	})
	flags.BoolVar(&o.Revive, "revive", false, "start a component again that ends, instead of ending them all")
	detach := flags.Bool("detach", false, "return when the control plane is ready and leave it running")
	if err := parse(flags, args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ready := func(kubeconfig string) { fmt.Printf("export KUBECONFIG=%s\n", kubeconfig) }
	if *detach {
		return launch.Detach(ctx, o, ready)
	}
	return launch.Up(ctx, o, ready)
}

// down ends what up started.
func down(args []string) error {
	flags := newFlags("down", "End what \"controlplane up\" started in a folder, and remove its data.")
	dir := flags.String("dir", defaultDir, "data folder")
	if err := parse(flags, args); err != nil {
		return err
	}
	return launch.Down(*dir, os.Stderr)
}
