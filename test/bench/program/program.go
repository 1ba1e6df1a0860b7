// Package program runs a benchmark as a program.
package program

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Benchmark measures something. It writes what it measured to out, and what it is
// doing to progress.
type Benchmark func(ctx context.Context, args []string, out, progress io.Writer) error

// Run runs a benchmark with the arguments of the program until it is done or
// interrupted, and returns the exit code.
func Run(name string, run Benchmark) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM) //nolint:forbidigo // here it begins
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		return 1
	}
	return 0
}
