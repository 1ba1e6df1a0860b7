package explain

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/dynamic"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/input"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/status"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
	"github.com/domicile-dev/domicile/internal/residency"
)

const long = `Explain what the policies find out about a tenant or a party, and why: who holds what in whom, where each sits, and where that is known from.

Without -f the answer comes from the cluster, with your own rights: get on the Tenant, list on TenantPolicies (get with --policy), on LegalEntities, OwnershipRegisters and TenantExemptions. Registers whose files are mounted into the managers have to be named with --register. Beside the answer stands what the cluster itself says in the status of the Tenant.

Exit codes: 0 if there is an answer, 2 if there is none, if the data of a register is missing, or if the cluster itself says something else.`

const example = `  # Why is this tenant restricted?
  {{.}} explain tenant/lantern-sg

  # The same for one policy, as JSON
  {{.}} explain tenant/lantern-sg --policy no-cn -o json

  # What about a party, by its name or by an identifier?
  {{.}} explain entity/lantern-hk
  {{.}} explain LEI:00LANTERNGROUP000060

  # A picture of it, for a browser or a document
  {{.}} explain tenant/lantern-sg --policy no-cn -o svg > lantern.svg

  # The same as a page that can be printed and filed
  {{.}} explain tenant/lantern-sg --policy no-cn -o html > lantern.html

  # Without a cluster, on the first day of the year
  {{.}} explain tenant/lantern-sg -f deploy/ --at 2027-01-01T00:00:00Z`

type options struct {
	input.Files
	input.Instant
	policy, output string
	reference      string
	cluster        *genericclioptions.ConfigFlags
	streams        genericiooptions.IOStreams
}

// NewCommand returns the command. Name is what users type to get the plugin.
func NewCommand(name string, streams genericiooptions.IOStreams) *cobra.Command {
	o := &options{streams: streams, cluster: genericclioptions.NewConfigFlags(true)}
	o.cluster.Namespace, o.cluster.CacheDir = nil, nil // All that is read is cluster-scoped, by known names.
	command := &cobra.Command{
		Use:                   "explain (tenant/NAME | entity/NAME | SCHEME:ID) [-f FILENAME]",
		SuggestFor:            []string{"why", "describe", "show"},
		DisableFlagsInUseLine: true,
		Short:                 "Explain what the policies find out about a tenant or a party",
		Long:                  long,
		Example:               strings.ReplaceAll(example, "{{.}}", name),
		Args:                  o.arguments,
		RunE:                  func(c *cobra.Command, args []string) error { return o.run(c.Context(), args) },
	}
	o.AddFilesFlag(command, "Files or folders with manifests to answer from, instead of the cluster; - is standard input.")
	o.AddRegisterFlag(command)
	o.AddAtFlag(command)
	command.Flags().StringVar(&o.policy, "policy", "", "The only TenantPolicy to explain from. Every one, if it is not given.")
	command.Flags().StringVarP(&o.output, "output", "o", "text", fmt.Sprintf("Output format. One of: (%s). The last four are pictures, which show one policy; html is a page that prints it, however large it is.", strings.Join(formats, ", ")))
	input.Complete(command, "output", formats...)
	input.AddClusterFlags(command, o.cluster)
	command.Flags().StringVar(&o.reference, "reference", "", "The number that a customer was told when a request was refused. What is explained is the tenant of that request, at that time.")
	o.complete(command)
	return command
}

func (o *options) arguments(_ *cobra.Command, args []string) error {
	if o.reference != "" && len(args) == 0 {
		return nil
	}
	if len(args) == 0 || len(args) > 2 {
		return fmt.Errorf("name what to explain: tenant/NAME, entity/NAME or SCHEME:ID")
	}
	return nil
}

func (o *options) run(ctx context.Context, args []string) error {
	write, err := writerOf(o.output)
	if err != nil {
		return err
	}
	at, err := o.Time(time.Now)
	if err != nil {
		return err
	}
	var what target
	if o.reference != "" {
		what, at, err = o.refer(ctx, args)
	} else {
		what, err = parseTarget(args)
	}
	if err != nil {
		return err
	}
	w, err := o.world(ctx, world.Need{Policy: o.policy, Tenant: what.tenant})
	if err != nil {
		return err
	}
	q := query{target: what, policy: o.policy, at: at}
	decisions, skipped, err := q.decide(w)
	if err != nil {
		return err
	}
	for _, name := range skipped {
		fmt.Fprintf(o.streams.ErrOut, "policy %s is not about tenant %s: its spec.tenantSelector does not select it\n", name, what.tenant)
	}
	if len(decisions) > 0 || o.output != "text" {
		if err := write(o.streams.Out, decisions, o.setting(q)); err != nil {
			return err
		}
	}
	return o.beside(w, q, decisions)
}

// beside writes what the cluster itself says, if it was asked, and is an error
// if that is something else, or may be.
func (o *options) beside(w *world.View, q query, decisions []residency.Decision) error {
	if o.Given() {
		return nil
	}
	var differences []status.Difference
	if tenant := w.DeclaredTenant(q.tenant); tenant != nil {
		own := status.Of(tenant).Only(o.policy)
		if !o.Asked() {
			differences = own.Differences(decisions)
		}
		switch {
		case o.output == "text" && len(own.Verdicts) > 0:
			fmt.Fprintln(o.streams.Out)
			own.Write(o.streams.Out)
		case len(own.Verdicts) == 0 && len(w.Missing) > 0:
			fmt.Fprintf(o.streams.ErrOut, "the cluster has no verdict of its own about tenant %s yet\n", q.tenant)
		case len(differences) > 0 || len(w.Missing) > 0:
			own.Write(o.streams.ErrOut)
		}
	}
	return status.Check(w.Missing, differences)
}

// world reads what the answer comes from.
func (o *options) world(ctx context.Context, need world.Need) (*world.View, error) {
	if o.Given() {
		manifests, err := o.Read(ctx, o.streams)
		if err != nil {
			return nil, err
		}
		return manifests.View, nil
	}
	client, err := o.client()
	if err != nil {
		return nil, err
	}
	if need.Registers, err = o.Registers(); err != nil {
		return nil, err
	}
	w, err := world.FromCluster(ctx, client, need)
	if err != nil {
		return nil, err
	}
	for _, note := range w.Notes {
		fmt.Fprintf(o.streams.ErrOut, "warning: %s\n", note)
	}
	return w, nil
}

func (o *options) client() (dynamic.Interface, error) {
	config, err := o.cluster.ToRESTConfig()
	if err != nil {
		return nil, fmt.Errorf("connect to the cluster: %w", err)
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connect to the cluster: %w", err)
	}
	return client, nil
}
