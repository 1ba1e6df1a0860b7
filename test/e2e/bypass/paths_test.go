package bypass

import (
	"fmt"
	"slices"
)

// ref is the beginning of an object of Lantern's own namespace.
func ref(apiVersion, kind, name string) string {
	return fmt.Sprintf(`{apiVersion: %s, kind: %s, metadata: {name: %s, namespace: lantern-$HALF}}`, apiVersion, kind, name)
}

// dying is deleted before it is attacked, and kept by its finalizer.
const dying = `{apiVersion: v1, kind: Pod, metadata: {name: dying, namespace: lantern-$HALF, finalizers: [example.com/wait]}, spec: {nodeSelector: {no: node}, $CONTAINER}}`

// runs is what Lantern runs from before the policy. No node has what Pods select.
const runs = `
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: lantern-$HALF}, spec: {replicas: 1, $TEMPLATE}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: set, namespace: lantern-$HALF}, spec: {replicas: 0, $TEMPLATE}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: state, namespace: lantern-$HALF}, spec: {replicas: 0, serviceName: a, $TEMPLATE}}
---
{apiVersion: v1, kind: ReplicationController, metadata: {name: control, namespace: lantern-$HALF}, spec: {replicas: 0, selector: {app: a}, template: {metadata: {labels: {app: a}}, spec: {$CONTAINER}}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: suspended, namespace: lantern-$HALF}, spec: {suspend: true, $JOB}}
---
{apiVersion: batch/v1, kind: CronJob, metadata: {name: paused, namespace: lantern-$HALF}, spec: {suspend: true, schedule: "0 0 1 1 *", jobTemplate: {spec: {$JOB}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: runs, namespace: lantern-$HALF}, spec: {nodeSelector: {no: node}, containers: [{name: c, image: example.org/c:1, resources: {requests: {cpu: 100m}, limits: {cpu: 200m}}}]}}
---
` + dying + `
---
{apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, metadata: {name: leader, namespace: lantern-$HALF}, spec: {replicas: 1}}
---
{apiVersion: example.com/v1, kind: Widget, metadata: {name: widget, namespace: lantern-$HALF}, spec: {replicas: 1}}
---
{apiVersion: jobset.x-k8s.io/v1alpha2, kind: JobSet, metadata: {name: train, namespace: lantern-$HALF}, spec: {suspend: true}}
---
{apiVersion: kueue.x-k8s.io/v1, kind: Workload, metadata: {name: queued, namespace: lantern-$HALF}, spec: {active: false}}`

const debugger = `{"spec":{"ephemeralContainers":[{"name":"d","image":"example.org/d:1"}]}}`

// never is what a restricted tenant must never get.
const never = "RestrictedJurisdiction"

var autoscaler = "system:serviceaccount:kube-system:horizontal-pod-autoscaler in system:serviceaccounts,system:serviceaccounts:kube-system"

// paths are ways past the webhook.
var paths = slices.Concat([]attack{
	one("7", "ephemeral containers", "rules for pods do not match it (CVE-2023-2727)", "wanda", request{verb: "strategic", object: ref("v1", "Pod", "runs"), patch: debugger, subresource: "ephemeralcontainers"}, never).with(runs),
	one("7", "resize", "more CPU for what runs", "wanda", request{verb: "strategic", object: ref("v1", "Pod", "runs"), patch: `{"spec":{"containers":[{"name":"c","resources":{"limits":{"cpu":"300m"}}}]}}`, subresource: "resize"}, never),
	one("7", "scale of a Deployment", "a Scale says nobody's name", "", scales(ref("apps/v1", "Deployment", "web"), 9), never),
	one("7", "scale of a ReplicaSet", "a Scale says nobody's name", "", scales(ref("apps/v1", "ReplicaSet", "set"), 9), never),
	one("7", "scale of a StatefulSet", "a Scale says nobody's name", "", scales(ref("apps/v1", "StatefulSet", "state"), 9), never),
	one("7", "scale of a ReplicationController", "a Scale says nobody's name", "", scales(ref("v1", "ReplicationController", "control"), 9), never),
	one("7", "scale of a LeaderWorkerSet", "of a custom kind", "wanda", scales(ref("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", "leader"), 9), never),
	one("7", "scale of what a policy names", "of a kind that nobody has heard of", "wanda", scales(ref("example.com/v1", "Widget", "widget"), 9), never),
	one("7", "autoscaler", "what the controller wants does not matter", autoscaler, scales(ref("apps/v1", "Deployment", "web"), 9), never),

	one("8", "dying Pod", "what is being deleted is looked at, too (CVE-2023-34091)", "wanda", request{verb: "strategic", object: ref("v1", "Pod", "dying"), patch: debugger, subresource: "ephemeralcontainers"}, never),

	one("9", "Deployment of none", "made now, scaled later", "", creates(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: new, namespace: lantern-$HALF}, spec: {replicas: 0, $TEMPLATE}}`), never),
	one("9", "suspended Job", "made now, resumed later", "", creates(`{apiVersion: batch/v1, kind: Job, metadata: {name: new, namespace: lantern-$HALF}, spec: {suspend: true, $JOB}}`), never),
	one("9", "suspended CronJob", "made now, resumed later", "", creates(`{apiVersion: batch/v1, kind: CronJob, metadata: {name: new, namespace: lantern-$HALF}, spec: {suspend: true, schedule: "0 0 1 1 *", jobTemplate: {spec: {$JOB}}}}`), never),
	one("9", "suspended JobSet", "made now, resumed later", "wanda", creates(`{apiVersion: jobset.x-k8s.io/v1alpha2, kind: JobSet, metadata: {name: new, namespace: lantern-$HALF}, spec: {suspend: true}}`), never),
	one("9", "inactive Workload", "made now, resumed later", "wanda", creates(`{apiVersion: kueue.x-k8s.io/v1, kind: Workload, metadata: {name: new, namespace: lantern-$HALF}, spec: {active: false}}`), never),
	one("9", "Job resumed", "made before the policy", "", merges(ref("batch/v1", "Job", "suspended"), `{"spec":{"suspend":false}}`), never),
	one("9", "CronJob resumed", "made before the policy", "", merges(ref("batch/v1", "CronJob", "paused"), `{"spec":{"suspend":false}}`), never),
	one("9", "JobSet resumed", "made before the policy", "wanda", merges(ref("jobset.x-k8s.io/v1alpha2", "JobSet", "train"), `{"spec":{"suspend":false}}`), never),
	one("9", "JobSet resumed by saying nothing", "an absent suspend is false", "wanda", merges(ref("jobset.x-k8s.io/v1alpha2", "JobSet", "train"), `{"spec":{"suspend":null}}`), never),
	one("9", "Workload activated", "made before the policy", "wanda", merges(ref("kueue.x-k8s.io/v1", "Workload", "queued"), `{"spec":{"active":true}}`), never),

	one("10", "generateName", "the object has no name when it is judged", "", creates(`{apiVersion: v1, kind: Pod, metadata: {generateName: new-, namespace: lantern-$HALF}, spec: {$CONTAINER}}`), never),
	one("10", "no namespace", "only the request says it", "", request{verb: "raw", subresource: "/api/v1/namespaces/lantern-$HALF/pods",
		object: `{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"new-"},"spec":{"containers":[{"name":"c","image":"i"}]}}`}, never),
	one("10", "another version", "the policy names v1", "wanda", creates(`{apiVersion: example.com/v1beta1, kind: Gizmo, metadata: {name: new, namespace: lantern-$HALF}}`), never),

	one("12", "says that a kubelet runs it", "only a node shows what it runs", "", creates(`{apiVersion: v1, kind: Pod, metadata: {name: static-node-0, namespace: lantern-$HALF, annotations: {kubernetes.io/config.mirror: a}}, spec: {nodeName: node-0, $CONTAINER}}`), never),
}, statuses())

// statuses are attacks/01-status-subresource.sh for all eight kinds: their status takes
// annotations along, so a claim would change without bind, and a restricted Deployment
// would grow.
func statuses() []attack {
	var list []attack
	for kind, manifest := range map[string]string{
		"Pod":                   `{apiVersion: v1, kind: Pod, $META, spec: {nodeSelector: {no: node}, $CONTAINER}}`,
		"ReplicationController": `{apiVersion: v1, kind: ReplicationController, $META, spec: {replicas: 0, selector: {app: b}, template: {metadata: {labels: {app: b}}, spec: {$CONTAINER}}}}`,
		"DaemonSet":             `{apiVersion: apps/v1, kind: DaemonSet, $META, spec: {selector: {matchLabels: {app: b}}, template: {metadata: {labels: {app: b}}, spec: {nodeSelector: {no: node}, $CONTAINER}}}}`,
		"Deployment":            `{apiVersion: apps/v1, kind: Deployment, $META, spec: {replicas: 0, $TEMPLATE}}`,
		"ReplicaSet":            `{apiVersion: apps/v1, kind: ReplicaSet, $META, spec: {replicas: 0, $TEMPLATE}}`,
		"StatefulSet":           `{apiVersion: apps/v1, kind: StatefulSet, $META, spec: {replicas: 0, serviceName: a, $TEMPLATE}}`,
		"CronJob":               `{apiVersion: batch/v1, kind: CronJob, $META, spec: {suspend: true, schedule: "0 0 1 1 *", jobTemplate: {spec: {$JOB}}}}`,
		"Job":                   `{apiVersion: batch/v1, kind: Job, $META, spec: {suspend: true, $JOB}}`,
	} {
		before := replace(manifest, "$META", `metadata: {name: launder, namespace: shared-$HALF, $LANTERN}`)
		o := object(filler("")(before))
		name := fmt.Sprintf(`{apiVersion: %s, kind: %s, metadata: {name: launder, namespace: shared-$HALF}}`, o.GetAPIVersion(), kind)
		list = append(list,
			one("11", "status of a "+kind, "another tenant's, without bind", "wanda", merges(name, `{"metadata":{"annotations":{"domicile.dev/tenant":"meridian"}}}`).over("status"), "BindNotAuthorized").with(before),
			one("11", "status of a "+kind+" to nobody", "nobody's, without bind", "wanda", merges(name, `{"metadata":{"annotations":{"domicile.dev/tenant":null}}}`).over("status"), "BindNotAuthorized"))
	}
	const web = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: laundered, namespace: shared-$HALF}}`
	return append(list, attack{id: "A", name: "laundered by its status, and grown", reason: "attacks/01-status-subresource.sh",
		before: `{apiVersion: apps/v1, kind: Deployment, metadata: {name: laundered, namespace: shared-$HALF, $LANTERN}, spec: {replicas: 0, $TEMPLATE}}`,
		steps: []step{
			{"wanda", merges(web, `{"metadata":{"annotations":{"domicile.dev/tenant":"meridian"}}}`), "BindNotAuthorized"},
			{"wanda", merges(web, `{"metadata":{"annotations":{"domicile.dev/tenant":"meridian"}}}`).over("status"), "BindNotAuthorized"},
			{"", scales(web, 1), never},
			{"", request{verb: "strategic", object: web, patch: `{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"example.org/b:2"}]}}}}`}, never},
		}})
}
