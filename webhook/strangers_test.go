package webhook

import (
	"fmt"
	"testing"
)

func TestKeysThatMeanNothingAreRefusedWhenTheyCome(t *testing.T) {
	web := func(annotations, spec string) string {
		return fmt.Sprintf("{apiVersion: apps/v1, kind: Deployment, metadata: {name: x, annotations: {%s}}, spec: {%s}}", annotations, spec)
	}
	update := func(old, updated string) string {
		return deployments + "\noperation: UPDATE\nnamespace: plain\noldObject: " + old + "\nobject: " + updated
	}
	const tenants, list = "domicile.dev/tenants: meridian", "items: [{a: 1}, {labels: {domicile.dev/tenant: a}}]"
	for name, tc := range map[string]struct{ reason, request, want string }{
		"created":          {"whoever wrote it thinks that it claims", deployments + "\nnamespace: plain\nobject: " + web(tenants, ""), "403 InvalidClaim"},
		"copied":           {"a controller copies what was admitted", deployments + "\nnamespace: plain\nuserInfo: {username: 'system:serviceaccount:kube-system:deployment-controller'}\nobject: " + web(tenants, ""), "allowed"},
		"copied by others": {"who is not one of Kubernetes' own", deployments + "\nnamespace: plain\nuserInfo: {username: 'system:serviceaccount:kube-systems:deployment-controller'}\nobject: " + web(tenants, ""), "403 InvalidClaim"},
		"added":            {"as if created with it", update(web("", ""), web(tenants, "")), "403 InvalidClaim"},
		"changed":          {"somebody believes in it", update(web(tenants, ""), web("domicile.dev/tenants: lantern-sg", "")), "403 InvalidClaim"},
		"removed":          {"the way out of it", update(web(tenants, ""), web("", "")), "allowed NoGrowth"},
		"there all along":  {"an unrelated change", update(web(tenants, "replicas: 1"), web(tenants, "replicas: 2")), "allowed"},
		"shrunk":           {"shrinking is never refused", update(web(tenants, "replicas: 2"), web(tenants, "replicas: 1")), "allowed NoGrowth"},
		"moved":            {"shrinking a list moves its items", update(web("", list), web("", "items: [{labels: {domicile.dev/tenant: a}}]")), "allowed"},
		"once more":        {"another one comes", update(web(tenants, ""), web(tenants, "template: {metadata: {annotations: {"+tenants+"}}}")), "403 InvalidClaim"},
		"on a namespace":   {"it would bind nothing", namespaces + "\nname: x\nobject: {kind: Namespace, metadata: {name: x, labels: {domicile.dev/tenant: meridian}}}", "403 InvalidClaim"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := said(newCluster(t).admitted(t, tc.request)); got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}
