package input

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"
)

// Instant is the flag that says about which instant to ask.
type Instant struct {
	text string
	flag *pflag.Flag
}

// AddAtFlag adds --at.
func (i *Instant) AddAtFlag(command *cobra.Command) {
	command.Flags().StringVar(&i.text, "at", "", "The instant to ask about, as in 2027-01-01T00:00:00Z (RFC 3339). Now, if it is not given.")
	i.flag = command.Flags().Lookup("at")
	Complete(command, "at")
}

// Asked says whether the flag is given.
func (i *Instant) Asked() bool { return i.flag != nil && i.flag.Changed }

// Time returns the instant. One that is given and empty, as from a variable
// that is not set, is none.
func (i *Instant) Time(now func() time.Time) (time.Time, error) {
	if !i.Asked() {
		return now(), nil
	}
	at, err := time.Parse(time.RFC3339, i.text)
	if err != nil {
		return time.Time{}, fmt.Errorf("--at %q is not an instant as in 2027-01-01T00:00:00Z (RFC 3339)", i.text)
	}
	return at, nil
}

// Complete makes the shell offer values for a flag, and no files.
func Complete(command *cobra.Command, flag string, values ...string) {
	if err := command.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // The flag is not defined, or completed twice.
	}
}

// ClusterFlag is the annotation of flags that say how to connect to a cluster,
// so that help lists them by themselves.
const ClusterFlag = "domicile.dev/cluster-flag"

// AddClusterFlags adds the flags that say how to connect to a cluster.
func AddClusterFlags(command *cobra.Command, config *genericclioptions.ConfigFlags) {
	flags := pflag.NewFlagSet("cluster", pflag.ContinueOnError)
	config.AddFlags(flags)
	flags.VisitAll(func(f *pflag.Flag) {
		f.Annotations = map[string][]string{ClusterFlag: {"true"}}
		command.Flags().AddFlag(f)
	})
}

// ClusterFlags are those of a command that say how to connect to a cluster and
// are given.
func ClusterFlags(command *cobra.Command) []string {
	var given []string
	command.Flags().Visit(func(f *pflag.Flag) {
		if f.Annotations[ClusterFlag] != nil {
			given = append(given, "--"+f.Name)
		}
	})
	return given
}
