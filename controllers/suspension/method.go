package suspension

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// way is how an object of some kind is suspended.
type way uint8

const (
	// nothing: it does not run anything by itself.
	nothing way = iota
	// byField: a field is set, and what the object made follows.
	byField
	// byEviction: a Pod.
	byEviction
	// byHolding: a Secret.
	byHolding
	// impossible: it runs something, and there is no way to stop it.
	impossible
)

var (
	replicas       = &field{path: []string{"spec", "replicas"}, value: int64(0), valid: isCount}
	suspend        = &field{path: []string{"spec", "suspend"}, value: true, valid: isSwitch}
	runPolicy      = &field{path: []string{"spec", "runPolicy", "suspend"}, value: true, valid: isSwitch}
	active         = &field{path: []string{"spec", "active"}, value: false, valid: isSwitch}
	stopAnnotation = &field{path: []string{"metadata", "annotations", "serving.kserve.io/stop"}, value: "true", valid: isStop}
	// nodes keeps a DaemonSet off every node: none has the label.
	nodes = &field{path: []string{"spec", "template", "spec", "nodeSelector", v1alpha1.SuspendedLabel}, value: marked, valid: isAbsent, prune: true}
)

// fields are the kinds that are known, and what suspends them.
var fields = map[schema.GroupResource]*field{
	{Group: "apps", Resource: "deployments"}:                          replicas,
	{Group: "apps", Resource: "replicasets"}:                          replicas,
	{Group: "apps", Resource: "statefulsets"}:                         replicas,
	{Group: "", Resource: "replicationcontrollers"}:                   replicas,
	{Group: "argoproj.io", Resource: "rollouts"}:                      replicas,
	{Group: "leaderworkerset.x-k8s.io", Resource: "leaderworkersets"}: replicas,
	{Group: "apps", Resource: "daemonsets"}:                           nodes,
	{Group: "batch", Resource: "jobs"}:                                suspend,
	{Group: "batch", Resource: "cronjobs"}:                            suspend,
	{Group: "jobset.x-k8s.io", Resource: "jobsets"}:                   suspend,
	{Group: "ray.io", Resource: "rayclusters"}:                        suspend,
	{Group: "ray.io", Resource: "rayjobs"}:                            suspend,
	{Group: "ray.io", Resource: "raycronjobs"}:                        suspend,
	{Group: "trainer.kubeflow.org", Resource: "trainjobs"}:            suspend,
	{Group: "kueue.x-k8s.io", Resource: "workloads"}:                  active,
	{Group: "serving.kserve.io", Resource: "inferenceservices"}:       stopAnnotation,
	{Group: "serving.kserve.io", Resource: "llminferenceservices"}:    stopAnnotation,
	{Group: "serving.kserve.io", Resource: "inferencegraphs"}:         stopAnnotation,
	{Group: "kubeflow.org", Resource: "jaxjobs"}:                      runPolicy,
	{Group: "kubeflow.org", Resource: "mpijobs"}:                      runPolicy,
	{Group: "kubeflow.org", Resource: "mxjobs"}:                       runPolicy,
	{Group: "kubeflow.org", Resource: "paddlejobs"}:                   runPolicy,
	{Group: "kubeflow.org", Resource: "pytorchjobs"}:                  runPolicy,
	{Group: "kubeflow.org", Resource: "tfjobs"}:                       runPolicy,
	{Group: "kubeflow.org", Resource: "xgboostjobs"}:                  runPolicy,
}

// inert are the kinds that are known to run nothing by themselves. A RayService
// cannot be suspended, but the RayClusters that it made can.
var inert = map[schema.GroupResource]bool{
	{Group: "", Resource: "namespaces"}:                                  true,
	{Group: "", Resource: "podtemplates"}:                                true,
	{Group: "ray.io", Resource: "rayservices"}:                           true,
	{Group: "serving.kserve.io", Resource: "clusterservingruntimes"}:     true,
	{Group: "serving.kserve.io", Resource: "servingruntimes"}:            true,
	{Group: "serving.kserve.io", Resource: "trainedmodels"}:              true,
	{Group: "serving.kserve.io", Resource: "llminferenceserviceconfigs"}: true,
	{Group: "trainer.kubeflow.org", Resource: "clustertrainingruntimes"}: true,
	{Group: "trainer.kubeflow.org", Resource: "trainingruntimes"}:        true,
}

var (
	podResource            = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	secretResource         = schema.GroupVersionResource{Version: "v1", Resource: "secrets"}
	serviceAccountResource = schema.GroupVersionResource{Version: "v1", Resource: "serviceaccounts"}

	namespaceResource = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	workloadResource  = schema.GroupResource{Group: "kueue.x-k8s.io", Resource: "workloads"}
)

// wayOf says how an object is suspended. A kind that nobody here has heard of
// is by a spec.suspend that it has, or else by its spec.replicas.
func wayOf(r schema.GroupResource, o *unstructured.Unstructured) (way, *field) {
	switch {
	case r == podResource.GroupResource():
		if _, mirror := o.GetAnnotations()[corev1.MirrorPodAnnotationKey]; mirror {
			return impossible, nil
		}
		return byEviction, nil
	case r == secretResource.GroupResource():
		return byHolding, nil
	case fields[r] != nil:
		return byField, fields[r]
	case inert[r]:
		return nothing, nil
	}
	if _, ok := suspend.in(o.Object).(bool); ok {
		return byField, suspend
	}
	if _, ok := replicas.in(o.Object).(int64); ok {
		return byField, replicas
	}
	return impossible, nil
}

// hasEnded says whether a Pod or Job is over, so that it need not be suspended.
func hasEnded(r schema.GroupResource, o *unstructured.Unstructured) bool {
	switch r.Resource {
	case "pods":
		phase, _, err := unstructured.NestedString(o.Object, "status", "phase")
		return err == nil && (phase == string(corev1.PodSucceeded) || phase == string(corev1.PodFailed))
	case "jobs":
		conditions, _, err := unstructured.NestedSlice(o.Object, "status", "conditions")
		if err != nil {
			return false
		}
		for _, c := range conditions {
			condition, _ := c.(map[string]any)
			if condition["status"] == "True" && (condition["type"] == "Complete" || condition["type"] == "Failed") {
				return true
			}
		}
	}
	return false
}
