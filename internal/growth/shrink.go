package growth

import (
	"maps"
	"reflect"

	"github.com/domicile-dev/domicile/internal/kinds"
)

// shrinkRule says whether the change of a field from old to updated is known
// to make the object less, or to make no difference to what runs.
type shrinkRule func(old, updated any) bool

// shrinkRules are the fields with such a rule, by name, at any depth: those below
// and those that suspend a kind.
var shrinkRules = withWhatSuspends(map[string]shrinkRule{
	// How many. Absent parallelism is 1 in every built-in kind.
	"parallelism": fewer(1),
	"completions": fewerOfKnown,
	"minReplicas": fewerOfKnown,
	// 0 stands for "no limit" in some kinds.
	"maxReplicas": fewerButNotNone,
	"numOfHosts":  fewerOfKnown,
	"numNodes":    fewerOfKnown,

	// How much of one.
	"limits":   lessOfEach(false),
	"requests": lessOfEach(true),

	// Whether at all.
	"paused": switchedOn,

	// How long, and what is kept of what has run.
	"activeDeadlineSeconds":         sooner,
	"ttlSecondsAfterFinished":       harmless,
	"terminationGracePeriodSeconds": harmless,
	"minReadySeconds":               harmless,
	"progressDeadlineSeconds":       harmless,
	"revisionHistoryLimit":          harmless,
	"successfulJobsHistoryLimit":    harmless,
	"failedJobsHistoryLimit":        harmless,
})

// withWhatSuspends adds a rule for what suspension writes: it is shrinking, and
// what is given back is growth. Metadata never counts, so it needs none.
func withWhatSuspends(rules map[string]shrinkRule) map[string]shrinkRule {
	for _, k := range kinds.Workloads() {
		if k.Field == nil {
			continue
		}
		last := len(k.Field.Path) - 1
		switch name := k.Field.Path[last]; k.Field.Form {
		case kinds.Count:
			absent, _ := k.Field.Default.(int64)
			rules[name] = fewer(absent)
		case kinds.Switch:
			rules[name] = switchedOff
			if k.Field.Value == true {
				rules[name] = switchedOn
			}
		case kinds.Entry:
			rules[k.Field.Path[last-1]] = gains(name, k.Field.Value)
		case kinds.Annotation:
		}
	}
	return rules
}

// suspendingBlocks are the maps, by name, that suspension makes for the field that
// it sets, where there is none yet: runPolicy with nothing in it but suspend.
var suspendingBlocks = func() map[string]any {
	blocks := map[string]any{}
	for _, k := range kinds.Workloads() {
		f := k.Field
		if f == nil || len(f.Path) <= 2 || f.Form != kinds.Switch {
			continue
		}
		last := len(f.Path) - 1
		blocks[f.Path[last-1]] = map[string]any{f.Path[last]: f.Value}
	}
	return blocks
}()

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

// sooner is for deadlines: one that comes, or comes sooner, ends more.
func sooner(old, updated any) bool {
	after, ok := updated.(int64)
	if !ok {
		return false
	}
	before, ok := old.(int64)
	return old == nil || ok && after <= before
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
