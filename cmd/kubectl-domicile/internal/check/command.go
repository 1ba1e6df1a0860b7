package check

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/input"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/report"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/status"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
)

const long = `Evaluate manifests without a cluster, or with --live against one: would the policies admit them?

The TenantPolicies, Tenants, LegalEntities, OwnershipRegisters and Namespaces among the manifests are the world. Every other object is created in it, one by one, and gets the answer that the admission webhook would give. A namespace that is not among the manifests is one that is bound to no tenant and has no labels. An object that names no namespace is created in that of -n, as by kubectl apply and helm install. The paths of an OwnershipRegister begin in the folder of its manifest.

Exit codes: 0 if every object is admitted, 1 if one is denied, 2 if the input is wrong or the cluster does not answer, or with --live if the data of a register is missing; with --strict also if it has no policy, or no object to be created.`

const example = `  # Check a folder of manifests, with all its subfolders
  {{.}} check -f deploy/

  # Check what Helm renders, in the namespace that it will be installed in
  helm template app charts/app | {{.}} check -f policies/ -f - -n wren

  # Check what kustomize builds, against policies that are kept elsewhere
  {{.}} check -f policies/ -k overlays/production

  # In a pipeline: fail if there is nothing to check, or nothing to check against
  {{.}} check -f policies/ -f deploy/ --strict

  # Would the cluster admit them? It is asked for its policies, tenants and namespaces
  {{.}} check -f deploy/ --live

  # Where the files of a register are on this machine
  {{.}} check -f deploy/ --register gleif=gleif.zst

  # Would it be admitted on the first day of the year?
  {{.}} check -f deploy/ --at 2027-01-01T00:00:00Z

  # Write a report for code scanning, or for a test report
  {{.}} check -f deploy/ -o sarif > domicile.sarif
  {{.}} check -f deploy/ -o junit > domicile.xml`

type options struct {
	input.Files
	input.Instant
	output  string
	strict  bool
	live    bool
	cluster *genericclioptions.ConfigFlags
	version string
	streams genericiooptions.IOStreams
}

// NewCommand returns the command. Name is what users type to get the plugin,
// version what reports say it is.
func NewCommand(name, version string, streams genericiooptions.IOStreams) *cobra.Command {
	o := &options{version: version, streams: streams, cluster: genericclioptions.NewConfigFlags(true)}
	o.cluster.Namespace, o.cluster.CacheDir = nil, nil // -n is for manifests, too; nothing is discovered.
	command := &cobra.Command{
		Use:                   "check -f FILENAME",
		SuggestFor:            []string{"validate", "lint", "verify", "scan", "apply"},
		DisableFlagsInUseLine: true,
		Short:                 "Evaluate manifests without a cluster",
		Long:                  long,
		Example:               strings.ReplaceAll(example, "{{.}}", name),
		Args:                  o.arguments,
		RunE:                  func(c *cobra.Command, _ []string) error { return o.run(c) },
		ValidArgsFunction:     cobra.NoFileCompletions,
	}
	o.AddFilesFlag(command, "Files or folders with the manifests; - is standard input.")
	o.AddRegisterFlag(command)
	o.AddNamespaceFlag(command, "The namespace of objects that name none. That of the Helm release if helm install --dry-run or helm get all says it, with --live the current one of the kubeconfig, or else \"default\", if it is not given.")
	o.AddAtFlag(command)
	command.Flags().BoolVar(&o.strict, "strict", false, "Fail with exit code 2 if there is no TenantPolicy in the input, or no object to be created.")
	command.Flags().BoolVar(&o.live, "live", false, "Check against the cluster as it is: its objects of Domicile's kinds, with those of the manifests in their place, its namespaces, and the current namespace of the kubeconfig unless -n names one. Nothing is written.")
	command.Flags().StringVarP(&o.output, "output", "o", "table", fmt.Sprintf("Output format. One of: (%s).", strings.Join(report.Formats, ", ")))
	input.Complete(command, "output", report.Formats...)
	input.AddClusterFlags(command, o.cluster)
	return command
}

func (o *options) arguments(_ *cobra.Command, args []string) error {
	switch {
	case len(args) > 0:
		return fmt.Errorf("name manifests with -f, as in -f %s", args[0])
	case !o.Given():
		return errors.New("name the manifests with -f FILENAME (files, folders, or - for standard input), or a folder of kustomize with -k")
	default:
		return nil
	}
}

func (o *options) run(command *cobra.Command) error {
	write, err := report.ParseFormat(o.output, o.version)
	if err != nil {
		return err
	}
	at, err := o.Time(time.Now)
	if err != nil {
		return err
	}
	if err := o.CheckNamespace(command); err != nil {
		return err
	}
	if given := input.ClusterFlags(command); len(given) > 0 && !o.live {
		return fmt.Errorf("%s says how to connect to a cluster, and none is asked without --live", given[0])
	}
	manifests, err := o.read(command.Context())
	if err != nil {
		return err
	}
	if err := o.nothing(manifests); err != nil {
		return err
	}
	results := Evaluate(manifests, at)
	for i := range results.Results {
		for j := range results.Results[i].Decisions {
			d := &results.Results[i].Decisions[j]
			d.More = o.Repeat(o.Command(d.More))
		}
	}
	if err := write(o.streams.Out, results); err != nil {
		return err
	}
	if len(manifests.Policies) == 0 {
		fmt.Fprintln(o.streams.ErrOut, "warning: there is no TenantPolicy among the manifests, so no tenant can be restricted")
	}
	if err := status.Check(manifests.Missing, nil); err != nil {
		return err
	}
	if denied := results.Denied(); denied > 0 {
		return &DeniedError{Objects: denied}
	}
	return nil
}

// nothing is an error, if it is to be one, when the input says nothing that could
// be denied.
func (o *options) nothing(m *world.Manifests) error {
	switch {
	case !o.strict:
		return nil
	case len(m.Policies) == 0:
		return errors.New("there is no TenantPolicy in the input, and so nothing could be denied (--strict)")
	case len(m.Objects) == 0:
		return errors.New("there is no object to be created in the input, and so nothing is checked (--strict)")
	default:
		return nil
	}
}

// DeniedError says that objects are denied. The report has told which.
type DeniedError struct {
	// Objects is how many.
	Objects int
}

// Error counts the objects.
func (e *DeniedError) Error() string { return fmt.Sprintf("%d objects are denied", e.Objects) }
