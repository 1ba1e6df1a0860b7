// Package workload makes Pods of several sizes, as an API server completes them.
package workload

import (
	"fmt"
	"strings"
)

// Size is how large a Pod is.
type Size struct {
	// Containers is how many there are, and Variables how many each of them has in its
	// environment.
	Containers, Variables int
}

// Sizes make Pods of 2, 13 and 190 KB and reviews that are somewhat longer.
func Sizes() []Size { return []Size{{1, 0}, {4, 15}, {20, 73}} }

// PodSpec is the spec of a Pod with all defaults.
func (s Size) PodSpec() map[string]any {
	var containers []any
	for i := range s.Containers {
		containers = append(containers, s.container(i))
	}
	return map[string]any{
		"containers": containers, "dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler",
		"securityContext": map[string]any{}, "serviceAccount": "web", "serviceAccountName": "web", "terminationGracePeriodSeconds": 30,
		"enableServiceLinks": true, "preemptionPolicy": "PreemptLowerPriority", "priority": 0,
		"volumes": []any{map[string]any{"name": "kube-api-access", "projected": map[string]any{"defaultMode": 420, "sources": []any{
			map[string]any{"serviceAccountToken": map[string]any{"expirationSeconds": 3607, "path": "token"}},
			map[string]any{"configMap": map[string]any{"name": "kube-root-ca.crt", "items": []any{map[string]any{"key": "ca.crt", "path": "ca.crt"}}}},
		}}}},
	}
}

func (s Size) container(i int) map[string]any {
	name := fmt.Sprintf("c-%d", i)
	container := map[string]any{
		"name": name, "image": "registry.example/" + name + ":v1", "imagePullPolicy": "IfNotPresent",
		"resources":              map[string]any{"limits": map[string]any{"cpu": "1", "memory": "512Mi"}, "requests": map[string]any{"cpu": "100m", "memory": "128Mi"}},
		"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
		"volumeMounts": []any{map[string]any{"name": "kube-api-access", "mountPath": "/var/run/secrets", "readOnly": true}},
	}
	var env []any
	for j := range s.Variables {
		variable := map[string]any{"name": fmt.Sprintf("VARIABLE_%d", j), "value": strings.Repeat("value ", 3)}
		if j%8 == 7 {
			variable = map[string]any{"name": fmt.Sprintf("VARIABLE_%d", j), "valueFrom": map[string]any{"configMapKeyRef": map[string]any{"name": "settings", "key": "a"}}}
		}
		env = append(env, variable)
	}
	if env != nil {
		container["env"] = env
		container["livenessProbe"] = map[string]any{"httpGet": map[string]any{"path": "/healthz", "port": 8080, "scheme": "HTTP"}, "periodSeconds": 10, "timeoutSeconds": 1}
	}
	return container
}
