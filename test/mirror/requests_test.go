package mirror

import (
	"math/rand/v2"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"

	"github.com/domicile-dev/domicile/internal/kinds"
)

// generator makes requests of which some claim a tenant and some are nonsense.
type generator struct{ *rand.Rand }

func pick[T any](g generator, of ...T) T { return of[g.IntN(len(of))] }

func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g generator) kind() kinds.Kind {
	all := append(kinds.Workloads(), kinds.Namespace, kinds.Secret, kinds.ServiceAccount,
		kinds.Kind{Group: "example.com", Kind: "Widget", Resource: "widgets"},
		kinds.Kind{Group: "old.example.com", Kind: "Widget", Resource: "widgets"},
		kinds.Kind{Kind: "ConfigMap", Resource: "configmaps"})
	if g.chance(30) {
		return pick(g, all[:9]...)
	}
	return pick(g, all...)
}

func (g generator) request() *request {
	k := g.kind()
	version := pick(g, "v1", "v1", "v1beta1")
	r := &request{
		operation: admission.Create, kind: schema.GroupVersionKind{Group: k.Group, Version: version, Kind: k.Kind}, name: "a",
		resource: schema.GroupVersionResource{Group: k.Group, Version: version, Resource: k.Resource},
		user:     pick(g, "somebody", "somebody", "system:kube-controller-manager", "system:serviceaccount:kube-system:replicaset-controller", "system:serviceaccount:kube-system-2:x"),
	}
	if !k.ClusterScoped {
		r.namespace = namespaceOf(pick(g, "shop", "shop", "lanterns", "kube-public"), g.labels(), nil)
		if g.chance(30) {
			r.namespace.Annotations = g.annotated()
		}
	}
	r.object = g.object(k, version)
	if g.chance(45) {
		return r
	}
	r.operation, r.old = admission.Update, r.object
	switch {
	case k.Scale && g.chance(40):
		r.subresource, r.kind = "scale", schema.GroupVersionKind{Group: "autoscaling", Version: "v1", Kind: "Scale"}
		r.old, r.object = g.scale(), g.scale()
	case k.Kind == "Pod" && g.chance(50):
		r.subresource = pick(g, "ephemeralcontainers", "resize", "status")
		fallthrough
	default:
		r.object = runtime.DeepCopyJSON(r.old)
		for range g.IntN(3) {
			g.change(k, r.object)
		}
	}
	return r
}

func (g generator) labels() map[string]string {
	m := map[string]string{}
	for _, key := range []string{"tier", "team", "legacy"} {
		if g.chance(50) {
			m[key] = pick(g, "paid", "free", "")
		}
	}
	return m
}

func (g generator) annotated() map[string]string {
	m := map[string]string{}
	for key, value := range g.annotations() {
		if text, ok := value.(string); ok {
			m[key] = text
		}
	}
	return m
}

// annotations are claims, mostly.
func (g generator) annotations() map[string]any {
	m := map[string]any{"note": "x"}
	if g.chance(70) {
		m[pick(g, "domicile.dev/tenant", "domicile.dev/tenant", "domicile.dev/tenant", "Domicile.dev/Tenant", "domicile.dev/tenants")] = g.claim()
	}
	if g.chance(20) {
		m["domicile.dev/on-behalf-of"] = pick[any](g, "meridian, lantern", "lantern-2", " harbour,dock ", "murky,,lantern", "", "meridian", int64(7))
	}
	return m
}

func (g generator) claim() any {
	if g.chance(85) {
		return pick(g, tenants...)
	}
	return pick[any](g, "", " lantern", "lantern\n", "lantern,meridian", "Lantern", "lantern\nlantern-2", "nobody", int64(7), nil, true, []any{"lantern"}, map[string]any{"a": "lantern"})
}

func (g generator) scale() map[string]any {
	o := map[string]any{"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": map[string]any{"name": "a"}}
	if g.chance(80) {
		o["spec"] = map[string]any{}
		if g.chance(80) {
			o["spec"] = map[string]any{"replicas": int64(g.IntN(4))}
		}
	}
	if g.chance(20) {
		o["metadata"] = map[string]any{"name": "a", "annotations": g.annotations(), "labels": anyMap(g.labels())}
	}
	return o
}

func anyMap(m map[string]string) map[string]any {
	all := map[string]any{}
	for key, value := range m {
		all[key] = value
	}
	return all
}

// object has claims in some of the places where they may be, and numbers and switches
// where they count.
func (g generator) object(k kinds.Kind, version string) map[string]any {
	apiVersion := version
	if k.Group != "" {
		apiVersion = k.Group + "/" + version
	}
	metadata := map[string]any{"name": "a", "labels": anyMap(g.labels())}
	if g.chance(40) {
		metadata["annotations"] = g.annotations()
	}
	if g.chance(3) {
		metadata["annotations"] = pick[any](g, nil, map[string]any{})
	}
	o := map[string]any{"apiVersion": apiVersion, "kind": k.Kind, "metadata": metadata}
	if k.Kind == "Secret" {
		o["type"] = pick[any](g, "domicile.dev/api-key", "Opaque")
		o["data"] = map[string]any{"k": "dg=="}
		if g.chance(40) {
			metadata["labels"] = map[string]any{"domicile.dev/api-key": pick(g, "true", "false", "True")}
		}
	}
	for _, pods := range k.Pods {
		if pods.Spec != "" && g.chance(90) {
			g.set(o, pods.Spec, map[string]any{"containers": []any{map[string]any{"name": "c", "image": "i"}}})
		}
		if template, ok := strings.CutSuffix(pods.Spec, ".spec"); ok && g.chance(50) {
			g.set(o, template+".metadata.annotations", g.annotations())
		} else if pods.Spec != "" && g.chance(20) {
			g.set(o, pods.Spec+".annotations", g.annotations())
		}
	}
	for range 3 {
		g.change(k, o)
	}
	if g.chance(5) {
		g.set(o, pick(g, "spec.template", "spec.template.metadata", "spec.template.metadata.annotations", "spec", "spec.replicatedJobs", "spec.workerGroupSpecs"), pick[any](g, nil, "x", int64(1), []any{}, []any{"x"}, map[string]any{}))
	}
	return o
}

// change sets something that grows or shrinks an object, or says whose it is.
func (g generator) change(k kinds.Kind, o map[string]any) {
	paths := []string{"spec.replicas", "spec.parallelism", "spec.completions", "spec.minReplicas", "spec.maxReplicas", "spec.suspend", "spec.paused", "spec.active"}
	for _, pods := range k.Pods {
		if pods.Count != "" {
			paths = append(paths, pods.Count, pods.Count)
		}
		if pods.Spec != "" && g.chance(20) {
			g.set(o, pods.Spec+".containers", pick[any](g, []any{map[string]any{"name": "c", "image": "j"}}, []any{}, nil))
			return
		}
	}
	if k.Field != nil {
		paths = append(paths, strings.Join(k.Field.Path, "."))
	}
	if k.Kind == "Pod" {
		paths = append(paths, "spec.ephemeralContainers")
	}
	switch g.IntN(20) {
	case 0:
		g.set(o, "metadata.annotations", g.annotations())
	case 1:
		g.set(o, "metadata.labels", anyMap(g.labels()))
	default:
		g.set(o, pick(g, paths...), pick[any](g, int64(0), int64(1), int64(2), int64(5), true, false, nil, []any{"x"}, 1.5, "7", []any{"x", "y"}))
	}
}

// set sets what is at a path; in lists of one or two items.
func (g generator) set(o map[string]any, path string, value any) {
	name, rest, more := strings.Cut(path, ".")
	key, isList := strings.CutSuffix(name, "[]")
	if key == "*" {
		key = pick(g, "Worker", "Master")
	}
	if !more {
		if value == nil {
			delete(o, key)
		} else {
			o[key] = runtime.DeepCopyJSONValue(value)
		}
		return
	}
	if isList {
		items, ok := o[key].([]any)
		if !ok || len(items) == 0 || g.chance(5) {
			items = append(items, map[string]any{})
			o[key] = items
		}
		if item, ok := pick(g, items...).(map[string]any); ok {
			g.set(item, rest, value)
		}
		return
	}
	below, ok := o[key].(map[string]any)
	if !ok {
		below = map[string]any{}
		o[key] = below
	}
	g.set(below, rest, value)
}
