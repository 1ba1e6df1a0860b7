package controllers

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// subject is a kind of which the story is told. Each has a tenant, a policy and a namespace
// of its name.
type subject struct {
	name string
	// country is what its policy blocks.
	country string
	// manifest is the object, called $OBJECT, and pods how many there are of it.
	manifest string
	pods     int
	// objects are of the cluster admin, and besides are made with the object.
	objects, besides string
	// told is the object whose controller's status counts, if it is another one: the
	// operator says nothing of it, and this one is Kubernetes' own.
	told string
	// runs and stopped are what the controller's own status says. Without stopped there is no
	// object while it is suspended.
	runs, stopped func(o *unstructured.Unstructured) bool
	// keeper is what its controller keeps Pods for that were evicted, until the cluster admin
	// deletes it; "" if it keeps none.
	keeper string
	// less makes it smaller, and then there are fewer pods; "" if its own controller allows
	// no such change, or does not act on it. more is growth.
	less     string
	lessPods int
	more     string
}

const (
	ray = `
    headGroupSpec:
      rayStartParams: {}
      template: {spec: {terminationGracePeriodSeconds: 0, containers: [{name: ray-head, image: example.org/ray:1}]}}
    workerGroupSpecs:
    - groupName: small
      replicas: 2
      minReplicas: 0
      maxReplicas: 5
      rayStartParams: {}
      template: {spec: {terminationGracePeriodSeconds: 0, containers: [{name: ray-worker, image: example.org/ray:1}]}}`

	// nowhere is a Pod that no simulated node ends: see kubelet.
	nowhere = `restartPolicy: Never, terminationGracePeriodSeconds: 0, nodeSelector: {waits: forever}, containers: [{name: c, image: example.org/c:1}]`
)

// configuration is that of JobSet and LeaderWorkerSet, but for its group.
const configuration = `
kind: Configuration
webhook: {host: $ADDRESS, port: 9443, certDir: $FOLDER}
health: {healthProbeBindAddress: "$ADDRESS:8081"}
metrics: {bindAddress: "0"}
leaderElection: {leaderElect: false}
internalCertManagement: {enable: false}
`

var operators = []operator{
	rollouts, keda, kserve, kueue,
	{
		name:  "kuberay",
		args:  []string{"--metrics-addr=$ADDRESS:8080", "--health-probe-bind-address=$ADDRESS:8081", "--enable-leader-election=false"},
		ports: []string{"8081"},
		subjects: []subject{
			{
				name: "raycluster", country: "KP", pods: 3,
				manifest: `
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: $OBJECT, namespace: $NAME}
spec:` + ray,
				runs:    func(o *unstructured.Unstructured) bool { return textAt(o, "status", "state") == "ready" },
				stopped: func(o *unstructured.Unstructured) bool { return textAt(o, "status", "state") == "suspended" },
				less:    `[{"op": "replace", "path": "/spec/workerGroupSpecs/0/replicas", "value": 1}]`, lessPods: 2,
				more: `[{"op": "replace", "path": "/spec/workerGroupSpecs/0/replicas", "value": 4}]`,
			},
			{
				// KubeRay makes the RayCluster once, and does not change it with its RayJob.
				name: "rayjob", country: "IR", pods: 4,
				manifest: `
apiVersion: ray.io/v1
kind: RayJob
metadata: {name: $OBJECT, namespace: $NAME}
spec:
  entrypoint: python train.py
  shutdownAfterJobFinishes: true
  submitterPodTemplate: {spec: {` + nowhere + `}}
  rayClusterSpec:` + ray,
				runs: func(o *unstructured.Unstructured) bool {
					return textAt(o, "status", "jobDeploymentStatus") == "Running"
				},
				stopped: func(o *unstructured.Unstructured) bool {
					return textAt(o, "status", "jobDeploymentStatus") == "Suspended"
				},
				more: `[{"op": "replace", "path": "/spec/rayClusterSpec/workerGroupSpecs/0/replicas", "value": 4}]`,
			},
		},
	},
	{
		name: "jobset", args: []string{"--config=$FOLDER/config.yaml"}, ports: []string{"8081"}, webhooks: &webhooks{port: "9443"},
		config: "apiVersion: config.jobset.x-k8s.io/v1alpha1" + configuration,
		subjects: []subject{{
			// JobSet's own webhook refuses every change of what runs.
			name: "jobset", country: "CU", pods: 2,
			manifest: `
apiVersion: jobset.x-k8s.io/v1alpha2
kind: JobSet
metadata: {name: $OBJECT, namespace: $NAME}
spec:
  replicatedJobs:
  - {name: workers, replicas: 2, template: {spec: {parallelism: 1, completions: 1, template: {spec: {` + nowhere + `}}}}}
`,
			runs: func(o *unstructured.Unstructured) bool {
				jobs := itemsAt(o, "status", "replicatedJobsStatus")
				return !condition(o, "Suspended") && len(jobs) == 1 && jobs[0]["ready"] == int64(2)
			},
			stopped: func(o *unstructured.Unstructured) bool { return condition(o, "Suspended") },
		}},
	},
	{
		name: "lws", args: []string{"--config=$FOLDER/config.yaml"}, ports: []string{"8081"}, webhooks: &webhooks{port: "9443"},
		config: "apiVersion: config.lws.x-k8s.io/v1alpha1" + configuration,
		subjects: []subject{{
			name: "leaderworkerset", country: "SY", pods: 4,
			manifest: `
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata: {name: $OBJECT, namespace: $NAME}
spec:
  replicas: 2
  leaderWorkerTemplate:
    size: 2
    workerTemplate: {spec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: example.org/c:1}]}}
`,
			runs: func(o *unstructured.Unstructured) bool {
				n := numberAt(o, "spec", "replicas")
				return n > 0 && numberAt(o, "status", "readyReplicas") == n && condition(o, "Available")
			},
			stopped: func(o *unstructured.Unstructured) bool { return numberAt(o, "status", "replicas") == 0 },
			less:    `[{"op": "replace", "path": "/spec/replicas", "value": 1}]`, lessPods: 2,
			more: `[{"op": "replace", "path": "/spec/replicas", "value": 3}]`,
		}},
	},
}

// numberAt is a number in an object, 0 if there is none.
func numberAt(o *unstructured.Unstructured, path ...string) int64 {
	n, _, err := unstructured.NestedInt64(o.Object, path...)
	if err != nil {
		return 0
	}
	return n
}

// itemsAt is a list in an object.
func itemsAt(o *unstructured.Unstructured, path ...string) (items []map[string]any) {
	list, _, err := unstructured.NestedSlice(o.Object, path...)
	if err != nil {
		return nil
	}
	for _, item := range list {
		m, _ := item.(map[string]any)
		items = append(items, m)
	}
	return items
}

// condition says whether a condition is true.
func condition(o *unstructured.Unstructured, name string) bool {
	return slices.ContainsFunc(itemsAt(o, "status", "conditions"), func(c map[string]any) bool {
		return c["type"] == name && c["status"] == "True"
	})
}
