package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/test/bench/program"
	"github.com/domicile-dev/domicile/test/bench/report"
)

// options are what the flags say.
type options struct {
	few, many, tenants int
	rounds, flips      int
	parts, opa         string
	block              time.Duration
	store              string
	// serve is what this process serves instead of measuring; empty for nothing.
	serve   string
	address string
	keys    int
}

func main() { os.Exit(program.Run("gateway", run)) }

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	var o options
	flags := flag.NewFlagSet("gateway", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.IntVar(&o.few, "few", 1000, "how many keys a small gateway knows")
	flags.IntVar(&o.many, "many", 1_000_000, "how many keys a large one knows")
	flags.IntVar(&o.tenants, "tenants", 300_000, "how many tenants have them")
	flags.IntVar(&o.rounds, "rounds", 3, "how often each kind has its turn")
	flags.IntVar(&o.flips, "flips", 400, "how often a tenant flips")
	flags.StringVar(&o.parts, "parts", "envoy,alone,flips", "what is measured, separated by commas")
	flags.StringVar(&o.opa, "opa", "", "the `program` of Open Policy Agent with its own plugin for Envoy; without it, its library is asked as the plugin does")
	flags.DurationVar(&o.block, "block", 2*time.Second, "how long a turn is")
	flags.StringVar(&o.store, "store", filepath.Join("bin", "bench-gateway.json"), "the file that has what the previous run measured")
	flags.StringVar(&o.serve, "serve", "", "serve `what` in this process: yes or domicile")
	flags.StringVar(&o.address, "address", "", "where that is served")
	flags.IntVar(&o.keys, "keys", 0, "how many keys that knows")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.few < 1 || o.many < 1 || o.tenants < 1 || o.rounds < 1 || o.flips < 1 {
		return errors.New("all numbers must be at least 1")
	}
	if o.serve != "" {
		return serve(ctx, o)
	}
	return measure(ctx, o, out, progress)
}

// measure measures one part after the other, and prints what came out.
func measure(ctx context.Context, o options, out, progress io.Writer) error {
	stored, err := report.Read(o.store)
	if err != nil {
		return err
	}
	tell := func(title string, rows []report.Row, err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", title, err)
		}
		fmt.Fprintf(out, "\n%s\n", title)
		report.Print(out, rows, stored[title])
		stored[title] = report.Values(rows)
		return nil
	}
	for part := range strings.SplitSeq(o.parts, ",") {
		switch part {
		case "envoy":
			err = throughEnvoy(ctx, o, progress, tell)
		case "alone":
			for _, keys := range []int{o.few, o.many} {
				rows, failed := alone(o, keys, progress)
				err = errors.Join(err, tell(fmt.Sprintf("decided alone, %d keys", keys), rows, failed))
			}
		case "flips":
			rows, failed := flips(ctx, o, progress)
			err = tell("flips", rows, failed)
		default:
			err = fmt.Errorf("-parts: nobody knows %q", part)
		}
		if err != nil {
			return err
		}
	}
	return stored.Write(o.store)
}

// throughEnvoy starts everything, lets all kinds take turns, and tells what came out.
func throughEnvoy(ctx context.Context, o options, progress io.Writer, tell func(string, []report.Row, error) error) (err error) {
	r, err := newRig(ctx, o, progress)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	measured := map[turn]*samples{}
	for round := range o.rounds {
		for _, t := range turns() {
			fmt.Fprintf(progress, "round %d of %d: %s\n", round+1, o.rounds, t)
			s, err := r.take(ctx, t, o.block)
			if err != nil {
				return fmt.Errorf("%s: %w", t, err)
			}
			if measured[t] == nil {
				measured[t] = &samples{}
			}
			measured[t].add(s)
		}
	}
	for _, shape := range shapes() {
		if err := tell(shape.String(), r.rows(shape, measured), nil); err != nil {
			return err
		}
	}
	rows, err := r.memory(o)
	return tell("memory", rows, err)
}
