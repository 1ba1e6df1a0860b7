package impact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/page"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/input"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/status"
	"github.com/domicile-dev/domicile/internal/residency"
)

const long = `Compare a change with what is live, before it is applied: which tenants would be newly restricted, newly clear or newly indeterminate, what they pay, what runs for them, and why.

The change is any of TenantPolicies, Tenants, LegalEntities, OwnershipRegisters and TenantExemptions: one of the same kind and name is replaced, others are added. Nothing is written. If a policy that is given has a date to come, the comparison is as of that date, unless --at says otherwise.

What is live is read from the cluster with your own rights: list on Domicile's five kinds, on Namespaces, ServiceAccounts and Secrets (of which only metadata is read, unless a policy's match.apiKeys names keys in them), and on what policies cover. What you may not list among the last four is left out, and said to be. With --against, manifests are what is live.

Exit codes: 0 if there is an answer, whatever the impact; 2 if the input is wrong, if the cluster does not answer, if the data of a register that is live is missing, or if the cluster itself says something else about a tenant in its status.`

const example = `  # What would this policy change?
  {{.}} impact -f new-policy.yaml

  # And with newer ownership data?
  {{.}} impact -f new-policy.yaml -f new-register.yaml

  # A page for people without kubectl, with the ownership pictures
  {{.}} impact -f new-policy.yaml -o html > impact.html

  # What if this exemption ended, or this policy went?
  {{.}} impact --delete tenantexemption/lantern-2026
  {{.}} impact --delete tpol/no-restricted-owners

  # Without a cluster, for continuous integration
  {{.}} impact -f new-policy.yaml --against deploy/ -o json`

// writers are the formats.
var writers = map[string]func(io.Writer, *report.Report) error{
	"table": report.Table, "json": report.JSON, "csv": report.CSV, "html": page.Write,
}

var formats = []string{"table", "json", "csv", "html"}

type options struct {
	input.Files // the change
	input.Instant
	against          input.Files
	againstRegisters []string
	remove           []string
	policy, output   string
	pictures         int
	all, mark        bool
	cluster          *genericclioptions.ConfigFlags
	streams          genericiooptions.IOStreams
}

// NewCommand returns the command. Name is what users type to get the plugin.
func NewCommand(name string, streams genericiooptions.IOStreams) *cobra.Command {
	o := &options{streams: streams, cluster: genericclioptions.NewConfigFlags(true)}
	o.cluster.Namespace, o.cluster.CacheDir = nil, nil // The whole cluster is looked at, and as it is now.
	command := &cobra.Command{
		Use:                   "impact -f FILENAME",
		SuggestFor:            []string{"diff", "compare", "plan", "dry-run"},
		DisableFlagsInUseLine: true,
		Short:                 "Tell what a change would do to tenants, before it is applied",
		Long:                  long,
		Example:               strings.ReplaceAll(example, "{{.}}", name),
		Args:                  o.arguments,
		RunE:                  func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
		ValidArgsFunction:     cobra.NoFileCompletions,
	}
	o.AddFilesFlag(command, "Files or folders with the manifests of the change; - is standard input.")
	o.AddRegisterFlag(command)
	o.AddAtFlag(command)
	o.against.AddFlag(command, "against", "", "Files or folders with manifests to compare with, instead of the cluster; - is standard input.")
	flags := command.Flags()
	flags.StringArrayVar(&o.againstRegisters, "against-register", nil, "NAME=PATH, as --register: where the data of an OwnershipRegister is that is live. --register is about the change if that has a register of the name.")
	flags.StringSliceVar(&o.remove, "delete", nil, "KIND/NAME: an object of Domicile's that the change deletes.")
	flags.StringVar(&o.policy, "policy", "", "The only TenantPolicy to compare. Every one, if it is not given.")
	flags.StringVarP(&o.output, "output", "o", "table", fmt.Sprintf("Output format. One of: (%s).", strings.Join(formats, ", ")))
	flags.IntVar(&o.pictures, "pictures", 50, "How many ownership pictures a page of HTML has at most.")
	flags.BoolVar(&o.all, "all", false, "List every tenant, also those for whom nothing changes.")
	flags.BoolVar(&o.mark, "byte-order-mark", false, "Begin CSV with a byte order mark, by which Excel knows UTF-8.")
	input.Complete(command, "output", formats...)
	input.Complete(command, "pictures")
	input.Complete(command, "against-register")
	input.AddClusterFlags(command, o.cluster)
	o.complete(command)
	return command
}

func (o *options) arguments(_ *cobra.Command, args []string) error {
	switch {
	case len(args) > 0:
		return fmt.Errorf("name manifests with -f, as in -f %s", args[0])
	case !o.Given() && len(o.remove) == 0:
		return errors.New("name the manifests of the change with -f FILENAME (files, folders, or - for standard input), or what it deletes with --delete KIND/NAME")
	case o.FromStdin() && o.against.FromStdin():
		return errors.New("standard input can be either the change (-f) or what is live (--against), not both")
	case len(o.againstRegisters) > 0 && !o.Given():
		return errors.New("--against-register says where the live data of a register is that the change (-f) has, too; there is no change: use --register")
	case o.mark && o.output != "csv":
		return errors.New("--byte-order-mark is for -o csv")
	case o.pictures < 0:
		return fmt.Errorf("--pictures %d is less than none", o.pictures)
	default:
		return nil
	}
}

func (o *options) run(ctx context.Context) error {
	write := writers[o.output]
	if write == nil {
		return fmt.Errorf("unknown output format %q: use one of %s", o.output, strings.Join(formats, ", "))
	}
	now, err := o.Time(time.Now)
	if err != nil {
		return err
	}
	change, err := o.change(ctx)
	if err != nil {
		return err
	}
	l, err := o.live(ctx, change)
	if err != nil {
		return err
	}
	r, err := o.report(ctx, change, l, now)
	if err != nil {
		return err
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(o.streams.ErrOut, "warning: %s\n", warning)
	}
	if o.mark {
		fmt.Fprint(o.streams.Out, "\uFEFF")
	}
	if err := write(o.streams.Out, r); err != nil {
		return err
	}
	return status.Check(l.Missing, o.differences(l, now))
}

// differences are the verdicts about live tenants that the cluster itself does
// not share.
func (o *options) differences(l *live, now time.Time) []status.Difference {
	if o.against.Given() || o.Asked() {
		return nil
	}
	c := comparison{before: l.View, after: l.View, policy: o.policy, at: now, now: now}
	policies := c.policies(l.View)
	var all []status.Difference
	for _, name := range l.TenantNames() {
		own := status.Of(l.DeclaredTenant(name))
		var decisions []residency.Decision
		for _, v := range own.Verdicts {
			if p := policies[v.Policy]; p != nil {
				if j := judge(l.View, p, name, now, now); j != nil {
					decisions = append(decisions, j.decision)
				}
			}
		}
		all = append(all, own.Differences(decisions)...)
	}
	return all
}
