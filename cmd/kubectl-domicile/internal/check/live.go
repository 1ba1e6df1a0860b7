package check

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"k8s.io/client-go/dynamic"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
	"github.com/domicile-dev/domicile/internal/residency"
)

// read reads the manifests, and with --live the cluster that they would be
// applied to: what they have of Domicile's kinds takes the place of what is
// there.
func (o *options) read(ctx context.Context) (*world.Manifests, error) {
	if !o.live {
		return o.Read(ctx, o.streams)
	}
	config, err := o.cluster.ToRESTConfig()
	if err != nil {
		return nil, fmt.Errorf("connect to the cluster: %w", err)
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connect to the cluster: %w", err)
	}
	current, _, err := o.cluster.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return nil, fmt.Errorf("the current namespace of the kubeconfig: %w", err)
	}
	places, err := o.Registers()
	if err != nil {
		return nil, err
	}
	need := world.Need{AllTenants: true}
	var note string
	var failed error
	manifests, err := o.ReadWith(ctx, o.streams, func(objects []manifest.Object) world.Options {
		mine, others := places.Split(objects)
		need.Registers = others
		if slices.ContainsFunc(objects, func(o manifest.Object) bool { return world.Strange(&o) }) {
			need.Definitions, note, failed = world.LiveDefinitions(ctx, client)
		}
		return world.Options{Registers: mine, Current: current, Definitions: need.Definitions, Live: func(ctx context.Context, name string) (*residency.Namespace, error) {
			return world.LiveNamespace(ctx, client, name)
		}}
	})
	if err := errors.Join(failed, err); err != nil {
		return nil, err
	}
	need.AccessPoints = slices.ContainsFunc(manifests.Objects, func(o world.Object) bool { return o.Call != nil })
	cluster, err := world.FromCluster(ctx, client, need)
	if err != nil {
		return nil, err
	}
	after, _, err := cluster.Apply(manifests.View, nil)
	if err != nil {
		return nil, err
	}
	for _, name := range cluster.Missing {
		// A register that the manifests have is theirs.
		if after.HasData(name) {
			continue
		}
		after.Missing = append(after.Missing, name)
	}
	if note != "" {
		cluster.Notes = append(cluster.Notes, note)
	}
	for _, note := range cluster.Notes {
		fmt.Fprintf(o.streams.ErrOut, "warning: %s\n", note)
	}
	manifests.View = after
	return manifests, nil
}
