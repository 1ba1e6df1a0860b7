package controllers

import "k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

const (
	two       = `replicas: 2, selector: {matchLabels: {app: $OBJECT}}, template: {metadata: {labels: {app: $OBJECT}}, spec: ` + server + `}`
	server    = `{terminationGracePeriodSeconds: 0, containers: [` + container + `]}`
	container = `{name: kserve-container, image: example.org/c:1}`
)

var rollouts = operator{
	name: "rollouts", namespace: "argo-rollouts",
	args:  []string{"--healthzPort=$PORT", "--metricsport=0", "--leader-elect=false"},
	ports: []string{""},
	subjects: []subject{{
		name: "rollout", country: "BY", pods: 2,
		manifest: `{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: $OBJECT, namespace: $NAME}, spec: {strategy: {canary: {}}, ` + two + `}}`,
		runs: func(o *unstructured.Unstructured) bool {
			n := numberAt(o, "spec", "replicas")
			return n > 0 && numberAt(o, "status", "availableReplicas") == n && textAt(o, "status", "phase") == "Healthy"
		},
		stopped: func(o *unstructured.Unstructured) bool { return numberAt(o, "status", "replicas") == 0 },
		less:    `[{"op": "replace", "path": "/spec/replicas", "value": 1}]`, lessPods: 1,
		more: `[{"op": "replace", "path": "/spec/replicas", "value": 3}]`,
	}},
}

// keda makes a HorizontalPodAutoscaler, and has itself no metrics server here, so that
// nothing scales but between bounds.
var keda = operator{
	name: "keda", deployment: "keda-operator",
	args: []string{"--metrics-bind-address=$ADDRESS:8080", "--health-probe-bind-address=$ADDRESS:8081", "--metrics-service-bind-address=$ADDRESS:9666",
		"--cert-dir=$FOLDER"},
	env:   []string{"WATCH_NAMESPACE=", "KEDA_CLUSTER_OBJECT_NAMESPACE=keda", "POD_NAMESPACE=keda"},
	ports: []string{"8081"},
	subjects: []subject{{
		name: "scaledobject", country: "RU", pods: 2,
		besides: `{apiVersion: apps/v1, kind: Deployment, metadata: {name: $OBJECT, namespace: $NAME}, spec: {` + two + `}}`,
		manifest: `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: $OBJECT, namespace: $NAME}
spec:
  scaleTargetRef: {name: $OBJECT}
  pollingInterval: 5
  minReplicaCount: 2
  maxReplicaCount: 5
  triggers: [{type: cron, metadata: {timezone: UTC, start: 0 0 * * *, end: 59 23 * * *, desiredReplicas: "2"}}]
`,
		runs:    func(o *unstructured.Unstructured) bool { return condition(o, "Ready") && !condition(o, "Paused") },
		stopped: func(o *unstructured.Unstructured) bool { return condition(o, "Paused") },
		less:    `[{"op": "replace", "path": "/spec/maxReplicaCount", "value": 4}]`, lessPods: 2,
		more: `[{"op": "replace", "path": "/spec/minReplicaCount", "value": 4}]`,
	}},
}

// kserve does not stop what runs in Deployments before 0.16, so that these are suspended,
// and tell.
var kserve = operator{
	name: "kserve", deployment: "kserve-controller-manager",
	args:     []string{"--metrics-addr=$ADDRESS:8080", "--health-probe-addr=$ADDRESS:8081", "--webhook-port=$PORT"},
	env:      []string{"TMPDIR=$FOLDER", "POD_NAMESPACE=kserve"},
	ports:    []string{"8081"},
	webhooks: &webhooks{folder: "k8s-webhook-server/serving-certs"},
	subjects: []subject{{
		name: "inferenceservice", country: "VE", pods: 2,
		manifest: `
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: $OBJECT, namespace: $NAME, annotations: {serving.kserve.io/deploymentMode: RawDeployment}}
spec: {predictor: {minReplicas: 2, maxReplicas: 4, terminationGracePeriodSeconds: 0, containers: [` + container + `]}}
`,
		told: `{apiVersion: apps/v1, kind: Deployment, metadata: {name: $OBJECT-predictor, namespace: $NAME}}`,
		runs: func(o *unstructured.Unstructured) bool {
			n := numberAt(o, "spec", "replicas")
			return n > 0 && numberAt(o, "status", "readyReplicas") == n
		},
		stopped: func(o *unstructured.Unstructured) bool { return numberAt(o, "status", "replicas") == 0 },
		less:    `[{"op": "replace", "path": "/spec/predictor/maxReplicas", "value": 3}]`, lessPods: 2,
		more: `[{"op": "replace", "path": "/spec/predictor/minReplicas", "value": 3}]`,
	}},
}
