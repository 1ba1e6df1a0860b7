package webhook

import "testing"

func TestANodeShowsWhatItRuns(t *testing.T) {
	const pods = `resource: {group: "", version: v1, resource: pods}`
	const node = "userInfo: {username: \"system:node:n1\", groups: [\"system:nodes\"]}"
	const mirror = "object: {apiVersion: v1, kind: Pod, metadata: {name: static-n1, annotations: {kubernetes.io/config.mirror: h}}, spec: {nodeName: n1}}"
	const refused = "403 RestrictedOwner"
	for name, tc := range map[string]struct{ reason, request, want string }{
		"by its node":    {"refusing would hide what runs", node + "\n" + mirror, "allowed StaticPod"},
		"by a tenant":    {"whoever says so is no kubelet", "userInfo: {username: tina}\n" + mirror, refused},
		"by another":     {"a node shows what runs on itself", "userInfo: {username: \"system:node:n2\", groups: [\"system:nodes\"]}\n" + mirror, refused},
		"without groups": {"a name alone makes no node", "userInfo: {username: \"system:node:n1\"}\n" + mirror, refused},
		"no mirror":      {"a node makes no other Pods", node + "\nobject: {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {nodeName: n1}}", refused},
		"on no node":     {"nothing shows where it runs", node + "\nobject: {apiVersion: v1, kind: Pod, metadata: {name: a, annotations: {kubernetes.io/config.mirror: h}}}", refused},
		"empty":          {"an empty value is none", node + "\nobject: {apiVersion: v1, kind: Pod, metadata: {name: a, annotations: {kubernetes.io/config.mirror: \"\"}}, spec: {nodeName: n1}}", refused},
		"another kind":   {"only Pods are shown", "resource: {group: apps, version: v1, resource: deployments}\n" + node + "\nobject: {apiVersion: apps/v1, kind: Deployment, metadata: {name: a, annotations: {kubernetes.io/config.mirror: h}}, spec: {nodeName: n1}}", refused},
	} {
		t.Run(name, func(t *testing.T) {
			request := "namespace: lantern\n" + tc.request
			if name != "another kind" {
				request = pods + "\n" + request
			}
			if got := said(newCluster(t).admitted(t, request)); got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}
