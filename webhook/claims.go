package webhook

import (
	"maps"
	"slices"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// claimChanges are the annotations of ours that an UPDATE changes.
type claimChanges struct {
	changed bool
	// tenants are named by an annotation that comes or goes.
	tenants map[string]bool
	// lost are tenants that nothing in the object names any more, because what
	// named them is gone as a whole.
	lost map[string]bool
	// owners says that the parties which an annotation adds change: then the
	// tenants that the object belongs to are involved.
	owners bool
	// unmarked says that a Secret is marked as an API key no more, which also is
	// about the tenants that it belongs to.
	unmarked bool
	// former are the tenants that the object claimed before.
	former []residency.Claim
}

func (c claimChanges) none() bool { return !c.changed }

// compareClaims finds the annotations of ours that differ between an object as
// it was and as it shall be. whole is all of the latter. Those in its status do not count: the
// API server does not ask about a change of status alone.
func compareClaims(old, updated translate.Reading, whole func() map[string]any) claimChanges {
	if len(old.Marks) == 0 && len(updated.Marks) == 0 {
		return claimChanges{former: old.Object.Claims.Tenants}
	}
	c := claimChanges{tenants: map[string]bool{}, lost: map[string]bool{}, former: old.Object.Claims.Tenants}
	before, after := byPlace(old.Marks), byPlace(updated.Marks)
	for place, m := range before {
		now, ok := after[place]
		switch {
		case ok && now.Value == m.Value && now.IsText == m.IsText:
			continue
		case ok:
			c.replace(m, now)
		case m.HasPlace(whole()):
			c.involve(m)
		default:
			c.lose(m, updated.Object)
		}
	}
	for place, m := range after {
		if _, ok := before[place]; !ok && !c.repeats(m) {
			c.involve(m)
		}
	}
	return c
}

// place is where an annotation stands.
type place struct{ path, key string }

func byPlace(marks []translate.Mark) map[place]translate.Mark {
	m := make(map[place]translate.Mark, len(marks))
	for _, mark := range marks {
		if !mark.InStatus() {
			m[place{mark.Path, mark.Key}] = mark
		}
	}
	return m
}

// repeats says whether a new annotation only says again whose the object
// already was, as a further pod template of the same tenant does.
func (c *claimChanges) repeats(m translate.Mark) bool {
	return m.Key == v1alpha1.TenantAnnotation && len(c.former) == 1 && c.former[0].Tenant == m.Value
}

// unmark notes that a Secret counts as an API key for the last time: what nobody
// looks at any more could be made anybody's.
func (c *claimChanges) unmark() { c.changed, c.unmarked = true, true }

// involve notes the tenants of an annotation that comes or goes.
func (c *claimChanges) involve(m translate.Mark) {
	c.changed = true
	if m.Key == v1alpha1.OwnerAnnotation {
		c.owners = true
		return
	}
	for _, name := range names(m) {
		c.tenants[name] = true
	}
}

// lose notes whom nothing in the object names any more once what an annotation
// marked is gone as a whole. As long as something does, nothing is left to launder;
// otherwise it could be put back without the annotation.
func (c *claimChanges) lose(m translate.Mark, updated *residency.Object) {
	if m.Key == v1alpha1.OwnerAnnotation {
		c.owners = c.owners || !containsAll(updated.Claims.Owners, translate.OwnersOf(m), sameParty)
		c.changed = c.changed || c.owners
		return
	}
	left := slices.Concat(updated.Claims.Tenants, updated.Claims.OnBehalfOf)
	for _, claim := range translate.TenantsOf(m) {
		if !containsAll(left, []residency.Claim{claim}, sameTenant) {
			c.changed, c.lost[claim.Tenant] = true, true
		}
	}
}

// keepClaims makes an object that grows count as that of its former tenants, too: a
// change that takes a claim away is judged like one that does not. They can only
// make the verdict stricter.
func keepClaims(updated, old *residency.Object) {
	for _, claim := range slices.Concat(old.Claims.Tenants, old.Claims.OnBehalfOf) {
		if !containsAll(slices.Concat(updated.Claims.Tenants, updated.Claims.OnBehalfOf), []residency.Claim{claim}, sameTenant) {
			updated.Claims.OnBehalfOf = append(updated.Claims.OnBehalfOf, claim)
		}
	}
	for _, owner := range old.Claims.Owners {
		if !containsAll(updated.Claims.Owners, []residency.Owner{owner}, sameParty) {
			updated.Claims.Owners = append(updated.Claims.Owners, owner)
		}
	}
}

func sameTenant(a, b residency.Claim) bool { return a.Tenant == b.Tenant }
func sameParty(a, b residency.Owner) bool  { return a.Party == b.Party }

// containsAll says whether a list has all items of another one.
func containsAll[T any](list, items []T, same func(a, b T) bool) bool {
	for _, item := range items {
		if !slices.ContainsFunc(list, func(other T) bool { return same(item, other) }) {
			return false
		}
	}
	return true
}

// replace notes the tenants that only one of two values of an annotation has.
func (c *claimChanges) replace(old, updated translate.Mark) {
	c.changed = true
	if old.Key == v1alpha1.OwnerAnnotation {
		c.owners = true
		return
	}
	count := map[string]int{}
	for _, name := range names(old) {
		count[name] |= 1
	}
	for _, name := range names(updated) {
		count[name] |= 2
	}
	for name, sides := range count {
		if sides != 3 {
			c.tenants[name] = true
		}
	}
}

// names reads the tenants that a tenant or on-behalf-of annotation names. What
// is not a name is refused elsewhere and needs no permission.
func names(m translate.Mark) []string {
	var names []string
	for _, claim := range translate.TenantsOf(m) {
		names = append(names, claim.Tenant)
	}
	return names
}

// involved lists the tenants that the user must be allowed to bind, "" for all.
func (c claimChanges) involved(o *residency.Object) []string {
	if !c.changed {
		return nil
	}
	tenants := make(map[string]bool, len(c.tenants)+len(c.lost))
	maps.Copy(tenants, c.lost)
	if o.Namespace != nil { // it still says whose the object is
		for _, claim := range o.Namespace.Tenants() {
			delete(tenants, claim.Tenant)
		}
	}
	maps.Copy(tenants, c.tenants)
	if c.owners || c.unmarked {
		whose := append(append([]residency.Claim{}, c.former...), o.Claims.Tenants...)
		if o.Namespace != nil {
			whose = append(whose, o.Namespace.Tenants()...)
		}
		for _, claim := range whose {
			tenants[claim.Tenant] = true
		}
		if len(whose) == 0 && c.owners {
			tenants[""] = true
		}
	}
	return slices.AppendSeq([]string{}, slices.Values(slices.Sorted(maps.Keys(tenants))))
}
