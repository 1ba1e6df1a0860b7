package plugin

import (
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/cases"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/check"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/explain"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/key"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/mirror"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/register"
)

const long = `Domicile refuses the workloads and API keys of tenants that trace to owners in blocked jurisdictions.

This plugin answers beforehand what admission would say, and explains why.`

func newRoot(name string, streams genericiooptions.IOStreams) *cobra.Command {
	root := &cobra.Command{
		Use:               "kubectl-domicile",
		Annotations:       map[string]string{cobra.CommandDisplayNameAnnotation: name},
		Short:             "Tenant residency: check manifests, explain verdicts",
		Long:              long,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:              subcommand,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.ErrOut)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return &usageError{mistypedFlag(c, err)} })
	root.SetHelpFunc(help)
	root.SetUsageFunc(func(c *cobra.Command) error { help(c, nil); return nil })

	root.AddGroup(&cobra.Group{ID: "basic", Title: "Commands:"}, &cobra.Group{ID: "other", Title: "Other Commands:"})
	for _, c := range []*cobra.Command{check.NewCommand(name, version(), streams), cases.NewCommand(name, streams), explain.NewCommand(name, streams), impact.NewCommand(name, streams)} {
		c.GroupID = "basic"
		root.AddCommand(aboutUsage(c))
	}
	for _, c := range []*cobra.Command{register.NewCommand(name, streams), mirror.NewCommand(name, streams), key.NewCommand(name, streams)} {
		c.GroupID = "basic"
		c.Args, c.RunE = subcommand, func(c *cobra.Command, _ []string) error { return c.Help() }
		for _, sub := range c.Commands() {
			aboutUsage(sub)
		}
		root.AddCommand(c)
	}
	for _, c := range []*cobra.Command{newCompletion(name, streams), newVersion(streams)} {
		c.GroupID = "other"
		root.AddCommand(aboutUsage(c))
	}
	return root
}

// aboutUsage marks errors about a command's arguments as such.
func aboutUsage(c *cobra.Command) *cobra.Command {
	args := c.Args
	c.Args = func(c *cobra.Command, values []string) error {
		if err := args(c, values); err != nil {
			return &usageError{err}
		}
		return nil
	}
	return c
}
