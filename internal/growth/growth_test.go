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

// kind is the group and the kind of an object.
type kind struct{ group, name string }

var (
	pod              = kind{"", "Pod"}
	deployment       = kind{"apps", "Deployment"}
	daemonSet        = kind{"apps", "DaemonSet"}
	job              = kind{"batch", "Job"}
	cronJob          = kind{"batch", "CronJob"}
	workflow         = kind{"argoproj.io", "Workflow"}
	jobSet           = kind{"jobset.x-k8s.io", "JobSet"}
	pyTorchJob       = kind{"kubeflow.org", "PyTorchJob"}
	workload         = kind{"kueue.x-k8s.io", "Workload"}
	rayCluster       = kind{"ray.io", "RayCluster"}
	inferenceService = kind{"serving.kserve.io", "InferenceService"}
	trainJob         = kind{"trainer.kubeflow.org", "TrainJob"}
	widget           = kind{"example.com", "Widget"}
)

// fromYAML reads a manifest of an object of the kind.
func (k kind) fromYAML(t testing.TB, manifest string) map[string]any {
	t.Helper()
	return k.object(fromYAML(t, manifest))
}

// object makes an object of the kind of its fields.
func (k kind) object(fields map[string]any) map[string]any {
	fields["apiVersion"], fields["kind"] = "v1", k.name
	if k.group != "" {
		fields["apiVersion"] = k.group + "/v1"
	}
	return fields
}

const (
	shrinks = false
	growing = true
)

func TestWhatGrows(t *testing.T) {
	for name, tc := range map[string]struct {
		of       kind
		reason   string
		old, new string
		want     bool
	}{
		// Nothing that runs.
		"nothing":           {deployment, "a controller writes what is there", `{spec: {replicas: 2}}`, `{spec: {replicas: 2}}`, shrinks},
		"labels":            {widget, "metadata only", `{metadata: {labels: {a: b}}}`, `{metadata: {labels: {a: c}}}`, shrinks},
		"finalizer removed": {widget, "an object that cannot go away is no smaller", `{metadata: {finalizers: [a]}, spec: {x: 1}}`, `{metadata: {}, spec: {x: 1}}`, shrinks},
		"status":            {widget, "what is observed is not asked for", `{spec: {x: 1}, status: {replicas: 1}}`, `{spec: {x: 1}, status: {replicas: 9}}`, shrinks},
		"null":              {widget, "null is as good as absent", `{spec: {x: null, y: 1}}`, `{spec: {y: 1}}`, shrinks},

		// How many.
		"scaled down":          {deployment, "may always shrink", `{spec: {replicas: 3}}`, `{spec: {replicas: 2}}`, shrinks},
		"scaled to nothing":    {deployment, "may always shrink", `{spec: {replicas: 3}}`, `{spec: {replicas: 0}}`, shrinks},
		"scaled up":            {deployment, "may never grow", `{spec: {replicas: 2}}`, `{spec: {replicas: 3}}`, growing},
		"scaled up from zero":  {deployment, "created empty, filled later", `{spec: {replicas: 0}}`, `{spec: {replicas: 1}}`, growing},
		"replicas left out":    {deployment, "absent is 1", `{spec: {replicas: 2}}`, `{spec: {}}`, shrinks},
		"replicas 0 left out":  {deployment, "absent is 1, which is more than 0", `{spec: {replicas: 0}}`, `{spec: {}}`, growing},
		"replicas 1 written":   {deployment, "absent is 1", `{spec: {}}`, `{spec: {replicas: 1}}`, shrinks},
		"replicas 2 written":   {deployment, "absent is 1", `{spec: {}}`, `{spec: {replicas: 2}}`, growing},
		"replicas as text":     {deployment, "not a number that can be compared", `{spec: {replicas: 2}}`, `{spec: {replicas: "1"}}`, growing},
		"replicas as fraction": {deployment, "not a number that can be compared", `{spec: {replicas: 2}}`, `{spec: {replicas: 1.5}}`, growing},
		"job parallelism down": {job, "fewer pods at a time", `{spec: {parallelism: 4}}`, `{spec: {parallelism: 1}}`, shrinks},
		"job parallelism up":   {job, "more pods at a time", `{spec: {parallelism: 4}}`, `{spec: {parallelism: 5}}`, growing},
		"job completions down": {job, "an indexed job may be made shorter", `{spec: {completions: 4}}`, `{spec: {completions: 3}}`, shrinks},
		"job completions gone": {job, "no number of completions has another meaning", `{spec: {completions: 4}}`, `{spec: {}}`, growing},
		"ray workers down":     {rayCluster, "at any depth", `{spec: {workerGroupSpecs: [{replicas: 4, minReplicas: 2, maxReplicas: 8}]}}`, `{spec: {workerGroupSpecs: [{replicas: 2, minReplicas: 0, maxReplicas: 4}]}}`, shrinks},
		"ray workers up":       {rayCluster, "at any depth", `{spec: {workerGroupSpecs: [{replicas: 4}]}}`, `{spec: {workerGroupSpecs: [{replicas: 5}]}}`, growing},
		"ray minimum up":       {rayCluster, "the autoscaler does the rest", `{spec: {workerGroupSpecs: [{minReplicas: 0}]}}`, `{spec: {workerGroupSpecs: [{minReplicas: 1}]}}`, growing},
		"ray maximum up":       {rayCluster, "the autoscaler does the rest", `{spec: {workerGroupSpecs: [{maxReplicas: 4}]}}`, `{spec: {workerGroupSpecs: [{maxReplicas: 5}]}}`, growing},
		"maximum to zero":      {inferenceService, "0 is no limit at all in some kinds", `{spec: {predictor: {maxReplicas: 4}}}`, `{spec: {predictor: {maxReplicas: 0}}}`, growing},
		"maximum left out":     {inferenceService, "no limit at all", `{spec: {predictor: {maxReplicas: 4}}}`, `{spec: {predictor: {}}}`, growing},
		"worker group added":   {rayCluster, "another kind of pod", `{spec: {workerGroupSpecs: [{replicas: 1}]}}`, `{spec: {workerGroupSpecs: [{replicas: 1}, {replicas: 0}]}}`, growing},
		"one up, one down":     {rayCluster, "a shrink does not pay for growth", `{spec: {workerGroupSpecs: [{replicas: 1}, {replicas: 4}]}}`, `{spec: {workerGroupSpecs: [{replicas: 2}, {replicas: 1}]}}`, growing},
		"trainer nodes down":   {trainJob, "another word for replicas", `{spec: {trainer: {numNodes: 4}}}`, `{spec: {trainer: {numNodes: 2}}}`, shrinks},
		"hosts up":             {rayCluster, "another word for replicas", `{spec: {workerGroupSpecs: [{numOfHosts: 1}]}}`, `{spec: {workerGroupSpecs: [{numOfHosts: 2}]}}`, growing},
		"replicas in a label":  {deployment, "only numbers are counts", `{spec: {template: {metadata: {labels: {replicas: "3"}}}}}`, `{spec: {template: {metadata: {labels: {replicas: "2"}}}}}`, growing},

		// Whether at all.
		"deactivated":             {workload, "stops a Kueue Workload", `{spec: {active: true}}`, `{spec: {active: false}}`, shrinks},
		"deactivated first":       {workload, "the default is on", `{spec: {}}`, `{spec: {active: false}}`, shrinks},
		"activated":               {workload, "starts it", `{spec: {active: false}}`, `{spec: {active: true}}`, growing},
		"active by default":       {workload, "starts it", `{spec: {active: false}}`, `{spec: {}}`, growing},
		"on no node":              {daemonSet, "no node has the label", `{spec: {template: {spec: {nodeSelector: {a: b}}}}}`, `{spec: {template: {spec: {nodeSelector: {a: b, domicile.dev/suspended: "true"}}}}}`, shrinks},
		"on no node at all":       {daemonSet, "as above, without a selector before", `{spec: {template: {spec: {}}}}`, `{spec: {template: {spec: {nodeSelector: {domicile.dev/suspended: "true"}}}}}`, shrinks},
		"on some node again":      {daemonSet, "starts it", `{spec: {template: {spec: {nodeSelector: {domicile.dev/suspended: "true"}}}}}`, `{spec: {template: {spec: {}}}}`, growing},
		"on another node":         {daemonSet, "one label less is more nodes", `{spec: {template: {spec: {nodeSelector: {a: b}}}}}`, `{spec: {template: {spec: {nodeSelector: {domicile.dev/suspended: "true"}}}}}`, growing},
		"on a labelled node":      {daemonSet, "another value may be some node's", `{spec: {template: {spec: {}}}}`, `{spec: {template: {spec: {nodeSelector: {domicile.dev/suspended: "no"}}}}}`, growing},
		"odd selector":            {daemonSet, "what cannot be compared is growth", `{spec: {template: {spec: {nodeSelector: [1]}}}}`, `{spec: {template: {spec: {nodeSelector: {domicile.dev/suspended: "true"}}}}}`, growing},
		"suspended":               {job, "stops it", `{spec: {suspend: false}}`, `{spec: {suspend: true}}`, shrinks},
		"suspend written":         {job, "absent is false", `{spec: {}}`, `{spec: {suspend: true}}`, shrinks},
		"resumed":                 {job, "starts what was created suspended", `{spec: {suspend: true}}`, `{spec: {suspend: false}}`, growing},
		"suspend left out":        {job, "absent is false", `{spec: {suspend: true}}`, `{spec: {}}`, growing},
		"suspended in a block":    {pyTorchJob, "there is nothing else in it", `{spec: {}}`, `{spec: {runPolicy: {suspend: true}}}`, shrinks},
		"block with more in it":   {pyTorchJob, "what else it says may be more", `{spec: {}}`, `{spec: {runPolicy: {suspend: true, backoffLimit: 9}}}`, growing},
		"block that starts":       {pyTorchJob, "starts what the default may hold back", `{spec: {}}`, `{spec: {runPolicy: {suspend: false}}}`, growing},
		"suspended block gone":    {pyTorchJob, "starts it", `{spec: {runPolicy: {suspend: true}}}`, `{spec: {}}`, growing},
		"suspended block emptied": {pyTorchJob, "starts it", `{spec: {runPolicy: {suspend: true}}}`, `{spec: {runPolicy: {}}}`, growing},
		"suspend as text":         {job, "not a truth value", `{spec: {suspend: false}}`, `{spec: {suspend: "true"}}`, growing},
		"paused":                  {deployment, "stops the rollout", `{spec: {}}`, `{spec: {paused: true}}`, shrinks},
		"unpaused":                {deployment, "lets a rollout go on that was put in while paused", `{spec: {paused: true}}`, `{spec: {paused: false}}`, growing},
		"schedule":                {cronJob, "runs at other times", `{spec: {schedule: "0 1 * * *"}}`, `{spec: {schedule: "0 2 * * *"}}`, growing},
		"suspend + schedule":      {cronJob, "each change is looked at by itself", `{spec: {suspend: false, schedule: "0 1 * * *"}}`, `{spec: {suspend: true, schedule: "0 2 * * *"}}`, growing},
		"gate removed":            {pod, "a shorter list starts the pod", `{spec: {schedulingGates: [{name: a}, {name: b}]}}`, `{spec: {schedulingGates: [{name: a}]}}`, growing},

		// Where, of what is suspended: Kueue takes back what it wrote when it stops a job.
		"stopped by Kueue":         {jobSet, "the switch and what Kueue wrote, at once", `{spec: {suspend: false, replicatedJobs: [{template: {spec: {template: {metadata: {labels: {a: b, kueue.x-k8s.io/podset: x}, annotations: {kueue.x-k8s.io/workload: w}}, spec: {x: 1, nodeSelector: {pool: p}, tolerations: [{key: p}]}}}}}]}}`, `{spec: {suspend: true, replicatedJobs: [{template: {spec: {template: {metadata: {labels: {a: b}}, spec: {x: 1}}}}}]}}`, shrinks},
		"put back after that":      {job, "Kueue does that to Jobs in a second step", `{spec: {suspend: true, template: {metadata: {creationTimestamp: null, labels: {a: b}}, spec: {schedulingGates: [{name: g}]}}}}`, `{spec: {suspend: true, template: {spec: {}}}}`, shrinks},
		"placed and started":       {job, "starts it", `{spec: {suspend: true, template: {spec: {}}}}`, `{spec: {suspend: false, template: {spec: {nodeSelector: {pool: p}}}}}`, growing},
		"placed while it runs":     {job, "its next Pods go elsewhere", `{spec: {template: {spec: {}}}}`, `{spec: {template: {spec: {nodeSelector: {pool: p}}}}}`, growing},
		"placed while suspended":   {pyTorchJob, "a switch elsewhere, and templates by name", `{spec: {runPolicy: {suspend: true}, pytorchReplicaSpecs: {Worker: {template: {spec: {}}}}}}`, `{spec: {runPolicy: {suspend: true}, pytorchReplicaSpecs: {Worker: {template: {spec: {nodeSelector: {pool: p}}}}}}}`, shrinks},
		"claim while suspended":    {job, "resumed it would be somebody else's", `{spec: {suspend: true, template: {metadata: {annotations: {domicile.dev/tenant: a}}}}}`, `{spec: {suspend: true, template: {metadata: {annotations: {domicile.dev/tenant: b}}}}}`, growing},
		"claim taken while idle":   {job, "resumed it would be nobody's", `{spec: {suspend: true, template: {metadata: {annotations: {domicile.dev/tenant: a, b: c}}}}}`, `{spec: {suspend: true, template: {metadata: {annotations: {b: c}}}}}`, growing},
		"finalizer while idle":     {job, "only labels and annotations", `{spec: {suspend: true, template: {metadata: {}}}}`, `{spec: {suspend: true, template: {metadata: {finalizers: [a]}}}}`, growing},
		"image while suspended":    {job, "only where it goes", `{spec: {suspend: true, template: {spec: {containers: [{image: a}]}}}}`, `{spec: {suspend: true, template: {spec: {containers: [{image: b}]}}}}`, growing},
		"placed at no replicas":    {deployment, "no switch: its replicas may be somebody else's", `{spec: {replicas: 0, template: {spec: {}}}}`, `{spec: {replicas: 0, template: {spec: {nodeSelector: {pool: p}}}}}`, growing},
		"placed while deactivated": {workload, "Kueue changes no Workload's Pods", `{spec: {active: false, podSets: [{template: {spec: {}}}]}}`, `{spec: {active: false, podSets: [{template: {spec: {nodeSelector: {pool: p}}}}]}}`, growing},

		// What runs.
		"image":                  {pod, "something else runs", `{spec: {containers: [{name: a, image: x:1}]}}`, `{spec: {containers: [{name: a, image: x:2}]}}`, growing},
		"ephemeral container":    {pod, "something more runs", `{spec: {containers: [{name: a}]}}`, `{spec: {containers: [{name: a}], ephemeralContainers: [{name: d}]}}`, growing},
		"in a dying pod":         {pod, "dying takes as long as it likes", `{metadata: {deletionTimestamp: x}, spec: {}}`, `{metadata: {deletionTimestamp: x}, spec: {ephemeralContainers: [{name: d}]}}`, growing},
		"template":               {deployment, "a rollout", `{spec: {template: {spec: {containers: [{image: a}]}}}}`, `{spec: {template: {spec: {containers: [{image: b}]}}}}`, growing},
		"template annotation":    {deployment, "kubectl rollout restart", `{spec: {template: {metadata: {annotations: {}}}}}`, `{spec: {template: {metadata: {annotations: {restartedAt: now}}}}}`, growing},
		"template and down":      {deployment, "a shrink does not pay for growth", `{spec: {replicas: 3, template: {a: 1}}}`, `{spec: {replicas: 1, template: {a: 2}}}`, growing},
		"container removed":      {deployment, "what runs changes", `{spec: {template: {spec: {containers: [{name: a}, {name: b}]}}}}`, `{spec: {template: {spec: {containers: [{name: a}]}}}}`, growing},
		"PodTemplate":            {widget, "has its template at the top", `{template: {spec: {a: 1}}}`, `{template: {spec: {a: 2}}}`, growing},
		"volume claims":          {widget, "the next pod gets them", `{spec: {volumeClaimTemplates: [{spec: {storageClassName: a}}]}}`, `{spec: {volumeClaimTemplates: [{spec: {storageClassName: b}}]}}`, growing},
		"empty map added":        {widget, "an empty block switches things on", `{spec: {a: 1}}`, `{spec: {a: 1, gpu: {}}}`, growing},
		"managedBy":              {widget, "the work leaves for another cluster", `{spec: {managedBy: a}}`, `{spec: {managedBy: kueue.x-k8s.io/multikueue}}`, growing},
		"unknown field":          {widget, "what is not known to shrink grows", `{foo: {bar: 2}}`, `{foo: {bar: 1}}`, growing},
		"unknown kind shrinks":   {widget, "replicas are replicas everywhere", `{foo: {replicas: 2}}`, `{foo: {replicas: 1}}`, shrinks},
		"unknown kind's default": {widget, "nobody knows what no number means", `{spec: {replicas: 2}}`, `{spec: {}}`, growing},
		"unknown kind's maximum": {widget, "0 may be no limit at all", `{spec: {maxReplicas: 2}}`, `{spec: {maxReplicas: 0}}`, growing},
		"unknown kind suspended": {widget, "as suspension does it", `{spec: {suspend: false}}`, `{spec: {suspend: true}}`, shrinks},
		"unknown kind paused":    {widget, "may be something else", `{spec: {}}`, `{spec: {paused: true}}`, growing},
		"unknown kind's suspend": {widget, "elsewhere it may be something else", `{foo: {suspend: false}}`, `{foo: {suspend: true}}`, growing},
		"type changes":           {widget, "a map becomes text", `{spec: {a: {}}}`, `{spec: {a: x}}`, growing},
		"list becomes a map":     {widget, "another shape", `{spec: {a: []}}`, `{spec: {a: {}}}`, growing},
		"spec appears":           {widget, "all of it is new", `{}`, `{spec: {a: 1}}`, growing},

		// How much of one.
		"resized down":           {pod, "may always shrink", `{spec: {containers: [{resources: {requests: {cpu: "2", memory: 1Gi}, limits: {cpu: "2"}}}]}}`, `{spec: {containers: [{resources: {requests: {cpu: 1500m, memory: 1024Mi}, limits: {cpu: "1"}}}]}}`, shrinks},
		"resized up":             {pod, "may never grow", `{spec: {containers: [{resources: {requests: {cpu: "1"}}}]}}`, `{spec: {containers: [{resources: {requests: {cpu: 1001m}}}]}}`, growing},
		"memory up, CPU down":    {pod, "each by itself", `{spec: {containers: [{resources: {limits: {cpu: "2", memory: 1Gi}}}]}}`, `{spec: {containers: [{resources: {limits: {cpu: "1", memory: 2Gi}}}]}}`, growing},
		"GPU added":              {pod, "more of everything", `{spec: {containers: [{resources: {limits: {cpu: "1"}}}]}}`, `{spec: {containers: [{resources: {limits: {cpu: "1", example.com/gpu: "1"}}}]}}`, growing},
		"request left out":       {pod, "asks for less", `{spec: {containers: [{resources: {requests: {cpu: "1", memory: 1Gi}}}]}}`, `{spec: {containers: [{resources: {requests: {cpu: "1"}}}]}}`, shrinks},
		"limit left out":         {pod, "no limit at all", `{spec: {containers: [{resources: {limits: {cpu: "1", memory: 1Gi}}}]}}`, `{spec: {containers: [{resources: {limits: {cpu: "1"}}}]}}`, growing},
		"quantity unreadable":    {pod, "cannot be compared", `{spec: {containers: [{resources: {limits: {cpu: "1"}}}]}}`, `{spec: {containers: [{resources: {limits: {cpu: "x"}}}]}}`, growing},
		"quantity as a power":    {pod, "could be a billion digits long", `{spec: {containers: [{resources: {limits: {cpu: "1"}}}]}}`, `{spec: {containers: [{resources: {limits: {cpu: "1e-999999999"}}}]}}`, growing},
		"quantity of many zeros": {pod, "bounded before it is parsed", `{spec: {containers: [{resources: {limits: {cpu: "1"}}}]}}`, `{spec: {containers: [{resources: {limits: {cpu: "0.00000000000000000000000000000000000001"}}}]}}`, growing},
		"template resized down":  {deployment, "starts new pods", `{spec: {template: {spec: {containers: [{resources: {limits: {cpu: "2"}}}]}}}}`, `{spec: {template: {spec: {containers: [{resources: {limits: {cpu: "1"}}}]}}}}`, growing},
		"exa":                    {pod, "E alone is a unit", `{spec: {resources: {requests: {storage: 2Ei}}}}`, `{spec: {resources: {requests: {storage: 1E}}}}`, shrinks},

		// How long.
		"deadline sooner":        {job, "ends earlier", `{spec: {activeDeadlineSeconds: 100}}`, `{spec: {activeDeadlineSeconds: 50}}`, shrinks},
		"deadline set":           {job, "ends at all", `{spec: {}}`, `{spec: {activeDeadlineSeconds: 50}}`, shrinks},
		"deadline later":         {job, "runs longer", `{spec: {activeDeadlineSeconds: 50}}`, `{spec: {activeDeadlineSeconds: 100}}`, growing},
		"deadline removed":       {job, "runs for ever", `{spec: {activeDeadlineSeconds: 50}}`, `{spec: {}}`, growing},
		"history":                {deployment, "nothing runs of it", `{spec: {revisionHistoryLimit: 1}}`, `{spec: {revisionHistoryLimit: 10}}`, shrinks},
		"template deadline":      {deployment, "starts new pods", `{spec: {template: {spec: {activeDeadlineSeconds: 9}}}}`, `{spec: {template: {spec: {activeDeadlineSeconds: 8}}}}`, growing},
		"template grace":         {deployment, "starts new pods", `{spec: {template: {spec: {terminationGracePeriodSeconds: 9}}}}`, `{spec: {template: {spec: {terminationGracePeriodSeconds: 8}}}}`, growing},
		"template of a job":      {cronJob, "the next job has it", `{spec: {jobTemplate: {spec: {parallelism: 3, template: {spec: {activeDeadlineSeconds: 9}}}}}}`, `{spec: {jobTemplate: {spec: {parallelism: 3, template: {spec: {activeDeadlineSeconds: 8}}}}}}`, growing},
		"next job smaller":       {cronJob, "fewer pods at a time", `{spec: {jobTemplate: {spec: {parallelism: 3}}}}`, `{spec: {jobTemplate: {spec: {parallelism: 1}}}}`, shrinks},
		"job parallelism gone":   {job, "absent is 1", `{spec: {parallelism: 3}}`, `{spec: {}}`, shrinks},
		"workflow's gone":        {workflow, "absent is no limit at all", `{spec: {parallelism: 3}}`, `{spec: {}}`, growing},
		"workflow's set":         {workflow, "a limit where there was none", `{spec: {}}`, `{spec: {parallelism: 3}}`, shrinks},
		"workflow's fewer":       {workflow, "fewer pods at a time", `{spec: {parallelism: 3}}`, `{spec: {parallelism: 2}}`, shrinks},
		"workflow's more":        {workflow, "more pods at a time", `{spec: {templates: [{parallelism: 3}]}}`, `{spec: {templates: [{parallelism: 4}]}}`, growing},
		"workflow stopped":       {workflow, "how it is stopped", `{spec: {}}`, `{spec: {shutdown: Terminate}}`, shrinks},
		"workflow not stopped":   {workflow, "runs again", `{spec: {shutdown: Stop}}`, `{spec: {}}`, growing},
		"ray replicas gone":      {rayCluster, "what no number means is the operator's", `{spec: {workerGroupSpecs: [{replicas: 1}]}}`, `{spec: {workerGroupSpecs: [{}]}}`, growing},
		"ray autoscaler":         {rayCluster, "says which workers go", `{spec: {workerGroupSpecs: [{replicas: 2}]}}`, `{spec: {workerGroupSpecs: [{replicas: 1, scaleStrategy: {workersToDelete: [a]}}]}}`, shrinks},
		"ray minimum of another": {deployment, "no field of this kind", `{spec: {minReplicas: 2}}`, `{spec: {minReplicas: 1}}`, growing},
		"grace":                  {pod, "for dying only", `{spec: {terminationGracePeriodSeconds: 1}}`, `{spec: {terminationGracePeriodSeconds: 9}}`, shrinks},
		"ttl":                    {job, "about what has finished", `{spec: {}}`, `{spec: {ttlSecondsAfterFinished: 9}}`, shrinks},
		"history as text":        {deployment, "only numbers are harmless", `{spec: {revisionHistoryLimit: 1}}`, `{spec: {revisionHistoryLimit: {image: x}}}`, growing},
	} {
		t.Run(name, func(t *testing.T) {
			old, updated := tc.of.fromYAML(t, tc.old), tc.of.fromYAML(t, tc.new)
			if got := growth.Object(old, updated); got != tc.want {
				t.Errorf("%s: got growth %v", tc.reason, got)
			}
			if got := growth.Object(lazily(old), lazily(updated)); got != tc.want {
				t.Errorf("%s: got growth %v of what is decoded as it is looked at", tc.reason, got)
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
