package growth_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/domicile-dev/domicile/internal/growth"
)

// templateWords are what pod templates and the table of kinds are made of, so that a
// rule that reaches into a template would be met.
var templateWords = []string{
	"replicas", "parallelism", "completions", "minReplicas", "maxReplicas", "numOfHosts", "suspend", "paused", "active", "runPolicy",
	"activeDeadlineSeconds", "terminationGracePeriodSeconds", "minReadySeconds", "resources", "limits", "requests", "cpu", "metadata",
	"annotations", "spec", "containers", "template", "status", "restartedAt", "nodeSelector", "scaleStrategy", "workersToDelete",
}

// randomValue makes what JSON may say.
func randomValue(r *rand.Rand, depth int) any {
	switch n := r.IntN(8); {
	case n == 0:
		return r.Int64N(4)
	case n == 1:
		return r.IntN(2) == 0
	case n == 2 || depth == 0:
		return fmt.Sprint(r.IntN(4))
	case n == 3:
		list := make([]any, 1+r.IntN(2))
		for i := range list {
			list[i] = randomValue(r, depth-1)
		}
		return list
	default:
		m := map[string]any{}
		for range 1 + r.IntN(4) {
			m[templateWords[r.IntN(len(templateWords))]] = randomValue(r, depth-1)
		}
		return m
	}
}

// changed changes one value somewhere in another one, or takes it away.
func changed(r *rand.Rand, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key := range v {
			if r.IntN(8) == 0 {
				delete(v, key)
			} else {
				v[key] = changed(r, v[key])
			}
			return v
		}
	case []any:
		if len(v) > 0 {
			at := r.IntN(len(v))
			v[at] = changed(r, v[at])
			return v
		}
	case int64:
		return v - 1
	case bool:
		return !v
	}
	return "changed"
}

func TestEveryChangeOfAPodTemplateIsGrowth(t *testing.T) {
	for name, template := range map[string]struct {
		of   kind
		wrap func(any) map[string]any
	}{
		"Deployment":  {deployment, inSpec},
		"StatefulSet": {kind{"apps", "StatefulSet"}, inSpec},
		"ReplicaSet":  {kind{"apps", "ReplicaSet"}, inSpec},
		"DaemonSet":   {daemonSet, inSpec},
		"Job":         {job, inSpec},
		"CronJob":     {cronJob, func(v any) map[string]any { return map[string]any{"spec": map[string]any{"jobTemplate": inSpec(v)}} }},
		"PodTemplate": {kind{"", "PodTemplate"}, func(v any) map[string]any { return map[string]any{"template": v} }},
		"Rollout":     {kind{"argoproj.io", "Rollout"}, inSpec},
		"RayCluster": {rayCluster, func(v any) map[string]any {
			return map[string]any{"spec": map[string]any{"workerGroupSpecs": []any{map[string]any{"template": v}}}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			for range 2000 {
				before := map[string]any{"spec": randomValue(r, 4), "metadata": randomValue(r, 2)}
				after := changed(r, runtime.DeepCopyJSONValue(before))
				old, updated := template.of.object(template.wrap(before)), template.of.object(template.wrap(after))
				if !growth.Object(old, updated) {
					t.Fatalf("no growth:\n%v\n%v", old, updated)
				}
				if growth.Object(old, runtime.DeepCopyJSON(old)) {
					t.Fatalf("nothing changed, and it is growth: %v", old)
				}
			}
		})
	}
}

func inSpec(template any) map[string]any {
	return map[string]any{"spec": map[string]any{"template": template}}
}
