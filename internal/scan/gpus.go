package scan

import (
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// gpus is how many accelerators a Pod (as decoded JSON) asks for; 0 if it has
// ended. As the scheduler reckons, init containers run one after the other
// before the rest, and those that are restarted always (sidecars) stay.
// Accelerators that come by resource claims are not counted.
func gpus(pod map[string]any) int64 {
	status, _ := pod["status"].(map[string]any)
	if phase := status["phase"]; phase == "Succeeded" || phase == "Failed" {
		return 0
	}
	spec, _ := pod["spec"].(map[string]any)
	sidecars, starting := amounts{}, amounts{}
	for _, c := range maps(spec["initContainers"]) {
		asked := amountsOf(c)
		if c["restartPolicy"] == "Always" {
			sidecars.add(asked)
			starting.atLeast(sidecars)
			continue
		}
		asked.add(sidecars)
		starting.atLeast(asked)
	}
	running := sidecars
	for _, c := range maps(spec["containers"]) {
		running.add(amountsOf(c))
	}
	running.atLeast(starting)
	var sum int64
	for _, n := range running {
		sum += n
	}
	return sum
}

// amounts is how many there are of each accelerator.
type amounts map[string]int64

func (a amounts) add(b amounts) {
	for name, n := range b {
		a[name] += n
	}
}

func (a amounts) atLeast(b amounts) {
	for name, n := range b {
		a[name] = max(a[name], n)
	}
}

// maxAmount bounds what one container is believed to ask for.
const maxAmount = 1 << 20

// amountsOf reads what a container asks for. Extended resources have the same
// request and limit; whoever writes only one means both.
func amountsOf(container map[string]any) amounts {
	a := amounts{}
	resources, _ := container["resources"].(map[string]any)
	for _, field := range []string{"limits", "requests"} {
		values, _ := resources[field].(map[string]any)
		for name, value := range values {
			if !isAccelerator(name) {
				continue
			}
			if n := amount(value); n > 0 {
				a[name] = max(a[name], n)
			}
		}
	}
	return a
}

func amount(value any) int64 {
	switch value := value.(type) {
	case int64:
		return min(value, maxAmount)
	case float64:
		return int64(min(value, maxAmount))
	case string:
		q, err := resource.ParseQuantity(value)
		if err != nil {
			return 0
		}
		return min(q.Value(), maxAmount)
	default:
		return 0
	}
}

// isAccelerator knows the names that device plugins give to accelerators.
func isAccelerator(name string) bool {
	switch name {
	case "nvidia.com/gpu", "amd.com/gpu", "google.com/tpu", "habana.ai/gaudi", "gpu.intel.com/i915", "gpu.intel.com/xe":
		return true
	}
	for _, prefix := range []string{"nvidia.com/mig-", "aws.amazon.com/neuron"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// maps are the maps in a list.
func maps(v any) []map[string]any {
	items, _ := v.([]any)
	out := make([]map[string]any, 0, len(items))
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}
