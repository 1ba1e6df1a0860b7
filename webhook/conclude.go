package webhook

import (
	"context"
	"fmt"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// input is everything that a decision is made from, but the snapshot.
type input struct {
	object *residency.Object
	// growth says whether a verdict is needed. Without it only who the object
	// belongs to is looked at.
	growth bool
	// claims says that who it belongs to is looked at although no policy covers it.
	claims bool
	// changes are the claims that an object which exists gets or loses.
	changes claimChanges
	user    authenticationv1.UserInfo
}

// conclude decides. A tenant, or a party of one, that the snapshot does not
// know is read live once before it is called unknown.
func (h *Handler) conclude(ctx context.Context, world *snapshot.Snapshot, in input) (outcome, error) {
	if err := h.recognise(ctx, world, in.object); err != nil {
		return outcome{}, err
	}
	refusals, err := h.mayNot(ctx, in)
	if err != nil {
		return outcome{}, err
	}
	missing := missingTenant(world, in.object)
	if missing != "" {
		if world, err = h.refresh(ctx, missing); err != nil {
			return outcome{}, err
		}
	}
	decisions := h.decide(world, in)
	if tenant, ok := missingParty(decisions); ok && missing == "" {
		if world, err = h.refresh(ctx, tenant); err != nil {
			return outcome{}, err
		}
		decisions = h.decide(world, in)
	}
	if err := errLate(ctx); err != nil {
		return outcome{}, err
	}
	return outcome{object: in.object, decisions: append(refusals, decisions...), revision: world.Revision}, nil
}

// recognise finds out whether an object of a kind that this replica does not know holds
// Pods: another replica may know it already, and have the API server ask.
func (h *Handler) recognise(ctx context.Context, world *snapshot.Snapshot, o *residency.Object) (err error) {
	r := schema.GroupResource{Group: o.Group, Resource: o.Resource}
	if h.dependencies.HoldsPods == nil || !strings.Contains(o.Group, ".") || translate.KindOf(r) != nil || world.IsAbout(o) {
		return nil
	}
	o.HoldsPods, err = h.dependencies.HoldsPods(ctx, r)
	h.dependencies.Reads.add(readDefinition, err)
	if err != nil {
		return fmt.Errorf("find out what %s are: %w", r, err)
	}
	return nil
}

func (h *Handler) decide(world *snapshot.Snapshot, in input) []residency.Decision {
	if in.growth {
		return residency.Decide(&world.World, in.object, h.dependencies.clock()()).Decisions
	}
	if !in.claims && !world.IsAbout(in.object) {
		return nil
	}
	return residency.Identify(&world.World, in.object)
}

func (h *Handler) refresh(ctx context.Context, tenant string) (*snapshot.Snapshot, error) {
	fresh, err := h.dependencies.Refresher.WithTenant(ctx, tenant)
	h.dependencies.Reads.add(readTenant, err)
	if err != nil {
		return nil, fmt.Errorf("read Tenant %s live: %w", tenant, err)
	}
	if fresh == nil {
		return nil, errNotReady
	}
	return fresh, nil
}

// missingTenant names a tenant that is claimed and that the snapshot does not
// know: the object's own before one that it acts for. A snapshot without any
// policy knows none: the very first policy may have been applied together with
// the object, and live reads include the policies.
func missingTenant(world *snapshot.Snapshot, o *residency.Object) string {
	known := func(tenant string) bool { return len(world.Policies) > 0 && world.Tenant(tenant) != nil }
	sources := []residency.Claims{o.Claims}
	if o.Namespace != nil {
		sources = append(sources, o.Namespace.Claims)
	}
	for _, claims := range sources {
		for _, claim := range claims.Tenants {
			if !known(claim.Tenant) {
				return claim.Tenant
			}
		}
	}
	for _, claims := range sources {
		for _, claim := range claims.OnBehalfOf {
			if !known(claim.Tenant) {
				return claim.Tenant
			}
		}
	}
	return ""
}

// missingParty names a tenant with a party that is nowhere to be found.
func missingParty(decisions []residency.Decision) (string, bool) {
	for _, d := range decisions {
		for _, f := range d.Findings {
			if f.Reason == residency.PartyNotFound && f.Tenant != "" {
				return f.Tenant, true
			}
		}
	}
	return "", false
}
