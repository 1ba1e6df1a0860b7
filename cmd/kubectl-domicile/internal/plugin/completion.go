package plugin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

const completionLong = `Print the shell code that completes this program's command line.

As a kubectl plugin it needs none: kubectl's own completion asks a program called kubectl_complete-domicile. Put a link with that name to this program anywhere in your PATH.`

const completionExample = `  # Complete "kubectl domicile", once kubectl's own completion is set up
  ln -s "$(command -v kubectl-domicile)" ~/.local/bin/kubectl_complete-domicile

  # Complete the program by its own name, in bash
  source <({{.}} completion bash)`

var shells = []string{"bash", "zsh", "fish", "powershell"}

func newCompletion(name string, streams genericiooptions.IOStreams) *cobra.Command {
	return &cobra.Command{
		Use:                   "completion (" + strings.Join(shells, " | ") + ")",
		DisableFlagsInUseLine: true,
		Short:                 "Print shell completion code",
		Long:                  completionLong,
		Example:               strings.ReplaceAll(completionExample, "{{.}}", name),
		Args:                  oneShell,
		ValidArgsFunction:     cobra.FixedCompletions(shells, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(c *cobra.Command, args []string) error {
			root := c.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(streams.Out, true)
			case "zsh":
				return root.GenZshCompletion(streams.Out)
			case "fish":
				return root.GenFishCompletion(streams.Out, true)
			default:
				return root.GenPowerShellCompletionWithDesc(streams.Out)
			}
		},
	}
}

func oneShell(_ *cobra.Command, args []string) error {
	if len(args) != 1 || !slices.Contains(shells, args[0]) {
		return fmt.Errorf("name one shell: %s", strings.Join(shells, ", "))
	}
	return nil
}
