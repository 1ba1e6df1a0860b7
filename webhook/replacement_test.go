package webhook

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/growth"
)

const (
	replicaSets  = "system:serviceaccount:kube-system:replicaset-controller"
	statefulSets = "system:serviceaccount:kube-system:statefulset-controller"
	daemonSets   = "system:serviceaccount:kube-system:daemon-set-controller"
	jobs         = "system:serviceaccount:kube-system:job-controller"
	running      = "status.phase!=Succeeded,status.phase!=Failed"
)

// made is a request for a Pod by a user, with the metadata and the spec given.
func made(user, namespace, metadata, spec string) string {
	return fmt.Sprintf("%s\nuserInfo: {username: %q}\nnamespace: %s\nobject: {apiVersion: v1, kind: Pod, metadata: {namespace: %s, %s}, spec: {%s}}", podsOfCore, user, namespace, namespace, metadata, spec)
}

// of is the metadata of a Pod that is made for something with the UID u.
func of(apiVersion, kind, owner, name string) string {
	return fmt.Sprintf("name: %s, ownerReferences: [{apiVersion: %s, kind: %s, name: %s, uid: u, controller: true}]", name, apiVersion, kind, owner)
}

// there notes an object as clients read it.
func (c *cluster) there(t testing.TB, key, manifest string) {
	t.Helper()
	text, err := yaml.YAMLToJSON([]byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	object := map[string]any{}
	if err := utiljson.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	c.parents[key] = object
}

func TestReplacements(t *testing.T) {
	web := of("apps/v1", "ReplicaSet", "web", "web-x7k2p")
	const (
		set       = `{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web, uid: u}, spec: {replicas: 2}}`
		onNode    = `affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [node-a]}]}]}}}`
		denied    = "403 RestrictedOwner"
		suspended = `
metadata: {name: no-kp}
spec: {jurisdictions: {blocked: [KP]}, enforcement: {existing: Suspend}}
`
	)
	one := growth.Pod{Name: "web-aaaaa", Maker: "u"}
	for name, tc := range map[string]struct {
		reason, owner, request, want, note string
		set                                func(*cluster)
	}{
		"again":                  {"what runs may stay", set, made(replicaSets, "lantern", web, ""), "allowed", "", nil},
		"one runs":               {"there is room for another", set, made(replicaSets, "lantern", web, ""), "allowed", "", func(c *cluster) { c.pods[running] = []growth.Pod{one} }},
		"one controller for all": {"where controllers have no accounts of their own", set, made("system:kube-controller-manager", "lantern", web, ""), "allowed", "", nil},
		"by a user":              {"only a controller makes Pods again", set, made("alice", "lantern", web, ""), denied, "", nil},
		"by another controller":  {"each makes Pods of its own kind", set, made(jobs, "lantern", web, ""), denied, "", nil},
		"by another namespace's": {"anybody may call an account so", set, made("system:serviceaccount:lantern:replicaset-controller", "lantern", web, ""), denied, "", nil},
		"of nobody":              {"a controller that makes a bare Pod is none", set, made(replicaSets, "lantern", "name: web-x7k2p", ""), denied, "", nil},
		"no owner":               {"it has to be there", "", made(replicaSets, "lantern", web, ""), denied, "ReplicaSet web does not exist", nil},
		"another owner":          {"of the same name", strings.Replace(set, "uid: u", "uid: v", 1), made(replicaSets, "lantern", web, ""), denied, "another one", nil},
		"an owner that goes":     {"nothing is made for it", strings.Replace(set, "uid: u", "uid: u, deletionTimestamp: now", 1), made(replicaSets, "lantern", web, ""), denied, "is being deleted", nil},
		"too many": {"it has what it may have", set, made(replicaSets, "lantern", web, ""), denied, "has 2 of 2 Pods", func(c *cluster) {
			c.pods[running] = []growth.Pod{one, {Name: "web-bbbbb", Maker: "u"}}
		}},
		"given away": {"what was given other labels runs on", set, made(replicaSets, "lantern", web, ""), denied, "has 2 of 2 Pods", func(c *cluster) {
			c.pods[running] = []growth.Pod{one, {Name: "web-bbbbb"}}
		}},
		"going": {"what was told to end in a year runs on", set, made(replicaSets, "lantern", web, ""), denied, "has 2 of 2 Pods", func(c *cluster) {
			c.pods[running] = []growth.Pod{one, {Name: "web-bbbbb", Maker: "u", Ends: now.AddDate(1, 0, 0)}}
		}},
		"gone": {"its time was up a moment ago", set, made(replicaSets, "lantern", web, ""), "allowed", "", func(c *cluster) {
			c.pods[running] = []growth.Pod{one, {Name: "web-bbbbb", Maker: "u", Ends: now.Add(-time.Second)}}
		}},
		"on behalf of": {"it adds somebody", set, made(replicaSets, "meridian", web+", annotations: {domicile.dev/on-behalf-of: lantern-sg}", ""), denied, "it is not whose ReplicaSet web is", nil},
		"an owner's own": {"it adds nobody", strings.Replace(set, "uid: u", "uid: u, annotations: {domicile.dev/on-behalf-of: lantern-sg}", 1),
			made(replicaSets, "meridian", web+", annotations: {domicile.dev/on-behalf-of: lantern-sg}", ""), "allowed", "", nil},
		"another's key": {"that is refused without any policy", set, made(replicaSets, "lantern", web, "volumes: [{name: a, secret: {secretName: key}}]"), "403 ForeignAPIKey", "", func(c *cluster) { c.secrets["lantern/key"] = map[string]string{"domicile.dev/tenant": "meridian"} }},
		"suspended":     {"what is suspended is not made again", set, made(replicaSets, "lantern", web, ""), denied, "", func(c *cluster) { c.holder.Store(makeSnapshot(t, []string{suspended}, []string{lanternManifest})) }},
		"a second policy": {"each decides by itself", set, made(replicaSets, "lantern", web, ""), denied, "", func(c *cluster) {
			c.holder.Store(makeSnapshot(t, []string{policyManifest, strings.Replace(suspended, "no-kp", "also", 1)}, []string{lanternManifest}))
		}},
		"more devices":        {"a LimitRange gives them", set, made(replicaSets, "lantern", web, "containers: [{name: a, resources: {limits: {example.com/gpu: 8}}}]"), denied, "more of example.com/gpu", nil},
		"a subresource":       {"makes none", set, "subResource: ephemeralcontainers\n" + made(replicaSets, "lantern", web, ""), denied, "", nil},
		"of a Job":            {"it ends as it began", `{metadata: {uid: u}, spec: {parallelism: 1}}`, made(jobs, "lantern", of("batch/v1", "Job", "web", "web-x7k2p"), ""), "allowed", "", nil},
		"a Job of a CronJob":  {"is new work", `{metadata: {uid: u}}`, strings.NewReplacer("pods", "jobs", `group: ""`, "group: batch", "kind: Pod", "kind: Job", "apiVersion: v1,", "apiVersion: batch/v1,").Replace(made("system:serviceaccount:kube-system:cronjob-controller", "lantern", of("batch/v1", "CronJob", "web", "web-2900"), "")), denied, "", nil},
		"of a DaemonSet":      {"no other is on the node", `{metadata: {uid: u}}`, made(daemonSets, "lantern", of("apps/v1", "DaemonSet", "web", "web-x7k2p"), onNode), "allowed", "", nil},
		"a second on a node":  {"one is there", `{metadata: {uid: u}}`, made(daemonSets, "lantern", of("apps/v1", "DaemonSet", "web", "web-x7k2p"), onNode), denied, "has 1 of 1 Pods", func(c *cluster) { c.pods[running+",spec.nodeName=node-a"] = []growth.Pod{one} }},
		"a second for a node": {"one that was given away waits for it", `{metadata: {uid: u}}`, made(daemonSets, "lantern", of("apps/v1", "DaemonSet", "web", "web-x7k2p"), onNode), denied, "has 1 of 1 Pods", func(c *cluster) { c.pods[running+",spec.nodeName="] = []growth.Pod{{Name: "web-bbbbb"}} }},
		"for any node":        {"nobody knows whether one is there", `{metadata: {uid: u}}`, made(daemonSets, "lantern", of("apps/v1", "DaemonSet", "web", "web-x7k2p"), ""), denied, "for which node", nil},
		"of a StatefulSet": {"by its template", `{metadata: {uid: u}, spec: {template: {spec: {a: b}}}}`, made(statefulSets, "lantern", of("apps/v1", "StatefulSet", "web", "web-0")+", labels: {controller-revision-hash: web-1}", ""), "allowed", "", func(c *cluster) {
			c.there(t, "lantern/web-1", `{data: {spec: {template: {$patch: replace, spec: {a: b}}}}}`)
		}},
		"a forged revision":     {"who may write status may name it", `{metadata: {uid: u}, spec: {template: {spec: {a: b}}}}`, made(statefulSets, "lantern", of("apps/v1", "StatefulSet", "web", "web-0")+", labels: {controller-revision-hash: web-1}", ""), denied, "not made from the template", func(c *cluster) { c.there(t, "lantern/web-1", `{data: {spec: {template: {spec: {a: c}}}}}`) }},
		"no revision":           {"it may be any", `{metadata: {uid: u}, spec: {template: {spec: {a: b}}}}`, made(statefulSets, "lantern", of("apps/v1", "StatefulSet", "web", "web-0"), ""), denied, "not made from the template", nil},
		"a revision gone":       {"it may be any", `{metadata: {uid: u}, spec: {template: {spec: {a: b}}}}`, made(statefulSets, "lantern", of("apps/v1", "StatefulSet", "web", "web-0")+", labels: {controller-revision-hash: web-1}", ""), denied, "not made from the template", nil},
		"owners cannot be read": {"nobody knows", set, made(replicaSets, "lantern", web, ""), "503", "", func(c *cluster) { c.failing["replicasets"] = true }},
		"Pods cannot be read":   {"nobody knows", set, made(replicaSets, "lantern", web, ""), "503", "", func(c *cluster) { c.failing["pods"] = true }},
		"revisions cannot":      {"nobody knows", `{metadata: {uid: u}, spec: {template: {}}}`, made(statefulSets, "lantern", of("apps/v1", "StatefulSet", "web", "web-0")+", labels: {controller-revision-hash: web-1}", ""), "503", "", func(c *cluster) { c.failing["controllerrevisions"] = true }},
		"a clear tenant's":      {"nothing has to be known", "", made(replicaSets, "meridian", web, ""), "allowed", "", func(c *cluster) { c.failing["replicasets"], c.failing["pods"] = true, true }},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			for _, ns := range []string{"lantern", "meridian"} {
				if tc.owner != "" {
					c.there(t, ns+"/web", tc.owner)
				}
			}
			if tc.set != nil {
				tc.set(c)
			}
			r := c.admitted(t, tc.request)
			if got := said(r); got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
			if tc.note != "" && !strings.Contains(r.Result.Message, tc.note) {
				t.Errorf("%s: %q does not say %q", tc.reason, r.Result.Message, tc.note)
			}
		})
	}
}

func TestAReplacementLeavesATrace(t *testing.T) {
	c := newCluster(t)
	c.there(t, "lantern/web", `{metadata: {uid: u}, spec: {replicas: 1}}`)
	h := c.handler(t)
	for _, request := range []string{
		made(replicaSets, "lantern", of("apps/v1", "ReplicaSet", "web", "web-x7k2p"), ""),
		"dryRun: true\n" + made(replicaSets, "lantern", of("apps/v1", "ReplicaSet", "web", "web-x7k2p"), ""),
	} {
		req, err := decodeReview(reviewOf(t, request))
		if err != nil {
			t.Fatal(err)
		}
		o := h.admitSafely(t.Context(), req)
		h.metrics.observe(req, &o, summarize(&o), time.Millisecond)
		got := answered(req, o, explain.Sentence).AuditAnnotations
		delete(got, auditRevision)
		if diff := cmp.Diff(map[string]string{
			auditPolicy: "no-kp", auditTenant: "lantern-sg", auditVerdict: "Restricted", auditReason: "RestrictedOwner", auditAction: "Audit",
			auditDecisions: "no-kp/lantern-sg/Restricted/RestrictedOwner/Audit", auditReplaces: "ReplicaSet web",
		}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if got := testutil.ToFloat64(h.metrics.replaced.WithLabelValues("ReplicaSet")); got != 2 {
		t.Errorf("counted %v", got)
	}
}
