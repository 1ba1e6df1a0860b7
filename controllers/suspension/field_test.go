package suspension

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/translate"
)

func object(t *testing.T, manifest string) *unstructured.Unstructured {
	t.Helper()
	text, err := yaml.YAMLToJSON([]byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	o := &unstructured.Unstructured{}
	if err := o.UnmarshalJSON(text); err != nil {
		t.Fatal(err)
	}
	return o
}

// merge is RFC 7386, as the API server does it; it leaves out maps of metadata
// that became empty.
func merge(t *testing.T, o *unstructured.Unstructured, patch []byte) *unstructured.Unstructured {
	t.Helper()
	var p map[string]any
	if err := json.Unmarshal(patch, &p); err != nil {
		t.Fatal(err)
	}
	out := o.DeepCopy()
	mergeInto(out.Object, normal(t, p))
	metadata, _ := out.Object["metadata"].(map[string]any)
	for _, name := range []string{"labels", "annotations"} {
		if m, ok := metadata[name].(map[string]any); ok && len(m) == 0 {
			delete(metadata, name)
		}
	}
	return out
}

func normal(t *testing.T, p map[string]any) map[string]any {
	t.Helper()
	text, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "Patch", "p": p})
	if err != nil {
		t.Fatal(err)
	}
	o := &unstructured.Unstructured{}
	if err := o.UnmarshalJSON(text); err != nil {
		t.Fatal(err)
	}
	content, _ := o.Object["p"].(map[string]any)
	return content
}

func mergeInto(target, patch map[string]any) {
	for key, value := range patch {
		switch value := value.(type) {
		case nil:
			delete(target, key)
		case map[string]any:
			inner, ok := target[key].(map[string]any)
			if !ok {
				inner = map[string]any{}
				target[key] = inner
			}
			mergeInto(inner, value)
		default:
			target[key] = value
		}
	}
}

// KubeRay goes on with a RayCluster only if that says suspend: false, and tells when it does.
func TestARayClusterIsToldToGoOn(t *testing.T) {
	before := object(t, `{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: x, namespace: y, uid: u, resourceVersion: "7"}, spec: {}}`)
	_, f := wayOf(schema.GroupResource{Group: "ray.io", Resource: "rayclusters"}, before)
	patch, err := f.suspend(before, []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	during := merge(t, before, patch)
	during.Object["status"] = map[string]any{"state": "suspended"}
	if f.halts(during) {
		t.Error("it is to be suspended, so nothing is waited for")
	}
	patch, err = f.resume(during)
	if err != nil {
		t.Fatal(err)
	}
	after := merge(t, during, patch)
	if diff := cmp.Diff(map[string]any{"suspend": false}, after.Object["spec"]); diff != "" {
		t.Errorf("it is not told to go on (-want +got):\n%s", diff)
	}
	if !f.halts(after) {
		t.Error("KubeRay still says that it is suspended, and it counts as given back")
	}
	after.Object["status"] = map[string]any{"state": "ready"}
	if f.halts(after) {
		t.Error("it runs, and is waited for")
	}
}

func TestEveryKindComesBackAsItWas(t *testing.T) {
	for name, tc := range map[string]struct {
		resource, group string
		spec, want      string // as JSON
		reason          string
	}{
		"Deployment":              {"deployments", "apps", `{"replicas":3,"template":{}}`, `{"replicas":0,"template":{}}`, "has replicas"},
		"Deployment without":      {"deployments", "apps", `{"template":{}}`, `{"replicas":0,"template":{}}`, "absent replicas are 1"},
		"ReplicaSet":              {"replicasets", "apps", `{"replicas":1}`, `{"replicas":0}`, "has replicas"},
		"StatefulSet":             {"statefulsets", "apps", `{"replicas":2}`, `{"replicas":0}`, "has replicas"},
		"ReplicationController":   {"replicationcontrollers", "", `{"replicas":2}`, `{"replicas":0}`, "has replicas"},
		"Rollout":                 {"rollouts", "argoproj.io", `{"replicas":2}`, `{"replicas":0}`, "has replicas"},
		"LeaderWorkerSet":         {"leaderworkersets", "leaderworkerset.x-k8s.io", `{"replicas":2}`, `{"replicas":0}`, "has replicas"},
		"DaemonSet":               {"daemonsets", "apps", `{"template":{"spec":{"x":1}}}`, `{"template":{"spec":{"nodeSelector":{"domicile.dev/suspended":"true"},"x":1}}}`, "no node has the label"},
		"DaemonSet on some nodes": {"daemonsets", "apps", `{"template":{"spec":{"nodeSelector":{"gpu":"yes"}}}}`, `{"template":{"spec":{"nodeSelector":{"domicile.dev/suspended":"true","gpu":"yes"}}}}`, "keeps its own selector"},
		"Job":                     {"jobs", "batch", `{"suspend":false}`, `{"suspend":true}`, "can be suspended"},
		"Job without":             {"jobs", "batch", `{"completions":1}`, `{"completions":1,"suspend":true}`, "absent is absent again"},
		"CronJob":                 {"cronjobs", "batch", `{"suspend":false}`, `{"suspend":true}`, "can be suspended"},
		"JobSet":                  {"jobsets", "jobset.x-k8s.io", `{"x":1}`, `{"suspend":true,"x":1}`, "can be suspended"},
		"RayJob":                  {"rayjobs", "ray.io", `{"shutdownAfterJobFinishes":true}`, `{"shutdownAfterJobFinishes":true,"suspend":true}`, "can be suspended"},
		"RayCluster":              {"rayclusters", "ray.io", `{"suspend":false,"x":1}`, `{"suspend":true,"x":1}`, "can be suspended"},
		"RayCronJob":              {"raycronjobs", "ray.io", `{"suspend":false}`, `{"suspend":true}`, "can be suspended"},
		"TrainJob":                {"trainjobs", "trainer.kubeflow.org", `{"x":1}`, `{"suspend":true,"x":1}`, "can be suspended"},
		"PyTorchJob":              {"pytorchjobs", "kubeflow.org", `{"runPolicy":{"x":1}}`, `{"runPolicy":{"suspend":true,"x":1}}`, "in its run policy"},
		"Workload":                {"workloads", "kueue.x-k8s.io", `{"active":true}`, `{"active":false}`, "can be inactive"},
		"Workload without":        {"workloads", "kueue.x-k8s.io", `{"x":1}`, `{"active":false,"x":1}`, "active by default"},
		"unknown with suspend":    {"widgets", "example.com", `{"suspend":false,"replicas":2}`, `{"suspend":true,"replicas":2}`, "it is all that is known of it"},
		"unknown with replicas":   {"widgets", "example.com", `{"replicas":2}`, `{"replicas":0}`, "it is all that is known of it"},
		"HorizontalPodAutoscaler": {"horizontalpodautoscalers", "autoscaling", `{"minReplicas":0}`, `{"minReplicas":1}`, "with 0 it would scale up again"},
	} {
		t.Run(name, func(t *testing.T) {
			before := object(t, `{apiVersion: x/v1, kind: X, metadata: {name: x, namespace: y, uid: u, resourceVersion: "7", annotations: {a: b}}, spec: `+tc.spec+`}`)
			gr := schema.GroupResource{Group: tc.group, Resource: tc.resource}
			f := autoscalerField(gr)
			if f == nil {
				_, f = wayOf(gr, before)
			}
			if f == nil {
				t.Fatalf("no way to suspend it: %s", tc.reason)
			}
			patch, err := f.suspend(before, []string{"a", "b"})
			if err != nil {
				t.Fatal(err)
			}
			during := merge(t, before, patch)
			spec, err := json.Marshal(during.Object["spec"])
			if err != nil {
				t.Fatal(err)
			}
			var got, want any
			if err := json.Unmarshal(spec, &got); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(tc.want), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("suspended: %s (-want +got):\n%s", tc.reason, diff)
			}
			if !isMarked(during) || !f.set(during.Object) || during.GetAnnotations()[v1alpha1.SuspendedByAnnotation] != "a,b" {
				t.Errorf("it does not say that it is suspended: %v", during.Object["metadata"])
			}
			if patch, err = f.resume(during); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before.Object, merge(t, during, patch).Object); diff != "" {
				t.Errorf("restored: %s (-before +after):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestAnnotationsThatStopSomethingComeBack(t *testing.T) {
	stop := fieldOf(translate.KindOf(schema.GroupResource{Group: "serving.kserve.io", Resource: "inferenceservices"}))
	paused := autoscalerField(schema.GroupResource{Group: "keda.sh", Resource: "scaledobjects"})
	for name, tc := range map[string]struct {
		field  *field
		before string
		reason string
	}{
		"InferenceService":          {stop, `{apiVersion: x/v1, kind: X, metadata: {name: x, uid: u, resourceVersion: "7"}}`, "was never stopped"},
		"InferenceService, started": {stop, `{apiVersion: x/v1, kind: X, metadata: {name: x, uid: u, resourceVersion: "7", annotations: {serving.kserve.io/stop: "false"}}}`, "was stopped and started"},
		"ScaledObject":              {paused, `{apiVersion: x/v1, kind: X, metadata: {name: x, uid: u, resourceVersion: "7", annotations: {a: b}}}`, "was never paused"},
	} {
		t.Run(name, func(t *testing.T) {
			before := object(t, tc.before)
			patch, err := tc.field.suspend(before, nil)
			if err != nil {
				t.Fatal(err)
			}
			during := merge(t, before, patch)
			if !tc.field.set(during.Object) {
				t.Errorf("it is not stopped: %s", tc.reason)
			}
			if patch, err = tc.field.resume(during); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before.Object, merge(t, during, patch).Object); diff != "" {
				t.Errorf("%s (-before +after):\n%s", tc.reason, diff)
			}
		})
	}
}

// Whoever may change an object may change what is written on it, so nothing is
// put back but a value that the field may have.
func TestRecordsAreNotBelieved(t *testing.T) {
	const head = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: x, uid: u, resourceVersion: "7", labels: {domicile.dev/suspended: "true"}`
	for name, tc := range map[string]struct {
		record string
		want   string // spec afterwards; "" for an error
		reason string
	}{
		"a number":       {`{"spec.replicas":4}`, `{replicas: 4}`, "what was written down"},
		"absent":         {`{"spec.replicas":null}`, `{}`, "what was written down"},
		"negative":       {`{"spec.replicas":-1}`, "", "no Deployment has that"},
		"text":           {`{"spec.replicas":"4"}`, "", "no Deployment has that"},
		"a fraction":     {`{"spec.replicas":1.5}`, "", "no Deployment has that"},
		"huge":           {`{"spec.replicas":99999999999}`, "", "no Deployment has that"},
		"another field":  {`{"spec.template.spec.hostNetwork":true}`, "", "only the field that suspends is put back"},
		"one field more": {`{"spec.replicas":4,"spec.paused":true}`, "", "only the field that suspends is put back"},
		"too long":       {`{"spec.replicas":` + strings.Repeat(" ", maxFormer) + `4}`, "", "a record of ours is short"},
		"no record":      {`nothing`, "", "nothing is guessed"},
	} {
		t.Run(name, func(t *testing.T) {
			quoted, err := json.Marshal(tc.record)
			if err != nil {
				t.Fatal(err)
			}
			o := object(t, head+`, annotations: {domicile.dev/former: `+string(quoted)+`}}, spec: {replicas: 0}}`)
			patch, err := replicas.resume(o)
			if tc.want == "" {
				if err == nil {
					t.Errorf("got %s: %s", patch, tc.reason)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := object(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: x, uid: u, resourceVersion: "7"}, spec: `+tc.want+`}`)
			if diff := cmp.Diff(want.Object, merge(t, o, patch).Object); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestWhatCouldNotBePutBackIsNotChanged(t *testing.T) {
	for manifest, reason := range map[string]string{
		`{apiVersion: example.com/v1, kind: Farm, metadata: {name: x}, spec: {replicas: many}}`:   "a kind of somebody's own",
		`{apiVersion: example.com/v1, kind: Farm, metadata: {name: x}, spec: {replicas: {a: 1}}}`: "the same",
		`{apiVersion: example.com/v1, kind: Farm, metadata: {name: x}, spec: {replicas: -1}}`:     "no number of anything",
	} {
		if patch, err := replicas.suspend(object(t, manifest), []string{"p"}); err == nil {
			t.Errorf("%s: got %s: %s", manifest, patch, reason)
		}
	}
}

func TestWhatSomebodySetMeanwhileStays(t *testing.T) {
	o := object(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: x, uid: u, resourceVersion: "7",
		labels: {domicile.dev/suspended: "true"}, annotations: {domicile.dev/former: '{"spec.replicas":4}', new: one}}, spec: {replicas: 2}}`)
	patch, err := replicas.resume(o)
	if err != nil {
		t.Fatal(err)
	}
	want := object(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: x, uid: u, resourceVersion: "7", annotations: {new: one}}, spec: {replicas: 2}}`)
	if diff := cmp.Diff(want.Object, merge(t, o, patch).Object); diff != "" {
		t.Errorf("the newest will wins (-want +got):\n%s", diff)
	}
}

func TestWhatCannotBeSuspended(t *testing.T) {
	for name, tc := range map[string]struct {
		resource schema.GroupResource
		manifest string
		want     kinds.Way
		reason   string
	}{
		"static Pod":  {schema.GroupResource{Resource: "pods"}, `{apiVersion: v1, kind: Pod, metadata: {name: x, annotations: {kubernetes.io/config.mirror: abc}}}`, kinds.Impossible, "the kubelet would start it again"},
		"Pod":         {schema.GroupResource{Resource: "pods"}, `{apiVersion: v1, kind: Pod, metadata: {name: x}}`, kinds.Evict, "can be evicted"},
		"Secret":      {schema.GroupResource{Resource: "secrets"}, `{apiVersion: v1, kind: Secret, metadata: {name: x}}`, kinds.Hold, "can be held"},
		"PodTemplate": {schema.GroupResource{Resource: "podtemplates"}, `{apiVersion: v1, kind: PodTemplate, metadata: {name: x}}`, kinds.Nothing, "runs nothing"},
		"RayService":  {schema.GroupResource{Group: "ray.io", Resource: "rayservices"}, `{apiVersion: ray.io/v1, kind: RayService, metadata: {name: x}}`, kinds.Nothing, "its RayClusters are"},
		"RayJob":      {schema.GroupResource{Group: "ray.io", Resource: "rayjobs"}, `{apiVersion: ray.io/v1, kind: RayJob, metadata: {name: x}, spec: {shutdownAfterJobFinishes: true}}`, kinds.Set, "KubeRay deletes its RayCluster meanwhile"},
		"kept RayJob": {schema.GroupResource{Group: "ray.io", Resource: "rayjobs"}, `{apiVersion: ray.io/v1, kind: RayJob, metadata: {name: x}, spec: {}}`, kinds.Nothing, "KubeRay would fail it for good, and its RayCluster would run on"},
		"its own ray": {schema.GroupResource{Group: "ray.io", Resource: "rayjobs"}, `{apiVersion: ray.io/v1, kind: RayJob, metadata: {name: x}, spec: {shutdownAfterJobFinishes: true, clusterSelector: {a: b}}}`, kinds.Nothing, "the same"},
		"raw KServe":  {schema.GroupResource{Group: "serving.kserve.io", Resource: "inferenceservices"}, `{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, metadata: {name: x}, status: {deploymentMode: RawDeployment}}`, kinds.Nothing, "KServe does not stop Deployments before 0.16, which are suspended instead"},
		"raw graph":   {schema.GroupResource{Group: "serving.kserve.io", Resource: "inferencegraphs"}, `{apiVersion: serving.kserve.io/v1alpha1, kind: InferenceGraph, metadata: {name: x}, status: {deploymentMode: RawDeployment}}`, kinds.Nothing, "the same"},
		"KServe":      {schema.GroupResource{Group: "serving.kserve.io", Resource: "inferenceservices"}, `{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, metadata: {name: x}, status: {deploymentMode: Standard}}`, kinds.Set, "KServe stops it"},
		"marked":      {schema.GroupResource{Group: "ray.io", Resource: "rayjobs"}, `{apiVersion: ray.io/v1, kind: RayJob, metadata: {name: x, labels: {domicile.dev/suspended: "true"}}, spec: {suspend: true}}`, kinds.Set, "it is given back"},
		"unknown":     {schema.GroupResource{Group: "example.com", Resource: "farms"}, `{apiVersion: example.com/v1, kind: Farm, metadata: {name: x}, spec: {size: 3}}`, kinds.Impossible, "nobody knows how"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, _ := wayOf(tc.resource, object(t, tc.manifest)); got != tc.want {
				t.Errorf("got %d, want %d: %s", got, tc.want, tc.reason)
			}
		})
	}
}

func TestOnlyWhatWasReadIsChanged(t *testing.T) {
	running := object(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: x, uid: u, resourceVersion: "7"}, spec: {replicas: 3}}`)
	suspended := object(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: x, uid: u, resourceVersion: "7",
		labels: {domicile.dev/suspended: "true"}, annotations: {domicile.dev/former: '{"spec.replicas":3}'}}, spec: {replicas: 0}}`)
	for name, write := range map[string]func() ([]byte, error){
		"suspend": func() ([]byte, error) { return replicas.suspend(running, []string{"p"}) },
		"resume":  func() ([]byte, error) { return replicas.resume(suspended) },
	} {
		data, err := write()
		if err != nil {
			t.Fatal(err)
		}
		var patch struct {
			Metadata struct{ UID, ResourceVersion string } `json:"metadata"`
		}
		if err := json.Unmarshal(data, &patch); err != nil {
			t.Fatal(err)
		}
		if patch.Metadata.UID != "u" || patch.Metadata.ResourceVersion != "7" {
			t.Errorf("%s: another object, or a newer one, would be changed: %s", name, data)
		}
	}
}

// Admission lets the manager suspend what no one else may change to run more.
func TestSuspendingIsNoGrowth(t *testing.T) {
	for _, k := range kinds.Workloads() {
		f := fieldOf(&k)
		if f == nil {
			continue
		}
		before := object(t, `{apiVersion: x/v1, kind: X, metadata: {name: x, namespace: y, uid: u, resourceVersion: "7"}, spec: {template: {spec: {x: 1}}}}`)
		before.SetGroupVersionKind(schema.GroupVersionKind{Group: k.Group, Version: "v1", Kind: k.Kind})
		patch, err := f.suspend(before, []string{"p"})
		if err != nil {
			t.Fatal(err)
		}
		during := merge(t, before, patch)
		if growth.Object(before.Object, during.Object) {
			t.Errorf("%s: admission would take its suspension for growth: %s", k.Kind, patch)
		}
		if patch, err = f.resume(during); err != nil {
			t.Fatal(err)
		}
		back := merge(t, during, patch)
		// What only metadata stops starts Pods of its own, which are asked about.
		if !growth.Object(during.Object, back.Object) && f.Form != kinds.Annotation {
			t.Errorf("%s: a restricted tenant could give it back to itself: %s", k.Kind, patch)
		}
	}
}

// KEDA may be told to pause by its user, too, and that is nothing to wait for.
func TestAnAutoscalerIsWaitedFor(t *testing.T) {
	paused := autoscalerField(schema.GroupResource{Group: "keda.sh", Resource: "scaledobjects"})
	for name, tc := range map[string]struct {
		object string
		halts  bool
		reason string
	}{
		"paused still":    {`{metadata: {name: x}, status: {conditions: [{type: Paused, status: "True"}]}}`, true, "KEDA has not looked yet"},
		"scales":          {`{metadata: {name: x}, status: {conditions: [{type: Paused, status: "False"}]}}`, false, "KEDA goes on"},
		"to be paused":    {`{metadata: {name: x, annotations: {autoscaling.keda.sh/paused: "true"}}, status: {conditions: [{type: Paused, status: "True"}]}}`, false, "that is as it should be"},
		"paused by count": {`{metadata: {name: x, annotations: {autoscaling.keda.sh/paused-replicas: "0"}}, status: {conditions: [{type: Paused, status: "True"}]}}`, false, "its user wants it"},
		"in one way":      {`{metadata: {name: x, annotations: {autoscaling.keda.sh/paused-scale-in: "true"}}, status: {conditions: [{type: Paused, status: "True"}]}}`, false, "its user wants it"},
	} {
		o := object(t, "{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, "+strings.TrimPrefix(tc.object, "{"))
		if got := paused.halts(o); got != tc.halts {
			t.Errorf("%s: got %t: %s", name, got, tc.reason)
		}
	}
}

func TestItIsKnownFromTheControllerWhatGoesOn(t *testing.T) {
	for name, tc := range map[string]struct {
		kind   kinds.Name
		object string
		halts  bool
		reason string
	}{
		"a Deployment without Pods":      {kinds.Name{Group: "apps", Kind: "Deployment"}, `{metadata: {generation: 3}, spec: {replicas: 2}, status: {observedGeneration: 3}}`, true, "its controller has made none yet"},
		"a Deployment with a Pod":        {kinds.Name{Group: "apps", Kind: "Deployment"}, `{metadata: {generation: 3}, spec: {replicas: 2}, status: {observedGeneration: 3, replicas: 1}}`, false, "it goes on"},
		"a Deployment that was seen":     {kinds.Name{Group: "apps", Kind: "Deployment"}, `{metadata: {generation: 4}, spec: {replicas: 2}, status: {observedGeneration: 3, replicas: 1}}`, true, "what status says is older than the field"},
		"a Deployment of none":           {kinds.Name{Group: "apps", Kind: "Deployment"}, `{metadata: {generation: 3}, spec: {replicas: 0}, status: {observedGeneration: 3}}`, false, "nothing is to run"},
		"a DaemonSet without a node":     {kinds.Name{Group: "apps", Kind: "DaemonSet"}, `{metadata: {generation: 3}, spec: {}, status: {observedGeneration: 3, desiredNumberScheduled: 0}}`, false, "there may be no node for it"},
		"a DaemonSet that was not seen":  {kinds.Name{Group: "apps", Kind: "DaemonSet"}, `{metadata: {generation: 4}, spec: {}, status: {observedGeneration: 3}}`, true, "its controller has not looked"},
		"a LeaderWorkerSet":              {kinds.Name{Group: "leaderworkerset.x-k8s.io", Kind: "LeaderWorkerSet"}, `{spec: {replicas: 1}, status: {}}`, true, "it counts no group"},
		"a Workload of Kueue's":          {kinds.Name{Group: "kueue.x-k8s.io", Kind: "Workload"}, `{spec: {active: true}, status: {conditions: [{type: Evicted, status: "True"}, {type: Requeued, status: "True"}]}}`, true, "it waits for its quota"},
		"a Workload that is admitted":    {kinds.Name{Group: "kueue.x-k8s.io", Kind: "Workload"}, `{spec: {active: true}, status: {conditions: [{type: Evicted, status: "False"}, {type: Admitted, status: "True"}]}}`, false, "it has its quota"},
		"a ScaledJob":                    {kinds.Name{Group: "keda.sh", Kind: "ScaledJob"}, `{spec: {}, status: {conditions: [{type: Paused, status: "True"}]}}`, true, "KEDA has paused it"},
		"a Rollout":                      {kinds.Name{Group: "argoproj.io", Kind: "Rollout"}, `{metadata: {generation: 3}, spec: {replicas: 1}, status: {observedGeneration: "2", replicas: 1}}`, false, "its generation is a text, which is none to compare"},
		"a RayCluster that is stopping":  {kinds.Name{Group: "ray.io", Kind: "RayCluster"}, `{spec: {suspend: false}, status: {state: ready, conditions: [{type: RayClusterSuspending, status: "True"}]}}`, true, "KubeRay ends what it began before it goes on"},
		"a RayCluster that has stopped":  {kinds.Name{Group: "ray.io", Kind: "RayCluster"}, `{spec: {suspend: false}, status: {state: suspended, conditions: [{type: RayClusterSuspended, status: "False"}]}}`, true, "it is ready when its Pods are"},
		"a RayCluster that is ready":     {kinds.Name{Group: "ray.io", Kind: "RayCluster"}, `{spec: {suspend: false}, status: {state: ready, conditions: [{type: RayClusterSuspended, status: "False"}]}}`, false, "it runs"},
		"a RayJob that is stopping":      {kinds.Name{Group: "ray.io", Kind: "RayJob"}, `{spec: {suspend: false}, status: {jobDeploymentStatus: Suspending}}`, true, "as for RayClusters"},
		"an InferenceService":            {kinds.Name{Group: "serving.kserve.io", Kind: "InferenceService"}, `{spec: {}, status: {conditions: [{type: Stopped, status: "True"}]}}`, true, "KServe says so"},
		"a CronJob":                      {kinds.Name{Group: "batch", Kind: "CronJob"}, `{spec: {suspend: false}, status: {}}`, false, "its controller says nothing"},
		"a JobSet that shall be stopped": {kinds.Name{Group: "jobset.x-k8s.io", Kind: "JobSet"}, `{spec: {suspend: true}, status: {conditions: [{type: Suspended, status: "True"}]}}`, false, "that is not the controller's doing"},
	} {
		t.Run(name, func(t *testing.T) {
			o := object(t, "{apiVersion: x/v1, kind: X, "+strings.TrimPrefix(tc.object, "{"))
			if got := fieldOf(kinds.FindKind(tc.kind)).halts(o); got != tc.halts {
				t.Errorf("got %v: %s", got, tc.reason)
			}
		})
	}
}
