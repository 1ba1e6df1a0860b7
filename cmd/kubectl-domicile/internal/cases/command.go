package cases

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/input"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/report"
)

const long = `Run tests of your policies: cases that say which decisions must follow from which manifests.

A case is a text file whose name ends in .txtar. It begins with a sentence on what it is for, perhaps with a line such as "at: 2027-01-01T00:00:00Z" for the instant of the decision (without it, 2026-07-01T12:00:00Z). Then come files, each after a line such as "-- input.yaml --":

input.yaml has the manifests, as check takes them.
expected.yaml has the results, in the form of check -o json and the order of the input.
Any other is a file of an OwnershipRegister of the input, by the path in its spec.source.file.paths. A register without a file in the case is one whose data is missing.

Manifests that are named with -f belong to every case, such as the policies that you test.

Exit codes: 0 if every case passes, 1 if one fails, 2 if a case or a manifest is wrong.`

const example = `  # Run the cases of a folder and its subfolders, against the policies of another
  {{.}} test tests/ -f policies/

  # Begin a case: what do the policies say now?
  {{.}} check -f policies/ -f tests/input.yaml -o json

  # For continuous integration
  {{.}} test tests/ -f policies/ -o junit > domicile-tests.xml`

// writers are the formats.
var writers = map[string]func(io.Writer, []outcome) error{"text": writeText, "junit": writeJUnit}

var formats = []string{"text", "junit"}

type options struct {
	input.Files
	output  string
	streams genericiooptions.IOStreams
}

// NewCommand returns the command. Name is what users type to get the plugin.
func NewCommand(name string, streams genericiooptions.IOStreams) *cobra.Command {
	o := &options{streams: streams}
	command := &cobra.Command{
		Use:                   "test (FILE | FOLDER)...",
		DisableFlagsInUseLine: true,
		Short:                 "Run tests of policies",
		Long:                  long,
		Example:               strings.ReplaceAll(example, "{{.}}", name),
		Args:                  arguments,
		RunE:                  func(c *cobra.Command, args []string) error { return o.run(c.Context(), args) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"txtar"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	o.AddFilesFlag(command, "Files or folders with manifests that belong to every case; - is standard input.")
	o.AddRegisterFlag(command)
	command.Flags().StringVarP(&o.output, "output", "o", "text", fmt.Sprintf("Output format. One of: (%s).", strings.Join(formats, ", ")))
	input.Complete(command, "output", formats...)
	return command
}

func arguments(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("name the cases: files, or folders with *.txtar in them")
	}
	return nil
}

func (o *options) run(ctx context.Context, names []string) error {
	write := writers[o.output]
	if write == nil {
		return fmt.Errorf("unknown output format %q: use one of %s", o.output, strings.Join(formats, ", "))
	}
	s, err := o.shared(ctx)
	if err != nil {
		return err
	}
	files, wrong := find(names)
	var outcomes []outcome
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		one := s.runFile(ctx, file)
		outcomes = append(outcomes, one)
		wrong = append(wrong, one.wrong...)
	}
	if err := write(o.streams.Out, outcomes); err != nil {
		return err
	}
	failed := 0
	for _, one := range outcomes {
		if len(one.differences) > 0 {
			failed++
		}
	}
	switch {
	case len(wrong) > 0:
		return input.NewError(wrong)
	case failed > 0:
		return &FailedError{Cases: failed}
	default:
		return nil
	}
}

// FailedError says that cases fail. The report has told which.
type FailedError struct {
	// Cases is how many.
	Cases int
}

// Error counts the cases.
func (e *FailedError) Error() string {
	return fmt.Sprintf("%d %s", e.Cases, report.Plural(e.Cases, "case fails", "cases fail"))
}
