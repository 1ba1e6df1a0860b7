// Command review measures what the admission handler takes of an AdmissionReview, beside
// one that only reads and answers and one strict pass over the same bytes. The three take
// turns in one run, so that the ratios hold whatever else the machine does.
//
// It asserts nothing about times: those belong to the machine.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/domicile-dev/domicile/test/bench/program"
	"github.com/domicile-dev/domicile/test/bench/report"
)

func main() { os.Exit(program.Run("review", run)) }

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("review", flag.ContinueOnError)
	flags.SetOutput(progress)
	store := flags.String("store", filepath.Join("bin", "bench-review.json"), "the file that has what the previous run measured")
	patience := flags.Duration("patience", 3*time.Second, "how long each review is measured")
	if err := flags.Parse(args); err != nil {
		return err
	}
	stored, err := report.Read(*store)
	if err != nil {
		return err
	}
	handler, err := newHandler()
	if err != nil {
		return err
	}
	for _, kind := range reviews() {
		if err := ctx.Err(); err != nil {
			return err
		}
		fmt.Fprintf(progress, "%s\n", kind.name)
		body, err := kind.body()
		if err != nil {
			return fmt.Errorf("%s: %w", kind.name, err)
		}
		rows, err := measure(handler, body, *patience)
		if err != nil {
			return fmt.Errorf("%s: %w", kind.name, err)
		}
		fmt.Fprintf(out, "\n%s: %d bytes\n\n", kind.name, len(body))
		report.Print(out, rows, stored[kind.name])
		stored[kind.name] = report.Values(rows)
	}
	return stored.Write(*store)
}
