package mirror

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/dynamic"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/input"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
	"github.com/domicile-dev/domicile/internal/mirror"
)

const long = `Write what the API server refuses by itself as manifests that it reads from files (Kubernetes 1.36 and later, feature gate ManifestBasedAdmissionControlConfig): a ValidatingAdmissionPolicy with the tenants that are refused for certain, and a guard that keeps Domicile's own objects from being changed.

Without -f the tenants are those of the cluster, with your own rights: list on TenantPolicies, Tenants, LegalEntities, OwnershipRegisters and TenantExemptions. Files are written as a whole and then renamed.

Exit codes: 0 if the files are written, 2 if not.`

const example = `  # On a control plane node, from a timer
  {{.}} mirror render --static /etc/kubernetes/admission/policies

  # Of files, with somebody who may upgrade Domicile
  {{.}} mirror render -f policies/ --static out/ --guard-user platform-deployer`

type options struct {
	input.Files
	input.Instant
	folder, namespace, release string
	users, excluded            []string
	cluster                    *genericclioptions.ConfigFlags
	streams                    genericiooptions.IOStreams
}

// NewCommand returns the command, with its one subcommand. Name is what users type to
// get the plugin.
func NewCommand(name string, streams genericiooptions.IOStreams) *cobra.Command {
	command := &cobra.Command{Use: "mirror", Short: "Write what the API server refuses by itself", Long: long, Example: strings.ReplaceAll(example, "{{.}}", name)}
	command.AddCommand(newRender(name, streams))
	return command
}

func newRender(name string, streams genericiooptions.IOStreams) *cobra.Command {
	o := &options{streams: streams, cluster: genericclioptions.NewConfigFlags(true)}
	o.cluster.Namespace, o.cluster.CacheDir = nil, nil // All that is read is cluster-scoped.
	command := &cobra.Command{
		Use:                   "render --static DIR [-f FILENAME]",
		DisableFlagsInUseLine: true,
		Short:                 "Write the mirror and a guard as static manifests",
		Long:                  long,
		Example:               strings.ReplaceAll(example, "{{.}}", name),
		Args:                  cobra.NoArgs,
		RunE:                  func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	o.AddFilesFlag(command, "Files or folders with manifests to render from, instead of the cluster; - is standard input.")
	o.AddRegisterFlag(command)
	o.AddAtFlag(command)
	command.Flags().StringVar(&o.folder, "static", "", "The folder to write to. It must be there.")
	command.Flags().StringVar(&o.namespace, "manager-namespace", "domicile-system", "Where Domicile is installed.")
	command.Flags().StringSliceVar(&o.excluded, "excluded-namespace", nil, "What the manager's flag of that name says. May be given several times.")
	command.Flags().StringVar(&o.release, "release", "domicile", "What the chart's objects are called.")
	command.Flags().StringSliceVar(&o.users, "guard-user", nil, "Who may change what is guarded, besides the manager and Kubernetes' garbage collector. May be given several times.")
	input.AddClusterFlags(command, o.cluster)
	return command
}

func (o *options) run(ctx context.Context) error {
	if o.folder == "" {
		return errors.New("say with --static which folder to write to")
	}
	at, err := o.Time(time.Now)
	if err != nil {
		return err
	}
	w, err := o.world(ctx)
	if err != nil {
		return err
	}
	content := new(mirror.Reader).Read(w.Snapshot, at)
	m := mirror.Options{Namespace: o.namespace, ExcludedNamespaces: o.excluded, Suffix: mirror.StaticSuffix}.Render(content)
	if m.Left > 0 {
		fmt.Fprintf(o.streams.ErrOut, "warning: there is no room for %d names\n", m.Left)
	}
	if err := write(o.folder, "domicile-mirror.yaml", objectsOf(m)); err != nil {
		return err
	}
	policy, binding := mirror.Guard(o.guarded())
	if err := write(o.folder, "domicile-guard.yaml", []any{policy, binding}); err != nil {
		return err
	}
	fmt.Fprintf(o.streams.Out, "Wrote domicile-mirror.yaml (%s) and domicile-guard.yaml to %s.\n", strings.Join(m.Hashes, " "), o.folder)
	return nil
}

func (o *options) world(ctx context.Context) (*world.View, error) {
	if o.Given() {
		manifests, err := o.Read(ctx, o.streams)
		if err != nil {
			return nil, err
		}
		return manifests.View, nil
	}
	config, err := o.cluster.ToRESTConfig()
	if err != nil {
		return nil, fmt.Errorf("connect to the cluster: %w", err)
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connect to the cluster: %w", err)
	}
	registers, err := o.Registers()
	if err != nil {
		return nil, err
	}
	w, err := world.FromCluster(ctx, client, world.Need{AllTenants: true, Registers: registers})
	if err != nil {
		return nil, err
	}
	for _, note := range w.Notes {
		fmt.Fprintf(o.streams.ErrOut, "warning: %s\n", note)
	}
	return w, nil
}

// guarded is what the chart installs and the manager writes.
func (o *options) guarded() mirror.Guarded {
	roles := []string{o.release, o.release + "-mirror", o.release + "-suspension"}
	return mirror.Guarded{
		Objects: map[string][]string{
			"admissionregistration.k8s.io/validatingadmissionpolicies":       mirror.Names(),
			"admissionregistration.k8s.io/validatingadmissionpolicybindings": mirror.Names(),
			"admissionregistration.k8s.io/validatingwebhookconfigurations":   {"domicile"},
			"apiextensions.k8s.io/customresourcedefinitions": {
				"accesspoints.domicile.dev", "legalentities.domicile.dev", "ownershipregisters.domicile.dev", "tenantexemptions.domicile.dev", "tenantpolicies.domicile.dev", "tenants.domicile.dev",
			},
			"rbac.authorization.k8s.io/clusterroles":        roles,
			"rbac.authorization.k8s.io/clusterrolebindings": roles,
		},
		Users: append([]string{
			"system:serviceaccount:" + o.namespace + ":" + o.release, "system:kube-controller-manager",
			"system:serviceaccount:kube-system:generic-garbage-collector",
		}, o.users...),
	}
}
