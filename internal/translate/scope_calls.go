package translate

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/residency"
)

// callScope says which API requests a policy covers. The zero value covers all.
type callScope struct {
	// none says that requests are not covered, only that nothing else is.
	none, only bool
	points     []string
	models     []string // in lower case
}

// compileCalls compiles what a policy says of API requests. What cannot be read
// selects everything.
func compileCalls(m *v1alpha1.Match, path *field.Path) (callScope, field.ErrorList) {
	var s callScope
	var errs field.ErrorList
	for i, what := range m.Covers {
		if what != v1alpha1.CoveredObjects && what != v1alpha1.CoveredRequests {
			errs = append(errs, field.NotSupported(path.Child("covers").Index(i), what,
				[]v1alpha1.Covered{v1alpha1.CoveredObjects, v1alpha1.CoveredRequests}))
		}
	}
	if len(errs) == 0 && len(m.Covers) > 0 {
		s.none = !slices.Contains(m.Covers, v1alpha1.CoveredRequests)
		s.only = !slices.Contains(m.Covers, v1alpha1.CoveredObjects)
	}
	if m.Requests == nil {
		return s, errs
	}
	at := path.Child("requests")
	if s.none {
		errs = append(errs, field.Invalid(at, "", "is without effect: spec.match.covers does not have Requests"))
	}
	if len(m.Requests.AccessPoints) == 0 && len(m.Requests.Models) == 0 {
		errs = append(errs, field.Required(at, "at least one of accessPoints and models must be set"))
	}
	invalid := len(errs)
	for i, name := range m.Requests.AccessPoints {
		for _, problem := range validation.IsDNS1123Subdomain(string(name)) {
			errs = append(errs, field.Invalid(at.Child("accessPoints").Index(i), name, problem))
		}
		s.points = append(s.points, string(name))
	}
	if len(errs) > invalid {
		s.points = nil
	}
	invalid = len(errs)
	for i, pattern := range m.Requests.Models {
		if !call.IsPattern(string(pattern)) {
			errs = append(errs, field.Invalid(at.Child("models").Index(i), pattern,
				"must be the name of a model, in which * stands for any text: letters, digits and '-', '.', '_', ':', '/', '@', '+'"))
		}
		s.models = append(s.models, strings.ToLower(string(pattern)))
	}
	if len(errs) > invalid {
		s.models = nil
	}
	return s, errs
}

// CoversObjects says whether a policy with this match is about objects at all, and not
// about API requests alone.
func CoversObjects(m *v1alpha1.Match) bool {
	return m == nil || len(m.Covers) == 0 || slices.Contains(m.Covers, v1alpha1.CoveredObjects)
}

// covers says whether a policy covers a request.
func (s *callScope) covers(c *residency.Call) bool {
	if s.none || s.points != nil && !slices.Contains(s.points, c.AccessPoint) {
		return false
	}
	if s.models == nil || c.AnyModel {
		return true
	}
	for _, name := range c.Models {
		if call.Matches(s.models, name) {
			return true
		}
	}
	return false
}
