// Command kubectl-domicile is the kubectl plugin: kubectl domicile.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/plugin"
)

// The plugin reads, answers and ends: garbage may lie, up to a bound. With GOGC set
// it is as that says.
const (
	gcPercent = 600
	gcLimit   = 2 << 30 // bytes
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
		debug.SetMemoryLimit(gcLimit)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM) //nolint:forbidigo // where every context begins
	code := plugin.Run(ctx, os.Args, genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr})
	stop()
	os.Exit(code)
}
