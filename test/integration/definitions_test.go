package integration

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/suite"
)

// A definition with a place for Pods, and one without.
const (
	withPods    = `{type: object, properties: {spec: {type: object, properties: {replicas: {type: integer}, template: {type: object, properties: {spec: {type: object, properties: {containers: {type: array, items: {type: object, properties: {image: {type: string}, name: {type: string}}}}}}}}}}}}`
	withoutPods = `{type: object, properties: {spec: {type: object, properties: {replicas: {type: integer}, template: {type: object, properties: {secretName: {type: string}}}}}}}`
)

// defines makes or changes the definition of a kind of discovered.example.com.
func (w *world) defines(t *testing.T, plural, kind, scope, schema string) *unstructured.Unstructured {
	t.Helper()
	crd := object(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: %[1]s.discovered.example.com}
spec:
  group: discovered.example.com
  scope: %[4]s
  names: {kind: %[2]s, plural: %[1]s, singular: %[3]s}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
    schema: {openAPIV3Schema: %[5]s}
`, plural, kind, strings.ToLower(kind), scope, schema)
	if err := w.admin.Declare(t.Context(), crd); err != nil {
		t.Fatal(err)
	}
	return crd
}

// asked waits until API servers ask about a resource, or no longer do, and returns through
// which entries.
func (w *world) asked(t *testing.T, resource string, want bool) (entries string) {
	t.Helper()
	began := time.Now()
	suite.Eventually(t, patience, fmt.Sprintf("%s to be asked about: %t", resource, want), func(ctx context.Context) (bool, error) {
		hooks, err := w.configuration(ctx)
		if err != nil {
			return false, err
		}
		entries = ""
		rules(hooks, func(hook string, _, groups, resources []string) {
			if fmt.Sprint(groups) == "[discovered.example.com]" && strings.Contains(" "+strings.Join(resources, " ")+" ", " "+resource+" ") {
				entries += hook + ";"
			}
		})
		return (entries != "") == want, nil
	})
	t.Logf("%s: asked about %t after %s", resource, want, time.Since(began).Round(time.Millisecond))
	return entries
}

func farm(namespace, name, annotations string) *unstructured.Unstructured {
	return object(`{apiVersion: discovered.example.com/v1, kind: Farm, metadata: {namespace: %s, name: %s, annotations: {%s}}, spec: {replicas: 0, template: {spec: {containers: [{name: a, image: a}]}}}}`, namespace, name, annotations)
}

// The managers run already when the kind appears, and nobody has told them of it.
func TestAKindThatHoldsPodsIsCoveredWhenItAppears(t *testing.T) {
	w := theWorld(t)
	crd := w.defines(t, "farms", "Farm", "Namespaced", withPods)
	w.deletesAtTheEnd(t, crd)
	w.asked(t, "farms", true)
	w.refuses(t, farm("lantern", "of-lantern", ""), "RestrictedOwner")
	w.refuses(t, farm("meridian", "of-another", "domicile.dev/tenant: lantern-sg"), "TenantMismatch")
	w.admits(t, farm("meridian", "of-meridian", ""))

	// An entry of everybody's goes with its definition, and comes back with it.
	w.defines(t, "farms", "Farm", "Namespaced", withoutPods)
	w.asked(t, "farms", false)
	w.defines(t, "farms", "Farm", "Namespaced", withPods)
	w.asked(t, "farms", true)

	w.defines(t, "forms", "Form", "Namespaced", withoutPods)
	forms := w.defines(t, "forms", "Form", "Namespaced", withPods)
	w.deletesAtTheEnd(t, forms)
	w.asked(t, "forms", true)
	if err := w.admin.Delete(t.Context(), forms); err != nil {
		t.Fatal(err)
	}
	w.asked(t, "forms", false)
}

func TestAPolicyLeavesAKindOut(t *testing.T) {
	w := theWorld(t)
	w.deletesAtTheEnd(t, w.defines(t, "stalls", "Stall", "Namespaced", withPods))
	w.asked(t, "stalls", true)
	stall := object(`{apiVersion: discovered.example.com/v1, kind: Stall, metadata: {namespace: lantern, name: a}, spec: {}}`)
	w.refuses(t, stall, "RestrictedOwner")

	policies := &unstructured.UnstructuredList{}
	policies.SetGroupVersionKind(object(`{apiVersion: domicile.dev/v1alpha1, kind: TenantPolicyList}`).GroupVersionKind())
	if err := w.admin.List(t.Context(), policies); err != nil {
		t.Fatal(err)
	}
	exclude := func(resources string) {
		for i := range policies.Items {
			patch := client.RawPatch(types.MergePatchType, []byte(`{"spec":{"match":{"excludeResources":`+resources+`}}}`))
			if err := w.admin.Patch(context.WithoutCancel(t.Context()), policies.Items[i].DeepCopy(), patch); err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(func() { exclude("null") })
	exclude(`[{"apiGroups":["discovered.example.com"],"resources":["stalls"]}]`)
	w.asked(t, "stalls", false)
	w.admits(t, stall)
}

// An object that sets up a network is in no namespace, and an outage must not keep
// anybody from repairing it.
func TestAKindInNoNamespaceIsAskedAboutByTheWay(t *testing.T) {
	w := theWorld(t)
	w.deletesAtTheEnd(t, w.defines(t, "networks", "Network", "Cluster", withPods))
	if entries := w.asked(t, "networks", true); entries != "clusterwide.domicile.dev;" {
		t.Fatalf("asked through %s", entries)
	}
	w.refuses(t, object(`{apiVersion: discovered.example.com/v1, kind: Network, metadata: {name: a, annotations: {domicile.dev/tenant: lantern-sg}}, spec: {}}`), "RestrictedOwner")
	hooks, err := w.configuration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, hook := range hooks {
		if (hook["failurePolicy"] == "Ignore") != (hook["name"] == "clusterwide.domicile.dev") {
			t.Errorf("%v: failurePolicy %v", hook["name"], hook["failurePolicy"])
		}
	}
}

// A Scale does not say whose it is, and nobody has let Domicile read what it belongs to.
func TestScalingAKindThatCannotBeReadSaysWhichRightIsMissing(t *testing.T) {
	w := theWorld(t)
	w.deletesAtTheEnd(t, w.defines(t, "barns", "Barn", "Namespaced", withPods))
	w.asked(t, "barns/scale", true)
	barn := w.creates(t, object(`{apiVersion: discovered.example.com/v1, kind: Barn, metadata: {namespace: meridian, name: a}, spec: {replicas: 1}}`))
	scale := func(ctx context.Context, replicas int) error {
		patch := client.RawPatch(types.MergePatchType, fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, replicas))
		return w.admin.SubResource("scale").Patch(ctx, barn.DeepCopy(), patch)
	}
	if err := scale(t.Context(), 0); err != nil {
		t.Errorf("scaling down needs no right: %v", err)
	}
	err := scale(t.Context(), 2)
	if err == nil || !strings.Contains(err.Error(), `rbac.domicile.dev/aggregate-to-reader: "true"`) || !strings.Contains(err.Error(), "resources: [barns]") {
		t.Errorf("the refusal does not say what is missing: %v", err)
	}
	w.declares(t, `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: domicile-reads-barns, labels: {rbac.domicile.dev/aggregate-to-reader: "true"}}
rules: [{apiGroups: [discovered.example.com], resources: [barns], verbs: [get, list]}]
`)
	suite.Eventually(t, patience, "scaling up to be judged", func(ctx context.Context) (bool, error) {
		err := scale(ctx, 2)
		return err == nil, err
	})
}
