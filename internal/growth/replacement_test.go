package growth

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"
)

// read decodes a manifest as a client would.
func read(t *testing.T, manifest string) map[string]any {
	t.Helper()
	text, err := yaml.YAMLToJSON([]byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	object := map[string]any{}
	if err := utiljson.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func TestWhomAPodIsMadeFor(t *testing.T) {
	for _, tc := range []struct {
		reason, references, want string
	}{
		{"each kind of Kubernetes' own", `[{apiVersion: apps/v1, kind: ReplicaSet, name: a, uid: u, controller: true}]`, "ReplicaSet a"},
		{"that too", `[{apiVersion: v1, kind: ReplicationController, name: a, uid: u, controller: true}]`, "ReplicationController a"},
		{"that too", `[{apiVersion: apps/v1, kind: StatefulSet, name: a, uid: u, controller: true}]`, "StatefulSet a"},
		{"that too", `[{apiVersion: apps/v1, kind: DaemonSet, name: a, uid: u, controller: true}]`, "DaemonSet a"},
		{"that too", `[{apiVersion: batch/v1, kind: Job, name: a, uid: u, controller: true}]`, "Job a"},
		{"a Deployment makes ReplicaSets, not Pods", `[{apiVersion: apps/v1, kind: Deployment, name: a, uid: u, controller: true}]`, ""},
		{"nor does a CronJob", `[{apiVersion: batch/v1, kind: CronJob, name: a, uid: u, controller: true}]`, ""},
		{"the controller of another one's kind is another one", `[{apiVersion: ray.io/v1, kind: RayCluster, name: a, uid: u, controller: true}]`, ""},
		{"a kind of the same name", `[{apiVersion: example.com/v1, kind: ReplicaSet, name: a, uid: u, controller: true}]`, ""},
		{"an owner that makes nothing", `[{apiVersion: apps/v1, kind: ReplicaSet, name: a, uid: u}]`, ""},
		{"the one that makes it counts", `[{apiVersion: v1, kind: ConfigMap, name: b, uid: v}, {apiVersion: apps/v1, kind: ReplicaSet, name: a, uid: u, controller: true}]`, "ReplicaSet a"},
		{"without a UID it may be any", `[{apiVersion: apps/v1, kind: ReplicaSet, name: a, controller: true}]`, ""},
		{"nobody", `[]`, ""},
	} {
		m, ok := MakerOf(read(t, `metadata: {ownerReferences: `+tc.references+`}`))
		got := ""
		if ok {
			got = m.String()
		}
		if got != tc.want {
			t.Errorf("%s: %s: got %q, want %q", tc.reason, tc.references, got, tc.want)
		}
	}
}

// maker is one with the UID u.
func maker(t *testing.T, apiVersion, kind, name string) Maker {
	t.Helper()
	m, ok := MakerOf(read(t, `metadata: {ownerReferences: [{apiVersion: `+apiVersion+`, kind: `+kind+`, name: `+name+`, uid: u, controller: true}]}`))
	if !ok {
		t.Fatalf("%s makes no Pods", kind)
	}
	return m
}

const (
	long     = "vllm-deepseek-r1-distill-llama-70b-instruct-fp8-prefill-worker-6d4cf56db6"
	longBase = "vllm-deepseek-r1-distill-llama-70b-instruct-fp8-prefill-wo"
)

func TestPodsAreKnownByTheirNames(t *testing.T) {
	for _, tc := range []struct {
		reason, apiVersion, kind, name, spec, pod string
		want                                      bool
	}{
		{"five characters are generated", "apps/v1", "ReplicaSet", "web", "{}", "web-x7k2p", true},
		{"so they are for the others", "v1", "ReplicationController", "web", "{}", "web-x7k2p", true},
		{"so they are for the others", "apps/v1", "DaemonSet", "web", "{}", "web-x7k2p", true},
		{"so they are for the others", "batch/v1", "Job", "web", "{}", "web-x7k2p", true},
		{"an Indexed Job says which", "batch/v1", "Job", "web", "{}", "web-12-x7k2p", true},
		{"no other kind does", "apps/v1", "ReplicaSet", "web", "{}", "web-12-x7k2p", false},
		{"a Pod of a Deployment of the same name", "apps/v1", "ReplicaSet", "web", "{}", "web-6d4cf56db6-x7k2p", false},
		{"not of another Job either", "batch/v1", "Job", "web", "{}", "web-a-x7k2p", false},
		{"fewer", "apps/v1", "ReplicaSet", "web", "{}", "web-x7k2", false},
		{"another name", "apps/v1", "ReplicaSet", "web", "{}", "wob-x7k2p", false},
		{"the owner's own", "apps/v1", "ReplicaSet", "web", "{}", "web", false},
		{"nothing", "apps/v1", "ReplicaSet", "web", "{}", "", false},
		{"long names are cut", "apps/v1", "ReplicaSet", long, "{}", longBase + "x7k2p", true},
		{"and not left", "apps/v1", "ReplicaSet", long, "{}", long + "-x7k2p", false},
		{"those of Jobs before the index", "batch/v1", "Job", long, "{}", longBase[:54] + "-12-x7k2p", true},
		{"a number that it has", "apps/v1", "StatefulSet", "db", "{replicas: 2}", "db-1", true},
		{"one is the default", "apps/v1", "StatefulSet", "db", "{}", "db-0", true},
		{"one that it does not have", "apps/v1", "StatefulSet", "db", "{replicas: 2}", "db-2", false},
		{"the first may be another", "apps/v1", "StatefulSet", "db", "{replicas: 2, ordinals: {start: 5}}", "db-6", true},
		{"so the usual one is none", "apps/v1", "StatefulSet", "db", "{replicas: 2, ordinals: {start: 5}}", "db-1", false},
		{"two names for one number", "apps/v1", "StatefulSet", "db", "{replicas: 2}", "db-01", false},
		{"no number", "apps/v1", "StatefulSet", "db", "{replicas: 2}", "db-x7k2p", false},
		{"none at all", "apps/v1", "StatefulSet", "db", "{replicas: 0}", "db-0", false},
	} {
		owner := read(t, `{metadata: {uid: u}, spec: `+tc.spec+`}`)
		if got := maker(t, tc.apiVersion, tc.kind, tc.name).names(tc.pod, owner); got != tc.want {
			t.Errorf("%s: %s %s and %q: %t, want %t", tc.reason, tc.kind, tc.name, tc.pod, got, tc.want)
		}
	}
}

func TestWhatTakesNoPlace(t *testing.T) {
	pod := `{metadata: {name: web-x7k2p}, spec: {containers: [{resources: {limits: {nvidia.com/gpu: 2, cpu: 64}}}]}}`
	for _, tc := range []struct {
		reason, owner, pod, want string
	}{
		{"the plain case", `{metadata: {uid: u}, spec: {template: {spec: {containers: [{resources: {limits: {nvidia.com/gpu: "2"}}}]}}}}`, pod, ""},
		{"another one of the same name", `{metadata: {uid: v}}`, pod, "ReplicaSet web is another one than the Pod is for"},
		{"one that is going makes none", `{metadata: {uid: u, deletionTimestamp: "2026-01-01T00:00:00Z"}}`, pod, "ReplicaSet web is being deleted"},
		{"another name", `{metadata: {uid: u}}`, `{metadata: {name: other}}`, "ReplicaSet web does not call its Pods other"},
		{"a device by a LimitRange", `{metadata: {uid: u}, spec: {template: {spec: {containers: [{}]}}}}`, pod, "the Pod has more of nvidia.com/gpu than the template of ReplicaSet web"},
		{"more devices", `{metadata: {uid: u}, spec: {template: {spec: {containers: [{resources: {limits: {nvidia.com/gpu: 1}}}]}}}}`, pod, "the Pod has more of nvidia.com/gpu than the template of ReplicaSet web"},
		{"a container that brings its own", `{metadata: {uid: u}, spec: {template: {spec: {containers: [{resources: {limits: {nvidia.com/gpu: 1}}}]}}}}`,
			`{metadata: {name: web-x7k2p}, spec: {initContainers: [{resources: {requests: {nvidia.com/gpu: 1}}}], containers: [{resources: {limits: {nvidia.com/gpu: 1}}}]}}`,
			"the Pod has more of nvidia.com/gpu than the template of ReplicaSet web"},
		{"a claim on devices", `{metadata: {uid: u}, spec: {template: {spec: {}}}}`, `{metadata: {name: web-x7k2p}, spec: {resourceClaims: [{name: a}]}}`,
			"the Pod has more of resourceClaims than the template of ReplicaSet web"},
		{"a container that an injector adds", `{metadata: {uid: u}, spec: {template: {spec: {}}}}`, `{metadata: {name: web-x7k2p}, spec: {containers: [{resources: {limits: {cpu: 1}}}]}}`, ""},
	} {
		if got := maker(t, "apps/v1", "ReplicaSet", "web").Unfit(read(t, tc.pod), read(t, tc.owner)); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
		}
	}
}

func TestRoom(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	own, other := Pod{Name: "web-aaaaa", Maker: "u"}, Pod{Name: "wob-aaaaa", Maker: "v"}
	going := Pod{Name: "web-aaaaa", Maker: "u", Ends: now.Add(time.Second)}
	gone := Pod{Name: "web-aaaaa", Maker: "u", Ends: now.Add(-time.Second)}
	const (
		rs, ds, job = "apps/v1 ReplicaSet", "apps/v1 DaemonSet", "batch/v1 Job"
	)
	for _, tc := range []struct {
		reason, kind, spec string
		pods               []Pod
		lost, room         bool
	}{
		{"nothing runs", rs, "{replicas: 1}", nil, false, true},
		{"one runs", rs, "{replicas: 1}", []Pod{own}, false, false},
		{"one of two", rs, "{replicas: 2}", []Pod{own}, false, true},
		{"one is the default", rs, "{}", []Pod{own}, false, false},
		{"none at all", rs, "{replicas: 0}", nil, false, false},
		{"another one's", rs, "{replicas: 1}", []Pod{other}, false, true},
		{"one that is being deleted runs on", rs, "{replicas: 1}", []Pod{going}, false, false},
		{"until its time is up", rs, "{replicas: 1}", []Pod{gone}, false, true},
		{"one that was given other labels runs on", rs, "{replicas: 1}", []Pod{{Name: "web-aaaaa"}}, false, false},
		{"also if it says to be somebody else's", rs, "{replicas: 1}", []Pod{{Name: "web-aaaaa", Maker: "v"}}, false, false},
		{"one that was adopted counts", rs, "{replicas: 1}", []Pod{{Name: "other", Maker: "u"}}, false, false},
		{"so many at a time", job, "{parallelism: 2, completions: 10}", []Pod{own}, false, true},
		{"no more", job, "{parallelism: 1, completions: 10}", []Pod{own}, false, false},
		{"a Job that is suspended makes none", job, "{parallelism: 2, suspend: true}", nil, false, false},
		{"one on each node", ds, "{}", []Pod{own}, false, false},
		{"on this one there is none", ds, "{}", []Pod{other}, false, true},
		{"those on no node are counted by their controller", ds, "{}", []Pod{own}, true, true},
		{"but for those that it has lost", ds, "{}", []Pod{{Name: "web-aaaaa"}}, true, false},
		{"a number that is none", rs, `{replicas: many}`, nil, false, false},
	} {
		owner := read(t, `{metadata: {uid: u}, spec: `+tc.spec+`}`)
		apiVersion, kind, _ := strings.Cut(tc.kind, " ")
		room := maker(t, apiVersion, kind, "web").Room(owner)
		for _, p := range tc.pods {
			room.Take(p, Look{Lost: tc.lost}, now)
		}
		if got := room.Full() == ""; got != tc.room {
			t.Errorf("%s: %s %s: room %t, want %t", tc.reason, tc.kind, tc.spec, got, tc.room)
		}
	}
}

func TestWhereToLook(t *testing.T) {
	const on = `{spec: {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: ["%s"]}]}]}}}}}`
	const runs = "status.phase!=Succeeded,status.phase!=Failed"
	for _, tc := range []struct {
		reason, kind, pod string
		want              []Look
		ok                bool
	}{
		{"all that run", "ReplicaSet", `{}`, []Look{{Fields: runs}}, true},
		{"a name is there once", "StatefulSet", `{}`, nil, true},
		{"those on the node, and those that are nobody's", "DaemonSet", fmt.Sprintf(on, "a"), []Look{{Fields: runs + ",spec.nodeName=a"}, {Fields: runs + ",spec.nodeName=", Lost: true}}, true},
		{"for no node", "DaemonSet", `{}`, nil, false},
		{"no node is called so", "DaemonSet", fmt.Sprintf(on, "a,status.phase=Failed"), nil, false},
	} {
		got, ok := maker(t, "apps/v1", tc.kind, "web").Looks(read(t, tc.pod))
		if !ok {
			got = nil
		}
		if diff := cmp.Diff(tc.want, got); diff != "" || ok != tc.ok {
			t.Errorf("%s: ok %t (-want +got):\n%s", tc.reason, ok, diff)
		}
	}
}

func TestATemplateIsThatOfItsOwner(t *testing.T) {
	owner := `{spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: a, image: b}]}}}}`
	for _, tc := range []struct {
		reason, revision string
		want             bool
	}{
		{"as the controller writes it", `{data: {spec: {template: {$patch: replace, metadata: {creationTimestamp: null, labels: {app: db}}, spec: {containers: [{name: a, image: b}]}}}}}`, true},
		{"another image", `{data: {spec: {template: {$patch: replace, metadata: {labels: {app: db}}, spec: {containers: [{name: a, image: c}]}}}}}`, false},
		{"one more container", `{data: {spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: a, image: b}, {name: c}]}}}}}`, false},
		{"something less", `{data: {spec: {template: {spec: {containers: [{name: a, image: b}]}}}}}`, false},
		{"something more", `{data: {spec: {template: {metadata: {labels: {app: db}}, spec: {hostNetwork: true, containers: [{name: a, image: b}]}}}}}`, false},
		{"no template", `{data: {}}`, false},
	} {
		if got := SameTemplate(read(t, owner), read(t, tc.revision)); got != tc.want {
			t.Errorf("%s: %t, want %t", tc.reason, got, tc.want)
		}
	}
}
