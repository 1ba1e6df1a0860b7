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
