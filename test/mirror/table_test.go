package mirror

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/mirror"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

func mirrored(t *testing.T) enforced {
	t.Helper()
	return enforce(t, options.Render(new(mirror.Reader).Read(world(sample.Policy("all", nil)), at)))
}

// TestEveryKindIsRefusedWhereverItClaims creates an object of each kind that claims in
// each of the places that are known.
func TestEveryKindIsRefusedWhereverItClaims(t *testing.T) {
	e := mirrored(t)
	g := generator{rand.New(rand.NewPCG(1, 1))}
	for _, k := range append(kinds.Workloads(), kinds.Namespace, kinds.Secret) {
		paths := []string{"metadata.annotations"}
		for _, pods := range k.Pods {
			if template, ok := strings.CutSuffix(pods.Spec, "emplate.spec"); ok {
				path := template + "emplate.metadata.annotations"
				paths = append(paths, strings.ReplaceAll(path, "*", "Worker"))
			}
		}
		for _, path := range paths {
			for key, claim := range map[string]string{"domicile.dev/tenant": "lantern", "domicile.dev/on-behalf-of": "meridian, lantern"} {
				object := map[string]any{"metadata": map[string]any{"name": "a"}, "type": "domicile.dev/api-key"}
				g.set(object, path, map[string]any{key: claim})
				r := &request{
					operation: admission.Create, name: "a", user: "somebody", object: object,
					kind:     schema.GroupVersionKind{Group: k.Group, Version: "v1", Kind: k.Kind},
					resource: schema.GroupVersionResource{Group: k.Group, Version: "v1", Resource: k.Resource},
				}
				if !k.ClusterScoped {
					r.namespace = namespaceOf("shop", nil, nil)
				}
				const want = "tenant lantern is refused; for more: kubectl domicile explain tenant/lantern"
				if said := e.refuses(t, r); !strings.HasSuffix(said, want) {
					t.Errorf("%s %s with %s at %s: %q, want %q; errors: %q", k.Group, k.Kind, key, path, said, want, r.evaluationErrors)
				}
			}
		}
	}
}

// row is a request as YAML, with what it was before.
type row struct {
	name, reason      string
	old, object       string
	resource          string // with a subresource
	namespace         *corev1.Namespace
	user              string
	refused           bool
	cannotBeEvaluated bool
}

func (r row) request(t *testing.T) *request {
	t.Helper()
	read := func(manifest string) map[string]any {
		if manifest == "" {
			return nil
		}
		o := &unstructured.Unstructured{}
		raw, err := yaml.YAMLToJSON([]byte(manifest))
		if err == nil {
			err = o.UnmarshalJSON(raw)
		}
		if err != nil {
			t.Fatal(err)
		}
		return o.Object
	}
	object := read(r.object)
	gvk := (&unstructured.Unstructured{Object: object}).GroupVersionKind()
	out := &request{operation: admission.Create, object: object, old: read(r.old), kind: gvk, resource: translate.ResourceOf(gvk), namespace: r.namespace, name: "a", user: r.user}
	if out.user == "" {
		out.user = "somebody"
	}
	if out.old != nil {
		out.operation = admission.Update
	}
	if r.resource != "" {
		resource, sub, _ := strings.Cut(r.resource, "/")
		out.resource = schema.ParseGroupResource(resource).WithVersion("v1")
		out.subresource = sub
	}
	return out
}

func TestWhatTheMirrorRefuses(t *testing.T) {
	shop := namespaceOf("shop", nil, nil)
	theirs := namespaceOf("theirs", nil, map[string]string{"domicile.dev/tenant": "lantern"})
	deployment := func(spec string) string {
		return fmt.Sprintf("{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, annotations: {domicile.dev/tenant: lantern}}, spec: %s}", spec)
	}
	job := func(spec string) string {
		return fmt.Sprintf("{apiVersion: batch/v1, kind: Job, metadata: {name: a, annotations: {domicile.dev/tenant: lantern}}, spec: %s}", spec)
	}
	const (
		pod   = "{apiVersion: v1, kind: Pod, metadata: {name: a}}"
		lease = "{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: a}}"
		scale = "{apiVersion: autoscaling/v1, kind: Scale, metadata: {name: a}, spec: {replicas: %d}}"
	)
	e := mirrored(t)
	for _, row := range []row{
		{name: "in a bound namespace", reason: "its annotation says whose", object: pod, namespace: theirs, refused: true},
		{name: "in a namespace of a Tenant's spec", reason: "spec.namespaces.bound says whose", object: pod, namespace: namespaceOf("lanterns", nil, nil), refused: true},
		{name: "in no tenant's namespace", reason: "it is nobody's", object: pod, namespace: shop},
		{name: "in kube-system", reason: "nobody asks there", object: strings.Replace(pod, "name: a", "name: a, annotations: {domicile.dev/tenant: lantern}", 1), namespace: namespaceOf("kube-system", nil, nil)},
		{name: "in a namespace that is left out", reason: "nobody is asked about it", object: strings.Replace(pod, "name: a", "name: a, annotations: {domicile.dev/tenant: lantern}", 1), namespace: namespaceOf("plumbing", nil, nil)},
		{name: "in the manager's namespace", reason: "it must come back after an outage", object: strings.Replace(pod, "name: a", "name: a, annotations: {domicile.dev/tenant: lantern}", 1), namespace: namespaceOf("domicile-system", nil, nil)},
		{name: "a Pod of a controller", reason: "it may replace one that ran", object: pod, namespace: theirs, user: "system:serviceaccount:kube-system:replicaset-controller"},
		{name: "a Pod of the controller manager", reason: "as above", object: pod, namespace: theirs, user: "system:kube-controller-manager"},
		{name: "a static Pod of a node", reason: "it runs already, and the audit must see it", object: pod, namespace: theirs, user: "system:node:one"},
		{name: "a Pod of somebody who looks like one", reason: "only kube-system has them", object: pod, namespace: theirs, user: "system:serviceaccount:kube-system-2:x", refused: true},
		{name: "a Job of the CronJob controller", reason: "it is new work", object: job("{}"), namespace: theirs, user: "system:serviceaccount:kube-system:cronjob-controller", refused: true},
		{name: "a ReplicaSet of the Deployment controller", reason: "a rollout ends as it may", object: "{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: a}}", namespace: theirs, user: "system:serviceaccount:kube-system:deployment-controller"},
		{name: "a Lease", reason: "the cluster stops without", object: lease, namespace: theirs},
		{name: "more replicas", reason: "growth", old: deployment("{replicas: 1}"), object: deployment("{replicas: 2}"), namespace: shop, refused: true},
		{name: "fewer replicas", reason: "shrinking always works", old: deployment("{replicas: 2}"), object: deployment("{replicas: 1}"), namespace: shop},
		{name: "a finalizer goes", reason: "always works", old: deployment("{replicas: 2}"), object: deployment("{replicas: 2}"), namespace: shop},
		{name: "a claim is taken off while it grows", reason: "whose it was counts, too", old: deployment("{replicas: 1}"),
			object: strings.Replace(deployment("{replicas: 2}"), "lantern", "meridian", 1), namespace: shop, refused: true},
		{name: "another image", reason: "a rollout", old: deployment("{template: {spec: {containers: [{image: a}]}}}"), object: deployment("{template: {spec: {containers: [{image: b}]}}}"), namespace: shop, refused: true},
		{name: "paused no more", reason: "it goes on", old: deployment("{paused: true}"), object: deployment("{}"), namespace: shop, refused: true},
		{name: "paused", reason: "it stops", old: deployment("{}"), object: deployment("{paused: true}"), namespace: shop},
		{name: "suspended no more", reason: "it starts", old: job("{suspend: true}"), object: job("{suspend: false}"), namespace: shop, refused: true},
		{name: "suspended", reason: "it stops", old: job("{suspend: false}"), object: job("{suspend: true}"), namespace: shop},
		{name: "more at a time", reason: "growth", old: job("{parallelism: 1}"), object: job("{parallelism: 2}"), namespace: shop, refused: true},
		{name: "scaled up", reason: "by its namespace", old: fmt.Sprintf(scale, 1), object: fmt.Sprintf(scale, 2), resource: "deployments.apps/scale", namespace: theirs, refused: true},
		{name: "scaled up by an autoscaler", reason: "it is growth all the same", old: fmt.Sprintf(scale, 1), object: fmt.Sprintf(scale, 2), resource: "deployments.apps/scale", namespace: theirs, user: "system:serviceaccount:kube-system:horizontal-pod-autoscaler", refused: true},
		{name: "scaled up in no tenant's namespace", reason: "the Scale does not say whose it is", old: fmt.Sprintf(scale, 1), object: fmt.Sprintf(scale, 2), resource: "deployments.apps/scale", namespace: shop},
		{name: "scaled down", reason: "shrinking always works", old: fmt.Sprintf(scale, 2), object: fmt.Sprintf(scale, 1), resource: "deployments.apps/scale", namespace: theirs},
		{name: "a status", reason: "it is observed", old: deployment("{replicas: 1}"), object: deployment("{replicas: 2}"), resource: "deployments.apps/status", namespace: theirs},
		{name: "a debug container", reason: "growth", old: pod, object: strings.Replace(pod, "}}", "}, spec: {ephemeralContainers: [{name: b}]}}", 1), resource: "pods/ephemeralcontainers", namespace: theirs, refused: true},
		{name: "a Secret", reason: "it is no API key", object: "{apiVersion: v1, kind: Secret, metadata: {name: a}, type: Opaque}", namespace: theirs},
		{name: "an API key", reason: "keys are refused like workloads", object: "{apiVersion: v1, kind: Secret, metadata: {name: a}, type: domicile.dev/api-key}", namespace: theirs, refused: true},
		{name: "nonsense in a template", reason: "it hides no other claim", object: deployment("{template: {metadata: {annotations: [x]}}}"), namespace: shop, refused: true},
		{name: "nonsense instead of a template", reason: "what cannot be read is left to the webhook", object: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {metadata: {annotations: [x]}}}}", namespace: shop, cannotBeEvaluated: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := row.request(t)
			if said := e.refuses(t, r); (said != "") != row.refused {
				t.Errorf("says %q, refused should be %t: %s; errors: %q", said, row.refused, row.reason, r.evaluationErrors)
			}
			if (len(r.evaluationErrors) > 0 && !row.refused) != row.cannotBeEvaluated {
				t.Errorf("cannot evaluate: %q", r.evaluationErrors)
			}
		})
	}
}

// TestTheProbeTellsTheHash is how one finds out what an API server enforces.
func TestTheProbeTellsTheHash(t *testing.T) {
	for name, of := range map[string]mirror.Content{"nobody": {}, "somebody": new(mirror.Reader).Read(world(sample.Policy("all", nil)), at)} {
		m := options.Render(of)
		e := enforce(t, m)
		r := &request{
			operation: admission.Create, name: mirror.Probe(mirror.Name), user: "somebody", namespace: namespaceOf("domicile-system", nil, nil),
			kind:     schema.GroupVersionKind{Group: "coordination.k8s.io", Version: "v1", Kind: "Lease"},
			resource: schema.GroupVersionResource{Group: "coordination.k8s.io", Version: "v1", Resource: "leases"},
			object:   map[string]any{"metadata": map[string]any{"name": mirror.Probe(mirror.Name)}},
		}
		if said := e.refuses(t, r); !strings.Contains(said, m.Hashes[0]) {
			t.Errorf("%s: %q does not tell %s", name, said, m.Hashes[0])
		}
		other := *r
		other.name, other.object = "another", runtime.DeepCopyJSON(r.object)
		if said := e.refuses(t, &other); said != "" {
			t.Errorf("%s: another Lease is refused: %s", name, said)
		}
	}
}
