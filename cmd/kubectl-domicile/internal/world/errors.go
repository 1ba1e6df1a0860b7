package world

import (
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/nearest"
)

// viewerRole is the ClusterRole that is installed with Domicile for those who
// may see its objects.
const viewerRole = "domicile-viewer"

// NotFoundError is a name that nothing has.
type NotFoundError struct {
	// Resource and Name say what was looked for.
	Resource, Name string
	// Known are the names that there are, if they may be seen.
	Known []string
}

// Error says what was not found, and which names are nearest.
func (e *NotFoundError) Error() string {
	text := fmt.Sprintf("%s.%s %q not found", e.Resource, v1alpha1.Group, e.Name)
	near := nearest.Names(e.Name, e.Known)
	switch {
	case len(near) > 0:
		return text + "; did you mean " + strings.Join(near, ", ") + "?"
	case len(e.Known) > 0 && len(e.Known) <= 10:
		return text + "; there are " + strings.Join(e.Known, ", ")
	default:
		return text
	}
}

// explained says what an error of the API server means for the user.
func explained(err error, verb, resource string) error {
	full := resource + "." + v1alpha1.Group
	switch {
	case apierrors.IsForbidden(err):
		return fmt.Errorf("%w\nyou need the verb %q on %s; the ClusterRole %s grants it", err, verb, full, viewerRole)
	case apierrors.IsUnauthorized(err):
		return fmt.Errorf("the cluster does not know you, check the user of the kubeconfig: %w", err)
	case apierrors.IsNotFound(err):
		return fmt.Errorf("the cluster has no resource %s: is Domicile installed in it?", full)
	default:
		return fmt.Errorf("%s %s: %w", verb, full, err)
	}
}

// named says whether a not-found error is about one object, and not about the
// resource as a whole.
func named(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status) && status.Status().Details != nil && status.Status().Details.Name != "" &&
		status.Status().Details.Kind != ""
}
