package asked

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

// everyPolicy leaves the namespace out that the network needs.
func everyPolicy() v1alpha1.TenantPolicy {
	return sample.Policy("no-cn", &v1alpha1.Match{
		NamespaceSelector: &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{
			{Key: "kubernetes.io/metadata.name", Operator: metav1.LabelSelectorOpNotIn, Values: []string{"network"}},
		}},
		Resources: []v1alpha1.ResourceRule{{APIGroups: []string{"example.org"}, Resources: []string{"widgets"}}},
	})
}

// change is a patch of an object or of one of its subresources.
type change struct {
	reason, subresource, patch string
	// kinds that it is tried on; nil is all.
	kinds   []string
	refused bool
}

var (
	replicated = []string{"ReplicationController", "Deployment", "ReplicaSet", "StatefulSet", "Widget"}
	builtin    = []string{"Pod", "ReplicationController", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet", "CronJob", "Job"}
	templated  = []string{"ReplicationController", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet", "Widget"}
)

var changes = map[string]change{
	"finalizer":             {"what cannot go away blocks its namespace", "", `{"metadata":{"finalizers":null}}`, nil, false},
	"label":                 {"labels are no claims", "", `{"metadata":{"labels":{"a":"b","c":"d"}}}`, nil, false},
	"annotation":            {"nor are the annotations of others", "", `{"metadata":{"annotations":{"cni.example.org/address":"10.0.0.1"}}}`, nil, false},
	"owner":                 {"the garbage collector writes them", "", `{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"a","uid":"1"}]}}`, nil, false},
	"status":                {"what there is must be seen", "status", `{"status":{"observedGeneration":9}}`, nil, false},
	"annotation by status":  {"network plugins write their annotations so", "status", `{"metadata":{"annotations":{"cni.example.org/address":"10.0.0.1"}}}`, builtin, false},
	"scaled down":           {"shrinking always works", "scale", `{"spec":{"replicas":1}}`, replicated, false},
	"scaled to nothing":     {"a Scale leaves 0 out", "scale", `{"spec":{"replicas":0}}`, replicated, false},
	"fewer":                 {"a Deployment scales its ReplicaSets so", "", `{"metadata":{"annotations":{"deployment.kubernetes.io/desired-replicas":"0"}},"spec":{"replicas":0}}`, replicated, false},
	"scaled up":             {"growth is asked about", "scale", `{"spec":{"replicas":3}}`, replicated, true},
	"more":                  {"growth is asked about", "", `{"spec":{"replicas":3}}`, replicated, true},
	"fewer of another":      {"a shrink does not pay for growth", "", `{"spec":{"replicas":1,"template":{"metadata":{"labels":{"c":"d"}}}}}`, replicated, true},
	"template":              {"something else runs", "", `{"spec":{"template":{"metadata":{"annotations":{"c":"d"}}}}}`, templated, true},
	"claim":                 {"whose it is", "", `{"metadata":{"annotations":{"domicile.dev/tenant":"meridian"}}}`, nil, true},
	"claim gone":            {"whose it is", "", `{"metadata":{"annotations":{"domicile.dev/tenant":null}}}`, nil, true},
	"claim in another case": {"whose it seems to be", "", `{"metadata":{"annotations":{"Domicile.DEV/owner":"LEI:A"}}}`, nil, true},
	"claim by status":       {"whose it is", "status", `{"metadata":{"annotations":{"domicile.dev/tenant":"meridian"}}}`, builtin, true},
	"claim gone by status":  {"whose it is", "status", `{"metadata":{"annotations":{"domicile.dev/tenant":null}}}`, builtin, true},
	"our label":             {"what begins with our name is ours", "", `{"metadata":{"labels":{"domicile.dev/api-key":"true"}}}`, nil, true},
}

// TestInAnOutageOnlyWhatMayGrowIsRefused tries every kind of update while nobody answers.
func TestInAnOutageOnlyWhatMayGrowIsRefused(t *testing.T) {
	server.With(t, object(t, "{apiVersion: v1, kind: Namespace, metadata: {name: outage, annotations: {domicile.dev/tenant: lantern}}}"))
	all := workloads(t, "outage")
	for _, o := range all {
		keep(t, o)
	}
	configure(t, dead(everyPolicy()), "outage")
	for name, c := range changes {
		kinds := c.kinds
		if kinds == nil {
			kinds = append([]string{"Widget"}, builtin...)
		}
		for _, kind := range kinds {
			t.Run(name+" of "+kind, func(t *testing.T) {
				err := try(t, all[kind], c)
				if c.refused != isUnanswered(err) || !c.refused && err != nil {
					t.Errorf("%s: refused should be %t: %v", c.reason, c.refused, err)
				}
			})
		}
	}
}

// try patches an object without keeping what comes of it.
func try(t *testing.T, o *unstructured.Unstructured, c change) error {
	t.Helper()
	o = o.DeepCopy()
	switch c.subresource {
	case "":
		return server.Patch(t.Context(), o, merge(c.patch), client.DryRunAll)
	case "scale":
		scale := object(t, "{apiVersion: autoscaling/v1, kind: Scale}")
		return server.SubResource("scale").Patch(t.Context(), o, merge(c.patch), client.DryRunAll, client.WithSubResourceBody(scale))
	default:
		return server.SubResource(c.subresource).Patch(t.Context(), o, merge(c.patch), client.DryRunAll)
	}
}

// TestInAnOutageOtherKindsCanBeWorkedWith: what else the webhook is asked about.
func TestInAnOutageOtherKindsCanBeWorkedWith(t *testing.T) {
	objects := map[string]*unstructured.Unstructured{}
	for name, manifest := range map[string]string{
		"namespace": "{apiVersion: v1, kind: Namespace, metadata: {name: others, annotations: {domicile.dev/tenant: lantern}}}",
		"network":   "{apiVersion: v1, kind: Namespace, metadata: {name: network}}",
		"secret":    "{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, data: {a: eA==}, metadata: {name: a, namespace: others, finalizers: [example.org/kept]}}",
		"unclaimed": "{apiVersion: v1, kind: Namespace, metadata: {name: unclaimed}}",
		"account":   "{apiVersion: v1, kind: ServiceAccount, metadata: {name: a, namespace: others}}",
		"entity":    "{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: outage}, spec: {displayName: A, type: Company, jurisdictions: {headquarters: SG}}}",
		"binding":   "{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: binding}, spec: {parties: [{role: Customer, entity: {name: outage}}], namespaces: {bound: [elsewhere]}}}",
		"tenant":    "{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: outage}, spec: {parties: [{role: Customer, entity: {name: outage}}]}}",
	} {
		objects[name] = object(t, manifest)
	}
	keep(t, objects["namespace"], objects["network"], objects["unclaimed"], objects["account"], objects["secret"], objects["entity"], objects["tenant"], objects["binding"])
	going := object(t, "{apiVersion: v1, kind: Namespace, metadata: {name: going, annotations: {domicile.dev/tenant: lantern}}}")
	if err := server.Create(t.Context(), going); err != nil {
		t.Fatal(err)
	}
	configure(t, dead(everyPolicy()), "others")

	const label, ourLabel = `{"metadata":{"labels":{"a":"b"}}}`, `{"metadata":{"labels":{"domicile.dev/tenant":"b"}}}`
	const owned = `{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"a","uid":"1"}]}}`
	for _, row := range []struct {
		what, reason, patch string
		refused             bool
	}{
		{"namespace", "labels are no claims", label, false},
		{"namespace", "whose it is", `{"metadata":{"annotations":{"domicile.dev/tenant":"meridian"}}}`, true},
		{"unclaimed", "what begins with our name is ours", ourLabel, true},
		{"account", "labels are no claims", label, false},
		{"account", "what begins with our name is ours", ourLabel, true},
		{"secret", "a finalizer goes", `{"metadata":{"finalizers":null}}`, false},
		{"secret", "labels are no claims", label, false},
		{"secret", "another key", `{"data":{"a":"eQ=="}}`, true},
		{"secret", "whose it is", `{"metadata":{"annotations":{"domicile.dev/tenant":"meridian"}}}`, true},
		{"entity", "only its spec is validated", label, false},
		{"entity", "another holder", `{"spec":{"jurisdictions":{"headquarters":"CN"}}}`, true},
		{"tenant", "only its spec is validated", `{"metadata":{"labels":{"a":"b"},"finalizers":["example.org/a"],"annotations":{"domicile.dev/x":"y"}}}`, false},
		{"tenant", "it binds nothing that a change of owners could unbind", owned, false},
		{"binding", "only its spec is validated", label, false},
		{"binding", "it would go with its owner, and unbind", owned, true},
		{"tenant", "another namespace", `{"spec":{"namespaces":{"names":["a"]}}}`, true},
	} {
		err := try(t, objects[row.what], change{patch: row.patch})
		if row.refused != isUnanswered(err) || !row.refused && err != nil {
			t.Errorf("%s, %s: refused should be %t: %v", row.what, row.reason, row.refused, err)
		}
	}

	for what, refused := range map[string]bool{"entity": false, "tenant": false, "binding": true} {
		if err := server.Delete(t.Context(), objects[what].DeepCopy(), client.DryRunAll); refused != isUnanswered(err) || !refused && err != nil {
			t.Errorf("deleting the %s: refused should be %t: %v", what, refused, err)
		}
	}
	if err := server.Create(t.Context(), pod(t, "network", "lantern"), client.DryRunAll); err != nil {
		t.Errorf("the network's Pods are held up, although every policy leaves them out: %v", err)
	}
	if err := server.Delete(t.Context(), going); err != nil {
		t.Errorf("deleting is never asked about: %v", err)
	}
	if err := server.Get(t.Context(), client.ObjectKeyFromObject(going), going); err != nil {
		t.Fatal(err)
	}
	unstructured.RemoveNestedField(going.Object, "spec", "finalizers")
	if err := server.SubResource("finalize").Update(t.Context(), going); err != nil {
		t.Errorf("a bound namespace cannot go: %v", err)
	}
}
