package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/bench/workload"
)

// what is what requests are about.
type what struct {
	name             string
	method, resource string
	// aim is how much processor time the manager may take beside a webhook that always
	// says yes; 0 is not said.
	aim float64
	// isPod says that the Validator knows it.
	isPod  bool
	object func() map[string]any
}

// deployment is the name of the Deployment that is changed.
const deployment = "web"

func pods(name string, size workload.Size, aim float64) what {
	return what{name: "Pods of " + name, method: http.MethodPost, resource: "/api/v1/namespaces/%s/pods", aim: aim, isPod: true, object: func() map[string]any {
		return map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": metadata("generateName", "web-"), "spec": size.PodSpec()}
	}}
}

func metadata(field, name string) map[string]any {
	return map[string]any{field: name, "labels": map[string]any{"app": "web"}, "annotations": map[string]any{v1alpha1.TenantAnnotation: tenant}}
}

// deploymentOf is a Deployment with an image. It has no Pods.
func deploymentOf(image string) map[string]any {
	spec := workload.Sizes()[0].PodSpec()
	containers, _ := spec["containers"].([]any)
	first, _ := containers[0].(map[string]any)
	first["image"] = image
	return map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata("name", deployment), "spec": map[string]any{
		"replicas": 0, "selector": map[string]any{"matchLabels": map[string]any{"app": "web"}},
		"template": map[string]any{"metadata": map[string]any{"labels": map[string]any{"app": "web"}}, "spec": spec},
	}}
}

// requests are all kinds that are measured.
func requests() []what {
	sizes := workload.Sizes()
	return []what{
		pods("2 KB", sizes[0], 1.5), pods("13 KB", sizes[1], 2.2), pods("190 KB", sizes[2], 0),
		{name: "updates of Deployments", method: http.MethodPut, resource: "/apis/apps/v1/namespaces/%s/deployments/" + deployment, object: func() map[string]any {
			return deploymentOf("registry.example/web:v2")
		}},
		{name: "API keys", method: http.MethodPost, resource: "/api/v1/namespaces/%s/secrets", object: func() map[string]any {
			return map[string]any{"apiVersion": "v1", "kind": "Secret", "metadata": metadata("generateName", "key-"), "type": v1alpha1.APIKeySecretType,
				"stringData": map[string]any{"key": "sk-0123456789abcdef"}}
		}},
	}
}

// shape is what requests have in common.
type shape struct {
	what
	clients int
}

// String says what is measured.
func (s shape) String() string {
	if s.clients == 1 {
		return s.name + ", 1 client"
	}
	return fmt.Sprintf("%s, %d clients", s.name, s.clients)
}

// shapes are those that are called what a pattern finds.
func shapes(only *regexp.Regexp) (all []shape) {
	for _, w := range requests() {
		for _, clients := range []int{1, 16} {
			if s := (shape{w, clients}); only.MatchString(s.String()) {
				all = append(all, s)
			}
		}
	}
	return all
}

// question is a request that is made again and again.
type question struct {
	method, url string
	body        []byte
}

// in is the request in a namespace.
func (w what) in(host, namespace string) (question, error) {
	body, err := json.Marshal(w.object())
	return question{w.method, host + fmt.Sprintf(w.resource, namespace) + "?dryRun=" + metav1.DryRunAll, body}, err
}
