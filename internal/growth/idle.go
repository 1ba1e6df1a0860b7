package growth

import (
	"maps"
	"reflect"
	"strings"

	"github.com/domicile-dev/domicile/internal/kinds"
)

// What is suspended runs nothing, and to let it go on is growth. So it makes no difference
// meanwhile where its Pods would go. Kueue writes that into a job when it starts it, and takes
// it back when it stops it, with the switch or right after it. If that were refused, Kueue
// could not end what it began, and the job would keep its quota for ever.

// placements are fields of a Pod's spec that say where it goes.
var placements = []string{"nodeSelector", "tolerations", "schedulingGates"}

// idle are the places in objects of the kinds that have a switch which suspends them, while
// it is on.
var idle = func() map[kinds.Name]*place {
	all := map[kinds.Name]*place{}
	for _, k := range kinds.Workloads() {
		if k.Field == nil || k.Field.Form != kinds.Switch || k.Field.Value != true {
			continue
		}
		name := kinds.Name{Group: k.Group, Kind: k.Kind}
		rules := of(table[name])
		for _, pods := range k.Pods {
			template, ok := strings.CutSuffix(pods.Spec, ".spec")
			if !ok {
				continue
			}
			rules[template+".metadata"] = marksOfOthers
			for _, field := range placements {
				rules[pods.Spec+"."+field] = anything
			}
		}
		all[name] = newPlace(rules, &k)
	}
	return all
}()

// whileIdle is the top of an object that the switch suspends; nil if it is off, or there is none.
func whileIdle(object map[string]any) *place {
	name := nameOf(object)
	p := idle[name]
	if p == nil {
		return nil
	}
	var value any = object
	for _, step := range kinds.FindKind(name).Field.Path {
		if l, ok := value.(Lazy); ok {
			value = l.Whole() // the switch may be the same in both, and left out of what is opened
		}
		around, _ := value.(map[string]any)
		value = around[step]
	}
	if value != true {
		return nil
	}
	return p
}

func anything(any, any) bool { return true }

// marksOfOthers is for the metadata of a template: labels and annotations may change that are
// not Domicile's.
func marksOfOthers(old, updated any) bool {
	return reflect.DeepEqual(withoutMarks(old), withoutMarks(updated))
}

// ours is in the names of all labels and annotations that say something to Domicile.
const ours = "domicile.dev"

// withoutMarks is metadata without the labels and annotations of others, and without what is
// empty then.
func withoutMarks(metadata any) any {
	fields, ok := metadata.(map[string]any)
	if !ok {
		return metadata
	}
	rest := maps.Clone(fields)
	for _, name := range []string{"labels", "annotations"} {
		if marks, ok := rest[name].(map[string]any); ok {
			marks = maps.Clone(marks)
			maps.DeleteFunc(marks, func(key string, _ any) bool { return !strings.Contains(key, ours) })
			rest[name] = marks
		}
	}
	maps.DeleteFunc(rest, func(_ string, value any) bool {
		m, isMap := value.(map[string]any)
		return value == nil || isMap && len(m) == 0
	})
	if len(rest) == 0 {
		return nil
	}
	return rest
}
