package growth_test

import (
	"testing"

	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/domicile-dev/domicile/internal/growth"
)

// fromYAML reads a manifest into what a decoded review has.
func fromYAML(t testing.TB, manifest string) map[string]any {
	t.Helper()
	var raw map[string]any
	if err := yaml.Unmarshal([]byte(manifest), &raw); err != nil {
		t.Fatal(err)
	}
	return raw
}

const (
	shrinks = false
	growing = true
)

func TestWhatGrows(t *testing.T) {
	for name, tc := range map[string]struct {
		reason   string
		old, new string
		want     bool
	}{
		// Nothing that runs.
		"nothing":           {"a controller writes what is there", `{spec: {replicas: 2}}`, `{spec: {replicas: 2}}`, shrinks},
		"labels":            {"metadata only", `{metadata: {labels: {a: b}}}`, `{metadata: {labels: {a: c}}}`, shrinks},
		"finalizer removed": {"an object that cannot go away is no smaller", `{metadata: {finalizers: [a]}, spec: {x: 1}}`, `{metadata: {}, spec: {x: 1}}`, shrinks},
		"status":            {"what is observed is not asked for", `{spec: {x: 1}, status: {replicas: 1}}`, `{spec: {x: 1}, status: {replicas: 9}}`, shrinks},
		"null":              {"null is as good as absent", `{spec: {x: null, y: 1}}`, `{spec: {y: 1}}`, shrinks},

		// How many.
		"scaled down":          {"may always shrink", `{spec: {replicas: 3}}`, `{spec: {replicas: 2}}`, shrinks},
		"scaled to nothing":    {"may always shrink", `{spec: {replicas: 3}}`, `{spec: {replicas: 0}}`, shrinks},
		"scaled up":            {"may never grow", `{spec: {replicas: 2}}`, `{spec: {replicas: 3}}`, growing},
		"scaled up from zero":  {"created empty, filled later", `{spec: {replicas: 0}}`, `{spec: {replicas: 1}}`, growing},
		"replicas left out":    {"absent is 1", `{spec: {replicas: 2}}`, `{spec: {}}`, shrinks},
		"replicas 0 left out":  {"absent is 1, which is more than 0", `{spec: {replicas: 0}}`, `{spec: {}}`, growing},
		"replicas 1 written":   {"absent is 1", `{spec: {}}`, `{spec: {replicas: 1}}`, shrinks},
		"replicas 2 written":   {"absent is 1", `{spec: {}}`, `{spec: {replicas: 2}}`, growing},
		"replicas as text":     {"not a number that can be compared", `{spec: {replicas: 2}}`, `{spec: {replicas: "1"}}`, growing},
		"replicas as fraction": {"not a number that can be compared", `{spec: {replicas: 2}}`, `{spec: {replicas: 1.5}}`, growing},
		"job parallelism down": {"fewer pods at a time", `{spec: {parallelism: 4}}`, `{spec: {parallelism: 1}}`, shrinks},
		"job parallelism up":   {"more pods at a time", `{spec: {parallelism: 4}}`, `{spec: {parallelism: 5}}`, growing},
		"job completions down": {"an indexed job may be made shorter", `{spec: {completions: 4}}`, `{spec: {completions: 3}}`, shrinks},
		"job completions gone": {"no number of completions has another meaning", `{spec: {completions: 4}}`, `{spec: {}}`, growing},
		"ray workers down":     {"at any depth", `{spec: {workerGroupSpecs: [{replicas: 4, minReplicas: 2, maxReplicas: 8}]}}`, `{spec: {workerGroupSpecs: [{replicas: 2, minReplicas: 0, maxReplicas: 4}]}}`, shrinks},
		"ray workers up":       {"at any depth", `{spec: {workerGroupSpecs: [{replicas: 4}]}}`, `{spec: {workerGroupSpecs: [{replicas: 5}]}}`, growing},
		"ray minimum up":       {"the autoscaler does the rest", `{spec: {workerGroupSpecs: [{minReplicas: 0}]}}`, `{spec: {workerGroupSpecs: [{minReplicas: 1}]}}`, growing},
		"ray maximum up":       {"the autoscaler does the rest", `{spec: {workerGroupSpecs: [{maxReplicas: 4}]}}`, `{spec: {workerGroupSpecs: [{maxReplicas: 5}]}}`, growing},
		"maximum to zero":      {"0 is no limit at all in some kinds", `{spec: {predictor: {maxReplicas: 4}}}`, `{spec: {predictor: {maxReplicas: 0}}}`, growing},
		"maximum left out":     {"no limit at all", `{spec: {predictor: {maxReplicas: 4}}}`, `{spec: {predictor: {}}}`, growing},
		"worker group added":   {"another kind of pod", `{spec: {workerGroupSpecs: [{replicas: 1}]}}`, `{spec: {workerGroupSpecs: [{replicas: 1}, {replicas: 0}]}}`, growing},
		"one up, one down":     {"a shrink does not pay for growth", `{spec: {workerGroupSpecs: [{replicas: 1}, {replicas: 4}]}}`, `{spec: {workerGroupSpecs: [{replicas: 2}, {replicas: 1}]}}`, growing},
		"trainer nodes down":   {"another word for replicas", `{spec: {trainer: {numNodes: 4}}}`, `{spec: {trainer: {numNodes: 2}}}`, shrinks},
		"hosts up":             {"another word for replicas", `{spec: {workerGroupSpecs: [{numOfHosts: 1}]}}`, `{spec: {workerGroupSpecs: [{numOfHosts: 2}]}}`, growing},
		"replicas in a label":  {"only numbers are counts", `{spec: {template: {metadata: {labels: {replicas: "3"}}}}}`, `{spec: {template: {metadata: {labels: {replicas: "2"}}}}}`, growing},

		// Whether at all.
		"deactivated":             {"stops a Kueue Workload", `{spec: {active: true}}`, `{spec: {active: false}}`, shrinks},
		"deactivated first":       {"the default is on", `{spec: {}}`, `{spec: {active: false}}`, shrinks},
		"activated":               {"starts it", `{spec: {active: false}}`, `{spec: {active: true}}`, growing},
		"active by default":       {"starts it", `{spec: {active: false}}`, `{spec: {}}`, growing},
		"on no node":              {"no node has the label", `{spec: {nodeSelector: {a: b}}}`, `{spec: {nodeSelector: {a: b, domicile.dev/suspended: "true"}}}`, shrinks},
		"on no node at all":       {"as above, without a selector before", `{spec: {}}`, `{spec: {nodeSelector: {domicile.dev/suspended: "true"}}}`, shrinks},
		"on some node again":      {"starts it", `{spec: {nodeSelector: {domicile.dev/suspended: "true"}}}`, `{spec: {}}`, growing},
		"on another node":         {"one label less is more nodes", `{spec: {nodeSelector: {a: b}}}`, `{spec: {nodeSelector: {domicile.dev/suspended: "true"}}}`, growing},
		"on a labelled node":      {"another value may be some node's", `{spec: {}}`, `{spec: {nodeSelector: {domicile.dev/suspended: "no"}}}`, growing},
		"odd selector":            {"what cannot be compared is growth", `{spec: {nodeSelector: [1]}}`, `{spec: {nodeSelector: {domicile.dev/suspended: "true"}}}`, growing},
		"suspended":               {"stops it", `{spec: {suspend: false}}`, `{spec: {suspend: true}}`, shrinks},
		"suspend written":         {"absent is false", `{spec: {}}`, `{spec: {suspend: true}}`, shrinks},
		"resumed":                 {"starts what was created suspended", `{spec: {suspend: true}}`, `{spec: {suspend: false}}`, growing},
		"suspend left out":        {"absent is false", `{spec: {suspend: true}}`, `{spec: {}}`, growing},
		"suspended in a block":    {"there is nothing else in it", `{spec: {}}`, `{spec: {runPolicy: {suspend: true}}}`, shrinks},
		"block with more in it":   {"what else it says may be more", `{spec: {}}`, `{spec: {runPolicy: {suspend: true, backoffLimit: 9}}}`, growing},
		"block that starts":       {"starts what the default may hold back", `{spec: {}}`, `{spec: {runPolicy: {suspend: false}}}`, growing},
		"suspended block gone":    {"starts it", `{spec: {runPolicy: {suspend: true}}}`, `{spec: {}}`, growing},
		"suspended block emptied": {"starts it", `{spec: {runPolicy: {suspend: true}}}`, `{spec: {runPolicy: {}}}`, growing},
		"suspend as text":         {"not a truth value", `{spec: {suspend: false}}`, `{spec: {suspend: "true"}}`, growing},
		"paused":                  {"stops the rollout", `{spec: {}}`, `{spec: {paused: true}}`, shrinks},
		"unpaused":                {"lets a rollout go on that was put in while paused", `{spec: {paused: true}}`, `{spec: {paused: false}}`, growing},
		"schedule":                {"runs at other times", `{spec: {schedule: "0 1 * * *"}}`, `{spec: {schedule: "0 2 * * *"}}`, growing},
		"suspend + schedule":      {"each change is looked at by itself", `{spec: {suspend: false, schedule: "0 1 * * *"}}`, `{spec: {suspend: true, schedule: "0 2 * * *"}}`, growing},
		"gate removed":            {"a shorter list starts the pod", `{spec: {schedulingGates: [{name: a}, {name: b}]}}`, `{spec: {schedulingGates: [{name: a}]}}`, growing},

		// What runs.
		"image":                {"something else runs", `{spec: {containers: [{name: a, image: x:1}]}}`, `{spec: {containers: [{name: a, image: x:2}]}}`, growing},
		"ephemeral container":  {"something more runs", `{spec: {containers: [{name: a}]}}`, `{spec: {containers: [{name: a}], ephemeralContainers: [{name: d}]}}`, growing},
		"in a dying pod":       {"dying takes as long as it likes", `{metadata: {deletionTimestamp: x}, spec: {}}`, `{metadata: {deletionTimestamp: x}, spec: {ephemeralContainers: [{name: d}]}}`, growing},
		"template":             {"a rollout", `{spec: {template: {spec: {containers: [{image: a}]}}}}`, `{spec: {template: {spec: {containers: [{image: b}]}}}}`, growing},
		"template annotation":  {"kubectl rollout restart", `{spec: {template: {metadata: {annotations: {}}}}}`, `{spec: {template: {metadata: {annotations: {restartedAt: now}}}}}`, growing},
		"template and down":    {"a shrink does not pay for growth", `{spec: {replicas: 3, template: {a: 1}}}`, `{spec: {replicas: 1, template: {a: 2}}}`, growing},
		"container removed":    {"what runs changes", `{spec: {template: {spec: {containers: [{name: a}, {name: b}]}}}}`, `{spec: {template: {spec: {containers: [{name: a}]}}}}`, growing},
		"PodTemplate":          {"has its template at the top", `{template: {spec: {a: 1}}}`, `{template: {spec: {a: 2}}}`, growing},
		"volume claims":        {"the next pod gets them", `{spec: {volumeClaimTemplates: [{spec: {storageClassName: a}}]}}`, `{spec: {volumeClaimTemplates: [{spec: {storageClassName: b}}]}}`, growing},
		"empty map added":      {"an empty block switches things on", `{spec: {a: 1}}`, `{spec: {a: 1, gpu: {}}}`, growing},
		"managedBy":            {"the work leaves for another cluster", `{spec: {managedBy: a}}`, `{spec: {managedBy: kueue.x-k8s.io/multikueue}}`, growing},
		"unknown field":        {"what is not known to shrink grows", `{foo: {bar: 2}}`, `{foo: {bar: 1}}`, growing},
		"unknown kind shrinks": {"replicas are replicas everywhere", `{foo: {replicas: 2}}`, `{foo: {replicas: 1}}`, shrinks},
		"type changes":         {"a map becomes text", `{spec: {a: {}}}`, `{spec: {a: x}}`, growing},
		"list becomes a map":   {"another shape", `{spec: {a: []}}`, `{spec: {a: {}}}`, growing},
		"spec appears":         {"all of it is new", `{}`, `{spec: {a: 1}}`, growing},

		// How much of one.
		"resized down":           {"may always shrink", `{spec: {containers: [{resources: {requests: {cpu: "2", memory: 1Gi}, limits: {cpu: "2"}}}]}}`, `{spec: {containers: [{resources: {requests: {cpu: 1500m, memory: 1024Mi}, limits: {cpu: "1"}}}]}}`, shrinks},
		"resized up":             {"may never grow", `{spec: {containers: [{resources: {requests: {cpu: "1"}}}]}}`, `{spec: {containers: [{resources: {requests: {cpu: 1001m}}}]}}`, growing},
		"memory up, CPU down":    {"each by itself", `{spec: {containers: [{resources: {limits: {cpu: "2", memory: 1Gi}}}]}}`, `{spec: {containers: [{resources: {limits: {cpu: "1", memory: 2Gi}}}]}}`, growing},
		"GPU added":              {"more of everything", `{spec: {containers: [{resources: {limits: {cpu: "1"}}}]}}`, `{spec: {containers: [{resources: {limits: {cpu: "1", example.com/gpu: "1"}}}]}}`, growing},
		"request left out":       {"asks for less", `{spec: {containers: [{resources: {requests: {cpu: "1", memory: 1Gi}}}]}}`, `{spec: {containers: [{resources: {requests: {cpu: "1"}}}]}}`, shrinks},
		"limit left out":         {"no limit at all", `{spec: {containers: [{resources: {limits: {cpu: "1", memory: 1Gi}}}]}}`, `{spec: {containers: [{resources: {limits: {cpu: "1"}}}]}}`, growing},
		"quantity unreadable":    {"cannot be compared", `{spec: {containers: [{resources: {limits: {cpu: "1"}}}]}}`, `{spec: {containers: [{resources: {limits: {cpu: "x"}}}]}}`, growing},
		"quantity as a power":    {"could be a billion digits long", `{spec: {containers: [{resources: {limits: {cpu: "1"}}}]}}`, `{spec: {containers: [{resources: {limits: {cpu: "1e-999999999"}}}]}}`, growing},
		"quantity of many zeros": {"bounded before it is parsed", `{spec: {containers: [{resources: {limits: {cpu: "1"}}}]}}`, `{spec: {containers: [{resources: {limits: {cpu: "0.00000000000000000000000000000000000001"}}}]}}`, growing},
		"exa":                    {"E alone is a unit", `{spec: {resources: {requests: {storage: 2Ei}}}}`, `{spec: {resources: {requests: {storage: 1E}}}}`, shrinks},

		// How long.
		"deadline sooner":  {"ends earlier", `{spec: {activeDeadlineSeconds: 100}}`, `{spec: {activeDeadlineSeconds: 50}}`, shrinks},
		"deadline set":     {"ends at all", `{spec: {}}`, `{spec: {activeDeadlineSeconds: 50}}`, shrinks},
		"deadline later":   {"runs longer", `{spec: {activeDeadlineSeconds: 50}}`, `{spec: {activeDeadlineSeconds: 100}}`, growing},
		"deadline removed": {"runs for ever", `{spec: {activeDeadlineSeconds: 50}}`, `{spec: {}}`, growing},
		"history":          {"nothing runs of it", `{spec: {revisionHistoryLimit: 1}}`, `{spec: {revisionHistoryLimit: 10}}`, shrinks},
		"grace":            {"for dying only", `{spec: {terminationGracePeriodSeconds: 1}}`, `{spec: {terminationGracePeriodSeconds: 9}}`, shrinks},
		"ttl":              {"about what has finished", `{spec: {}}`, `{spec: {ttlSecondsAfterFinished: 9}}`, shrinks},
		"history as text":  {"only numbers are harmless", `{spec: {revisionHistoryLimit: 1}}`, `{spec: {revisionHistoryLimit: {image: x}}}`, growing},
	} {
		t.Run(name, func(t *testing.T) {
			if got := growth.Object(fromYAML(t, tc.old), fromYAML(t, tc.new)); got != tc.want {
				t.Errorf("%s: got growth %v", tc.reason, got)
			}
		})
	}
}

func TestWhatScalesUp(t *testing.T) {
	for name, tc := range map[string]struct {
		reason   string
		old, new string
		want     bool
	}{
		"up":           {"more", `{spec: {replicas: 1}}`, `{spec: {replicas: 2}}`, growing},
		"down":         {"less", `{spec: {replicas: 2}}`, `{spec: {replicas: 1}}`, shrinks},
		"same":         {"as many", `{spec: {replicas: 2}}`, `{spec: {replicas: 2}}`, shrinks},
		"from nothing": {"a Scale writes 0 as no field at all", `{spec: {}}`, `{spec: {replicas: 1}}`, growing},
		"to nothing":   {"a Scale writes 0 as no field at all", `{spec: {replicas: 1}}`, `{}`, shrinks},
		"unreadable":   {"what cannot be compared is growth", `{spec: {replicas: 2}}`, `{spec: {replicas: "1"}}`, growing},
		"odd spec":     {"what cannot be compared is growth", `{spec: {replicas: 2}}`, `{spec: [1]}`, growing},
	} {
		t.Run(name, func(t *testing.T) {
			if got := growth.Scale(fromYAML(t, tc.old), fromYAML(t, tc.new)); got != tc.want {
				t.Errorf("%s: got %v", tc.reason, got)
			}
		})
	}
}
