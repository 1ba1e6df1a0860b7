package controllers

import "k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

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
integrations: {frameworks: [batch/job]}
`,
	webhooks: &webhooks{port: "9443", service: "kueue-webhook-service", secret: "kueue-webhook-server-cert", within: "kueue-job"},
	subjects: []subject{{
		name: "kueue-job", country: "MM", pods: 2,
		objects: `
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
`,
		manifest: `
apiVersion: batch/v1
kind: Job
metadata: {name: $OBJECT, namespace: $NAME, labels: {kueue.x-k8s.io/queue-name: $NAME}}
spec:
  parallelism: 2
  completions: 2
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 0
      nodeSelector: {waits: forever}
      containers: [{name: c, image: example.org/c:1, resources: {requests: {cpu: 1}}}]
`,
		runs: func(o *unstructured.Unstructured) bool {
			return !condition(o, "Suspended") && numberAt(o, "status", "ready") == 2 && pool(o) != ""
		},
		// Kueue has a Job say that it is being stopped until it has taken back what it wrote.
		stopped: func(o *unstructured.Unstructured) bool {
			return condition(o, "Suspended") && pool(o) == "" && o.GetAnnotations()["kueue.x-k8s.io/stopping"] == ""
		},
	}},
}

// pool is what Kueue writes into a Job's template.
func pool(o *unstructured.Unstructured) string {
	return textAt(o, "spec", "template", "spec", "nodeSelector", "pool")
}
