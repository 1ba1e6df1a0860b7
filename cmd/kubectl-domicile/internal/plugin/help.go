package plugin

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/input"
)

// width is where text wraps, as in kubectl's own help on a narrow terminal.
const width = 80

// help writes the help of a command in the form of kubectl's.
func help(c *cobra.Command, _ []string) {
	w := c.OutOrStdout()
	fmt.Fprintln(w, wrap(c.Long, "", width))
	if c.Example != "" {
		fmt.Fprintf(w, "\nExamples:\n%s\n", c.Example)
	}
	for _, group := range c.Groups() {
		fmt.Fprintf(w, "\n%s\n", group.Title)
		for _, sub := range c.Commands() {
			if sub.GroupID == group.ID && sub.IsAvailableCommand() {
				fmt.Fprintf(w, "  %-11s   %s\n", sub.Name(), sub.Short)
			}
		}
	}
	own, cluster := flagSets(c)
	helpFlags(w, "Options:", own)
	helpFlags(w, "Options to connect to the cluster:", cluster)
	fmt.Fprintf(w, "\nUsage:\n  %s\n", usageLine(c))
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\nUse \"%s <command> --help\" for more information about a given command.\n", c.CommandPath())
	}
}

func usageLine(c *cobra.Command) string {
	line := c.CommandPath()
	if c.HasAvailableSubCommands() {
		return line + " <command>"
	}
	if _, args, found := strings.Cut(c.Use, " "); found {
		line += " " + args
	}
	if own, _ := flagSets(c); len(own) > 0 {
		line += " [options]"
	}
	return line
}

// flagSets are the flags of a command, and those among them that say how to
// connect to a cluster.
func flagSets(c *cobra.Command) (own, cluster []*pflag.Flag) {
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		switch {
		case f.Hidden || f.Name == "help":
		case f.Annotations[input.ClusterFlag] != nil:
			cluster = append(cluster, f)
		default:
			own = append(own, f)
		}
	})
	return own, cluster
}

func helpFlags(w io.Writer, title string, flags []*pflag.Flag) {
	if len(flags) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", title)
	for i, f := range flags {
		if i > 0 {
			fmt.Fprintln(w)
		}
		name := "    --" + f.Name
		if f.Shorthand != "" {
			name = "    -" + f.Shorthand + ", --" + f.Name
		}
		fmt.Fprintf(w, "%s=%s:\n%s\n", name, defaultOf(f), wrap(f.Usage, "        ", width))
	}
}

// defaultOf writes a flag's default as kubectl does: strings in quotes.
func defaultOf(f *pflag.Flag) string {
	if slices.Contains([]string{"string"}, f.Value.Type()) {
		return "'" + f.DefValue + "'"
	}
	return f.DefValue
}

// wrap breaks paragraphs into lines.
func wrap(text, indent string, width int) string {
	var out []string
	for _, paragraph := range strings.Split(text, "\n") {
		line := indent
		for _, word := range strings.Fields(paragraph) {
			if line != indent && len(line)+1+len(word) > width {
				out = append(out, line)
				line = indent
			}
			if line != indent {
				line += " "
			}
			line += word
		}
		out = append(out, strings.TrimRight(line, " "))
	}
	return strings.Join(out, "\n")
}
