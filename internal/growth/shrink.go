package growth

import (
	"maps"
	"reflect"
	"slices"
)

// shrinkRule says whether the change of a field from old to updated is known
// to make the object less, or to make no difference to what runs.
type shrinkRule func(old, updated any) bool

// fewer is for counts that have a default.
func fewer(absent int64) shrinkRule {
	return func(old, updated any) bool {
		before, ok := count(old, absent)
		after, ok2 := count(updated, absent)
		return ok && ok2 && after <= before
	}
}

// fewerOfKnown is for counts without a default that holds everywhere.
func fewerOfKnown(old, updated any) bool {
	before, ok := old.(int64)
	after, ok2 := updated.(int64)
	return ok && ok2 && after <= before
}

func fewerButNotNone(old, updated any) bool {
	return updated != int64(0) && fewerOfKnown(old, updated)
}

func count(v any, absent int64) (int64, bool) {
	if v == nil {
		return absent, true
	}
	n, ok := v.(int64)
	return n, ok
}

// switchedOn is for switches whose default is off and that stop something.
func switchedOn(old, updated any) bool {
	before, ok := truth(old)
	after, ok2 := truth(updated)
	return ok && ok2 && (after || !before)
}

// switchedOff is for switches whose default is on and that start something.
func switchedOff(old, updated any) bool {
	before, ok := old.(bool)
	after, ok2 := updated.(bool)
	return (ok || old == nil) && ok2 && (!after || old != nil && before)
}

// gains is for maps that gain an entry, such as a nodeSelector with a label that
// no node has, and change in nothing else.
func gains(key string, value any) shrinkRule {
	return func(old, updated any) bool {
		before, ok := old.(map[string]any)
		after, ok2 := updated.(map[string]any)
		if !ok && old != nil || !ok2 {
			return false
		}
		without := maps.Clone(after)
		delete(without, key)
		_, had := before[key]
		return !had && after[key] == value && maps.EqualFunc(without, before, reflect.DeepEqual)
	}
}

func truth(v any) (value, ok bool) {
	if v == nil {
		return false, true
	}
	value, ok = v.(bool)
	return value, ok
}

// limit is for numbers without which there is no limit: a deadline that comes, or
// comes sooner, ends more.
func limit(old, updated any) bool {
	after, ok := updated.(int64)
	if !ok {
		return false
	}
	before, ok := old.(int64)
	return old == nil || ok && after <= before
}

// ends is for how an Argo Workflow is stopped.
func ends(_, updated any) bool { return updated == "Stop" || updated == "Terminate" }

// namesOnly is for maps that have nothing but a list of names under one key.
func namesOnly(key string) shrinkRule {
	return func(_, updated any) bool {
		m, ok := updated.(map[string]any)
		names, isList := m[key].([]any)
		return updated == nil || ok && (len(m) == 0 || len(m) == 1 && isList) &&
			!slices.ContainsFunc(names, func(name any) bool { return textOf(name) == "" })
	}
}

// textOf is the text in a decoded value, or "".
func textOf(v any) string {
	s, _ := v.(string)
	return s
}

// harmless is for numbers that change nothing about what runs.
func harmless(old, updated any) bool {
	return isNumberOrAbsent(old) && isNumberOrAbsent(updated)
}

func isNumberOrAbsent(v any) bool {
	_, ok := count(v, 0)
	return ok
}

// lessOfEach is for amounts of resources: each must become less. One that is
// left out is less of a request but no limit at all.
func lessOfEach(mayBeLeftOut bool) shrinkRule {
	return func(old, updated any) bool {
		before, ok := old.(map[string]any)
		after, ok2 := updated.(map[string]any)
		if updated == nil {
			ok2 = true
		}
		if !ok || !ok2 {
			return false
		}
		for name := range union(before, after) {
			if after[name] == nil && mayBeLeftOut && before[name] != nil {
				continue
			}
			if !lessOf(before[name], after[name]) {
				return false
			}
		}
		return true
	}
}

func lessOf(old, updated any) bool {
	before, ok := quantity(old)
	after, ok2 := quantity(updated)
	return ok && ok2 && after.Cmp(before) <= 0
}
