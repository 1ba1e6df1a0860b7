package snapshot

import (
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// pendingChanges are what the informers have told and no snapshot has yet: the
// latest of each object, compiled.
type pendingChanges struct {
	mu      sync.Mutex
	changes snapshot.Changes
	noticed func()
}

// take returns all of them, and forgets them.
func (p *pendingChanges) take() snapshot.Changes {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.changes
	p.changes = snapshot.Changes{}
	return c
}

// handlers has a handler for each kind that a snapshot is made of. Tenants and
// LegalEntities arrive compiled (see Compact), the others as they are: they are
// few, and others read them.
func (p *pendingChanges) handlers() map[string]toolscache.ResourceEventHandler {
	c := &p.changes
	return map[string]toolscache.ResourceEventHandler{
		"TenantPolicy":    noteChanges(p, &c.Policies, translate.Policy),
		"Tenant":          noteChanges(p, &c.Tenants, func(t *translate.CompiledTenant) *translate.CompiledTenant { return t }),
		"LegalEntity":     noteChanges(p, &c.Entities, func(e *translate.CompiledEntity) *translate.CompiledEntity { return e }),
		"AccessPoint":     noteChanges(p, &c.AccessPoints, translate.AccessPoint),
		"TenantExemption": noteChanges(p, &c.Exemptions, translate.Exemption),
	}
}

// noteChanges notes what becomes of the objects of one kind. A change of status
// alone is noted of what arrives compiled only: it says what was written last.
func noteChanges[Object, Compiled any](p *pendingChanges, of *map[string]*Compiled, compile func(*Object) *Compiled) toolscache.ResourceEventHandler {
	note := func(object any, gone bool) {
		if last, unknown := object.(toolscache.DeletedFinalStateUnknown); unknown {
			object = last.Obj
		}
		declared, ok := object.(*Object)
		m, err := meta.Accessor(object)
		if !ok || err != nil {
			return // not reached: the informer is of this kind
		}
		var compiled *Compiled
		if !gone {
			compiled = compile(declared)
		}
		p.mu.Lock()
		if *of == nil {
			*of = map[string]*Compiled{}
		}
		(*of)[m.GetName()] = compiled
		p.mu.Unlock()
		p.noticed()
	}
	return toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { note(o, false) },
		DeleteFunc: func(o any) { note(o, true) },
		UpdateFunc: func(before, after any) {
			if matters(before, after) {
				note(after, false)
			}
		},
	}
}

// matters says whether a change has to be noted. Of what is not compiled yet,
// status does not, so that what the controllers write does not make them build again.
func matters(before, after any) bool {
	b, errBefore := meta.Accessor(before)
	a, errAfter := meta.Accessor(after)
	if errBefore != nil || errAfter != nil {
		return true
	}
	if _, compiled := after.(interface{ Identity() translate.Digest }); compiled {
		return b.GetResourceVersion() != a.GetResourceVersion()
	}
	return translate.IdentityOf(b) != translate.IdentityOf(a)
}

// Compact makes of a Tenant or LegalEntity, as an informer receives it, what the
// cache keeps: the compiled object. Of one that was compiled before, only what is
// new is made.
func Compact(holder *snapshot.Holder) toolscache.TransformFunc {
	return func(object any) (any, error) {
		current := holder.Load()
		switch o := object.(type) {
		case *v1alpha1.Tenant:
			if current != nil {
				if known, ok := current.Objects.Tenants.Get(o.Name); ok {
					return known.Refreshed(o), nil
				}
			}
			return translate.Tenant(o), nil
		case *v1alpha1.LegalEntity:
			if current != nil {
				if known, ok := current.Objects.Entities.Get(o.Name); ok {
					return known.Refreshed(o), nil
				}
			}
			return translate.LegalEntity(o), nil
		default:
			return object, nil
		}
	}
}
