package register

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"

	"github.com/spf13/cobra"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/input"
	"github.com/domicile-dev/domicile/internal/ownership"
	registers "github.com/domicile-dev/domicile/internal/register"
)

// reading is the flags that say how files are read.
type reading struct {
	format, consolidation, branches, maxRefused string
}

func (r *reading) addFlags(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&r.format, "format", "", "How the files are written. One of: (BODS, GLEIF, FollowTheMoney). Required.")
	flags.StringVar(&r.consolidation, "consolidation", registers.CountsAsMajority.String(), "What accounting consolidation counts as, for GLEIF. One of: (CountsAsMajority, Ignored).")
	flags.StringVar(&r.branches, "branches", registers.SameParty.String(), "What branches and sub-funds count as, for GLEIF. One of: (SameParty, Ignored).")
	flags.StringVar(&r.maxRefused, "max-refused", "1", "The percentage of records that may be refused, as spec.maxRefused of an OwnershipRegister.")
	input.Complete(command, "format", registers.BODS.String(), registers.GLEIF.String(), registers.FollowTheMoney.String())
	input.Complete(command, "consolidation", registers.CountsAsMajority.String(), registers.Ignored.String())
	input.Complete(command, "branches", registers.SameParty.String(), registers.BranchesIgnored.String())
	input.Complete(command, "max-refused")
}

// options reads the flags.
func (r *reading) options() (o registers.Options, err error) {
	if r.format == "" {
		return o, errors.New("say with --format how the files are written: BODS, GLEIF or FollowTheMoney")
	}
	if o.Format, err = registers.ParseFormat(r.format); err != nil {
		return o, fmt.Errorf("--format: %w", err)
	}
	switch r.consolidation {
	case registers.CountsAsMajority.String():
	case registers.Ignored.String():
		o.Consolidation = registers.Ignored
	default:
		return o, fmt.Errorf("--consolidation: %q is neither CountsAsMajority nor Ignored", r.consolidation)
	}
	switch r.branches {
	case registers.SameParty.String():
	case registers.BranchesIgnored.String():
		o.Branches = registers.BranchesIgnored
	default:
		return o, fmt.Errorf("--branches: %q is neither SameParty nor Ignored", r.branches)
	}
	if o.MaxRefused, err = ownership.ParsePercentDown(r.maxRefused); err != nil {
		return o, fmt.Errorf("--max-refused: %w", err)
	}
	return o, nil
}

// read reads files whatever is refused; tooMany is then what a cluster would
// say. Progress is shown on w if that is a terminal.
func (r *reading) read(ctx context.Context, w io.Writer, names []string) (layer *ownership.Layer, report registers.Report, tooMany *RefusedError, err error) {
	o, err := r.options()
	if err != nil {
		return nil, report, nil, err
	}
	if err := existing(names); err != nil {
		return nil, report, nil, err
	}
	limit := o.MaxRefused
	o.MaxRefused = ownership.Whole
	progress, stop := watch(w, names)
	o.Progress = progress
	layer, report, err = registers.Read(ctx, filesOf(names), o)
	stop()
	if err != nil {
		return nil, report, nil, err
	}
	if exceeds(report, limit) {
		tooMany = &RefusedError{Refused: report.Refused, Records: report.Records, Limit: r.maxRefused}
	}
	return layer, report, tooMany, nil
}

// exceeds says whether more than a percentage of the records is refused.
func exceeds(report registers.Report, limit ownership.Percent) bool {
	refused := new(big.Int).Mul(big.NewInt(report.Refused), big.NewInt(int64(ownership.Whole)))
	return refused.Cmp(new(big.Int).Mul(big.NewInt(report.Records), big.NewInt(int64(limit)))) > 0
}

func filesOf(names []string) []registers.File {
	files := make([]registers.File, 0, len(names))
	for _, name := range names {
		files = append(files, registers.File{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(name) }})
	}
	return files
}

// existing refuses names that are no regular files, before anything is read.
func existing(names []string) error {
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s is not a regular file: name the files one by one", name)
		}
	}
	return nil
}
