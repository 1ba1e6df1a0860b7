package growth_test

import (
	"testing"

	"github.com/domicile-dev/domicile/internal/growth"
)

func TestWhatStartsARollout(t *testing.T) {
	for name, tc := range map[string]struct {
		of       kind
		reason   string
		old, new string
		want     bool
	}{
		"image":      {deployment, "new pods", `{spec: {template: {spec: {a: 1}}}}`, `{spec: {template: {spec: {a: 2}}}}`, true},
		"annotation": {deployment, "kubectl rollout restart", `{spec: {template: {spec: {a: 1}}}}`, `{spec: {template: {metadata: {annotations: {a: b}}, spec: {a: 1}}}}`, true},
		"replicas":   {deployment, "more of the same", `{spec: {replicas: 1, template: {spec: {a: 1}}}}`, `{spec: {replicas: 2, template: {spec: {a: 1}}}}`, false},
		"a group":    {rayCluster, "in a list", `{spec: {workerGroupSpecs: [{template: {a: 1}}, {template: {a: 1}}]}}`, `{spec: {workerGroupSpecs: [{template: {a: 1}}, {template: {a: 2}}]}}`, true},
		"a role":     {pyTorchJob, "in a map", `{spec: {pytorchReplicaSpecs: {Worker: {template: {a: 1}}}}}`, `{spec: {pytorchReplicaSpecs: {Worker: {template: {a: 2}}}}}`, true},
		"a Pod":      {pod, "is no template", `{spec: {a: 1}}`, `{spec: {a: 2}}`, false},
		"unknown":    {widget, "nobody knows where its template is", `{spec: {template: {a: 1}}}`, `{spec: {template: {a: 2}}}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := growth.Rollout(tc.of.fromYAML(t, tc.old), tc.of.fromYAML(t, tc.new)); got != tc.want {
				t.Errorf("%s: got %v", tc.reason, got)
			}
		})
	}
}
