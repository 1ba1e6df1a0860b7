package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// stepTimeout bounds one command.
const stepTimeout = 2 * time.Minute

// teller runs commands and compares what they say with what they should say.
type teller struct {
	cluster  *cluster.Cluster
	narrator *narrator
	settings settings
	// manager is nil in a cluster that was there before.
	manager *cluster.Manager
	// door is where API requests come in; nil likewise.
	door *frontDoor
}

// expectation is what a command should do.
type expectation struct {
	fails bool
	says  []string
	never []string // what it must not say
}

// admitted expects success and these words.
func admitted(words ...string) expectation { return expectation{says: words} }

// refused expects a denial by the webhook with these words.
func refused(words ...string) expectation {
	return expectation{fails: true, says: append([]string{"denied the request"}, words...)}
}

// program runs a command in the cluster.
type program func(ctx context.Context, args []string) (cluster.Result, error)

// kubectl runs kubectl, shows it with its answer, and checks the answer.
func (t *teller) kubectl(ctx context.Context, want expectation, args ...string) error {
	return t.run(ctx, want, "kubectl", args, func(ctx context.Context, args []string) (cluster.Result, error) {
		return t.cluster.Kubectl(ctx, "", args...)
	})
}

// helm does the same with helm, and leaves out the chart's notes.
func (t *teller) helm(ctx context.Context, want expectation, args ...string) error {
	return t.run(ctx, want, "helm", args, func(ctx context.Context, args []string) (cluster.Result, error) {
		r, err := t.cluster.Helm(ctx, args...)
		r.Stdout, _, _ = strings.Cut(r.Stdout, "NOTES:\n")
		return r, err
	})
}

func (t *teller) run(ctx context.Context, want expectation, name string, args []string, run program) error {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	line := name + " " + quote(args)
	t.narrator.command(line)
	r, err := run(ctx, args)
	said := r.Stdout + r.Stderr
	t.narrator.answer(said)
	if err != nil {
		return err
	}
	return want.check(line, said, r.Code)
}

func (e expectation) check(line, said string, code int) error {
	if failed := code != 0; failed != e.fails {
		return fmt.Errorf("%s\nended with code %d; expected was that it fails: %t", line, code, e.fails)
	}
	for _, word := range e.says {
		if !strings.Contains(said, word) {
			return fmt.Errorf("%s\ndoes not say %q", line, word)
		}
	}
	for _, word := range e.never {
		if strings.Contains(said, word) {
			return fmt.Errorf("%s\nsays %q, which it must not", line, word)
		}
	}
	return nil
}

// quote writes arguments as one would type them.
func quote(args []string) string {
	args = slices.Clone(args)
	for i, a := range args {
		if special := strings.IndexAny(a, " {}$*?()[]<>|&;\"'"); special >= 0 {
			start := strings.IndexByte(a[:special], '=') + 1 // --flag='value'
			args[i] = a[:start] + "'" + strings.ReplaceAll(a[start:], "'", `'\''`) + "'"
		}
	}
	return strings.Join(args, " ")
}
