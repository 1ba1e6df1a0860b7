package status

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/condition"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

//+kubebuilder:rbac:groups=domicile.dev,resources=legalentities/status,verbs=patch

// entityReady says whether everybody whom the entity refers to is known. An
// interest that has ended refers to nobody.
func (p *plan) entityReady(e *translate.CompiledEntity) condition.State {
	if len(e.Errs) > 0 {
		return condition.Invalid(e.Errs)
	}
	var missing []string
	for _, interest := range e.Interests {
		ended := !interest.Until.IsZero() && !p.at.Before(interest.Until)
		if !ended && !declared(p.world.Graph, interest.Holder) {
			missing = append(missing, "holder "+partyName(interest.Holder))
		}
	}
	switch found := p.problems[e.Party.Key]; {
	case len(missing) > 0:
		return condition.False(v1alpha1.ReasonPartyNotFound, "Nothing is known about "+condition.Enumerate(missing)+".")
	case len(found) > 0:
		return condition.True(v1alpha1.ReasonDataProblem, condition.Enumerate(found))
	default:
		return condition.True(v1alpha1.ReasonCompiled, "Everybody whom it refers to is known.")
	}
}

// problemsByParty groups the contradictions in the ownership data.
func problemsByParty(s *snapshot.Snapshot) map[string][]string {
	grouped := map[string][]string{}
	for _, p := range s.Graph.Problems() {
		grouped[p.Party] = append(grouped[p.Party], p.Message)
	}
	return grouped
}

// entity is what the status of a LegalEntity should say.
func (p *plan) entity(name string) (v1alpha1.LegalEntityStatus, bool) {
	e, ok := p.world.Objects.Entities.Get(name)
	if !ok {
		return v1alpha1.LegalEntityStatus{}, false
	}
	return v1alpha1.LegalEntityStatus{
		ObservedGeneration: e.Generation,
		Conditions:         []metav1.Condition{p.entityReady(e).Of(v1alpha1.ConditionReady, e.Generation)},
	}, true
}
