package integration

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/actor"
)

// everything is a policy, a company, its tenant and its workload in one file.
const everything = `
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: NAME}
spec: {jurisdictions: {blocked: [BY]}}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: NAME}
spec: {displayName: NAME Ltd., type: Company, jurisdictions: {headquarters: PLACE}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: NAME}
spec: {parties: [{role: Customer, entity: {name: NAME}}], namespaces: {names: [shared]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME, namespace: shared, annotations: {domicile.dev/tenant: NAME}}
spec:
  replicas: 1
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}, annotations: {domicile.dev/tenant: NAME}}
    spec: {containers: [{name: c, image: example.org/c:1}]}
`

func TestOneApplyOfEverythingWorksAtTheFirstTry(t *testing.T) {
	w := theWorld(t)
	for i := range 5 {
		for place, refused := range map[string]bool{"NZ": false, "KP": true} {
			name := fmt.Sprintf("fresh-%s-%d", strings.ToLower(place), i)
			manifests := strings.NewReplacer("NAME", name, "PLACE", place).Replace(everything)
			for _, o := range actor.Objects(manifests) {
				w.deletesAtTheEnd(t, o)
			}
			r, err := w.Kubectl(t.Context(), manifests, "apply", "-f", "-")
			if err != nil {
				t.Fatal(err)
			}
			if (r.Code != 0) != refused || refused && !strings.Contains(r.Stderr, "policy no-kp does not admit tenant "+name+": "+name+" Ltd. has its headquarters in KP") {
				t.Errorf("%s from %s: exit code %d\n%s%s", name, place, r.Code, r.Stdout, r.Stderr)
			}
		}
	}
}

func TestATenantThatDoesNotExistIsUnidentified(t *testing.T) {
	w := theWorld(t)
	w.refuses(t, pod("shared", "a", "nobody"), "TenantNotFound")
}

func TestWhatCannotBeLookedUpIsUnavailable(t *testing.T) {
	w := theWorld(t)
	gadget := w.creates(t, object(`{apiVersion: example.com/v1, kind: Gadget, metadata: {name: hidden, namespace: shared, %s}, spec: {replicas: 1}}`, claim("meridian")))
	err := w.admin.SubResource("scale").Patch(t.Context(), gadget, merge(`{"spec":{"replicas":2}}`))
	if s := status(err); s.Code != http.StatusServiceUnavailable || s.Details == nil || s.Details.RetryAfterSeconds == 0 {
		t.Errorf("the manager may not read gadgets: got %+v", s)
	}
	if err := w.admin.SubResource("scale").Patch(t.Context(), gadget, merge(`{"spec":{"replicas":0}}`)); err != nil {
		t.Errorf("scaling down needs no look: %v", err)
	}
}

func TestWithoutAnyReplicaNothingGetsIn(t *testing.T) {
	w := theWorld(t)
	left := w.creates(t, pod("meridian", "left", ""))
	for i := range w.manager.Replicas() {
		if err := w.manager.StopReplica(i); err != nil {
			t.Fatal(err)
		}
	}
	restart := func() {
		for i := range w.manager.Replicas() {
			if err := w.manager.StartReplica(context.WithoutCancel(t.Context()), i); err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(func() { w.admits(t, pod("meridian", "back", "")) })
	t.Cleanup(restart)
	for _, namespace := range []string{"lantern", "meridian"} {
		if err := w.admin.Create(t.Context(), pod(namespace, "a", ""), client.DryRunAll); !apierrors.IsInternalError(err) && (namespace != "lantern" || !mirrored(err)) {
			t.Errorf("in %s: got %v", namespace, err)
		}
	}
	if err := w.admin.Patch(t.Context(), left.DeepCopy(), merge(`{"metadata":{"labels":{"a":"b"},"finalizers":null}}`)); err != nil {
		t.Errorf("what can make no difference: %v", err)
	}
	if err := w.admin.Create(t.Context(), object(`{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: lantern}}`), client.DryRunAll); err != nil {
		t.Errorf("what is not covered: %v", err)
	}
	if err := w.admin.Create(t.Context(), pod("kube-system", "a", ""), client.DryRunAll); err != nil {
		t.Errorf("kube-system: %v", err)
	}
	if err := w.admin.Create(t.Context(), pod(systemNamespace, "a", ""), client.DryRunAll); err != nil {
		t.Errorf("the manager's own pods: %v", err)
	}
	if err := w.admin.Delete(t.Context(), left); err != nil {
		t.Errorf("deletion: %v", err)
	}
}

func TestARollingRestartLetsNothingIn(t *testing.T) {
	w := theWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	admitted := make(chan error, 1)
	tried := make(chan struct{}, 1)
	go func() {
		var got error
		for ctx.Err() == nil {
			if err := w.admin.Create(ctx, pod("lantern", "a", ""), client.DryRunAll); err == nil {
				got = fmt.Errorf("a pod of a restricted tenant was admitted")
			}
			select {
			case tried <- struct{}{}:
			default:
			}
		}
		admitted <- got
	}()
	for i := range w.manager.Replicas() {
		if err := w.manager.StopReplica(i); err != nil {
			t.Error(err)
		}
		<-tried
		<-tried
		if err := w.manager.StartReplica(t.Context(), i); err != nil {
			t.Error(err)
		}
		<-tried
		<-tried
	}
	stop()
	if err := <-admitted; err != nil {
		t.Error(err)
	}
}
