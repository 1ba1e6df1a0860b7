package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/domicile-dev/domicile/internal/register/synthetic"
	"github.com/domicile-dev/domicile/test/bench/filled"
	"github.com/domicile-dev/domicile/test/bench/program"
	"github.com/domicile-dev/domicile/test/bench/report"
)

// options are what the flags say.
type options struct {
	// tenants are the sizes that are measured one after the other.
	tenants  program.Sizes
	entities int
	// parties is how many parties the register has that there is with the largest size;
	// 0 is none.
	parties int
	// mirrored is how many names the mirror has; 0 leaves it out.
	mirrored int
	rounds   int
	block    time.Duration
	patience time.Duration
	values   []string
	store    string
	// only selects the requests that are measured, by what they are called.
	only *regexp.Regexp

	// serve has this program answer as one of the others, in a process of its own.
	serve, address, folder string
}

func main() { os.Exit(program.Run("admission", run)) }

func parseFlags(args []string, usage io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("admission", flag.ContinueOnError)
	flags.SetOutput(usage)
	o.tenants = program.Sizes{1000}
	flags.Var(&o.tenants, "tenants", "how many Tenants there are: several `sizes`, in ascending order, with commas between them")
	flags.IntVar(&o.entities, "entities", 1000, "how many LegalEntities there are")
	register := flags.Bool("register", false, "whether there is a register with the largest size")
	flags.IntVar(&o.parties, "parties", synthetic.GLEIF.Parties, "how many parties that register has")
	flags.IntVar(&o.mirrored, "mirrored", 30_000, "how many names the mirror has; 0 leaves it out")
	flags.IntVar(&o.rounds, "rounds", 6, "how many turns each has")
	flags.DurationVar(&o.block, "block", time.Second, "how long a turn is")
	flags.DurationVar(&o.patience, "patience", 10*time.Minute, "how long a manager may take to come to rest")
	flags.Func("set", "a `value` for the chart, such as extraEnv[0].name=GOGC; several times for several", func(value string) error {
		o.values = append(o.values, value)
		return nil
	})
	only := flags.String("only", "", "measure only the requests that a `pattern` finds, such as '^Pods of 13 KB'")
	flags.StringVar(&o.store, "store", filepath.Join("bin", "bench-admission.json"), "the file that has what the previous run measured")
	flags.StringVar(&o.serve, "serve", "", "serve as one of those that are measured: yes or validator")
	flags.StringVar(&o.address, "address", "", "where to serve")
	flags.StringVar(&o.folder, "folder", "", "the folder with the certificate to serve with")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.only, err = regexp.Compile(*only); err != nil {
		return o, fmt.Errorf("-only: %w", err)
	}
	if !*register {
		o.parties = 0
	}
	if len(shapes(o.only)) == 0 {
		return o, fmt.Errorf("-only %q finds no requests", *only)
	}
	if o.entities < filled.Group || o.rounds < 1 || o.mirrored < 0 || *register && o.parties < 100 {
		return o, fmt.Errorf("-entities, -rounds, -mirrored and -parties must be at least %d, 1, 0 and 100", filled.Group)
	}
	return o, nil
}

func run(ctx context.Context, args []string, out, progress io.Writer) (err error) {
	o, err := parseFlags(args, progress)
	if err != nil {
		return err
	}
	ctrl.SetLogger(logr.Discard())
	klog.SetLogger(logr.Discard())
	if o.serve != "" {
		return serve(ctx, o)
	}
	stored, err := report.Read(o.store)
	if err != nil {
		return err
	}
	r, err := newRig(ctx, o, progress)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.end()) }()
	b := &bench{rig: r, out: out, stored: stored}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	for i, tenants := range o.tenants {
		if err := b.size(ctx, tenants, i == len(o.tenants)-1 && o.parties > 0); err != nil {
			return fmt.Errorf("%d tenants: %w", tenants, err)
		}
	}
	return nil
}
