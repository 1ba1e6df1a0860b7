package main

import (
	"context"
	"fmt"
	"time"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/mirror"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/bench/filled"
	"github.com/domicile-dev/domicile/test/bench/workload"
	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// suffix keeps the names apart from those of a mirror that the manager keeps.
const suffix = "-bench"

// createMirror makes the policies that refuse many tenants, for one namespace.
func (r *rig) createMirror(ctx context.Context) error {
	in := snapshottest.Inputs{Policies: []v1alpha1.TenantPolicy{*filled.Policy("no-cn", "CN")}}
	in.Entities = append(in.Entities, *filled.Company("bad", "CN"))
	for i := range r.o.mirrored {
		in.Tenants = append(in.Tenants, *filled.TenantOf(filled.TenantName(i), filled.Named("bad")))
	}
	content := new(mirror.Reader).Read(snapshottest.Compile(in), time.Now())
	m := mirror.Options{Namespace: systemNamespace, Suffix: suffix}.Render(content)
	if m.Left > 0 {
		return fmt.Errorf("%d names have no room in the mirror", m.Left)
	}
	for i := range m.Policies {
		if err := r.Create(ctx, &m.Policies[i]); err != nil {
			return err
		}
	}
	for i := range m.Bindings {
		m.Bindings[i].Spec.MatchResources = bound(mirrorAlone)
		if err := r.Create(ctx, &m.Bindings[i]); err != nil {
			return err
		}
	}
	return r.enforced(ctx)
}

// enforced waits until the mirror refuses its last tenant.
func (r *rig) enforced(ctx context.Context) error {
	refused := pods("", workload.Sizes()[0], 0)
	admitted := refused.object
	refused.object = func() map[string]any {
		pod := admitted()
		metadata, _ := pod["metadata"].(map[string]any)
		metadata["annotations"] = map[string]any{v1alpha1.TenantAnnotation: filled.TenantName(r.o.mirrored - 1)}
		return pod
	}
	q, err := refused.in(r.Config().Host, mirrorAlone.namespace())
	if err != nil {
		return err
	}
	return cluster.Poll(ctx, "the mirror", func(ctx context.Context) (bool, error) {
		_, err := r.ask(ctx, q)
		return err != nil, nil
	})
}
