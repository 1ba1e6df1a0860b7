package ipv6

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

const (
	systemNamespace = "domicile-system"
	// patience is how long all of it may take on a busy machine.
	patience = 8 * time.Minute
)

const world = `
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: no-cn}
spec: {jurisdictions: {blocked: [CN]}}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: lantern}
spec: {displayName: Lantern, type: Company, jurisdictions: {headquarters: CN}}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: meridian}
spec: {displayName: Meridian, type: Company, jurisdictions: {headquarters: NL}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: lantern}
spec: {parties: [{role: Customer, entity: {name: lantern}}], namespaces: {names: [default]}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: meridian}
spec: {parties: [{role: Customer, entity: {name: meridian}}], namespaces: {names: [default]}}
`

const workload = `
apiVersion: batch/v1
kind: Job
metadata: {name: $TENANT, namespace: default}
spec: {template: {metadata: {annotations: {domicile.dev/tenant: $TENANT}}, spec: {restartPolicy: Never, containers: [{name: main, image: registry.example/main}]}}}
`

// TestOnIPv6Alone: two replicas become ready, the API server reaches them through the
// webhook's Service, and is answered for each tenant as it should be.
func TestOnIPv6Alone(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := shared.Get(t)
	if err := c.InstallChart(ctx, systemNamespace, "replicas=2", "gateway.enabled=true", "services.ipFamilyPolicy=SingleStack", "services.ipFamilies[0]=IPv6"); err != nil {
		t.Fatal(err)
	}
	m, err := c.RunManager(ctx, systemNamespace, "domicile")
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Replicas() {
		for _, port := range []string{"webhook", "metrics", "health"} {
			at, err := m.Address(i, port)
			if err != nil {
				t.Fatal(err)
			}
			host, _, err := net.SplitHostPort(at)
			if err != nil || !netip.MustParseAddr(host).Is6() {
				t.Errorf("replica %d serves %s at %s", i, port, at)
			}
		}
	}
	families(ctx, t, c)
	asked(ctx, t, c)
}

// asked applies a world and a workload for each of its tenants.
func asked(ctx context.Context, t *testing.T, c *cluster.Cluster) {
	t.Helper()
	apply := func(manifests string) cluster.Result {
		t.Helper()
		r, err := c.Kubectl(ctx, manifests, "apply", "-f", "-")
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := apply(world); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	// The verdicts are known a moment later.
	var refused cluster.Result
	if err := cluster.Poll(ctx, "the restricted tenant to be refused", func(context.Context) (bool, error) {
		refused = apply(strings.ReplaceAll(workload, "$TENANT", "lantern"))
		return refused.Code != 0, nil
	}); err != nil {
		t.Fatal(err)
	}
	if want := `admission webhook "workloads.domicile.dev" denied the request: policy no-cn does not admit tenant lantern`; !strings.Contains(refused.Stderr, want) {
		t.Errorf("it is told %q, want %q", refused.Stderr, want)
	}
	if r := apply(strings.ReplaceAll(workload, "$TENANT", "meridian")); r.Code != 0 {
		t.Errorf("a clear tenant is refused: %s", r.Stderr)
	}
}

// families compares the address families of the chart's Services with what its values say.
func families(ctx context.Context, t *testing.T, c *cluster.Cluster) {
	t.Helper()
	client, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	services, err := client.CoreV1().Services(systemNamespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want, got := map[string]string{}, map[string]string{}
	for _, name := range []string{"domicile-webhook", "domicile-metrics", "domicile-gateway", "domicile-gateway-metrics"} {
		want[name] = fmt.Sprint(corev1.IPFamilyPolicySingleStack, []corev1.IPFamily{corev1.IPv6Protocol})
	}
	for _, s := range services.Items {
		got[s.Name] = fmt.Sprint(*s.Spec.IPFamilyPolicy, s.Spec.IPFamilies)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the families of the Services (-want +got):\n%s", diff)
	}
}
