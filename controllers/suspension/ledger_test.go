package suspension

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/domicile-dev/domicile/internal/scan"
)

func gvr(group, resource string) schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: group, Version: "v1", Resource: resource}
}

// found is an object of a scan, by its UID as name.
func found(t *testing.T, r schema.GroupVersionResource, uid, maker, more string) *scan.Found {
	t.Helper()
	return &scan.Found{
		Resource: r, Maker: types.UID(maker),
		Content: object(t, `{apiVersion: v1, kind: X, metadata: {name: `+uid+`, namespace: ns, uid: `+uid+more),
	}
}

var restricted = ruling{want: suspended, tenant: "lantern", policies: []string{"p"}}

func names(entries []entry) []string {
	var list []string
	for _, e := range entries {
		list = append(list, e.resource.Resource+"/"+e.name)
	}
	return list
}

func TestWhatAScanMakesDue(t *testing.T) {
	const running, at3 = `}, status: {phase: Running}}`, `}, spec: {replicas: 3}}`
	const atNone = `, labels: {domicile.dev/suspended: "true"}}, spec: {replicas: 0}}`
	deployments, sets, pods := gvr("apps", "deployments"), gvr("apps", "replicasets"), gvr("", "pods")
	for name, tc := range map[string]struct {
		objects []*scan.Found
		ruling  ruling
		now     []string // due at once
		later   []string // due after a while
		reason  string
	}{
		"a chain": {[]*scan.Found{
			found(t, deployments, "d", "", at3), found(t, sets, "r", "d", at3), found(t, pods, "p", "r", running),
		}, restricted, []string{"deployments/d"}, nil, "what it made follows"},
		"a bare pod":   {[]*scan.Found{found(t, pods, "p", "", running)}, restricted, []string{"pods/p"}, nil, "it stands by itself"},
		"a forged one": {[]*scan.Found{found(t, pods, "p", "nobody", running)}, restricted, []string{"pods/p"}, nil, "its maker was not come across"},
		"a straggler": {[]*scan.Found{
			found(t, deployments, "d", "", atNone), found(t, pods, "p", "d", running),
		}, restricted, []string{"deployments/d"}, []string{"pods/p"}, "what seems to have made it has been suspended, and it runs on"},
		"made by what cannot be": {[]*scan.Found{
			found(t, gvr("ray.io", "rayservices"), "s", "", at3), found(t, gvr("ray.io", "rayclusters"), "c", "s", at3), found(t, pods, "p", "c", running),
		}, restricted, []string{"rayclusters/c"}, nil, "the first that can be suspended is"},
		"a Kueue workload": {[]*scan.Found{
			found(t, gvr("batch", "jobs"), "j", "", at3), found(t, gvr("kueue.x-k8s.io", "workloads"), "w", "j", at3),
		}, restricted, []string{"workloads/w", "jobs/j"}, nil, "or Kueue would start the Job again"},
		"one that has ended": {[]*scan.Found{found(t, pods, "p", "", `}, status: {phase: Succeeded}}`)}, restricted, nil, nil, "there is nothing to stop"},
		"one that ends":      {[]*scan.Found{found(t, pods, "p", "", `, deletionTimestamp: "2026-08-01T12:00:00Z"`+running)}, restricted, nil, nil, "there is nothing to stop"},
		"not restricted":     {[]*scan.Found{found(t, deployments, "d", "", at3)}, ruling{}, nil, nil, "there is nothing to do"},
		"to be given back":   {[]*scan.Found{found(t, deployments, "d", "", atNone)}, ruling{}, []string{"deployments/d"}, nil, "it is suspended and shall not be"},
		"unknown":            {[]*scan.Found{found(t, deployments, "d", "", at3)}, ruling{want: keep}, nil, nil, "not knowing suspends nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger()
			for _, f := range tc.objects {
				l.observe(f, tc.ruling, noon)
			}
			l.merge(nil)
			everything := func([]string) bool { return true }
			now, next := l.due(noon, everything)
			if diff := cmp.Diff(tc.now, names(now)); diff != "" {
				t.Errorf("now: %s (-want +got):\n%s", tc.reason, diff)
			}
			if next.IsZero() == (tc.later != nil) {
				t.Errorf("next is %v: %s", next, tc.reason)
			}
			later, _ := l.due(noon.Add(straggling), everything)
			got := slices.DeleteFunc(names(later), func(n string) bool { return slices.Contains(tc.now, n) })
			if !slices.Equal(got, tc.later) {
				t.Errorf("later: %v, want %v: %s", got, tc.later, tc.reason)
			}
		})
	}
}

// TestAStragglerIsNotSparedForEver comes across it again and again.
func TestAStragglerIsNotSparedForEver(t *testing.T) {
	l := newLedger()
	for i := range 5 {
		at := noon.Add(time.Duration(i) * straggling / 3)
		l.observe(found(t, gvr("apps", "deployments"), "d", "", `, labels: {domicile.dev/suspended: "true"}}, spec: {replicas: 0}}`), restricted, at)
		l.observe(found(t, gvr("", "pods"), "p", "d", `}, status: {phase: Running}}`), restricted, at)
		l.merge(nil)
	}
	for _, e := range l.all() {
		if e.resource.Resource == "pods" && !e.spared.Equal(noon.Add(straggling)) {
			t.Errorf("it is spared until %s", e.spared)
		}
	}
}

func TestWhatAScanDoesNotFindIsLookedAt(t *testing.T) {
	for name, tc := range map[string]struct {
		namespaces []string
		want       []string
		reason     string
	}{
		"the namespace": {[]string{"ns"}, []string{"deployments/d"}, "it may be gone, or somebody else's now"},
		"everything":    {nil, []string{"deployments/d"}, "as above"},
		"another":       {[]string{"other"}, nil, "nobody has looked there"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger()
			l.observe(found(t, gvr("apps", "deployments"), "d", "", `}, spec: {replicas: 3}}`), restricted, noon)
			l.merge(nil)
			for _, e := range l.all() {
				l.noteOutcome(e.key, outcome{state: inPlace, ruling: restricted}, noon)
			}
			l.merge(tc.namespaces)
			list, _ := l.due(noon, func([]string) bool { return true })
			if diff := cmp.Diff(tc.want, names(list)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestAScanThatFailedIsForgotten(t *testing.T) {
	l := newLedger()
	l.observe(found(t, gvr("", "pods"), "p", "", `}}`), restricted, noon)
	l.forget()
	l.merge(nil)
	if list := l.all(); len(list) > 0 {
		t.Errorf("%v came of a scan that was not finished", names(list))
	}
}

func TestWhatIsGivenBackComesFirst(t *testing.T) {
	l := newLedger()
	l.observe(found(t, gvr("", "pods"), "a", "", `}}`), restricted, noon)
	l.observe(found(t, gvr("", "secrets"), "b", "", `}}`), restricted, noon)
	l.observe(found(t, gvr("apps", "deployments"), "z", "", `, labels: {domicile.dev/suspended: "true"}}, spec: {replicas: 0}}`), ruling{}, noon)
	l.merge(nil)
	list, _ := l.due(noon, func([]string) bool { return true })
	if diff := cmp.Diff([]string{"deployments/z", "secrets/b", "pods/a"}, names(list)); diff != "" {
		t.Errorf("giving back, then keys, then the rest (-want +got):\n%s", diff)
	}
}

// Kueue suspends the Job of a Workload that is no longer active, and starts it again: it does
// not run in between without a quota.
func TestAWorkloadComesBeforeItsJob(t *testing.T) {
	for name, r := range map[string]ruling{"suspended": restricted, "given back": {want: giveBack, tenant: "lantern"}} {
		l := newLedger()
		l.observe(found(t, gvr("batch", "jobs"), "j", "", `, labels: {domicile.dev/suspended: "true"}}, spec: {suspend: true}}`), r, noon)
		l.observe(found(t, gvr("kueue.x-k8s.io", "workloads"), "w", "j", `, labels: {domicile.dev/suspended: "true"}}, spec: {active: false}}`), r, noon)
		l.merge(nil)
		list, _ := l.due(noon, func([]string) bool { return true })
		if diff := cmp.Diff([]string{"workloads/w", "jobs/j"}, names(list)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFailuresAreTriedAgainLessAndLessOften(t *testing.T) {
	l := newLedger()
	l.observe(found(t, gvr("", "pods"), "p", "", `}}`), restricted, noon)
	l.merge(nil)
	k := l.all()[0].key
	now := noon
	var last time.Duration
	for range 20 {
		l.noteOutcome(k, outcome{state: failed, problem: "x"}, now)
		_, next := l.due(now, func([]string) bool { return true })
		if wait := next.Sub(now); wait < last || wait > 10*time.Minute {
			t.Fatalf("tried again after %s, and before after %s", wait, last)
		}
		last, now = next.Sub(now), next
	}
	l.noteOutcome(k, outcome{state: settled}, now)
	if len(l.all()) > 0 {
		t.Error("what is settled is still in the ledger")
	}
}

func TestTheBreakerHoldsBackWhatItBlocked(t *testing.T) {
	l := newLedger()
	l.observe(found(t, gvr("", "pods"), "p", "", `}}`), restricted, noon)
	l.merge(nil)
	l.noteOutcome(l.all()[0].key, outcome{state: pending, ruling: restricted, blocked: true}, noon)
	if list, _ := l.due(noon, func([]string) bool { return false }); len(list) > 0 {
		t.Error("it is due although the breaker is open")
	}
	if list, _ := l.due(noon, func([]string) bool { return true }); len(list) != 1 {
		t.Error("it is not due although the breaker is closed")
	}
}

func TestWhatComesToItsEnd(t *testing.T) {
	write := func(o operation) outcome {
		return outcome{state: pending, ruling: restricted, wrote: true, operation: o}
	}
	is := func(s state) outcome { return outcome{state: s, ruling: restricted} }
	conflict, refusal := write(opSuspend), write(opSuspend)
	conflict.conflict, refusal.refused = true, true
	for name, tc := range map[string]struct {
		steps  []outcome
		want   []operation
		reason string
	}{
		"suspended":        {[]outcome{write(opSuspend), is(inPlace)}, []operation{opSuspend}, "it is told when it is in place"},
		"in many steps":    {[]outcome{write(opSuspend), write(opSuspend), is(pending), is(inPlace)}, []operation{opSuspend}, "it is told once"},
		"looked at again":  {[]outcome{write(opSuspend), is(inPlace), is(inPlace)}, []operation{opSuspend}, "it is told once"},
		"by another":       {[]outcome{is(inPlace)}, nil, "a former leader has told it"},
		"given back":       {[]outcome{is(inPlace), write(opResume), is(pending), is(settled)}, []operation{opResume}, "it is told when nothing is left to do"},
		"there and back":   {[]outcome{write(opSuspend), is(inPlace), write(opResume), is(settled)}, []operation{opSuspend, opResume}, "both are told"},
		"deleted":          {[]outcome{write(opSuspend), is(settled)}, nil, "nobody has suspended what is gone"},
		"turned back":      {[]outcome{write(opSuspend), write(opResume), is(settled)}, []operation{opResume}, "what was begun last counts"},
		"too late":         {[]outcome{conflict, is(inPlace)}, nil, "somebody else was faster"},
		"refused":          {[]outcome{refusal, is(inPlace)}, nil, "nothing was written"},
		"failed to write":  {[]outcome{{state: failed, ruling: restricted, wrote: true, operation: opSuspend}, is(inPlace)}, nil, "nothing was written"},
		"failed meanwhile": {[]outcome{write(opSuspend), is(failed), is(inPlace)}, []operation{opSuspend}, "it came to an end all the same"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger()
			l.observe(found(t, gvr("apps", "deployments"), "d", "", `}, spec: {replicas: 3}}`), restricted, noon)
			l.merge(nil)
			k := l.all()[0].key
			var got []operation
			for _, step := range tc.steps {
				if ended := l.noteOutcome(k, step, noon); ended != "" {
					got = append(got, ended)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}
