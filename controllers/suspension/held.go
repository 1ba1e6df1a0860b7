package suspension

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

const (
	// heldPrefix and the UID of what is held name a held Secret, so that two runs
	// never make two of them.
	heldPrefix = "domicile-held-"
	// heldLabel finds held Secrets, and originAnnotation says whose they are. Both
	// are in Domicile's own namespace, where no tenant writes: nothing that a
	// tenant writes says where held data goes.
	heldLabel        = v1alpha1.HeldLabel
	originAnnotation = v1alpha1.OriginAnnotation
	// manifestKey is the first choice for the key of what is no data.
	manifestKey = "domicile.dev.manifest"
)

// origin says whose something is that is held.
type origin struct {
	Kind      string    `json:"kind"` // Pod or Secret
	Namespace string    `json:"namespace"`
	Name      string    `json:"name"`
	UID       types.UID `json:"uid"`
	Tenant    string    `json:"tenant,omitempty"`
	Policies  []string  `json:"policies,omitempty"`
	// Manifest is the key that has the object without data; "" if there is none.
	Manifest string `json:"manifest,omitempty"`
	// Immutable: the Secret cannot be emptied, so it is replaced.
	Immutable bool `json:"immutable,omitempty"`
	// Place is the UID of what was put in its place.
	Place types.UID `json:"place,omitempty"`
	// Returning: what was put in its place is being removed, to make room.
	Returning bool `json:"returning,omitempty"`
}

// held is a held Secret as it was read.
type held struct {
	origin origin
	object *unstructured.Unstructured
	// data has the values in base64, as JSON has them. They go from one Secret to
	// another and nowhere else.
	data map[string]string
}

func heldName(uid types.UID) string { return heldPrefix + string(uid) }

// readHeld returns what is held of an object; nil if nothing is.
func (x *executor) readHeld(ctx context.Context, uid types.UID) (*held, error) {
	o, err := x.read(ctx, secretResource, x.namespace, heldName(uid))
	if err != nil || o == nil {
		return nil, err
	}
	kept, err := originOf(o.GetAnnotations())
	if err != nil || kept.UID != uid {
		return nil, errors.New("a held Secret does not say whose it is")
	}
	return &held{origin: kept, object: o, data: dataOf(o)}, nil
}

func originOf(annotations map[string]string) (origin, error) {
	var o origin
	if err := json.Unmarshal([]byte(annotations[originAnnotation]), &o); err != nil {
		return origin{}, errors.New("a held Secret does not say whose it is")
	}
	return o, nil
}

func dataOf(o *unstructured.Unstructured) map[string]string {
	data, _, err := unstructured.NestedStringMap(o.Object, "data")
	if err != nil || data == nil {
		return map[string]string{}
	}
	return data
}

// values are what is held without the manifest.
func (k *held) values() map[string]string {
	values := make(map[string]string, len(k.data))
	for name, value := range k.data {
		if name != k.origin.Manifest {
			values[name] = value
		}
	}
	return values
}

// manifest is the object that was held, without its data.
func (k *held) manifest() (*unstructured.Unstructured, error) {
	text, err := base64.StdEncoding.DecodeString(k.data[k.origin.Manifest])
	if err != nil || k.origin.Manifest == "" {
		return nil, errors.New("a held Secret has no manifest")
	}
	o := &unstructured.Unstructured{}
	if err := o.UnmarshalJSON(text); err != nil {
		return nil, errors.New("the manifest in a held Secret cannot be read")
	}
	return o, nil
}

// hold makes a held Secret.
func (x *executor) hold(ctx context.Context, of origin, manifest *unstructured.Unstructured, values map[string]string) error {
	data := make(map[string]any, len(values)+1)
	for name, value := range values {
		data[name] = value
	}
	if manifest != nil {
		text, err := manifest.MarshalJSON()
		if err != nil {
			return errors.New("the object cannot be encoded")
		}
		for of.Manifest = manifestKey; data[of.Manifest] != nil; {
			of.Manifest += "-"
		}
		data[of.Manifest] = base64.StdEncoding.EncodeToString(text)
	}
	annotation, err := json.Marshal(of)
	if err != nil {
		return fmt.Errorf("encode where it belongs: %w", err)
	}
	o := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Secret", "type": v1alpha1.HeldSecretType,
		"metadata": map[string]any{
			"name": heldName(of.UID), "namespace": x.namespace,
			"labels":      map[string]any{heldLabel: marked},
			"annotations": map[string]any{originAnnotation: string(annotation)},
		},
		"data": data,
	}}
	_, err = x.resource(secretResource, x.namespace).Create(ctx, o, metav1.CreateOptions{FieldManager: FieldOwner})
	return err
}

// amend changes what a held Secret says about whose it is, and adds values.
func (x *executor) amend(ctx context.Context, k *held, of origin, values map[string]string) error {
	annotation, err := json.Marshal(of)
	if err != nil {
		return fmt.Errorf("encode where it belongs: %w", err)
	}
	patch := map[string]any{"metadata": map[string]any{
		"uid": string(k.object.GetUID()), "resourceVersion": k.object.GetResourceVersion(),
		"annotations": map[string]any{originAnnotation: string(annotation)},
	}}
	if len(values) > 0 {
		patch["data"] = values
	}
	data, err := json.Marshal(patch)
	if err != nil {
		return errors.New("the change of a held Secret cannot be encoded")
	}
	return x.patch(ctx, secretResource, k.object, data)
}

// release deletes a held Secret: what it held is where it belongs.
func (x *executor) release(ctx context.Context, k *held) error {
	return x.remove(ctx, k.object)
}

// remove deletes a Secret if it is still as it was read.
func (x *executor) remove(ctx context.Context, o *unstructured.Unstructured) error {
	err := x.resource(secretResource, o.GetNamespace()).Delete(ctx, o.GetName(), metav1.DeleteOptions{
		Preconditions: &metav1.Preconditions{UID: ptr.To(o.GetUID()), ResourceVersion: ptr.To(o.GetResourceVersion())},
	})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}
