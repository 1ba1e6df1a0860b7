package suspension

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/kinds"
)

const (
	marked = "true" // the value of the label
	// maxFormer bounds a record that is read: users can write it.
	maxFormer = 512
	// maxPolicies bounds how many policies an annotation names.
	maxPolicies = 16
)

// field is what is set on an object to suspend it.
type field struct {
	*kinds.Field

	// explicit and halted are what is known of the kind's controller (see kinds.Kind).
	explicit bool
	halted   *kinds.Halted
}

var (
	replicas = &field{Field: kinds.Replicas}
	suspend  = &field{Field: kinds.Suspend}
)

// fieldOf is what suspends a kind; nil if it is not by a field.
func fieldOf(k *kinds.Kind) *field {
	if k.Field == nil {
		return nil
	}
	return &field{Field: k.Field, explicit: k.Explicit, halted: k.Halted}
}

// name is how the record calls the field.
func (f *field) name() string { return strings.Join(f.Path, ".") }

// in is the value of the field in an object; nil if it is not there.
func (f *field) in(content map[string]any) any {
	v, _, err := unstructured.NestedFieldNoCopy(content, f.Path...)
	if err != nil {
		return nil
	}
	return v
}

// set says whether the field has the value that suspends.
func (f *field) set(content map[string]any) bool {
	return equality.Semantic.DeepEqual(f.in(content), f.Value)
}

// halts says whether the controller of an object that is not suspended has yet to go on:
// it says that it has stopped it, or has not looked at it since.
func (f *field) halts(o *unstructured.Unstructured) bool {
	h := f.halted
	if h == nil || f.set(o.Object) || holdsAny(h.Unless, o) {
		return false
	}
	if h.Generation {
		n, found, err := unstructured.NestedInt64(o.Object, "status", "observedGeneration")
		if err == nil && found && n < o.GetGeneration() {
			return true
		}
	}
	if len(h.Copies) > 0 {
		n, _, err := unstructured.NestedInt64(o.Object, h.Copies...)
		if err == nil && n == 0 {
			return true
		}
	}
	if len(h.Values) > 0 {
		v, _, err := unstructured.NestedString(o.Object, h.Path...)
		if err == nil && slices.Contains(h.Values, v) {
			return true
		}
	}
	return slices.ContainsFunc(h.Conditions, func(name string) bool { return hasCondition(o, name) })
}

// isMarked says whether an object says that it is suspended. Users can write
// that too: it is a reason to look at the object and nothing else.
func isMarked(o *unstructured.Unstructured) bool {
	return o.GetLabels()[v1alpha1.SuspendedLabel] == marked
}

// former reads the record of what the field was; false without a readable one.
func (f *field) former(o *unstructured.Unstructured) (any, bool) {
	text, ok := o.GetAnnotations()[v1alpha1.FormerAnnotation]
	if !ok || len(text) > maxFormer {
		return nil, false
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var record map[string]any
	if err := decoder.Decode(&record); err != nil || len(record) != 1 {
		return nil, false
	}
	v, ok := record[f.name()]
	if n, isNumber := v.(json.Number); isNumber {
		i, err := n.Int64()
		if err != nil {
			return nil, false
		}
		v = i
	}
	return v, ok && f.MayHold(v)
}

// suspend is the patch that sets the field and the record at once. It fails
// unless the object is still the one that was read.
func (f *field) suspend(o *unstructured.Unstructured, policies []string) ([]byte, error) {
	was := f.in(o.Object)
	if !f.MayHold(was) {
		return nil, fmt.Errorf("%s has a value that could not be put back", f.name())
	}
	record, err := json.Marshal(map[string]any{f.name(): was})
	if err != nil {
		return nil, fmt.Errorf("write the record: %w", err)
	}
	return f.patch(o, f.Path, f.Value, map[string]any{
		v1alpha1.SuspendedByAnnotation: strings.Join(policies, ","),
		v1alpha1.FormerAnnotation:      string(record),
	}, marked)
}

// resume is the inverse of suspend. A value that is no longer the one that
// suspends was set by somebody since: it is newer than the record and stays.
func (f *field) resume(o *unstructured.Unstructured) ([]byte, error) {
	var path []string
	var value any
	if f.set(o.Object) {
		was, ok := f.former(o)
		if !ok {
			return nil, errNoRecord
		}
		if was == nil && f.explicit {
			was = f.Default
		}
		path, value = f.Path, was
		if f.Form == kinds.Entry && was == nil && f.alone(o.Object) {
			path = path[:len(path)-1]
		}
	}
	return f.patch(o, path, value, map[string]any{
		v1alpha1.SuspendedByAnnotation: nil,
		v1alpha1.FormerAnnotation:      nil,
	}, nil)
}

// patch sets the value at a path, and the marks. Without a path it is only the
// marks.
func (f *field) patch(o *unstructured.Unstructured, path []string, value any, annotations map[string]any, label any) ([]byte, error) {
	patch := map[string]any{"metadata": map[string]any{
		"uid":             string(o.GetUID()),
		"resourceVersion": o.GetResourceVersion(),
		"labels":          map[string]any{v1alpha1.SuspendedLabel: label},
		"annotations":     annotations,
	}}
	inner := patch
	for i, segment := range path {
		if i == len(path)-1 {
			inner[segment] = value
			break
		}
		next, ok := inner[segment].(map[string]any)
		if !ok {
			next = map[string]any{}
			inner[segment] = next
		}
		inner = next
	}
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(patch); err != nil {
		return nil, fmt.Errorf("write a patch: %w", err)
	}
	return out.Bytes(), nil
}

// alone says whether nothing else is in the map around the field.
func (f *field) alone(content map[string]any) bool {
	around, _, err := unstructured.NestedMap(content, f.Path[:len(f.Path)-1]...)
	return err == nil && len(around) == 1
}

// policiesOf reads for whom an object says to be suspended. Users can write it,
// so it decides nothing: it is shown, of the policies that there are.
func policiesOf(annotations map[string]string) []string {
	text := annotations[v1alpha1.SuspendedByAnnotation]
	if text == "" || len(text) > maxPolicies*256 {
		return nil
	}
	policies := strings.Split(text, ",")
	slices.Sort(policies)
	return slices.Compact(policies[:min(len(policies), maxPolicies)])
}
