package webhook

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
)

// words are what objects are made of in which something is looked at.
var words = []string{
	"annotations", "template", "metadata", "spec", "containers", "image", "replicas", "parallelism", "minReplicas", "suspend", "paused", "resources", "limits",
	"requests", "cpu", "secretName", "secretRef", "imagePullSecrets", "serviceAccountName", "labels", "name", "nodeSelector", "workersToDelete", "kind",
	"domicile.dev/tenant", "domicile.dev/owner", "domicile.dev/other", "workerGroupSpecs", "scaleStrategy", "activeDeadlineSeconds", "managedFields", "status",
}

// changer makes objects, and small changes of them.
type changer struct{ *rand.Rand }

func (c changer) value(depth int) any {
	switch n := c.IntN(9); {
	case n == 0:
		return c.Int64N(4)
	case n == 1:
		return c.IntN(2) == 0
	case n == 2 || depth == 0:
		return fmt.Sprintf(`%d]},"\`, c.IntN(4))
	case n < 5:
		list := make([]any, c.IntN(4))
		for i := range list {
			list[i] = c.value(depth - 1)
		}
		return list
	default:
		m := map[string]any{}
		for range c.IntN(5) {
			m[words[c.IntN(len(words))]] = c.value(depth - 1)
		}
		return m
	}
}

// changed changes one value somewhere in another one, takes it away or adds one.
func (c changer) changed(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if c.IntN(6) == 0 {
			v[words[c.IntN(len(words))]] = c.value(1)
			return v
		}
		for key := range v {
			if c.IntN(8) == 0 {
				delete(v, key)
			} else {
				v[key] = c.changed(v[key])
			}
			return v
		}
	case []any:
		at := c.IntN(len(v) + 1)
		switch {
		case at == len(v):
			return append(v, c.value(1))
		case c.IntN(6) == 0:
			return append(v[:at:at], v[at+1:]...)
		default:
			v[at] = c.changed(v[at])
			return v
		}
	case int64:
		return v - 1
	case bool:
		return !v
	}
	return c.value(1)
}

// TestSmallChangesAreReadAsTheAPIServerReadsThem changes objects at random, of kinds with
// rules and of one that nobody knows.
func TestSmallChangesAreReadAsTheAPIServerReadsThem(t *testing.T) {
	t.Parallel()
	c := changer{rand.New(rand.NewPCG(5, 6))}
	kinds := [][2]string{
		{"v1", "Pod"}, {"apps/v1", "Deployment"}, {"batch/v1", "Job"}, {"batch/v1", "CronJob"}, {"ray.io/v1", "RayCluster"}, {"argoproj.io/v1alpha1", "Workflow"},
		{"example.com/v1", "Widget"}, {"v1", "Secret"},
	}
	const rounds = 8000
	looked := 0
	for i := range rounds {
		kind := kinds[i%len(kinds)]
		old := map[string]any{"apiVersion": kind[0], "kind": kind[1], "metadata": c.value(2), "data": c.value(1), "spec": map[string]any{
			"a": c.value(2), "template": map[string]any{"b": c.value(2), "spec": map[string]any{"c": c.value(2), "containers": []any{c.value(4), c.value(4)}}}, "z": c.value(5),
		}}
		updated := runtime.DeepCopyJSON(old)
		switch c.IntN(4) {
		case 0:
			c.changed(updated)
			fallthrough
		default:
			updated["spec"] = c.changed(updated["spec"])
		}
		body, err := json.Marshal(map[string]any{
			"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": map[string]any{
				"uid": "u", "operation": "UPDATE", "resource": map[string]any{"version": "v1", "resource": "widgets"}, "object": updated, "oldObject": old,
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		sameReview(t, body)
		if r, err := decodeReview(body); err == nil && !r.isSecret() {
			if f := r.oldObject.sifted.Field("spec"); f != nil && f.Change != nil {
				looked++
			}
		}
	}
	if looked < rounds/10 {
		t.Errorf("of %d changes %d are looked for: that tells little", rounds, looked)
	}
}
