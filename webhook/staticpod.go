package webhook

import (
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// isStaticPod says whether a node shows a static Pod that it runs. Its kubelet asks nobody
// before it starts one, so refusing to show it would only hide it from everybody, the audit
// included. What a node shows starts nothing: a kubelet takes no mirror for an order.
func isStaticPod(r *request) bool {
	if r.Operation != admissionv1.Create || r.Resource.Group != "" || r.Resource.Resource != "pods" || r.SubResource != "" {
		return false
	}
	if !strings.HasPrefix(r.UserInfo.Username, nodes) {
		return false
	}
	mirror, _, err := unstructured.NestedString(r.object.content(), "metadata", "annotations", corev1.MirrorPodAnnotationKey)
	if err != nil || mirror == "" {
		return false
	}
	node, _, err := unstructured.NestedString(r.object.content(), "spec", "nodeName")
	return err == nil && node != "" && isNode(r.UserInfo, node)
}

// nodes is what the names of kubelets begin with.
const nodes = "system:node:"

// isNode says whether a user is the kubelet of a node.
func isNode(user authenticationv1.UserInfo, node string) bool {
	return user.Username == nodes+node && slices.Contains(user.Groups, "system:nodes")
}
