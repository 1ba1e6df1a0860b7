package scan

import (
	"testing"

	"sigs.k8s.io/yaml"
)

func TestGPUs(t *testing.T) {
	for _, tc := range []struct {
		name, reason, pod string
		want              int64
	}{
		{"none", "most Pods", `{spec: {containers: [{resources: {limits: {cpu: 4, memory: 1Gi}}}]}}`, 0},
		{"sum", "containers run together", `{spec: {containers: [{resources: {limits: {nvidia.com/gpu: 2}}}, {resources: {limits: {nvidia.com/gpu: "1"}}}]}}`, 3},
		{"both", "a request is the limit", `{spec: {containers: [{resources: {limits: {nvidia.com/gpu: 2}, requests: {nvidia.com/gpu: 2}}}]}}`, 2},
		{"kinds", "each is one", `{spec: {containers: [{resources: {limits: {amd.com/gpu: 1, nvidia.com/mig-1g.5gb: 2, google.com/tpu: 4, aws.amazon.com/neuron: 1, habana.ai/gaudi: 8, gpu.intel.com/i915: 1}}}]}}`, 17},
		{"shares", "memory of a card is no card", `{spec: {containers: [{resources: {limits: {gpu.intel.com/i915: 1, gpu.intel.com/memory.max: 8Gi}}}]}}`, 1},
		{"init", "it runs before and needs more", `{spec: {initContainers: [{resources: {limits: {nvidia.com/gpu: 4}}}], containers: [{resources: {limits: {nvidia.com/gpu: 1}}}]}}`, 4},
		{"small init", "it gives back what it has", `{spec: {initContainers: [{resources: {limits: {nvidia.com/gpu: 1}}}], containers: [{resources: {limits: {nvidia.com/gpu: 2}}}]}}`, 2},
		{"sidecar", "it stays", `{spec: {initContainers: [{restartPolicy: Always, resources: {limits: {nvidia.com/gpu: 1}}}], containers: [{resources: {limits: {nvidia.com/gpu: 2}}}]}}`, 3},
		{"init after sidecar", "both run at once", `{spec: {initContainers: [{restartPolicy: Always, resources: {limits: {nvidia.com/gpu: 1}}}, {resources: {limits: {nvidia.com/gpu: 4}}}], containers: [{resources: {limits: {nvidia.com/gpu: 2}}}]}}`, 5},
		{"ended", "it has given them back", `{spec: {containers: [{resources: {limits: {nvidia.com/gpu: 2}}}]}, status: {phase: Succeeded}}`, 0},
		{"failed", "as above", `{spec: {containers: [{resources: {limits: {nvidia.com/gpu: 2}}}]}, status: {phase: Failed}}`, 0},
		{"nonsense", "what cannot be read is none", `{spec: {containers: [{resources: {limits: {nvidia.com/gpu: many}}}, nothing], initContainers: 7}}`, 0},
		{"negative", "nothing is taken off", `{spec: {containers: [{resources: {limits: {nvidia.com/gpu: -3}}}, {resources: {limits: {nvidia.com/gpu: 1}}}]}}`, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var pod map[string]any
			if err := yaml.Unmarshal([]byte(tc.pod), &pod); err != nil {
				t.Fatal(err)
			}
			if got := gpus(pod); got != tc.want {
				t.Errorf("%d, want %d: %s", got, tc.want, tc.reason)
			}
		})
	}
}
