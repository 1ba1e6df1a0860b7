// Command demo tells Domicile's story on a real API server: the tenant of a
// restricted owner is refused, a clean one is admitted beside it, the refusal is
// explained, a change of ownership is followed without a restart, also by API requests
// to a shared model; and a policy is
// announced, becomes effective, suspends what runs and gives it back. In the end all
// replicas are stopped, and the restricted tenant is refused all the same. It prints
// every command and the real answer, checks each answer, and fails if one is not
// what it should be.
//
// It starts a control plane of its own. With KUBECONFIG it uses the cluster that
// is there, with the image of the manager that IMAGE names.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// namespace is where Domicile is installed.
const namespace = "domicile-system"

// patience is how long the whole demo may take. It takes a fraction of it.
const patience = 10 * time.Minute

// settings are what the environment and the flags say.
type settings struct {
	keep              bool
	kubeconfig, image string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), //nolint:forbidigo // here it begins
		os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	s := settings{kubeconfig: os.Getenv("KUBECONFIG"), image: os.Getenv("IMAGE")}
	kept, _ := strconv.ParseBool(os.Getenv("KEEP")) // anything else means no
	flag.BoolVar(&s.keep, "keep", kept, "leave the cluster running until ^C (also KEEP=1)")
	flag.Parse()
	if err := run(ctx, s); err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted; everything has been ended")
		}
		fmt.Fprintln(os.Stderr, "demo:", err)
		stop()
		os.Exit(1)
	}
}

// run starts or finds a cluster, installs Domicile and tells the story.
func run(ctx context.Context, s settings) (err error) {
	if s.kubeconfig != "" && s.image == "" {
		return errors.New("KUBECONFIG is set: to run the demo in that cluster, set IMAGE to an image of the manager that it can pull; to start a control plane for the demo alone, unset KUBECONFIG")
	}
	start := time.Now()
	n := newNarrator(os.Stdout)
	o := cluster.Options{Kubeconfig: s.kubeconfig}
	if s.keep {
		o.Data = ".controlplane" // where make down looks
	}
	if s.kubeconfig == "" {
		n.say("Starting etcd, the Kubernetes API server, its controllers and a scheduler on this machine.")
	}
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, err := cluster.Start(bounded, o)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil && ctx.Err() == nil {
			c.Keep()
			err = fmt.Errorf("%w\n(logs are in %s)", err, c.Dir())
		}
		// Whoever has played with what was kept may have broken it.
		if closed := c.Close(); !s.keep || err != nil {
			err = errors.Join(err, closed)
		}
	}()
	t := &teller{cluster: c, narrator: n, settings: s}
	if err := t.install(bounded, s); err != nil {
		return err
	}
	if err := t.tell(bounded); err != nil {
		return err
	}
	n.say(fmt.Sprintf("All of that was as expected, in %.0f seconds.", time.Since(start).Seconds()))
	switch {
	case s.keep:
		return wait(ctx, n, c)
	case s.kubeconfig != "":
		return t.uninstall(bounded)
	}
	return nil
}

// wait leaves the cluster to the user.
func wait(ctx context.Context, n *narrator, c *cluster.Cluster) error {
	n.say("The cluster stays until you press ^C here, or say \"make down\" elsewhere. In another terminal:")
	n.command("export KUBECONFIG=" + c.Kubeconfig() + ` PATH="$PWD/bin/envtest:$PWD/bin:$PATH"`)
	n.command("kubectl get domicile")
	select {
	case <-ctx.Done():
	case <-c.Ended():
	}
	return nil
}
