package integration

import (
	"context"
	"fmt"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/actor"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

func TestWhoMayClaimWhat(t *testing.T) {
	w := theWorld(t)
	for name, tc := range map[string]struct {
		reason string
		object *unstructured.Unstructured
		want   string
	}{
		"another in a bound namespace": {"the namespace says whose everything in it is", pod("meridian", "a", "murky"), "TenantMismatch"},
		"the same in a bound one":      {"says it again", pod("meridian", "a", "meridian"), ""},
		"admitted in an unbound one":   {"spec.namespaces admits it", pod("shared", "a", "meridian"), ""},
		"not admitted in an unbound":   {"spec.namespaces does not admit it", pod("unbound", "a", "meridian"), "TenantNotAuthorized"},
		"template disagrees":           {"what runs is somebody else's", deployment("shared", "a", claim("meridian"), claim("murky")), "TenantMismatch"},
		"deep template disagrees":      {"prefill is somebody else's", object(`{apiVersion: serving.kserve.io/v1alpha1, kind: LLMInferenceService, metadata: {name: a, namespace: shared, %s}, spec: {prefill: {annotations: {domicile.dev/tenant: murky}}}}`, claim("meridian")), "TenantMismatch"},
		"worker group disagrees":       {"one group is somebody else's", object(`{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: a, namespace: shared, %s}, spec: {workerGroupSpecs: [{}, {template: {metadata: {annotations: {domicile.dev/tenant: murky}}}}]}}`, claim("meridian")), "TenantMismatch"},
		"owner references":             {"are no reason to skip", object(`{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: meridian, %s, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: x, uid: x}]}, spec: {%s}}`, claim("murky"), container), "TenantMismatch"},
	} {
		t.Run(name, func(t *testing.T) {
			wantOutcome(t, tc.reason, w.admin.Create(t.Context(), tc.object, client.DryRunAll), tc.want)
		})
	}
}

// changes are the ways to write metadata.
var changes = map[string]func(context.Context, *actor.Actor, *unstructured.Unstructured, string) error{
	"merge patch": func(ctx context.Context, a *actor.Actor, o *unstructured.Unstructured, value string) error {
		return a.Patch(ctx, o, client.RawPatch(types.MergePatchType, fmt.Appendf(nil, `{"metadata":{"annotations":{"domicile.dev/tenant":%s}}}`, value)))
	},
	"JSON patch": func(ctx context.Context, a *actor.Actor, o *unstructured.Unstructured, value string) error {
		op := fmt.Sprintf(`[{"op":"add","path":"/metadata/annotations","value":{"domicile.dev/tenant":%s}}]`, value)
		if value == "null" {
			op = `[{"op":"remove","path":"/metadata/annotations/domicile.dev~1tenant"}]`
		}
		return a.Patch(ctx, o, client.RawPatch(types.JSONPatchType, []byte(op)))
	},
	"replace": func(ctx context.Context, a *actor.Actor, o *unstructured.Unstructured, value string) error {
		if err := a.Get(ctx, client.ObjectKeyFromObject(o), o); err != nil {
			return err
		}
		o.SetAnnotations(nil)
		if value != "null" {
			o.SetAnnotations(map[string]string{"domicile.dev/tenant": value[1 : len(value)-1]})
		}
		return a.Update(ctx, o)
	},
	"server-side apply": func(ctx context.Context, a *actor.Actor, o *unstructured.Unstructured, value string) error {
		metadata := map[string]any{"name": o.GetName()}
		if o.GetNamespace() != "" {
			metadata["namespace"] = o.GetNamespace()
		}
		if value != "null" {
			metadata["annotations"] = map[string]any{"domicile.dev/tenant": value[1 : len(value)-1]}
		}
		applied := &unstructured.Unstructured{Object: map[string]any{"apiVersion": o.GetAPIVersion(), "kind": o.GetKind(), "metadata": metadata}}
		// Whoever takes a field over may also let go of it.
		return a.Apply(ctx, client.ApplyConfigurationFromUnstructured(applied), client.FieldOwner("seeder"), client.ForceOwnership)
	},
}

// roams is a Tenant that may be claimed everywhere, which makes no namespace a
// tenant's.
func roams(name string) string {
	return fmt.Sprintf(`{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: %s}, spec: {parties: [{role: Customer, entity: {name: meridian}}], namespaces: {selector: {}}}}`, name)
}

func TestChangingAClaimNeedsBind(t *testing.T) {
	w := theWorld(t)
	// What claims nothing may be only where no tenant is by name.
	w.declares(t, roams("roaming")+"\n---\n"+roams("drifting"))
	for way, change := range changes {
		t.Run(way, func(t *testing.T) {
			for name, tc := range map[string]struct {
				reason, before, after string
				groups                []string
				want                  string
			}{
				"put":              {"without the right", "", `"roaming"`, nil, "BindNotAuthorized"},
				"put by right":     {"on that tenant", "", `"roaming"`, []string{"meridian-binders"}, ""},
				"changed":          {"with the right on one of the two", "drifting", `"roaming"`, []string{"meridian-binders"}, "BindNotAuthorized"},
				"removed":          {"without the right", "roaming", "null", nil, "BindNotAuthorized"},
				"removed by right": {"on that tenant", "roaming", "null", []string{"meridian-binders"}, ""},
			} {
				t.Run(name, func(t *testing.T) {
					o := object(`{apiVersion: v1, kind: PodTemplate, metadata: {name: claimed, namespace: unbound}}`)
					w.creates(t, object(`{apiVersion: v1, kind: PodTemplate, metadata: {name: claimed, namespace: unbound}, template: {spec: {%s}}}`, container))
					seed := object(`{apiVersion: v1, kind: PodTemplate, metadata: {name: claimed, namespace: unbound, %s}}`, claim(tc.before))
					if err := w.admin.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(seed), client.FieldOwner("seeder"), client.ForceOwnership); err != nil {
						t.Fatal(err)
					}
					wantOutcome(t, tc.reason, change(t.Context(), w.as(t, "ann", tc.groups...), o, tc.after), tc.want)
				})
			}
		})
	}
}

func TestBindingANamespaceNeedsBind(t *testing.T) {
	w := theWorld(t)
	none, meridian := w.as(t, "ann"), w.as(t, "ben", "meridian-binders")
	create := object(`{apiVersion: v1, kind: Namespace, metadata: {name: bound, %s}}`, claim("meridian"))
	wantRefused(t, "created by somebody without the right", none.Create(t.Context(), create.DeepCopy(), client.DryRunAll), "BindNotAuthorized")
	if err := meridian.Create(t.Context(), create.DeepCopy(), client.DryRunAll); err != nil {
		t.Errorf("created by somebody with the right: %v", err)
	}
	if err := none.Create(t.Context(), object(`{apiVersion: v1, kind: Namespace, metadata: {name: bound}}`), client.DryRunAll); err != nil {
		t.Errorf("created without a claim: %v", err)
	}
	for way, change := range changes {
		t.Run(way, func(t *testing.T) {
			seed := object(`{apiVersion: v1, kind: Namespace, metadata: {name: seeded}}`)
			if err := w.admin.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(seed), client.FieldOwner("seeder"), client.ForceOwnership); err != nil {
				t.Fatal(err)
			}
			wantRefused(t, "put without the right", change(t.Context(), none, seed.DeepCopy(), `"meridian"`), "BindNotAuthorized")
			if err := change(t.Context(), meridian, object(`{apiVersion: v1, kind: Namespace, metadata: {name: seeded}}`), `"meridian"`); err != nil {
				t.Errorf("put with the right: %v", err)
			}
			wantRefused(t, "removed without the right", change(t.Context(), none, object(`{apiVersion: v1, kind: Namespace, metadata: {name: seeded}}`), `null`), "BindNotAuthorized")
			if err := change(t.Context(), meridian, object(`{apiVersion: v1, kind: Namespace, metadata: {name: seeded}}`), `null`); err != nil {
				t.Errorf("removed with the right: %v", err)
			}
		})
	}
}

func TestNamespaceSubresourcesDoNotBind(t *testing.T) {
	w := theWorld(t)
	ann := w.as(t, "ann")
	patch := client.RawPatch(types.MergePatchType, []byte(`{"metadata":{"annotations":{"domicile.dev/tenant":"murky"}}}`))
	wantRefused(t, "through namespaces/status",
		ann.Status().Patch(t.Context(), object(`{apiVersion: v1, kind: Namespace, metadata: {name: meridian}}`), patch), "BindNotAuthorized BindNotAuthorized")

	ns := object(`{apiVersion: v1, kind: Namespace, metadata: {name: meridian}}`)
	if err := ann.Get(t.Context(), client.ObjectKeyFromObject(ns), ns); err != nil {
		t.Fatal(err)
	}
	ns.SetAnnotations(map[string]string{"domicile.dev/tenant": "murky"})
	wantRefused(t, "through namespaces/finalize",
		ann.SubResource("finalize").Update(t.Context(), ns), "BindNotAuthorized BindNotAuthorized")
}

func TestClaimingInAnUnboundNamespaceNeedsTheVerb(t *testing.T) {
	w := theWorld(t)
	for name, tc := range map[string]struct {
		reason string
		object *unstructured.Unstructured
		groups []string
		want   string
	}{
		"without":      {"whoever may create a pod may not say whose it is", pod("shared", "a", "meridian"), nil, "ClaimNotAuthorized"},
		"with claim":   {"on that tenant", pod("shared", "a", "meridian"), []string{"meridian-claimers"}, ""},
		"with bind":    {"bind includes it", pod("shared", "a", "meridian"), []string{"meridian-binders"}, ""},
		"of another":   {"the right is on one tenant", pod("shared", "a", "murky"), []string{"meridian-claimers"}, "ClaimNotAuthorized"},
		"of nobody":    {"nobody may claim who does not exist", pod("shared", "a", "nobody"), []string{"meridian-claimers"}, "ClaimNotAuthorized TenantNotFound"},
		"says nothing": {"in a tenant's namespace one says whose it is", pod("shared", "a", ""), nil, "NoTenant"},
		"bound":        {"the namespace says whose it is", pod("meridian", "a", "meridian"), nil, ""},
		"template":     {"what runs is what counts", deployment("shared", "a", "", claim("meridian")), nil, "ClaimNotAuthorized"},
	} {
		t.Run(name, func(t *testing.T) {
			wantOutcome(t, tc.reason, w.as(t, "tina", tc.groups...).Create(t.Context(), tc.object, client.DryRunAll), tc.want)
		})
	}
}

func TestANamespaceThatATenantBindsOutlivesTheNamespace(t *testing.T) {
	w := theWorld(t)
	w.declares(t, `{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: nightjar}, spec: {parties: [{role: Customer, entity: {name: lantern-sg}}], namespaces: {bound: [nightjar]}}}`)
	w.creates(t, object(`{apiVersion: v1, kind: Namespace, metadata: {name: nightjar}}`))
	w.refuses(t, pod("nightjar", "a", ""), "RestrictedOwner")
}

func TestATenantThatBindsNamespacesGoesWithBindOnly(t *testing.T) {
	w := theWorld(t)
	tenant := `{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: %s}, spec: {parties: [{role: Customer, entity: {name: lantern-sg}}], namespaces: {%s}}}`
	w.declares(t, fmt.Sprintf(tenant, "kestrel", "bound: [kestrel]"))
	w.declares(t, fmt.Sprintf(tenant, "merlin", "names: [merlin]"))
	writer := w.as(t, "ann", "tenant-writers")
	kestrel := object(tenant, "kestrel", "bound: [kestrel]")
	for reason, err := range map[string]error{
		"it unbinds":          writer.Delete(t.Context(), kestrel),
		"one of a collection": writer.DeleteAllOf(t.Context(), kestrel, client.MatchingFields{"metadata.name": "kestrel"}),
		"it is to be owned":   writer.Patch(t.Context(), kestrel, merge(`{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"a","uid":"1"}]}}`)),
	} {
		if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "verb bind on tenant kestrel") {
			t.Errorf("%s: got %v", reason, err)
		}
	}
	if err := writer.Delete(t.Context(), object(tenant, "merlin", "names: [merlin]")); err != nil {
		t.Errorf("it binds nothing: %v", err)
	}
	if err := w.admin.Delete(t.Context(), kestrel); err != nil {
		t.Errorf("a cluster admin may bind: %v", err)
	}
}

func TestKubernetesOwnControllersMayCopyClaims(t *testing.T) {
	w := theWorld(t)
	w.declares(t, roams("roaming"))
	d := w.creates(t, deployment("unbound", "copied", "", ""))
	set := &unstructured.UnstructuredList{}
	set.SetAPIVersion("apps/v1")
	set.SetKind("ReplicaSetList")
	claims := func(ctx context.Context) (string, error) {
		err := w.admin.List(ctx, set, client.InNamespace("unbound"), client.MatchingLabels{"app": "copied"})
		if err != nil || len(set.Items) == 0 {
			return "", err
		}
		return set.Items[0].GetAnnotations()["domicile.dev/tenant"], nil
	}
	suite.Eventually(t, patience, "the ReplicaSet", func(ctx context.Context) (bool, error) {
		_, err := claims(ctx)
		return len(set.Items) > 0, err
	})
	patch := client.RawPatch(types.MergePatchType, []byte(`{"metadata":{"annotations":{"domicile.dev/tenant":"roaming"}}}`))
	if err := w.admin.Patch(t.Context(), d, patch); err != nil {
		t.Fatal(err)
	}
	suite.Eventually(t, patience, "the Deployment's claim on its ReplicaSet", func(ctx context.Context) (bool, error) {
		got, err := claims(ctx)
		return got == "roaming", err
	})
}

func TestAnotherTenantsServiceAccountIsNoWayIn(t *testing.T) {
	w := theWorld(t)
	w.creates(t, object(`{apiVersion: v1, kind: ServiceAccount, metadata: {name: runner, namespace: shared, %s}}`, claim("murky")))
	p := object(`{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shared, %s}, spec: {serviceAccountName: runner, %s}}`, claim("meridian"), container)
	wantRefused(t, "it runs as murky", w.admin.Create(t.Context(), p, client.DryRunAll), "TenantMismatch")
}
