package plugin

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/nearest"
)

// subcommand refuses the name of a command that there is not, and names the
// nearest ones.
func subcommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	meant := ""
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
		for _, word := range sub.SuggestFor {
			if strings.EqualFold(word, args[0]) {
				meant = sub.Name()
			}
		}
	}
	near := nearest.Names(strings.ToLower(args[0]), names)
	if meant != "" {
		near = []string{meant}
	}
	return &usageError{errors.New(fmt.Sprintf("unknown command %q for %q", args[0], c.CommandPath()) + didYouMean(near, ""))}
}

// mistypedCommand is what is wrong with a command line if the command is: its
// flags are unknown because nobody knows whose they are.
func mistypedCommand(root *cobra.Command, words []string, err error) error {
	command, rest, findErr := root.Find(words)
	if findErr != nil || !command.HasSubCommands() || len(rest) == 0 || strings.HasPrefix(rest[0], "-") {
		return err
	}
	return subcommand(command, rest[:1])
}

// mistypedFlag names the flags that are nearest to one that there is not.
func mistypedFlag(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || unknown.GetSpecifiedShortnames() != "" {
		return err
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return fmt.Errorf("%w%s", err, didYouMean(nearest.Names(strings.ToLower(unknown.GetSpecifiedName()), names), "--"))
}

func didYouMean(near []string, prefix string) string {
	if len(near) == 0 {
		return ""
	}
	return fmt.Sprintf("\nDid you mean %q?", prefix+near[0])
}
