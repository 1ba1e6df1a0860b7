package growth

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/domicile-dev/domicile/internal/kinds"
)

// Maker is the object that a Pod says it is made for, of a kind whose Pods one of
// Kubernetes' own controllers makes.
type Maker struct {
	Kind      *kinds.Kind
	Name, UID string
}

// String is what a maker is called in messages.
func (m Maker) String() string { return m.Kind.Kind + " " + m.Name }

// MakerOf reads whom a Pod is made for; false if it is for none.
func MakerOf(pod map[string]any) (Maker, bool) {
	references, _ := valueAt(pod, "metadata", "ownerReferences").([]any)
	for _, one := range references {
		r, _ := one.(map[string]any)
		if r["controller"] != true {
			continue
		}
		m := Maker{Kind: kinds.FindKind(nameOf(r)), Name: textOf(r["name"]), UID: textOf(r["uid"])}
		return m, m.Kind != nil && m.Kind.Controller != "" && m.Name != "" && m.UID != ""
	}
	return Maker{}, false
}

// Unfit says why a Pod would not take the place of one that its maker had; "" if it
// may, as long as there is room. owner is the maker as it is now.
func (m Maker) Unfit(pod, owner map[string]any) string {
	name := textOf(valueAt(pod, "metadata", "name"))
	switch {
	case textOf(valueAt(owner, "metadata", "uid")) != m.UID:
		return fmt.Sprintf("%s is another one than the Pod is for", m)
	case valueAt(owner, "metadata", "deletionTimestamp") != nil:
		return fmt.Sprintf("%s is being deleted", m)
	case !m.names(name, owner):
		return fmt.Sprintf("%s does not call its Pods %s", m, name)
	}
	if device, more := moreDevices(valueAt(owner, "spec", "template", "spec"), valueAt(pod, "spec")); more {
		return fmt.Sprintf("the Pod has more of %s than the template of %s", device, m)
	}
	return ""
}

// Makers are objects by their UID, which only what is from a cluster has.
type Makers map[string]map[string]any

// Add adds an object that Pods may be made for.
func (m Makers) Add(object map[string]any) {
	if uid := textOf(valueAt(object, "metadata", "uid")); uid != "" {
		m[uid] = object
	}
}

// Of finds whom a Pod is made for and may take the place of another for, if there is
// room.
func (m Makers) Of(pod map[string]any) (maker Maker, owner map[string]any, ok bool) {
	if maker, ok = MakerOf(pod); !ok || nameOf(pod) != (kinds.Name{Kind: kinds.Pod.Kind}) {
		return Maker{}, nil, false
	}
	owner = m[maker.UID]
	ok = kinds.FindKind(nameOf(owner)) == maker.Kind && valueAt(owner, "metadata", "name") == maker.Name &&
		valueAt(owner, "metadata", "namespace") == valueAt(pod, "metadata", "namespace") && maker.Unfit(pod, owner) == ""
	return maker, owner, ok
}

// A name that the API server has generated has so many characters at most, of which
// so many are its own.
const (
	maxGenerated = 63
	ownCharts    = 5
)

// names says whether a maker calls its Pods so. Names never change, while labels and
// owner references do: by its name a Pod is known that was one of the maker's.
func (m Maker) names(pod string, owner map[string]any) bool {
	if m.Kind.Kind == "StatefulSet" {
		return m.numbers(pod, owner)
	}
	if len(pod) <= ownCharts || strings.Contains(pod[len(pod)-ownCharts:], "-") {
		return false
	}
	base := pod[:len(pod)-ownCharts]
	if base == cut(m.Name, "-") {
		return true
	}
	if m.Kind.Kind != "Job" {
		return false
	}
	// An Indexed Job puts the index before what is generated.
	at := strings.LastIndex(strings.TrimSuffix(base, "-"), "-")
	_, digits := ordinal(strings.TrimSuffix(base[at+1:], "-"))
	return at > 0 && digits && base == cut(m.Name, base[at:])
}

// cut shortens a name so that it, what follows, and what is generated fit.
func cut(name, follows string) string {
	if len(follows) > 1 {
		name = name[:min(len(name), maxGenerated-ownCharts-len(follows))]
	}
	base := name + follows
	return base[:min(len(base), maxGenerated-ownCharts)]
}

// numbers says whether the name of a Pod is one that a StatefulSet has now.
func (m Maker) numbers(pod string, owner map[string]any) bool {
	number, ok := strings.CutPrefix(pod, m.Name+"-")
	n, digits := ordinal(number)
	start, known := count(valueAt(owner, "spec", "ordinals", "start"), 0)
	replicas, known2 := count(valueAt(owner, "spec", "replicas"), 1)
	return ok && digits && known && known2 && n >= start && n-start < replicas
}

func ordinal(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 32)
	return n, err == nil && n >= 0 && strconv.FormatInt(n, 10) == text
}

// Revision is the name of the object that has the template which a Pod is made from,
// where that is not the maker; false for all kinds but StatefulSet. Whoever may write
// the status of one can name another.
func (m Maker) Revision(pod map[string]any) (name string, ok bool) {
	return textOf(valueAt(pod, "metadata", "labels", "controller-revision-hash")), m.Kind.Kind == "StatefulSet"
}

// SameTemplate says whether a ControllerRevision has the template of its owner. What is
// not there and what is null are the same.
func SameTemplate(owner, revision map[string]any) bool {
	template, ok := valueAt(revision, "data", "spec", "template").(map[string]any)
	own, ok2 := valueAt(owner, "spec", "template").(map[string]any)
	template = maps.Clone(template)
	delete(template, "$patch") // how the controller would go back to it
	return ok && ok2 && !nowhere.mapGrows(own, template)
}

// valueAt is the value of a nested field, or nil.
func valueAt(v any, path ...string) any {
	for _, step := range path {
		m, _ := v.(map[string]any)
		v = m[step]
	}
	return v
}
