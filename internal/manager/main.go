// Package manager puts the program together: it reads the flags, makes every part,
// and runs them until the process is asked to end. It is the only package that knows
// both webhook and controllers.
package manager

import (
	"context"
	"fmt"
	"os"

	ctrl "sigs.k8s.io/controller-runtime"
)

// Main runs the manager with these command-line arguments until the process gets
// SIGTERM or SIGINT. It returns the process's exit code: 0, or 1 after an error,
// which it has written to standard error.
func Main(args []string) int {
	if err := execute(ctrl.SetupSignalHandler(), args); err != nil {
		fmt.Fprintln(os.Stderr, "domicile:", err)
		return 1
	}
	return 0
}

// execute reads the flags and runs until the context ends.
func execute(ctx context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case gatewayCommand:
			return executeGateway(ctx, args[1:])
		case checkCommand:
			return executeCheck(ctx, args[1:], os.Stdout)
		}
	}
	o, err := parseFlags(args, os.Stderr)
	return executeWith(&o, err, func() error { return run(ctx, o) })
}
