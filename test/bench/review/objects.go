package main

import (
	"encoding/json"
	"fmt"

	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/domicile-dev/domicile/test/bench/workload"
)

const uid = "5a9d6f5c-52e1-4c1c-9f0b-0d6f4b7c2d11"

// review is one that an API server sends.
type review struct {
	name      string
	operation admissionv1.Operation
	size      workload.Size
	// change makes the new object of an UPDATE.
	change func(object map[string]any)
}

// reviews are the sizes of 2, 14 and 207 KB.
func reviews() []review {
	var all []review
	for i, name := range []string{"2 KB", "14 KB", "207 KB"} {
		size := workload.Sizes()[i]
		all = append(all,
			review{"CREATE of " + name, admissionv1.Create, size, nil},
			review{"UPDATE of " + name + ": an annotation", admissionv1.Update, size, annotate},
			review{"UPDATE of " + name + ": an image", admissionv1.Update, size, roll})
	}
	return all
}

func annotate(object map[string]any) {
	metadata, _ := object["metadata"].(map[string]any)
	metadata["annotations"] = map[string]any{"example.com/team": "shop", "example.com/seen": "yes"}
}

func roll(object map[string]any) {
	spec, _ := object["spec"].(map[string]any)
	containers, _ := spec["containers"].([]any)
	last, _ := containers[len(containers)-1].(map[string]any) // All others are compared before.
	last["image"] = "registry.example/c:v2"
}

// body is the review in JSON.
func (r review) body() ([]byte, error) {
	kind := metav1.GroupVersionKind{Version: "v1", Kind: "Pod"}
	resource := metav1.GroupVersionResource{Version: "v1", Resource: "pods"}
	request := &admissionv1.AdmissionRequest{
		UID: uid, Kind: kind, Resource: resource, RequestKind: &kind, RequestResource: &resource,
		Name: "web-0", Namespace: "apps", Operation: r.operation, DryRun: new(bool),
		UserInfo: authenticationv1.UserInfo{
			Username: "system:serviceaccount:kube-system:replicaset-controller", UID: uid,
			Groups: []string{"system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"},
		},
		Options: runtime.RawExtension{Raw: []byte(`{"kind":"CreateOptions","apiVersion":"meta.k8s.io/v1"}`)},
	}
	old, updated := r.workload(), r.workload()
	if r.change != nil {
		r.change(updated)
		raw, err := json.Marshal(old)
		if err != nil {
			return nil, err
		}
		request.OldObject.Raw = raw
	}
	raw, err := json.Marshal(updated)
	if err != nil {
		return nil, err
	}
	request.Object.Raw = raw
	return json.Marshal(admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: "AdmissionReview"}, Request: request,
	})
}

// workload is a Pod as an API server has completed it.
func (r review) workload() map[string]any {
	spec := r.size.PodSpec()
	metadata := map[string]any{
		"name": "web-0", "namespace": "apps", "labels": map[string]any{"app": "web", "pod-template-hash": "7d4b9c6f5"},
		"annotations": map[string]any{"example.com/team": "shop"}, "creationTimestamp": nil,
	}
	object := map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
	fields := map[string]any{"f:metadata": fieldsOf(map[string]any{"labels": metadata["labels"]}), "f:spec": fieldsOf(spec)}
	metadata["managedFields"] = []any{map[string]any{
		"apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": fields, "manager": "kube-controller-manager", "operation": "Update", "time": "2026-06-01T12:00:00Z",
	}}
	object["status"] = map[string]any{"phase": "Pending", "qosClass": "Burstable"}
	return object
}

// fieldsOf is what managedFields say of a value.
func fieldsOf(value any) map[string]any {
	fields := map[string]any{}
	switch value := value.(type) {
	case map[string]any:
		for key, v := range value {
			fields["f:"+key] = fieldsOf(v)
		}
	case []any:
		for _, item := range value {
			m, _ := item.(map[string]any)
			below := fieldsOf(m)
			below["."] = map[string]any{}
			fields[fmt.Sprintf(`k:{"name":"%v"}`, m["name"])] = below
		}
	}
	return fields
}
