package integration

import (
	"context"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/suite"
)

func TestSystemNamespacesAreNeverAskedAbout(t *testing.T) {
	w := theWorld(t)
	w.creates(t, object(`{apiVersion: v1, kind: Namespace, metadata: {name: plumbing}}`))
	for _, namespace := range []string{"kube-system", systemNamespace, "plumbing"} {
		if err := w.admin.Create(t.Context(), pod(namespace, "a", "lantern-sg"), client.DryRunAll); err != nil {
			t.Errorf("%s: %v", namespace, err)
		}
	}
	forged := object(`{apiVersion: v1, kind: Namespace, metadata: {name: forged, labels: {kubernetes.io/metadata.name: kube-system}, %s}}`, claim("lantern-sg"))
	wantRefused(t, "the API server writes the label itself", w.admin.Create(t.Context(), forged, client.DryRunAll), "RestrictedOwner")
}

func TestPodsAreScheduledAndRun(t *testing.T) {
	w := theWorld(t)
	p := w.creates(t, pod("meridian", "runs", ""))
	suite.Eventually(t, patience, "a running pod: bindings and status pass", func(ctx context.Context) (bool, error) {
		err := w.admin.Get(ctx, client.ObjectKeyFromObject(p), p)
		phase, _, _ := unstructured.NestedString(p.Object, "status", "phase")
		return phase == "Running", err
	})
	if err := w.admin.SubResource("eviction").Create(t.Context(), p, object(`{apiVersion: policy/v1, kind: Eviction, metadata: {name: runs, namespace: meridian}}`)); err != nil {
		t.Errorf("eviction: %v", err)
	}
}

func TestANamespaceOfARestrictedTenantCanGo(t *testing.T) {
	w := theWorld(t)
	ns := object(`{apiVersion: v1, kind: Namespace, metadata: {name: going}}`)
	if err := w.admin.Create(t.Context(), ns); err != nil {
		t.Fatal(err)
	}
	for _, o := range []*unstructured.Unstructured{
		deployment("going", "web", "", ""),
		object(`{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {name: key, namespace: going}}`),
	} {
		if err := w.admin.Create(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.admin.Patch(t.Context(), ns, merge(`{"metadata":{"annotations":{"domicile.dev/tenant":"lantern-sg"}}}`)); err != nil {
		t.Fatal(err)
	}
	w.refuses(t, pod("going", "a", ""), "RestrictedOwner")
	if err := w.admin.Delete(t.Context(), ns); err != nil {
		t.Fatal(err)
	}
	suite.Eventually(t, patience, "the namespace to be gone", func(ctx context.Context) (bool, error) {
		err := w.admin.Get(ctx, client.ObjectKeyFromObject(ns), ns.DeepCopy())
		return apierrors.IsNotFound(err), err
	})
}
