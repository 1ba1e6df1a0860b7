package growth

import (
	"reflect"
	"slices"
)

// Unread are the fields at the top of an object that Object does not look at. The
// API server is told the same, so that it does not ask when nothing else changes.
func Unread() []string { return slices.Clone(unread) }

var unread = []string{"metadata", "status"}

// Object says whether an UPDATE makes an object more, or anything else, than it
// was. A restricted tenant may always shrink, so this decides whether an
// UPDATE is given a verdict at all.
//
// Everything in the object counts except its metadata and its status. Changes
// that are known to make less of an object of its kind do not count: fewer replicas,
// smaller resources of a Pod, suspension, a pause. What is not known to be a shrink is
// growth, so that a kind which nobody here has heard of is safe.
func Object(old, updated map[string]any) bool {
	if !placeOf(updated).objectGrows(old, updated) {
		return false
	}
	p := whileIdle(updated)
	return p == nil || p.objectGrows(old, updated)
}

func (p *place) objectGrows(old, updated map[string]any) bool {
	return p.anyGrows(old, updated, func(key string) bool {
		// What says of which kind it is cannot change.
		return key == "apiVersion" || key == "kind" || slices.Contains(unread, key)
	})
}

// anyGrows says whether any field does, of those that are not left out.
func (p *place) anyGrows(old, updated map[string]any, out func(key string) bool) bool {
	for key, before := range old {
		if !out(key) && p.step(key).grows(before, updated[key]) {
			return true
		}
	}
	for key, after := range updated {
		if _, ok := old[key]; !ok && !out(key) && p.step(key).grows(nil, after) {
			return true
		}
	}
	return false
}

// grows compares the two values of a field; nil is a field that is not there.
func (p *place) grows(old, updated any) bool {
	if isSame(old, updated) {
		return false
	}
	old, updated = p.look(old, updated)
	switch {
	case p.rule != nil:
		return !reflect.DeepEqual(old, updated) && !p.rule(old, updated)
	case old == nil && p.block != nil && reflect.DeepEqual(updated, p.block):
		return false
	}
	switch old := old.(type) {
	case map[string]any:
		updated, ok := updated.(map[string]any)
		return !ok || p.mapGrows(old, updated)
	case []any:
		updated, ok := updated.([]any)
		return !ok || p.listGrows(old, updated)
	default:
		return !reflect.DeepEqual(old, updated)
	}
}

func (p *place) mapGrows(old, updated map[string]any) bool {
	return p.anyGrows(old, updated, func(string) bool { return false })
}

// listGrows takes a shorter list for growth too: a Pod that loses a scheduling
// gate starts to run.
func (p *place) listGrows(old, updated []any) bool {
	if len(old) != len(updated) {
		return true
	}
	items := p.step("[]")
	for i := range old {
		if items.grows(old[i], updated[i]) {
			return true
		}
	}
	return false
}

func union(a, b map[string]any) map[string]struct{} {
	keys := make(map[string]struct{}, len(a)+len(b))
	for key := range a {
		keys[key] = struct{}{}
	}
	for key := range b {
		keys[key] = struct{}{}
	}
	return keys
}
