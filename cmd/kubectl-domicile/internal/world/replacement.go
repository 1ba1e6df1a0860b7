package world

import (
	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// replaced notes which Pods take the place of others: those of which the owner is
// among the manifests, with the UID that they name. Whether the owner would have room
// for them is a matter of the moment.
func (r *reader) replaced(w *residency.World, objects []Object) {
	makers := growth.Makers{}
	for _, o := range r.others {
		makers.Add(o.Content)
	}
	for i, o := range r.others {
		pod := objects[i].Admission
		maker, content, ok := makers.Of(o.Content)
		if pod == nil || !ok {
			continue
		}
		owner := translate.Object(content)
		owner.Namespace = pod.Namespace
		if residency.MayReplace(w, pod, owner) {
			pod.Replaces = maker.String()
		}
	}
}
