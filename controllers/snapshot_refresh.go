package controllers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

const (
	// liveReadTimeout bounds one live read of a Tenant and its parties. It
	// is well within the time that the API server gives a webhook.
	liveReadTimeout = 3 * time.Second

	// maxLiveEntities bounds how many LegalEntities one live read asks for.
	// What is beyond it stays unknown until the informers have it.
	maxLiveEntities = 64

	// maxVisited bounds how many parties one live read walks through.
	maxVisited = 10_000

	// freshFor is how long after its creation the parties of a Tenant may
	// still be under way to the informers.
	freshFor = 10 * time.Second

	// catchUp is how long a fresh Tenant's parties are waited for when they
	// cannot be read live, because they are named by identifier.
	catchUp = 5 * batchWindow
)

var errNoSnapshot = errors.New("there is no snapshot yet")

// WithTenant returns the current snapshot with the Tenant, all policies and
// all exemptions as they stand now, and with the LegalEntities that it refers to by name, directly or through others,
// and that the informers do not have yet. A Tenant that does not exist is
// simply not in it. Requests for one Tenant share one read. The answer is for
// those requests alone, and not published. An error means that it is not known.
func (b *SnapshotBuilder) WithTenant(ctx context.Context, name string) (*snapshot.Snapshot, error) {
	result := b.reads.DoChan(name, func() (any, error) {
		// The read is shared, so it must not end with the first request.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), liveReadTimeout)
		defer cancel()
		s, err := b.readLive(ctx, name)
		b.metrics.liveRead(err)
		return s, err
	})
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("read Tenant %s live: %w", name, context.Cause(ctx))
	case r := <-result:
		s, ok := r.Val.(*snapshot.Snapshot)
		if r.Err != nil || !ok {
			return nil, fmt.Errorf("read Tenant %s live: %w", name, r.Err)
		}
		return s, nil
	}
}

func (b *SnapshotBuilder) readLive(ctx context.Context, name string) (*snapshot.Snapshot, error) {
	var tenant v1alpha1.Tenant
	if err := b.live.Get(ctx, client.ObjectKey{Name: name}, &tenant); apierrors.IsNotFound(err) {
		return b.without(name)
	} else if err != nil {
		return nil, err
	}
	current, err := b.caughtUp(ctx, &tenant)
	if err != nil {
		return nil, err
	}
	in := current.inputs
	entities, err := b.missingEntities(ctx, in, &tenant)
	if err != nil {
		return nil, err
	}
	// Policies and exemptions are few, and may be as new as the Tenant.
	var (
		policies   v1alpha1.TenantPolicyList
		exemptions v1alpha1.TenantExemptionList
	)
	for _, list := range []client.ObjectList{&policies, &exemptions} {
		if err := b.live.List(ctx, list); err != nil {
			return nil, fmt.Errorf("list %T: %w", list, err)
		}
	}
	known := slices.IndexFunc(in.tenants, func(t v1alpha1.Tenant) bool { return t.Name == name })
	if len(entities) == 0 && known >= 0 && !matters(&in.tenants[known], &tenant) &&
		same(in.policies, policies.Items) && same(in.exemptions, exemptions.Items) {
		return current.snapshot, nil
	}
	in.policies, in.exemptions = policies.Items, exemptions.Items
	in.tenants = replaced(in.tenants, known, tenant)
	in.entities = slices.Concat(in.entities, entities)
	return in.compile().snapshot, nil
}

// without returns the current snapshot less a Tenant that no longer exists.
func (b *SnapshotBuilder) without(name string) (*snapshot.Snapshot, error) {
	current := b.current.Load()
	if current == nil {
		return nil, errNoSnapshot
	}
	if _, listed := current.snapshot.Tenants[name]; !listed {
		return current.snapshot, nil
	}
	in := current.inputs
	in.tenants = slices.DeleteFunc(slices.Clone(in.tenants), func(t v1alpha1.Tenant) bool { return t.Name == name })
	return in.compile().snapshot, nil
}

// caughtUp returns the current state once it knows the identifiers that a fresh
// Tenant refers to: nobody can read those live, because only the graph says
// which party they belong to. It gives up after catchUp.
func (b *SnapshotBuilder) caughtUp(ctx context.Context, t *v1alpha1.Tenant) (*compiled, error) {
	giveUp := b.clock.NewTimer(catchUp)
	defer giveUp.Stop()
	fresh := b.clock.Since(t.CreationTimestamp.Time) < freshFor
	for {
		rebuilt := b.rebuilt.Changed()
		current := b.current.Load()
		if current == nil {
			return nil, errNoSnapshot
		}
		if !fresh || !missesIdentifier(current, t) {
			return current, nil
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-giveUp.C():
			return b.current.Load(), nil
		case <-rebuilt:
		}
	}
}

// missingEntities reads the LegalEntities that the informers do not have out of
// those that a Tenant refers to by name, directly or through others.
func (b *SnapshotBuilder) missingEntities(ctx context.Context, in inputs, t *v1alpha1.Tenant) ([]v1alpha1.LegalEntity, error) {
	known := make(map[string]*v1alpha1.LegalEntity, len(in.entities))
	for i := range in.entities {
		known[in.entities[i].Name] = &in.entities[i]
	}
	var queue []string
	seen := map[string]bool{}
	note := func(r v1alpha1.PartyReference) {
		if r.Name != "" && !seen[r.Name] && len(queue) < maxVisited {
			seen[r.Name] = true
			queue = append(queue, r.Name)
		}
	}
	for _, p := range t.Spec.Parties {
		note(p.Entity)
	}
	var found []v1alpha1.LegalEntity
	asked := 0
	for next := 0; next < len(queue); next++ {
		entity := known[queue[next]]
		if entity == nil {
			if asked++; asked > maxLiveEntities {
				continue
			}
			entity = &v1alpha1.LegalEntity{}
			if err := b.live.Get(ctx, client.ObjectKey{Name: queue[next]}, entity); apierrors.IsNotFound(err) {
				continue
			} else if err != nil {
				return nil, fmt.Errorf("read LegalEntity %s: %w", queue[next], err)
			}
			found = append(found, *entity)
		}
		for _, i := range entity.Spec.Interests {
			note(i.Holder)
		}
	}
	return found, nil
}

// missesIdentifier says whether a Tenant refers to a party by an identifier
// that no LegalEntity has.
func missesIdentifier(c *compiled, t *v1alpha1.Tenant) bool {
	read, _ := translate.Tenant(t) // what is invalid in it is reported elsewhere
	return slices.ContainsFunc(read.Links, func(l residency.Link) bool {
		return l.Party.Key == "" && !loaded(c.snapshot.Graph, l.Party)
	})
}

// loaded says whether somebody has declared the party.
func loaded(g *ownership.Graph, r ownership.Ref) bool {
	n, ok := g.Find(r)
	return ok && g.Loaded(n)
}

// same says whether two lists, in any order, have the same objects.
func same[T any, P interface {
	*T
	client.Object
}](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	byName := make(map[string]P, len(a))
	for i := range a {
		byName[P(&a[i]).GetName()] = &a[i]
	}
	for i := range b {
		other, known := byName[P(&b[i]).GetName()]
		if !known || matters(other, P(&b[i])) {
			return false
		}
	}
	return true
}

func replaced(tenants []v1alpha1.Tenant, at int, t v1alpha1.Tenant) []v1alpha1.Tenant {
	tenants = slices.Clone(tenants)
	if at < 0 {
		return append(tenants, t)
	}
	tenants[at] = t
	return tenants
}
