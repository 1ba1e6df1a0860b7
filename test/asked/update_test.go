package asked

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/json"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
)

// field is one place in an object, and what may stand there, in JSON. "" is nothing.
type field struct {
	path   []string
	values []string
	// free says that a change of it alone makes no difference to whose an object is
	// or what runs of it.
	free bool
	// falls says that a smaller number is none, either.
	falls bool
}

func free(values []string, path ...string) field {
	return field{path: path, values: values, free: true}
}
func counts(values []string, path ...string) field { return field{path: path, values: values} }

// update is a random UPDATE of a kind.
type update struct {
	kind        schema.GroupVersionKind
	resource    schema.GroupVersionResource
	subresource string
	fields      []field
	// entry is the entry of the webhook configuration that is about it.
	entry, handler string
	// untyped is a custom resource: the API server has no type for it.
	untyped bool
}

var tenants = []string{"", `"lantern"`, `"meridian"`}

// common fields of every kind are metadata. Keys of annotations may be in any case.
var common = []field{
	free([]string{"", `"x"`, `"y"`}, "metadata", "labels", "app"),
	free([]string{"", `"x"`, `"y"`}, "metadata", "annotations", "example.org/domicile.dev"),
	free([]string{"", `"{}"`, `"{\"metadata\":{}}"`}, "metadata", "annotations", "cni.example.org/podIPs"),
	free([]string{"", `["a.example/b"]`, `["a.example/b","a.example/c"]`}, "metadata", "finalizers"),
	free([]string{"", `[{"apiVersion":"v1","kind":"Pod","name":"a","uid":"1"}]`}, "metadata", "ownerReferences"),
	free([]string{`"1"`, `"2"`}, "metadata", "resourceVersion"),
	free([]string{"", `"2026-01-01T00:00:00Z"`}, "metadata", "deletionTimestamp"),
	counts(tenants, "metadata", "annotations", "domicile.dev/tenant"),
	counts([]string{"", `"lantern"`, `"lantern,meridian"`}, "metadata", "annotations", "domicile.dev/on-behalf-of"),
	counts([]string{"", `"LEI:00LANTERNGROUP000060"`}, "metadata", "annotations", "domicile.dev/owner"),
	counts(tenants, "metadata", "annotations", "Domicile.DEV/Tenant"),
	counts([]string{"", `"true"`}, "metadata", "labels", "domicile.dev/api-key"),
	counts(tenants, "metadata", "labels", "domicile.dev/tenant"),
}

// template of Pods at a path.
func template(path ...string) []field {
	return append(podSpec(slices.Concat(path, []string{"spec"})),
		counts(tenants, slices.Concat(path, []string{"metadata", "annotations", "domicile.dev/tenant"})...),
		counts([]string{"", `"x"`}, slices.Concat(path, []string{"metadata", "annotations", "restartedAt"})...))
}

func podSpec(path []string) []field {
	at := func(name string) []string { return slices.Concat(path, []string{name}) }
	return []field{
		counts([]string{`[{"name":"c","image":"a:1"}]`, `[{"name":"c","image":"a:2"}]`,
			`[{"name":"c","image":"a:1","resources":{"limits":{"cpu":"1"}}}]`, `[{"name":"c","image":"a:1","resources":{"limits":{"cpu":"1500m"}}}]`,
			`[{"name":"c","image":"a:1","env":[{"name":"K","valueFrom":{"secretKeyRef":{"name":"key","key":"k"}}}]}]`}, at("containers")...),
		counts([]string{"", `{"a":"b"}`}, at("nodeSelector")...),
		counts([]string{"", `"robot"`}, at("serviceAccountName")...),
		counts([]string{"", "5", "6"}, at("activeDeadlineSeconds")...),
	}
}

func core(resource string) schema.GroupVersionResource {
	return schema.GroupVersionResource{Version: "v1", Resource: resource}
}

func with(fields ...[]field) (all []field) {
	for _, list := range append([][]field{common}, fields...) {
		all = append(all, list...)
	}
	return all
}

func updates() map[string]update {
	apps := schema.GroupVersion{Group: "apps", Version: "v1"}
	widgets := schema.GroupVersion{Group: "example.org", Version: "v1"}
	own := schema.GroupVersion{Group: "domicile.dev", Version: "v1alpha1"}
	replicas := counts([]string{"", "0", "1", "3"}, "spec", "replicas")
	replicas.falls = true
	odd := counts([]string{"", "0", "1", "3", "1.5", "2.5", `"1"`, `"0"`, "null", "[]"}, "spec", "replicas")
	odd.falls = true
	deployment := with(template("spec", "template"), []field{
		replicas, counts([]string{"", "true"}, "spec", "paused"), counts([]string{`{"matchLabels":{"a":"b"}}`}, "spec", "selector"),
		free([]string{"", "2", "3"}, "status", "replicas"),
		free([]string{"", `[{"type":"Available","status":"True"}]`}, "status", "conditions"),
	})
	pod := with(podSpec([]string{"spec"}), []field{
		counts([]string{"", `[{"name":"d","image":"a:1"}]`}, "spec", "ephemeralContainers"),
		free([]string{"", `"Running"`, `"Failed"`}, "status", "phase"),
	})
	widget := with(template("spec", "anything", "deep"), template("template"), []field{
		odd, counts([]string{"", "0", "2"}, "spec", "group", "replicas"), counts([]string{"", "1", "1.5", `"1"`, "null", "{}", "[]", "[1]", "[{}]", "true"}, "odd"),
		counts([]string{"", `{"domicile.dev/tenant":"lantern"}`, `{"a":"b"}`}, "annotations"),
		free([]string{"", `{"annotations":{"domicile.dev/tenant":"lantern"}}`, `{"annotations":{"domicile.dev/tenant":"meridian"}}`, "1"}, "status"),
	})
	oddity := with([]field{counts([]string{"", "1", `"x"`, "null", "{}", "[]", `["replicas"]`, `{"replicas":1}`, `{"replicas":[]}`}, "spec")})
	secret := with([]field{
		counts([]string{`"Opaque"`, `"domicile.dev/api-key"`}, "type"), counts([]string{"", `"eA=="`, `"eQ=="`}, "data", "token"),
		counts([]string{"", `"eA=="`}, "data", "other"), counts([]string{"", "true"}, "immutable"),
	})
	namespace := with([]field{
		free([]string{"", `["kubernetes"]`}, "spec", "finalizers"), free([]string{`"Active"`, `"Terminating"`}, "status", "phase"),
	})
	account := with([]field{free([]string{"", `[{"name":"key"}]`}, "imagePullSecrets"), free([]string{"", "true"}, "automountServiceAccountToken")})
	entity := []field{
		free([]string{"", `"x"`}, "metadata", "labels", "app"), free(tenants, "metadata", "annotations", "domicile.dev/tenant"),
		free([]string{"", `["a.example/b"]`}, "metadata", "finalizers"), free([]string{"", "1"}, "status", "observedGeneration"),
		counts([]string{`"A"`, `"B"`}, "spec", "displayName"), counts([]string{`"Company"`}, "spec", "type"),
	}
	return map[string]update{
		"deployment":        {kind: apps.WithKind("Deployment"), resource: apps.WithResource("deployments"), fields: deployment, entry: "workload-changes", handler: "/admit"},
		"deployment status": {kind: apps.WithKind("Deployment"), resource: apps.WithResource("deployments"), subresource: "status", fields: deployment, entry: "subresources", handler: "/admit"},
		"pod":               {kind: core("").GroupVersion().WithKind("Pod"), resource: core("pods"), fields: pod, entry: "workload-changes", handler: "/admit"},
		"ephemeral":         {kind: core("").GroupVersion().WithKind("Pod"), resource: core("pods"), subresource: "ephemeralcontainers", fields: pod, entry: "subresources", handler: "/admit"},
		"custom resource":   {kind: widgets.WithKind("Widget"), resource: widgets.WithResource("widgets"), fields: widget, entry: "workload-changes", handler: "/admit", untyped: true},
		"odd resource":      {kind: widgets.WithKind("Widget"), resource: widgets.WithResource("widgets"), fields: oddity, entry: "workload-changes", handler: "/admit", untyped: true},
		"secret":            {kind: core("").GroupVersion().WithKind("Secret"), resource: core("secrets"), fields: secret, entry: "secrets", handler: "/admit"},
		"namespace":         {kind: core("").GroupVersion().WithKind("Namespace"), resource: core("namespaces"), fields: namespace, entry: "namespaces", handler: "/admit"},
		"finalized":         {kind: core("").GroupVersion().WithKind("Namespace"), resource: core("namespaces"), subresource: "finalize", fields: namespace, entry: "namespaces", handler: "/admit"},
		"account":           {kind: core("").GroupVersion().WithKind("ServiceAccount"), resource: core("serviceaccounts"), fields: account, entry: "serviceaccounts", handler: "/admit"},
		"entity":            {kind: own.WithKind("LegalEntity"), resource: own.WithResource("legalentities"), fields: entity, entry: "legalentities", handler: "/validate-domicile-dev-v1alpha1-legalentity", untyped: true},
	}
}

// choose picks a value for every field, and then others for a few of them. It says
// whether any that counts is another.
func (u update) choose(r *rand.Rand) (old, updated []string, differs bool) {
	for _, f := range u.fields {
		old = append(old, f.values[r.IntN(len(f.values))])
	}
	updated = append(updated, old...)
	for range r.IntN(4) {
		i := r.IntN(len(u.fields))
		updated[i] = u.fields[i].values[r.IntN(len(u.fields[i].values))]
	}
	for i, f := range u.fields {
		differs = differs || old[i] != updated[i] && !f.free && (!f.falls || !falls(old[i], updated[i]))
	}
	return old, updated, differs
}

func falls(old, updated string) bool {
	before, err := strconv.Atoi(old)
	after, err2 := strconv.Atoi(updated)
	return err == nil && err2 == nil && after < before
}

// object makes an object of chosen values, as the API server has it in memory.
func (u update) object(t *testing.T, values []string) runtime.Object {
	t.Helper()
	content := map[string]any{}
	for i, f := range u.fields {
		if values[i] != "" {
			put(t, content, f.path, values[i])
		}
	}
	put(t, content, []string{"metadata", "name"}, `"a"`)
	o := &unstructured.Unstructured{Object: content}
	o.SetGroupVersionKind(u.kind)
	if u.untyped {
		return o
	}
	typed, err := clientgoscheme.Scheme.New(u.kind)
	if err != nil {
		t.Fatal(err)
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(content, typed); err != nil {
		t.Fatal(err)
	}
	return typed
}

// put puts a value in JSON at a place, unless something else stands in the way.
func put(t *testing.T, content map[string]any, path []string, value string) {
	t.Helper()
	for _, name := range path[:len(path)-1] {
		if content[name] == nil {
			content[name] = map[string]any{}
		}
		next, ok := content[name].(map[string]any)
		if !ok {
			t.Fatalf("%v: %s is no map", path, name)
		}
		content = next
	}
	var decoded any
	if err := json.Unmarshal([]byte(value), &decoded); err != nil {
		t.Fatalf("%v: %s: %v", path, value, err)
	}
	content[path[len(path)-1]] = decoded
}

// difference tells what an update changes.
func (u update) difference(old, updated []string) string {
	var b strings.Builder
	for i, f := range u.fields {
		if old[i] != updated[i] {
			fmt.Fprintf(&b, "%s: %s -> %s\n", strings.Join(f.path, "."), old[i], updated[i])
		}
	}
	return b.String()
}
