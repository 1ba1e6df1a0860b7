// Command manager runs Domicile in a cluster: it answers admission requests, and
// keeps snapshot, status, webhook configuration and certificates up to date.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	ctrl "sigs.k8s.io/controller-runtime"
)

func main() {
	if err := execute(ctrl.SetupSignalHandler(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "domicile:", err)
		os.Exit(1)
	}
}

// execute reads the flags and runs until the context ends.
func execute(ctx context.Context, args []string) error {
	o, err := parseFlags(args, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case o.printVersion:
		fmt.Println("domicile", version())
		return nil
	}
	return run(ctx, o)
}
