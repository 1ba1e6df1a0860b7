package register

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

const long = `Look at the files of an ownership register before a cluster uses them, compile them for fast loading, and push them to an OCI registry.

An OwnershipRegister takes what was compiled or pushed as a source like any other.`

// NewCommand returns the command with its subcommands. Name is what users type to
// get the plugin.
func NewCommand(name string, streams genericiooptions.IOStreams) *cobra.Command {
	command := &cobra.Command{
		Use:                   "register",
		DisableFlagsInUseLine: true,
		Short:                 "Inspect, compile and push ownership registers",
		Long:                  long,
	}
	command.AddGroup(&cobra.Group{ID: "register", Title: "Commands:"})
	for _, sub := range []*cobra.Command{newInspect(name, streams), newCompile(name, streams), newPush(name, streams)} {
		sub.GroupID = "register"
		command.AddCommand(sub)
	}
	return command
}

// RefusedError says that so many records are refused that a cluster would not
// use the register. What was printed has told which.
type RefusedError struct {
	// Refused of Records are refused; at most the percentage Limit may be.
	Refused, Records int64
	Limit            string
}

// Error counts the records.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%d of %d records are refused: that is more than %s %%", e.Refused, e.Records, e.Limit)
}

// StrictError says that not everything was read for what it says. What was
// printed has told what.
type StrictError struct {
	// Refused is how many records are refused, Remarks how many remarks there are.
	Refused, Remarks int64
}

// Error counts both.
func (e *StrictError) Error() string {
	return fmt.Sprintf("refused: %d, read less exactly than meant: %d (--strict)", e.Refused, e.Remarks)
}

func examples(text, name string) string { return strings.ReplaceAll(text, "{{.}}", name) }
