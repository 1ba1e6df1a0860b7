package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	tenants  program.Sizes
	entities int
	// registers has false to measure without a register, and true with one.
	registers []bool
	parties   int
	changes   int
	patience  time.Duration
	status    time.Duration
	stream    time.Duration
	parts     []string
	store     string
}

// What is measured beside the start and the memory.
const (
	partAdmission = "admission"
	partChanges   = "changes"
	partRegister  = "register"
	partStatus    = "status"
)

var allParts = []string{partAdmission, partChanges, partRegister, partStatus}

func main() { os.Exit(program.Run("world", run)) }

func parseFlags(args []string, usage io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("world", flag.ContinueOnError)
	flags.SetOutput(usage)
	o.tenants = program.Sizes{1000, 100_000, 300_000}
	flags.Var(&o.tenants, "tenants", "how many Tenants there are: several `sizes`, in ascending order, with commas between them")
	flags.IntVar(&o.entities, "entities", 10_000, "how many LegalEntities there are")
	register := flags.String("register", "both", "whether there is a register: none, gleif or both, one after the other")
	flags.IntVar(&o.parties, "parties", synthetic.GLEIF.Parties, "how many parties that register has")
	flags.IntVar(&o.changes, "changes", 100, "how many changes of each kind are made")
	flags.DurationVar(&o.patience, "patience", 5*time.Minute, "how long all changes of one kind may take, and how long it may take until nothing is written any more")
	flags.DurationVar(&o.status, "status", time.Minute, "how long status of a new policy is looked at")
	flags.DurationVar(&o.stream, "stream", 20*time.Second, "how long admission is measured in quiet, and how long in a stream of changes")
	parts := flags.String("parts", strings.Join(allParts, ","), "what is measured beside the start and the memory, with commas between")
	flags.StringVar(&o.store, "store", filepath.Join("bin", "bench-world.json"), "the file that has what the previous run measured")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	modes, ok := map[string][]bool{"none": {false}, "gleif": {true}, "both": {false, true}}[*register]
	if !ok {
		return o, fmt.Errorf("-register %q: there are none, gleif and both", *register)
	}
	o.registers, o.parts = modes, strings.Split(*parts, ",")
	for _, part := range o.parts {
		if !slices.Contains(allParts, part) {
			return o, fmt.Errorf("-parts: nobody knows %q", part)
		}
	}
	if o.entities < filled.Group || o.parties < 100 || o.changes < 1 {
		return o, fmt.Errorf("-entities, -parties and -changes must be at least %d, 100 and 1", filled.Group)
	}
	return o, nil
}

// measures says whether a part is to be measured.
func (o *options) measures(part string) bool { return slices.Contains(o.parts, part) }

func run(ctx context.Context, args []string, out, progress io.Writer) (err error) {
	o, err := parseFlags(args, progress)
	if err != nil {
		return err
	}
	stored, err := report.Read(o.store)
	if err != nil {
		return err
	}
	ctrl.SetLogger(logr.Discard())
	klog.SetLogger(logr.Discard()) // clients tell of requests that were cut off on purpose
	r, err := newRig(ctx, o, progress)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.lastWords())
		}
		err = errors.Join(err, r.Close())
	}()
	b := &bench{rig: r, out: out, stored: stored, smallest: map[bool]map[string]float64{}}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	for _, tenants := range o.tenants {
		for _, register := range o.registers {
			if err := b.size(ctx, tenants, register); err != nil {
				b.abandon()
				return fmt.Errorf("%s: %w", sizeName(tenants, register), err)
			}
		}
	}
	return nil
}

func sizeName(tenants int, register bool) string {
	if register {
		return fmt.Sprintf("%d tenants, with a register", tenants)
	}
	return fmt.Sprintf("%d tenants, no register", tenants)
}
