package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/cases"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/check"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/input"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/register"
)

// The exit codes.
const (
	// ExitOK: there is an answer and nothing is denied.
	ExitOK = 0
	// ExitDenied: there is an answer and something is denied, a case fails, a
	// register would be refused, or is not read for what it says.
	ExitDenied = 1
	// ExitError: there is no answer, because the input is wrong or for want of
	// something else.
	ExitError = 2
)

// Run runs the plugin with its arguments, of which the first is the name of the
// program, and returns the exit code.
func Run(ctx context.Context, args []string, streams genericiooptions.IOStreams) int {
	name, rest := invocation(args)
	root := newRoot(name, streams)
	root.SetArgs(rest)
	command, err := root.ExecuteContextC(ctx)
	var denied *check.DeniedError
	var failed *cases.FailedError
	var refused *register.RefusedError
	var strict *register.StrictError
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &denied), errors.As(err, &failed):
		return ExitDenied
	case errors.As(err, &refused), errors.As(err, &strict):
		complain(streams.ErrOut, err)
		return ExitDenied
	}
	var usage *usageError
	if errors.As(err, &usage) {
		err = mistypedCommand(root, rest, err)
	}
	complain(streams.ErrOut, err)
	if errors.As(err, &usage) {
		fmt.Fprintf(streams.ErrOut, "See '%s --help' for usage.\n", command.CommandPath())
	}
	return ExitError
}

// completer is the name under which kubectl looks for a program that completes
// the plugin's command line.
const completer = "kubectl_complete-domicile"

// invocation tells by the name of the program how users call it.
func invocation(args []string) (name string, rest []string) {
	if len(args) == 0 {
		return "kubectl domicile", []string{} // Not nil: that would be the arguments of the process.
	}
	rest = args[1:]
	switch base := strings.TrimSuffix(filepath.Base(args[0]), ".exe"); {
	case base == completer:
		return "kubectl domicile", append([]string{"__complete"}, rest...)
	case strings.HasPrefix(base, "kubectl-"):
		return "kubectl domicile", rest
	default:
		return base, rest
	}
}

// complain writes an error as kubectl does, each error of the input by itself.
func complain(w io.Writer, err error) {
	var wrong *input.Error
	if errors.As(err, &wrong) {
		for _, e := range wrong.Errors {
			fmt.Fprintf(w, "error: %s\n", strings.ReplaceAll(e.Error(), "\n", "\n    "))
		}
		return
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(w, "error: interrupted")
		return
	}
	fmt.Fprintf(w, "error: %v\n", err)
}

// usageError is an error about the command line itself.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }
