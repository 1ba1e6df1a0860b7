package webhook

import (
	"context"
	"reflect"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// entityValidator refuses LegalEntities that cannot be compiled.
type entityValidator struct {
	snapshots *snapshot.Holder
}

var _ admission.Validator[*v1alpha1.LegalEntity] = (*entityValidator)(nil)

// ValidateCreate implements admission.Validator.
func (v *entityValidator) ValidateCreate(_ context.Context, e *v1alpha1.LegalEntity) (admission.Warnings, error) {
	_, interests, problems := translate.LegalEntity(e)
	if err := invalid("LegalEntity", e.Name, problems); err != nil {
		return nil, err
	}
	var unknown parties
	for _, interest := range interests {
		unknown.note(v.snapshots.Load(), interest.Holder)
	}
	return unknown.warnings(), nil
}

// ValidateUpdate implements admission.Validator. What does not touch the spec,
// such as the removal of a finalizer, passes whatever the spec is.
func (v *entityValidator) ValidateUpdate(ctx context.Context, old, updated *v1alpha1.LegalEntity) (admission.Warnings, error) {
	if reflect.DeepEqual(old.Spec, updated.Spec) {
		return nil, nil
	}
	return v.ValidateCreate(ctx, updated)
}

// ValidateDelete implements admission.Validator.
func (v *entityValidator) ValidateDelete(context.Context, *v1alpha1.LegalEntity) (admission.Warnings, error) {
	return nil, nil
}

// parties are references to parties that are nowhere to be found.
type parties []string

// note adds a reference if the snapshot knows no such party. Before the first
// snapshot nothing is noted: a warning is no more than advice.
func (p *parties) note(world *snapshot.Snapshot, r ownership.Ref) {
	if world == nil || world.Graph == nil {
		return
	}
	if node, ok := world.Graph.Find(r); ok && world.Graph.Loaded(node) {
		return
	}
	name, isEntity := strings.CutPrefix(r.Key, translate.EntityKey(""))
	switch {
	case isEntity:
		name = "LegalEntity " + name
	case r.Key == "":
		name = r.Identifier.Scheme + ":" + r.Identifier.ID
	}
	*p = append(*p, name)
}

func (p parties) warnings() admission.Warnings {
	var list admission.Warnings
	for _, name := range p {
		if len(list) == maxWarnings {
			break
		}
		list = append(list, bounded(printable(name+" is not known yet: until it is, nothing is known about this party"), maxWarning))
	}
	return list
}
