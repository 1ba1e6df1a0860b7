package snapshot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/persistent"
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
func (b *Builder) WithTenant(ctx context.Context, name string) (*snapshot.Snapshot, error) {
	if err := context.Cause(ctx); err != nil { // nobody waits
		return nil, fmt.Errorf("read Tenant %s live: %w", name, err)
	}
	result := b.reads.DoChan(name, func() (any, error) {
		// The read is shared, so it must not end with the first request.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), liveReadTimeout)
		defer cancel()
		return b.readLive(ctx, name)
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

func (b *Builder) readLive(ctx context.Context, name string) (*snapshot.Snapshot, error) {
	var tenant v1alpha1.Tenant
	if err := b.live.Get(ctx, client.ObjectKey{Name: name}, &tenant); apierrors.IsNotFound(err) {
		return b.without(name)
	} else if err != nil {
		return nil, err
	}
	compiled := translate.Tenant(&tenant)
	current, err := b.caughtUp(ctx, compiled, tenant.CreationTimestamp.Time)
	if err != nil {
		return nil, err
	}
	entities, err := b.missingEntities(ctx, current, compiled)
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
	changes := snapshot.Changes{
		Entities: entities, Policies: newer(current.Objects.Policies, policies.Items, translate.Policy),
		Exemptions: newer(current.Objects.Exemptions, exemptions.Items, translate.Exemption),
	}
	if known, ok := current.Objects.Tenants.Get(name); !ok || known.Digest != compiled.Digest {
		changes.Tenants = map[string]*translate.CompiledTenant{name: compiled}
	}
	return b.with(current, changes), nil
}

// with is a snapshot with changes, for now; the same one if there are none.
func (b *Builder) with(current *snapshot.Snapshot, c snapshot.Changes) *snapshot.Snapshot {
	next := current.With(c)
	if next.Revision == current.Revision {
		return current
	}
	return next.At(b.clock.Now())
}

// without returns the current snapshot less a Tenant that no longer exists.
func (b *Builder) without(name string) (*snapshot.Snapshot, error) {
	current := b.holder.Load()
	if current == nil {
		return nil, errNoSnapshot
	}
	return b.with(current, snapshot.Changes{Tenants: map[string]*translate.CompiledTenant{name: nil}}), nil
}

// newer compiles those of some objects, which are all of their kind, that say
// something else than is known, and has nil for those that are gone.
func newer[T any, P interface {
	*T
	client.Object
}, C interface {
	comparable
	Identity() translate.Digest
}](known persistent.Map[C], objects []T, compile func(P) C) map[string]C {
	changes := map[string]C{}
	listed := map[string]bool{}
	for i := range objects {
		o := P(&objects[i])
		listed[o.GetName()] = true
		if before, ok := known.Get(o.GetName()); !ok || before.Identity() != translate.IdentityOf(o) {
			changes[o.GetName()] = compile(o)
		}
	}
	var gone C
	for name := range known.All() {
		if !listed[name] {
			changes[name] = gone
		}
	}
	return changes
}

// caughtUp returns the current snapshot once it knows the identifiers that a fresh
// Tenant refers to: nobody can read those live, because only the graph says
// which party they belong to. It gives up after catchUp.
func (b *Builder) caughtUp(ctx context.Context, t *translate.CompiledTenant, created time.Time) (*snapshot.Snapshot, error) {
	giveUp := b.clock.NewTimer(catchUp)
	defer giveUp.Stop()
	fresh := b.clock.Since(created) < freshFor
	for {
		replaced := b.holder.Changed()
		current := b.holder.Load()
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
			return b.holder.Load(), nil
		case <-replaced:
		}
	}
}

// missingEntities reads the LegalEntities that a snapshot does not have out of
// those that a Tenant refers to by name, directly or through others.
func (b *Builder) missingEntities(ctx context.Context, current *snapshot.Snapshot, t *translate.CompiledTenant) (map[string]*translate.CompiledEntity, error) {
	var queue []string
	seen := map[string]bool{}
	add := func(r ownership.Ref) {
		name, isEntity := strings.CutPrefix(r.Key, translate.EntityKey(""))
		if isEntity && !seen[name] && len(queue) < maxVisited {
			seen[name] = true
			queue = append(queue, name)
		}
	}
	for _, link := range t.Tenant.Links {
		add(link.Party)
	}
	found := map[string]*translate.CompiledEntity{}
	asked := 0
	for next := 0; next < len(queue); next++ {
		entity, known := current.Objects.Entities.Get(queue[next])
		if !known {
			if asked++; asked > maxLiveEntities {
				continue
			}
			var declared v1alpha1.LegalEntity
			if err := b.live.Get(ctx, client.ObjectKey{Name: queue[next]}, &declared); apierrors.IsNotFound(err) {
				continue
			} else if err != nil {
				return nil, fmt.Errorf("read LegalEntity %s: %w", queue[next], err)
			}
			entity = translate.LegalEntity(&declared)
			found[queue[next]] = entity
		}
		for _, interest := range entity.Interests {
			add(interest.Holder)
		}
	}
	return found, nil
}

// missesIdentifier says whether a Tenant refers to a party by an identifier
// that nobody has declared.
func missesIdentifier(s *snapshot.Snapshot, t *translate.CompiledTenant) bool {
	return slices.ContainsFunc(t.Tenant.Links, func(l residency.Link) bool {
		if l.Party.Key != "" {
			return false
		}
		n, ok := s.Graph.Find(l.Party)
		return !ok || !s.Graph.Loaded(n)
	})
}
