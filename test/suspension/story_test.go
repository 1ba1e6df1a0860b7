package suspension

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// secretValue must not be found in any log.
const secretValue = "s3cr3t-of-lantern"

const cast = `
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: no-kp}
spec: {jurisdictions: {blocked: [KP]}, enforcement: {existing: Suspend}}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: group}
spec: {displayName: Lantern Group, type: Company, jurisdictions: {headquarters: KP}}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: clear}
spec: {displayName: Meridian Labs, type: Company, jurisdictions: {headquarters: NZ}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: lantern}
spec: {parties: [{role: Customer, entity: {name: lantern}}]}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: meridian}
spec: {parties: [{role: Customer, entity: {name: clear}}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: lantern, annotations: {domicile.dev/tenant: lantern}}
---
apiVersion: v1
kind: Namespace
metadata: {name: meridian, annotations: {domicile.dev/tenant: meridian}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: server, namespace: lantern}
spec: &spec
  replicas: 2
  selector: {matchLabels: {app: server}}
  template:
    metadata: {labels: {app: server}}
    spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: registry.example/main}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: server, namespace: meridian}
spec:
  replicas: 1
  selector: {matchLabels: {app: server}}
  template:
    metadata: {labels: {app: server}}
    spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: registry.example/main}]}
---
apiVersion: v1
kind: Pod
metadata: {name: alone, namespace: lantern, labels: {app: alone}}
spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: registry.example/main}]}
---
apiVersion: v1
kind: Secret
metadata: {name: key, namespace: lantern, labels: {domicile.dev/api-key: "true"}}
stringData: {token: ` + secretValue + `}
---
apiVersion: v1
kind: Secret
metadata: {name: frozen, namespace: lantern}
type: domicile.dev/api-key
immutable: true
stringData: {token: ` + secretValue + `}
`

func lantern(holder string) string {
	interests := ""
	if holder != "" {
		interests = `, interests: [{holder: {name: ` + holder + `}, kind: Shareholding, share: {exact: "68"}}]`
	}
	return `{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: lantern}, spec: {displayName: Lantern Singapore, type: Company, jurisdictions: {headquarters: SG}` + interests + `}}`
}

// story is a cluster with the chart in it.
type story struct {
	*cluster.Cluster
	admin   client.Client
	manager *cluster.Manager
}

func tell(t *testing.T) *story {
	t.Helper()
	theWorld(t) // it knows the scheme, and this one is a cluster of its own
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	c, err := cluster.Start(ctx, cluster.Options{Nodes: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &story{Cluster: c}
	if s.admin, err = client.New(c.Config(), client.Options{Scheme: scheme}); err != nil {
		t.Fatal(err)
	}
	if err := c.InstallChart(ctx, ownNamespace, "suspension.enabled=true", "replicas=2", "suspension.perMinute=300"); err != nil {
		t.Fatal(err)
	}
	if s.manager, err = c.RunManager(ctx, ownNamespace, "domicile"); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *story) apply(t *testing.T, manifests string) {
	t.Helper()
	suite.Eventually(t, patience, "kubectl apply", func(ctx context.Context) (bool, error) {
		r, err := s.Kubectl(ctx, strings.ReplaceAll(manifests, "&spec", ""), "apply", "-f", "-")
		if err != nil || r.Code != 0 {
			return false, fmt.Errorf("%w\n%s", err, r.Stderr)
		}
		return true, nil
	})
}

// condition waits for a reason of the condition Suspension.
func (s *story) condition(t *testing.T, reason string) *v1alpha1.TenantPolicy {
	t.Helper()
	p := &v1alpha1.TenantPolicy{ObjectMeta: metav1.ObjectMeta{Name: "no-kp"}}
	suite.Eventually(t, patience, "the condition Suspension to be "+reason, func(ctx context.Context) (bool, error) {
		if err := s.admin.Get(ctx, client.ObjectKeyFromObject(p), p); err != nil {
			return false, err
		}
		c := meta.FindStatusCondition(p.Status.Conditions, v1alpha1.ConditionSuspension)
		if c == nil || c.Reason != reason {
			return false, fmt.Errorf("condition %+v, suspended %+v", c, p.Status.Suspended)
		}
		return true, nil
	})
	return p
}

func (s *story) pods(t *testing.T, namespace string, want int) {
	t.Helper()
	suite.Eventually(t, patience, fmt.Sprintf("%d pods in %s", want, namespace), func(ctx context.Context) (bool, error) {
		var pods corev1.PodList
		err := s.admin.List(ctx, &pods, client.InNamespace(namespace))
		return len(pods.Items) == want, fmt.Errorf("%d pods: %w", len(pods.Items), err)
	})
}

// keys waits until the keys have their values, or have none.
func (s *story) keys(t *testing.T, want string) {
	t.Helper()
	for _, name := range []string{"key", "frozen"} {
		suite.Eventually(t, patience, "the data of "+name, func(ctx context.Context) (bool, error) {
			key := &corev1.Secret{}
			err := s.admin.Get(ctx, types.NamespacedName{Namespace: "lantern", Name: name}, key)
			return err == nil && string(key.Data["token"]) == want, err
		})
	}
}

func (s *story) everythingIsBack(t *testing.T) {
	t.Helper()
	s.pods(t, "lantern", 3)
	s.keys(t, secretValue)
	suite.Eventually(t, patience, "nothing to be held", func(ctx context.Context) (bool, error) {
		var held corev1.SecretList
		err := s.admin.List(ctx, &held, client.InNamespace(ownNamespace), client.HasLabels{"domicile.dev/held"})
		return err == nil && len(held.Items) == 0, err
	})
}

func (s *story) everythingIsSuspended(t *testing.T) {
	t.Helper()
	s.pods(t, "lantern", 0)
	s.keys(t, "")
}

// told waits until the tenant's own namespace tells what has happened to each object.
func (s *story) told(t *testing.T, reason string) {
	t.Helper()
	for _, about := range []string{"Deployment/server", "Pod/alone", "Secret/key", "Secret/frozen"} {
		kind, name, _ := strings.Cut(about, "/")
		suite.Eventually(t, patience, "the event "+reason+" of "+about, func(ctx context.Context) (bool, error) {
			var told eventsv1.EventList
			err := s.admin.List(ctx, &told, client.InNamespace("lantern"))
			return slices.ContainsFunc(told.Items, func(e eventsv1.Event) bool {
				return e.Reason == reason && e.Regarding.Kind == kind && e.Regarding.Name == name && !strings.Contains(e.Note, "Lantern Group")
			}), err
		})
	}
	// Whoever describes the Deployment is shown it.
	r, err := s.Kubectl(t.Context(), "", "describe", "deployment", "server", "-n", "lantern")
	if err != nil || !strings.Contains(r.Stdout, reason) {
		t.Errorf("kubectl describe does not show %s: %v\n%s", reason, err, r.Stdout)
	}
}

// From an acquisition to a sale, with the chart, two managers and admission.
func TestStory(t *testing.T) {
	s := tell(t)
	s.apply(t, lantern("")+"\n---\n"+cast)
	s.pods(t, "lantern", 3)
	s.pods(t, "meridian", 1)
	s.condition(t, v1alpha1.ReasonSuspensionComplete)

	// One of two tenants is more than a tenth: it has to be confirmed.
	s.apply(t, lantern("group"))
	s.condition(t, v1alpha1.ReasonCircuitBreakerOpen)
	s.pods(t, "lantern", 3)
	s.keys(t, secretValue)

	policy := &v1alpha1.TenantPolicy{ObjectMeta: metav1.ObjectMeta{Name: "no-kp"}}
	confirm := client.RawPatch(types.MergePatchType, []byte(`{"spec":{"enforcement":{"maxSuspendedTenants":1}}}`))
	if err := s.admin.Patch(t.Context(), policy, confirm); err != nil {
		t.Fatal(err)
	}
	s.everythingIsSuspended(t)
	p := policy.DeepCopy()
	suite.Eventually(t, patience, "the counts of the status", func(ctx context.Context) (bool, error) {
		err := s.admin.Get(ctx, client.ObjectKeyFromObject(p), p)
		if c := p.Status.Suspended; err == nil && (c == nil || *c.Tenants != 1 || *c.Workloads != 2 || *c.APIKeys != 2 || *c.Pending != 0) {
			err = fmt.Errorf("suspended: %+v, want 1 tenant, 2 workloads, 2 API keys, nothing pending", c)
		}
		return err == nil, err
	})
	s.condition(t, v1alpha1.ReasonSuspensionComplete)
	s.told(t, "Suspended")
	s.pods(t, "meridian", 1)
	if r, err := s.Kubectl(t.Context(), "", "scale", "-n", "lantern", "deployment/server", "--replicas=2"); err != nil || r.Code == 0 {
		t.Errorf("a restricted tenant scaled up what is suspended: %v %s", err, r.Stdout)
	}

	// Another leader finds all that the first one has suspended.
	if err := s.manager.StopReplica(0); err != nil {
		t.Fatal(err)
	}
	s.apply(t, `{apiVersion: domicile.dev/v1alpha1, kind: TenantExemption, metadata: {name: licence}, spec: {tenantRef: {name: lantern}, policyRef: {name: no-kp}, reason: Licensed., reference: L-1, approvedBy: counsel, expiresAt: "`+
		time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339)+`"}}`)
	s.everythingIsBack(t)
	s.told(t, "GivenBack")
	if err := s.manager.StartReplica(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	s.makesAFoundry(t)
	if err := s.admin.Delete(t.Context(), &v1alpha1.TenantExemption{ObjectMeta: metav1.ObjectMeta{Name: "licence"}}); err != nil {
		t.Fatal(err)
	}
	s.everythingIsSuspended(t)
	s.theFoundryIsSuspended(t)

	// Nobody knows any more: nothing comes back for that.
	s.apply(t, `{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: lantern}, spec: {parties: [{role: Customer, entity: {name: unheard-of}}]}}`)
	suite.Eventually(t, patience, "nobody to know", func(ctx context.Context) (bool, error) {
		err := s.admin.Get(ctx, client.ObjectKeyFromObject(p), p)
		return err == nil && p.Status.Tenants != nil && *p.Status.Tenants.Indeterminate == 1, err
	})
	s.everythingIsSuspended(t)
	s.apply(t, lantern("clear"))
	s.everythingIsSuspended(t)
	s.apply(t, `{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: lantern}, spec: {parties: [{role: Customer, entity: {name: lantern}}]}}`)
	s.everythingIsBack(t)
	s.theFoundryHas(t, 2)
	s.condition(t, v1alpha1.ReasonSuspensionComplete)

	// Whoever wants no more of it gets everything back, and the status says no more.
	s.apply(t, lantern("group"))
	s.everythingIsSuspended(t)
	if err := s.admin.Patch(t.Context(), policy, client.RawPatch(types.MergePatchType, []byte(`{"spec":{"enforcement":{"existing":"Report","restricted":"Warn","maxSuspendedTenants":null}}}`))); err != nil {
		t.Fatal(err)
	}
	s.everythingIsBack(t)
	suite.Eventually(t, patience, "the status to say no more", func(ctx context.Context) (bool, error) {
		err := s.admin.Get(ctx, client.ObjectKeyFromObject(p), p)
		return err == nil && p.Status.Suspended == nil && meta.FindStatusCondition(p.Status.Conditions, v1alpha1.ConditionSuspension) == nil, err
	})
	for i := range s.manager.Replicas() {
		log, err := os.ReadFile(s.manager.Log(i))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(log, []byte(secretValue)) {
			t.Errorf("the log of replica %d has a value of a Secret", i)
		}
	}
}
