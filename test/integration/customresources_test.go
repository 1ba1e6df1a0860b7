package integration

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// custom is a kind whose real definition is large; admission only sees what
// is in the objects, so one that takes everything will do.
type custom struct {
	group, version, kind, plural string
	cluster, scale               bool
	also                         string // a second version
}

var customs = []custom{
	{group: "serving.kserve.io", version: "v1beta1", kind: "InferenceService", plural: "inferenceservices"},
	{group: "serving.kserve.io", version: "v1alpha1", kind: "LLMInferenceService", plural: "llminferenceservices"},
	{group: "serving.kserve.io", version: "v1alpha1", kind: "ClusterServingRuntime", plural: "clusterservingruntimes", cluster: true},
	{group: "ray.io", version: "v1", kind: "RayCluster", plural: "rayclusters"},
	{group: "ray.io", version: "v1", kind: "RayJob", plural: "rayjobs"},
	{group: "jobset.x-k8s.io", version: "v1alpha2", kind: "JobSet", plural: "jobsets"},
	{group: "leaderworkerset.x-k8s.io", version: "v1", kind: "LeaderWorkerSet", plural: "leaderworkersets", scale: true},
	{group: "kueue.x-k8s.io", version: "v1beta1", kind: "Workload", plural: "workloads"},
	{group: "trainer.kubeflow.org", version: "v1alpha1", kind: "TrainJob", plural: "trainjobs"},
	{group: "argoproj.io", version: "v1alpha1", kind: "Rollout", plural: "rollouts", scale: true},
	// Widgets and gadgets are known to nobody but a policy of these tests. The
	// manager may read widgets, but not gadgets.
	{group: "example.com", version: "v1", kind: "Widget", plural: "widgets", scale: true},
	{group: "example.com", version: "v1", kind: "Gadget", plural: "gadgets", scale: true},
	// Gizmos are named in one of their two versions.
	{group: "example.com", version: "v1", kind: "Gizmo", plural: "gizmos", also: "v1beta1"},
}

// customResources defines them.
func customResources() []*unstructured.Unstructured {
	list := make([]*unstructured.Unstructured, 0, len(customs))
	for _, c := range customs {
		scope, subresources := "Namespaced", ""
		if c.cluster {
			scope = "Cluster"
		}
		if c.scale {
			subresources = "subresources: {scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}},"
		}
		second := ""
		if c.also != "" {
			second = "\n  - {name: " + c.also + ", served: true, storage: false, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}"
		}
		list = append(list, object(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: %[1]s.%[2]s
  annotations: {api-approved.kubernetes.io: unapproved}
spec:
  group: %[2]s
  scope: %[5]s
  names: {kind: %[3]s, plural: %[1]s, singular: %[4]s}
  versions:
  - {name: %[6]s, served: true, storage: true, %[7]s schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}%[8]s
`, c.plural, c.group, c.kind, strings.ToLower(c.kind), scope, c.version, subresources, second))
	}
	return list
}
