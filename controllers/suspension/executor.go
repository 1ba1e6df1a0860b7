package suspension

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/scan"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// FieldOwner owns what suspension changes.
const FieldOwner = "domicile-suspension"

// executor applies one step to one object: it reads what there is, decides, and
// writes once at most. It remembers nothing.
type executor struct {
	objects   dynamic.Interface
	namespace string // Domicile's own
	skip      func(namespace string) bool
}

// key is an object that was found at some time. Of Pods and Secrets the UID says
// which one it was; others are what has the name now.
type key struct {
	resource        schema.GroupVersionResource
	namespace, name string
	uid             types.UID
}

// view is what a step decides from.
type view struct {
	world *snapshot.Snapshot
	at    time.Time
	// allowed is the circuit breaker: whether anything may be suspended for any
	// of these policies.
	allowed func(policies []string) bool
}

// state is what is known about an object after a step.
type state uint8

const (
	// settled: there is nothing to do with it, now or later.
	settled state = iota
	// pending: another step is needed.
	pending
	// inPlace: it is suspended, and shall be.
	inPlace
	// failed: it cannot be suspended or given back for now. The problem says why.
	failed
)

// outcome is what a step did.
type outcome struct {
	state  state
	ruling ruling
	// wrote says that something was written, or tried to be.
	wrote bool
	// conflict says that somebody else was faster, and refused that it is not
	// allowed for now.
	conflict, refused bool
	// operation is what it was part of.
	operation operation
	// blocked says that the circuit breaker was in the way.
	blocked bool
	// problem says what is wrong, for people. It never has a value of a Secret.
	problem string
	// after is how long to wait before the next step.
	after time.Duration
}

type operation string

const (
	opSuspend operation = "Suspend"
	opResume  operation = "Resume"
)

// soon is how long to wait for something that others do: the end of a Pod, room
// in a PodDisruptionBudget.
const soon = 10 * time.Second

func (x *executor) resource(r schema.GroupVersionResource, namespace string) dynamic.ResourceInterface {
	if namespace == "" {
		return x.objects.Resource(r)
	}
	return x.objects.Resource(r).Namespace(namespace)
}

// read returns an object as it is now; nil if there is none.
func (x *executor) read(ctx context.Context, r schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	o, err := x.resource(r, namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil //nolint:nilnil // what does not exist is no error
	}
	if err != nil {
		return nil, fmt.Errorf("read the object: %w", err)
	}
	return o, nil
}

// decide says what shall be done with an object, from the newest that is known.
// The values of a Secret are gone from o afterwards. A namespace that does not
// exist is one without claims.
func (x *executor) decide(ctx context.Context, v view, r schema.GroupVersionResource, o *unstructured.Unstructured) (ruling, error) {
	var ns *residency.Namespace
	if name := o.GetNamespace(); name != "" {
		live, err := x.read(ctx, translate.NamespaceResource, "", name)
		if err != nil {
			return ruling{}, err
		}
		ns = translate.NamespaceOf(name, nil, nil)
		if live != nil {
			ns = translate.NamespaceOf(name, live.GetLabels(), live.GetAnnotations())
		}
	}
	neighbours, err := x.neighbours(ctx, o)
	if err != nil {
		return ruling{}, err
	}
	found := scan.Decide(v.world, v.at, r, o.Object, ns, neighbours)
	return ruleOf(&v.world.World, found), nil
}

// neighbours reads the ServiceAccounts that an object runs as: their claims are
// its own. Policies do not decide who owns the Secrets that it
// reads.
func (x *executor) neighbours(ctx context.Context, o *unstructured.Unstructured) (translate.Neighbours, error) {
	var n translate.Neighbours
	if o.GetKind() == "Secret" {
		return n, nil
	}
	for _, account := range translate.Read(o.Object).ServiceAccounts {
		live, err := x.read(ctx, translate.ServiceAccountResource, o.GetNamespace(), account.Name)
		if err != nil {
			return n, err
		}
		if live != nil {
			n.AddServiceAccount(live.GetNamespace(), live.GetName(), live.Object)
		}
	}
	return n, nil
}

// patch changes an object that was read. Fields that the API server does not
// know are an error, or a kind that cannot be suspended would seem to be.
func (x *executor) patch(ctx context.Context, r schema.GroupVersionResource, o *unstructured.Unstructured, data []byte) error {
	_, err := x.resource(r, o.GetNamespace()).Patch(ctx, o.GetName(), types.MergePatchType, data,
		metav1.PatchOptions{FieldManager: FieldOwner, FieldValidation: metav1.FieldValidationStrict})
	return err
}

// wrote turns the answer to a write into an outcome: another step is needed.
// Whoever was faster is read again.
func wrote(op operation, r ruling, err error) (outcome, error) {
	out := outcome{state: pending, ruling: r, wrote: true, operation: op}
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) || apierrors.IsAlreadyExists(err) {
		out.conflict = true
		return out, nil
	}
	return out, err
}

// problemOf says what is wrong without quoting an object: the API server's
// reason and code, never its message, which may have values in it.
func problemOf(err error) string {
	if reason := apierrors.ReasonForError(err); reason != metav1.StatusReasonUnknown {
		return "the API server says " + string(reason)
	}
	return "the API server could not be asked"
}
