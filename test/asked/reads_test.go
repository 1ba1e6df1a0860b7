package asked

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/controllers/references"
	"github.com/domicile-dev/domicile/internal/contact"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
	"github.com/domicile-dev/domicile/webhook"
)

// TestCommonRequestsReadNothing creates what a tenant creates every day. Nothing is read
// from the API server that a watch knows.
func TestCommonRequestsReadNothing(t *testing.T) {
	const namespace = "reads"
	keep(t, object(t, "{apiVersion: v1, kind: Namespace, metadata: {name: "+namespace+", annotations: {domicile.dev/tenant: meridian}}}"))
	keep(t, object(t, "{apiVersion: v1, kind: ServiceAccount, metadata: {name: runner, namespace: "+namespace+"}, imagePullSecrets: [{name: pull}]}"))
	for _, name := range []string{"pull", "key"} {
		keep(t, object(t, "{apiVersion: v1, kind: Secret, metadata: {name: "+name+", namespace: "+namespace+", annotations: {domicile.dev/tenant: meridian}}}"))
	}

	index := watching(t)
	registry := prometheus.NewRegistry()
	reads, err := webhook.NewLiveReads(registry)
	if err != nil {
		t.Fatal(err)
	}
	known := webhook.LiveLookup{Watched: index, Reads: reads, CachedNamespace: func(_ context.Context, name string) (webhook.NamespaceMeta, bool) {
		return webhook.NamespaceMeta{Annotations: map[string]string{"domicile.dev/tenant": "meridian"}}, name == namespace
	}}
	apiserver.Eventually(t, "the watches know all", func(context.Context) error {
		_, account := index.ServiceAccount(namespace, "runner")
		_, pull := index.Secret(namespace, "pull")
		_, key := index.Secret(namespace, "key")
		if !account || !pull || !key {
			return errors.New("not yet")
		}
		return nil
	})

	const spec = "{serviceAccountName: runner, containers: [{name: c, image: example.org/c:1, envFrom: [{secretRef: {name: key}}]}]}"
	daily := []*unstructured.Unstructured{
		object(t, "{apiVersion: v1, kind: Pod, metadata: {name: daily, namespace: "+namespace+"}, spec: "+spec+"}"),
		object(t, "{apiVersion: apps/v1, kind: Deployment, metadata: {name: daily, namespace: "+namespace+"}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: "+spec+"}}}"),
		object(t, "{apiVersion: v1, kind: Secret, metadata: {name: daily, namespace: "+namespace+", labels: {domicile.dev/api-key: \"true\"}, annotations: {domicile.dev/tenant: meridian}}, stringData: {api-key: x}}"),
	}
	created := func(t *testing.T, lookup webhook.LiveLookup) {
		t.Helper()
		configure(t, aliveWith(t, everyPolicy(), namespace, lookup), namespace)
		for _, o := range daily {
			if err := server.Create(t.Context(), o.DeepCopy(), client.DryRunAll); err != nil {
				t.Errorf("%s: %v", o.GetKind(), err)
			}
		}
	}
	t.Run("with watches", func(t *testing.T) {
		created(t, known)
		if n := total(t, registry); n != 0 {
			t.Errorf("%v objects were read for requests that need none", n)
		}
	})
	t.Run("without", func(t *testing.T) {
		known.Watched = nil
		created(t, known)
		if n := total(t, registry); n < 3 {
			t.Errorf("%v objects were read: the requests do not need them, and the test shows nothing", n)
		}
	})
}

// watching is an index of what workloads refer to.
func watching(t *testing.T) *references.Index {
	t.Helper()
	c, err := rest.HTTPClientFor(server.Config)
	if err != nil {
		t.Fatal(err)
	}
	index, err := references.New(server.Config, c, contact.New(time.Minute, nil, clock.RealClock{}, logr.Discard()))
	if err != nil {
		t.Fatal(err)
	}
	apiserver.Start(t, index)
	return index
}

// total is the sum of all live reads.
func total(t *testing.T, registry *prometheus.Registry) (n float64) {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			n += m.GetCounter().GetValue()
		}
	}
	return n
}
