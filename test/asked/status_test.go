package asked

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/rig/sample"
	"github.com/domicile-dev/domicile/webhook"
)

// alive are the webhooks of a policy, which answer with sample's world: lantern is
// restricted, and meridian is not.
func alive(t *testing.T, p v1alpha1.TenantPolicy, namespace string) []admissionv1.ValidatingWebhook {
	t.Helper()
	return aliveWith(t, p, namespace, webhook.LiveLookup{})
}

// aliveWith is the same with what watches know; the clients are filled in.
func aliveWith(t *testing.T, p v1alpha1.TenantPolicy, namespace string, lookup webhook.LiveLookup) []admissionv1.ValidatingWebhook {
	t.Helper()
	lookup.Objects, lookup.Metadata = dynamic.NewForConfigOrDie(server.Config), metadata.NewForConfigOrDie(server.Config)
	in := sample.World()
	in.Policies = []v1alpha1.TenantPolicy{p}
	for i := range in.Tenants {
		in.Tenants[i].Spec.Namespaces = &v1alpha1.TenantNamespaces{Names: []string{namespace}}
	}
	holder := &snapshot.Holder{}
	holder.Store(snapshottest.Compile(in))
	handlers := http.NewServeMux()
	err := webhook.Register(mux{handlers}, server.Scheme(), webhook.Dependencies{
		Snapshots:  holder,
		Lookup:     &lookup,
		Reads:      lookup.Reads,
		Access:     webhook.NewClusterAccess(kubernetes.NewForConfigOrDie(server.Config).AuthorizationV1().SubjectAccessReviews(), clock.RealClock{}),
		Refresher:  struct{ webhook.Refresher }{}, // all Tenants are known
		Registerer: prometheus.NewRegistry(),
		Clock:      func() time.Time { return sample.OnTenth },
	})
	if err != nil {
		t.Fatal(err)
	}
	serving := httptest.NewTLSServer(handlers)
	t.Cleanup(serving.Close)
	hooks := rendered(p)
	for i := range hooks {
		c := &hooks[i].ClientConfig
		c.URL, c.Service = ptr.To(serving.URL+*c.Service.Path), nil
		c.CABundle = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: serving.Certificate().Raw})
	}
	return hooks
}

// mux takes the webhook's handlers.
type mux struct{ *http.ServeMux }

func (m mux) Register(path string, handler http.Handler) { m.Handle(path, handler) }

// withoutStatus is a configuration that does not ask about status.
func withoutStatus(hooks []admissionv1.ValidatingWebhook) []admissionv1.ValidatingWebhook {
	without := make([]admissionv1.ValidatingWebhook, len(hooks))
	for i := range hooks {
		w := hooks[i].DeepCopy()
		for j := range w.Rules {
			w.Rules[j].Resources = slices.DeleteFunc(w.Rules[j].Resources, func(resource string) bool { return strings.HasSuffix(resource, "/status") })
		}
		w.Rules = slices.DeleteFunc(w.Rules, func(r admissionv1.RuleWithOperations) bool { return len(r.Resources) == 0 })
		without[i] = *w
	}
	return without
}

// as is a client of a user who may do everything in a namespace, and bind nobody.
func as(t *testing.T, user, namespace string) client.Client {
	t.Helper()
	for _, manifest := range []string{
		"{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: wild, namespace: " + namespace + "}, rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]}",
		"{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: wild, namespace: " + namespace + "}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: wild}, " +
			"subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: " + user + "}]}",
	} {
		server.With(t, object(t, manifest))
	}
	config := rest.CopyConfig(server.Config)
	config.Impersonate = rest.ImpersonationConfig{UserName: user}
	c, err := client.New(config, client.Options{Scheme: server.Scheme()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestStatusIsNoWayToChangeAClaim: the API server writes annotations through the status
// of all its own workloads.
func TestStatusIsNoWayToChangeAClaim(t *testing.T) {
	const namespace = "laundry"
	server.With(t, &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": namespace}}})
	all := workloads(t, namespace)
	for _, o := range all {
		keep(t, o)
	}
	wanda := as(t, "wanda", namespace)
	hooks := alive(t, everyPolicy(), namespace)
	launder := func(c client.Client, o *unstructured.Unstructured, value string) (string, error) {
		o = o.DeepCopy()
		err := c.SubResource("status").Patch(t.Context(), o, merge(`{"metadata":{"annotations":{"domicile.dev/tenant":`+value+`}}}`), client.DryRunAll)
		return o.GetAnnotations()["domicile.dev/tenant"], err
	}
	for _, row := range []struct {
		name, reason string
		hooks        []admissionv1.ValidatingWebhook
		user         client.Client
		refused      bool
	}{
		{"asked", "it needs bind, as any change of a claim", hooks, wanda, true},
		{"asked, by who may bind", "nobody else is kept from it", hooks, server, false},
		{"not asked", "so this is tested: without the rules it is admitted", withoutStatus(hooks), wanda, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			configure(t, row.hooks, namespace)
			for _, kind := range builtin {
				for _, value := range []string{`"meridian"`, "null"} {
					left, err := launder(row.user, all[kind], value)
					switch {
					case row.refused && (err == nil || !strings.Contains(err.Error(), "needs the verb bind")):
						t.Errorf("%s to %s: %s: got %v", kind, value, row.reason, err)
					case !row.refused && (err != nil || left == "lantern"):
						t.Errorf("%s to %s: %s: it claims %q, %v", kind, value, row.reason, left, err)
					}
				}
			}
			if left, err := launder(wanda, all["Widget"], `"meridian"`); err != nil || left != "lantern" {
				t.Errorf("a custom resource's annotation is written through its status: it claims %q, %v", left, err)
			}
		})
	}
}
