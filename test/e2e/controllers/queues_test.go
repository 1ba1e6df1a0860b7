package controllers

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// kueue keeps a Job suspended until there is a quota for it. Its flavor is of nodes with a
// label, which Kueue writes into the Job when it starts it, and takes back when it stops it.
var kueue = operator{
	name:  "kueue",
	args:  []string{"--config=$FOLDER/config.yaml", "--feature-gates=VisibilityOnDemand=false"},
	ports: []string{"8081"},
	config: `
apiVersion: config.kueue.x-k8s.io/v1beta2
kind: Configuration
webhook: {host: $ADDRESS, port: 9443, certDir: $FOLDER}
health: {healthProbeBindAddress: "$ADDRESS:8081"}
metrics: {bindAddress: "0"}
leaderElection: {leaderElect: false}
internalCertManagement: {enable: true}
integrations: {frameworks: [batch/job, pod]}
`,
	webhooks: &webhooks{port: "9443", service: "kueue-webhook-service", secret: "kueue-webhook-server-cert", within: []any{"kueue-job", "kueue-pod", "kueue-group"}},
	subjects: []subject{{
		name: "kueue-job", country: "MM", pods: 2,
		objects: queue,
		manifest: `
apiVersion: batch/v1
kind: Job
metadata: {name: $OBJECT, namespace: $NAME, labels: {kueue.x-k8s.io/queue-name: $NAME}}
spec:
  parallelism: 2
  completions: 2
  template: {spec: ` + queued + `}
`,
		runs: func(o *unstructured.Unstructured) bool {
			return !condition(o, "Suspended") && numberAt(o, "status", "ready") == 2 && pool(o) != ""
		},
		// Kueue has a Job say that it is being stopped until it has taken back what it wrote.
		stopped: func(o *unstructured.Unstructured) bool {
			return condition(o, "Suspended") && pool(o) == "" && o.GetAnnotations()["kueue.x-k8s.io/stopping"] == ""
		},
	}, {
		// Kueue deletes a Pod that it stops, so that Domicile has to hold it before.
		name: "kueue-pod", country: "NI", pods: 1,
		objects:  queue,
		manifest: `{apiVersion: v1, kind: Pod, metadata: {name: $OBJECT, namespace: $NAME, labels: {kueue.x-k8s.io/queue-name: $NAME}}, spec: ` + queued + `}`,
		told:     `{apiVersion: v1, kind: Pod, metadata: {name: $OBJECT, namespace: $NAME}}`,
		runs:     isPlaced,
	}, {
		// Kueue keeps the Pods of a group until others take their place, or their Workload is
		// deleted.
		name: "kueue-group", country: "ER", pods: 2,
		objects:  queue,
		besides:  strings.ReplaceAll(grouped, "$MEMBER", "$OBJECT-b"),
		manifest: strings.ReplaceAll(grouped, "$MEMBER", "$OBJECT"),
		keeper:   `{apiVersion: kueue.x-k8s.io/v1beta2, kind: Workload, metadata: {name: $OBJECT, namespace: $NAME}}`,
		told:     `{apiVersion: v1, kind: Pod, metadata: {name: $OBJECT, namespace: $NAME}}`,
		runs:     isPlaced,
	}},
}

const (
	queued = `{restartPolicy: Never, terminationGracePeriodSeconds: 0, nodeSelector: {waits: forever}, ` +
		`containers: [{name: c, image: example.org/c:1, resources: {requests: {cpu: 1}}}]}`
	grouped = `
apiVersion: v1
kind: Pod
metadata:
  name: $MEMBER
  namespace: $NAME
  labels: {kueue.x-k8s.io/queue-name: $NAME, kueue.x-k8s.io/pod-group-name: $OBJECT}
  annotations: {kueue.x-k8s.io/pod-group-total-count: "2"}
spec: ` + queued
)

// isPlaced says whether a Pod runs where its flavor says.
func isPlaced(o *unstructured.Unstructured) bool {
	return textAt(o, "status", "phase") == "Running" && textAt(o, "spec", "nodeSelector", "pool") != ""
}

// queue is a quota for two processors.
const queue = `
apiVersion: kueue.x-k8s.io/v1beta2
kind: ResourceFlavor
metadata: {name: $NAME}
spec: {nodeLabels: {pool: $NAME}}
---
apiVersion: kueue.x-k8s.io/v1beta2
kind: ClusterQueue
metadata: {name: $NAME}
spec:
  namespaceSelector: {}
  resourceGroups: [{coveredResources: [cpu], flavors: [{name: $NAME, resources: [{name: cpu, nominalQuota: 2}]}]}]
---
apiVersion: kueue.x-k8s.io/v1beta2
kind: LocalQueue
metadata: {name: $NAME, namespace: $NAME}
spec: {clusterQueue: $NAME}
`

// pool is what Kueue writes into a Job's template.
func pool(o *unstructured.Unstructured) string {
	return textAt(o, "spec", "template", "spec", "nodeSelector", "pool")
}
