package register

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/input"
)

const inspectLong = `Read the files of one register as a cluster would, and tell what is in them: parties and interests, what is refused and why, what is read less exactly than it may be meant, and where the data contradicts itself.

Files may be compressed (.gz, .zst, .zip), or compiled beforehand.

Exit codes: 0 if a cluster would use the register, 1 if it would refuse it because of --max-refused, or if --strict finds anything, 2 if the files cannot be read.`

const inspectExample = `  # What is in the golden copy of GLEIF?
  {{.}} register inspect lei2.csv.zip rr.csv.zip repex.csv.zip --format GLEIF

  # In a pipeline: fail unless everything is read for what it says
  {{.}} register inspect statements.jsonl.gz --format BODS --strict

  # All problems in a register, for other programs
  {{.}} register inspect statements.jsonl.gz --format BODS -o json`

type inspection struct {
	reading
	input.Instant
	strict  bool
	output  string
	streams genericiooptions.IOStreams
}

func newInspect(name string, streams genericiooptions.IOStreams) *cobra.Command {
	o := &inspection{streams: streams}
	command := &cobra.Command{
		Use:                   "inspect FILE... --format FORMAT",
		DisableFlagsInUseLine: true,
		Short:                 "Tell what is in the files of a register",
		Long:                  inspectLong,
		Example:               examples(inspectExample, name),
		Args:                  someFiles,
		RunE:                  func(c *cobra.Command, args []string) error { return o.run(c.Context(), args) },
	}
	o.addFlags(command)
	o.AddAtFlag(command)
	command.Flags().BoolVar(&o.strict, "strict", false, "Fail with exit code 1 if anything is refused or read less exactly than it may be meant. What contradicts itself in the data is listed only.")
	command.Flags().StringVarP(&o.output, "output", "o", "text", "Output format. One of: (text, json).")
	input.Complete(command, "output", "text", "json")
	return command
}

func someFiles(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("name the files of the register")
	}
	return nil
}

func (o *inspection) run(ctx context.Context, names []string) error {
	if o.output != "text" && o.output != "json" {
		return fmt.Errorf("unknown output format %q: use text or json", o.output)
	}
	at, err := o.Time(time.Now)
	if err != nil {
		return err
	}
	layer, report, tooMany, err := o.read(ctx, o.streams.ErrOut, names)
	if err != nil {
		return err
	}
	s := summarise(layer, report, o.format, at)
	if o.output == "json" {
		encoder := json.NewEncoder(o.streams.Out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(s)
	} else {
		err = s.text(o.streams.Out)
	}
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	switch remarks := report.Remarked(); {
	case tooMany != nil:
		return tooMany
	case o.strict && (remarks > 0 || report.Refused > 0):
		return &StrictError{Refused: report.Refused, Remarks: remarks}
	default:
		return nil
	}
}
