package status

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/condition"
	"github.com/domicile-dev/domicile/internal/translate"
)

//+kubebuilder:rbac:groups=domicile.dev,resources=accesspoints/status,verbs=patch

func accessPointReady(a *translate.CompiledAccessPoint) condition.State {
	if len(a.Errs) > 0 {
		return condition.Invalid(a.Errs)
	}
	return condition.True(v1alpha1.ReasonCompiled, "Requests are read as declared.")
}

// accessPoint is what the status of an AccessPoint should say.
func (p *plan) accessPoint(name string) (v1alpha1.AccessPointStatus, bool) {
	a, ok := p.world.Objects.AccessPoints.Get(name)
	if !ok {
		return v1alpha1.AccessPointStatus{}, false
	}
	return v1alpha1.AccessPointStatus{
		ObservedGeneration: a.Generation,
		Conditions:         []metav1.Condition{accessPointReady(a).Of(v1alpha1.ConditionReady, a.Generation)},
	}, true
}
