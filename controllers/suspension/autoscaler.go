package suspension

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/translate"
)

// listPage bounds one list of autoscalers in a namespace.
const listPage = 500

// autoscaler is one that was read.
type autoscaler struct {
	resource schema.GroupVersionResource
	field    *field
	object   *unstructured.Unstructured
}

// undoing finds an autoscaler of an object that would undo its suspension.
func (x *executor) undoing(ctx context.Context, target *unstructured.Unstructured) (*autoscaler, error) {
	return x.findAutoscaler(ctx, target, func(o *unstructured.Unstructured, f *field) bool { return f.Undoes(f.in(o.Object)) })
}

// resumable finds an autoscaler of an object that is to be given back, or whose own
// controller has yet to go on with it.
func (x *executor) resumable(ctx context.Context, target *unstructured.Unstructured) (*autoscaler, error) {
	return x.findAutoscaler(ctx, target, func(o *unstructured.Unstructured, f *field) bool { return isMarked(o) || f.halts(o) })
}

func (x *executor) findAutoscaler(ctx context.Context, target *unstructured.Unstructured, wanted func(*unstructured.Unstructured, *field) bool) (*autoscaler, error) {
	if target.GetNamespace() == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	for _, k := range kinds.Autoscalers() {
		f := fieldOf(&k)
		o := metav1.ListOptions{Limit: listPage}
		for {
			list, err := x.resource(translate.KindResource(&k), target.GetNamespace()).List(ctx, o)
			if apierrors.IsNotFound(err) {
				break // nobody has installed KEDA
			}
			if err != nil {
				return nil, fmt.Errorf("list autoscalers: %w", err)
			}
			for i := range list.Items {
				if item := &list.Items[i]; scales(item, target) && wanted(item, f) {
					return &autoscaler{resource: translate.KindResource(&k), field: f, object: item}, nil
				}
			}
			if o.Continue = list.GetContinue(); o.Continue == "" {
				break
			}
		}
	}
	return nil, nil //nolint:nilnil // there is none
}

// scales says whether an autoscaler is about an object.
func scales(a, target *unstructured.Unstructured) bool {
	gvk, name := targetOf(a)
	return name == target.GetName() && gvk.GroupKind() == target.GroupVersionKind().GroupKind()
}

// targetOf reads whom an autoscaler scales. KEDA takes a Deployment for granted.
func targetOf(a *unstructured.Unstructured) (schema.GroupVersionKind, string) {
	text := func(field string) string {
		s, _, err := unstructured.NestedString(a.Object, "spec", "scaleTargetRef", field)
		if err != nil {
			return ""
		}
		return s
	}
	version, kind := text("apiVersion"), text("kind")
	if version == "" {
		version = "apps/v1"
	}
	if kind == "" {
		kind = "Deployment"
	}
	return schema.FromAPIVersionAndKind(version, kind), text("name")
}

// autoscalerField is what suspends an autoscaler; nil for what is none.
func autoscalerField(r schema.GroupResource) *field {
	for _, k := range kinds.Autoscalers() {
		if translate.KindResource(&k).GroupResource() == r {
			return fieldOf(&k)
		}
	}
	return nil
}

// autoscaler is a step with an autoscaler that says to be suspended: it comes
// back when what it scales has, or is gone.
func (x *executor) autoscaler(ctx context.Context, v view, k key) (outcome, error) {
	o, err := x.read(ctx, k.resource, k.namespace, k.name)
	if err != nil || o == nil || !isMarked(o) {
		return outcome{}, err
	}
	a := &autoscaler{resource: k.resource, field: autoscalerField(k.resource.GroupResource()), object: o}
	gvk, name := targetOf(o)
	resource := translate.ResourceOf(gvk)
	target, err := x.read(ctx, resource, k.namespace, name)
	if err != nil {
		return outcome{state: pending}, err
	}
	if target == nil {
		return x.resumeAutoscaler(ctx, a, ruling{})
	}
	r, err := x.decide(ctx, v, resource, target)
	switch {
	case err != nil:
		return outcome{state: pending}, err
	case r.want != giveBack:
		return outcome{state: inPlace, ruling: r}, nil
	case isMarked(target):
		return outcome{state: pending, ruling: r, after: soon}, nil // its target comes first
	default:
		return x.resumeAutoscaler(ctx, a, r)
	}
}

func (x *executor) resumeAutoscaler(ctx context.Context, a *autoscaler, r ruling) (outcome, error) {
	data, err := a.field.resume(a.object)
	if errors.Is(err, errNoRecord) {
		return outcome{state: failed, ruling: r, problem: err.Error()}, nil
	}
	if err != nil {
		return outcome{state: pending, ruling: r}, err
	}
	return wrote(opResume, r, x.patch(ctx, a.resource, a.object, data))
}
