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

	"github.com/domicile-dev/domicile/test/rig/actor"
	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// patience is how long a test waits for what must come true.
const patience = time.Minute

// world is a cluster with Domicile in it.
type world struct {
	*cluster.Cluster
	manager *cluster.Manager
	admin   *actor.Actor
	sources *sources
}

// declared is the world of most tests. Its policy blocks KP. Lantern Singapore
// is held from there through Lantern HK, Meridian Labs is not, and of murky's
// party nobody knows anything. Other tests add policies that block other
// places, so that they don't get into each other's way.
const declared = `
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: no-kp}
spec:
  jurisdictions: {blocked: [KP]}
  match:
    resources:
    - {apiGroups: [example.com], resources: [widgets, gadgets]}
    - {apiGroups: [example.com], apiVersions: [v1], resources: [gizmos]}
    apiKeys: [LANTERN_API_KEY]
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: lantern-group}
spec: {displayName: Lantern Group, type: Company, jurisdictions: {headquarters: KP}}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: lantern-hk}
spec:
  displayName: Lantern HK
  type: Company
  jurisdictions: {headquarters: HK}
  interests: [{holder: {name: lantern-group}, kind: Shareholding, share: {exact: "80"}}]
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: lantern-sg}
spec:
  displayName: Lantern Singapore Pte. Ltd.
  type: Company
  jurisdictions: {headquarters: SG}
  interests: [{holder: {name: lantern-hk}, kind: Shareholding, share: {exact: "68"}}]
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: meridian}
spec:
  displayName: Meridian Labs
  type: Company
  identifiers: [{scheme: LEI, id: 00MERIDIAN0000000062}]
  jurisdictions: {headquarters: NZ}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: lantern-kp}
spec:
  displayName: Lantern KP
  type: Company
  identifiers: [{scheme: LEI, id: 00LANTERNKP000000032}]
  jurisdictions: {headquarters: KP}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: lantern-sg}
spec: {parties: [{role: Customer, entity: {name: lantern-sg}}], namespaces: {names: [shared]}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: meridian}
spec: {parties: [{role: Customer, entity: {name: meridian}}], namespaces: {names: [shared]}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: murky}
spec: {parties: [{role: Customer, entity: {name: nowhere}}], namespaces: {names: [shared]}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shared}
---
apiVersion: v1
kind: Namespace
metadata: {name: unbound}
---
apiVersion: v1
kind: Namespace
metadata: {name: meridian, annotations: {domicile.dev/tenant: meridian}}
---
apiVersion: v1
kind: Namespace
metadata: {name: lantern}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: test-users}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: test-users}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: users}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: test-users}
rules:
- apiGroups: ["", apps, batch, autoscaling, example.com]
  resources: ["*"]
  verbs: ["*"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: binds-meridian}
rules: [{apiGroups: [domicile.dev], resources: [tenants], resourceNames: [meridian, roaming], verbs: [bind]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: binds-meridian}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: binds-meridian}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: meridian-binders}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: claims-meridian}
rules: [{apiGroups: [domicile.dev], resources: [tenants], resourceNames: [meridian], verbs: [claim]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: claims-meridian}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: claims-meridian}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: meridian-claimers}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: tenant-writers}
rules: [{apiGroups: [domicile.dev], resources: [tenants], verbs: [get, list, create, update, patch, delete, deletecollection]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: tenant-writers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: tenant-writers}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: tenant-writers}]
`

// declare makes the world, and waits until admission knows it. A namespace of
// a restricted tenant cannot be created, so it is bound afterwards.
func (w *world) declare(ctx context.Context) error {
	if err := w.admin.Declare(ctx, actor.Objects(declared)...); err != nil {
		return fmt.Errorf("declare the world: %w", err)
	}
	lantern := actor.Objects(`{apiVersion: v1, kind: Namespace, metadata: {name: lantern}}`)[0]
	bind := client.RawPatch(types.MergePatchType, []byte(`{"metadata":{"annotations":{"domicile.dev/tenant":"lantern-sg"}}}`))
	if err := w.admin.Patch(ctx, lantern, bind); err != nil {
		return fmt.Errorf("bind a namespace: %w", err)
	}
	return cluster.Poll(ctx, "a refusal of Lantern's pod", func(ctx context.Context) (bool, error) {
		err := w.admin.Create(ctx, pod("lantern", "probe", ""), client.DryRunAll)
		return isRefused(err, "RestrictedOwner"), err
	})
}

// refuses waits until creating an object is refused for a reason: what has been
// declared a moment ago needs some milliseconds to be known to every replica.
func (w *world) refuses(t *testing.T, object *unstructured.Unstructured, reason string) {
	t.Helper()
	suite.Eventually(t, patience, object.GetKind()+" "+object.GetName()+" to be refused: "+reason, func(ctx context.Context) (bool, error) {
		err := w.admin.Create(ctx, object.DeepCopy(), client.DryRunAll)
		return strings.HasPrefix(reason, "Restricted") && mirrored(err) || strings.Contains(" "+reasons(err)+" ", " "+reason+" "), err
	})
}

// admits is the opposite of refuses.
func (w *world) admits(t *testing.T, object *unstructured.Unstructured) {
	t.Helper()
	suite.Eventually(t, patience, object.GetKind()+" "+object.GetName()+" to be admitted", func(ctx context.Context) (bool, error) {
		err := w.admin.Create(ctx, object.DeepCopy(), client.DryRunAll)
		return err == nil, err
	})
}

// declares applies objects and deletes them when the test ends.
func (w *world) declares(t *testing.T, manifests string) {
	t.Helper()
	for _, object := range actor.Objects(manifests) {
		if err := w.admin.Declare(t.Context(), object); err != nil {
			t.Fatal(err)
		}
		w.deletesAtTheEnd(t, object)
	}
}

func (w *world) deletesAtTheEnd(t *testing.T, object *unstructured.Unstructured) {
	t.Cleanup(func() {
		if err := client.IgnoreNotFound(w.admin.Delete(context.Background(), object)); err != nil {
			t.Error(err)
		}
	})
}

// creates makes an object that must be admitted and deletes it when the test
// ends. It returns the object as the API server has it.
func (w *world) creates(t *testing.T, object *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	what := object.GetKind() + " " + object.GetName()
	suite.Eventually(t, patience, what+" to be created", func(ctx context.Context) (bool, error) {
		err := w.admin.Create(ctx, object)
		if err != nil && !mirrored(err) { // the mirror is looser a while later than the webhook
			t.Fatalf("%s: %v", what, err)
		}
		return err == nil, err
	})
	w.deletesAtTheEnd(t, object)
	return object
}
