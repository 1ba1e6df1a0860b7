package webhook

import (
	"context"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// unknownParties warns of references to parties that are nowhere to be found.
type unknownParties struct {
	snapshots *snapshot.Holder
	lookup    Lookup
}

// warnings has one for each party that neither the snapshot nor the API server
// knows, up to a limit. Before the first snapshot there are none: a warning is
// no more than advice.
func (u unknownParties) warnings(ctx context.Context, refs []ownership.Ref) admission.Warnings {
	world := u.snapshots.Load()
	if world == nil || world.Graph == nil {
		return nil
	}
	var list admission.Warnings
	asked := 0
	for _, r := range refs {
		if node, ok := world.Graph.Find(r); ok && world.Graph.Loaded(node) {
			continue
		}
		if asked == maxWarnings { // each may cost a live read
			break
		}
		asked++
		if name := u.missing(ctx, r); name != "" {
			list = append(list, cut.Text(printable(name+" is not known yet: until it is, nothing is known about this party"), maxWarning))
		}
	}
	return list
}

// missing names a party that the snapshot does not have, or is empty if it is
// there after all: a holder that came a moment ago in the same file is not yet
// in the snapshot.
func (u unknownParties) missing(ctx context.Context, r ownership.Ref) string {
	name, isEntity := strings.CutPrefix(r.Key, translate.EntityKey(""))
	switch {
	case isEntity:
		entities := v1alpha1.GroupVersion.WithResource("legalentities")
		if _, err := u.lookup.Object(ctx, entities, "", name); !apierrors.IsNotFound(err) {
			return ""
		}
		return "LegalEntity " + name
	case r.Key == "":
		return r.Identifier.String()
	default:
		return r.Key
	}
}
