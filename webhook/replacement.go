package webhook

import (
	"context"
	"fmt"
	"slices"

	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// What a Pod is made for has to have room for it: its Pods are counted. A StatefulSet
// makes Pods from ControllerRevisions.
//+kubebuilder:rbac:groups="",resources=pods,verbs=list
//+kubebuilder:rbac:groups=apps,resources=controllerrevisions,verbs=get

// revisions are what StatefulSets make Pods from.
var revisions = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "controllerrevisions"}

// replaced decides again about a Pod that is denied, if one of Kubernetes' own
// controllers makes it for something that has room for it: it takes the place of one
// that ran, so each policy does with it what it does with what runs. Everything is read
// live, and only where it makes a difference. If it does not count, the outcome says why.
func (h *Handler) replaced(ctx context.Context, world *snapshot.Snapshot, r *request, in input, denied outcome) (outcome, error) {
	if !denied.denies() {
		return denied, nil
	}
	maker, ok := makerOf(r)
	if !ok {
		return denied, nil
	}
	again := *in.object
	again.Replaces = maker.String()
	in.object = &again
	better, err := h.conclude(ctx, world, in)
	if err != nil || !better.keeps() {
		return denied, err
	}
	why, err := h.noReplacement(ctx, world, r, maker)
	if err != nil {
		return outcome{}, fmt.Errorf("find out whether %s has room for the Pod: %w", maker, err)
	}
	if err := errLate(ctx); err != nil {
		return outcome{}, err
	}
	if why != "" {
		denied.note = "it takes the place of none that ran: " + why
		return denied, nil
	}
	if !better.denies() {
		better.replaces = maker.Kind.Kind
	}
	return better, nil
}

// keeps says whether any policy would keep what takes the place of another.
func (o outcome) keeps() bool {
	return slices.ContainsFunc(o.decisions, func(d residency.Decision) bool { return d.Replaces != "" })
}

// denies says whether anything of it is a refusal.
func (o *outcome) denies() bool {
	return residency.Answer{Decisions: o.decisions}.Action() == residency.Deny
}

// makerOf is whom one of Kubernetes' own controllers makes a Pod for. Nobody else may
// say that a Pod is made again.
func makerOf(r *request) (growth.Maker, bool) {
	if r.Operation != admissionv1.Create || r.SubResource != "" || r.gvr().GroupResource() != translate.PodResource.GroupResource() {
		return growth.Maker{}, false
	}
	maker, ok := growth.MakerOf(r.object.content())
	return maker, ok && isController(r.UserInfo, maker.Kind.Controller)
}

// isController says whether a user is a certain controller. Where controllers have no
// ServiceAccounts of their own, their manager makes the Pods.
func isController(user authenticationv1.UserInfo, name string) bool {
	return user.Username == "system:kube-controller-manager" || user.Username == "system:serviceaccount:"+metav1.NamespaceSystem+":"+name
}

// noReplacement says why a Pod takes the place of none; "" if it does.
func (h *Handler) noReplacement(ctx context.Context, world *snapshot.Snapshot, r *request, m growth.Maker) (string, error) {
	resource := schema.GroupVersionResource{Group: m.Kind.Group, Version: "v1", Resource: m.Kind.Resource}
	owner, err := h.dependencies.Lookup.Object(ctx, resource, r.Namespace, m.Name)
	if exists, err := found(err); err != nil {
		return "", err
	} else if !exists {
		return fmt.Sprintf("%s does not exist", m), nil
	}
	if why := m.Unfit(r.object.content(), owner); why != "" {
		return why, nil
	}
	same, err := h.sameClaims(ctx, world, r, owner)
	if err != nil {
		return "", err
	}
	if !same {
		return fmt.Sprintf("it is not whose %s is", m), nil
	}
	if same, err := h.sameTemplate(ctx, r, m, owner); err != nil {
		return "", err
	} else if !same {
		return fmt.Sprintf("it is not made from the template of %s", m), nil
	}
	return h.full(ctx, r, m, owner)
}

// sameClaims compares whose the Pod is with whose its owner is.
func (h *Handler) sameClaims(ctx context.Context, world *snapshot.Snapshot, r *request, owner map[string]any) (bool, error) {
	meta, err := h.dependencies.Lookup.Namespace(ctx, r.Namespace)
	if err != nil {
		return false, err
	}
	pod, of := translate.Object(r.object.content()), translate.Object(owner)
	pod.Namespace = translate.NamespaceOf(r.Namespace, meta.Labels, meta.Annotations)
	of.Namespace = pod.Namespace
	return residency.MayReplace(&world.World, pod, of), nil
}

// sameTemplate says whether a Pod is made from the template that its owner has, and not
// from another one which somebody has put there.
func (h *Handler) sameTemplate(ctx context.Context, r *request, m growth.Maker, owner map[string]any) (bool, error) {
	name, ok := m.Revision(r.object.content())
	if !ok || name == "" {
		return !ok, nil
	}
	revision, err := h.dependencies.Lookup.Object(ctx, revisions, r.Namespace, name)
	exists, err := found(err)
	return exists && growth.SameTemplate(owner, revision), err
}

// full says why an owner has no room for one more Pod; "" if it has.
func (h *Handler) full(ctx context.Context, r *request, m growth.Maker, owner map[string]any) (string, error) {
	looks, ok := m.Looks(r.object.content())
	if !ok {
		return "it does not say for which node it is", nil
	}
	room, now := m.Room(owner), h.dependencies.clock()()
	for _, look := range looks {
		err := h.dependencies.Lookup.Pods(ctx, r.Namespace, look.Fields, func(p growth.Pod) bool {
			room.Take(p, look, now)
			return room.Full() == ""
		})
		if err != nil {
			return "", err
		}
	}
	return room.Full(), nil
}

// podOf is what counts of a Pod.
func podOf(meta *metav1.ObjectMeta) growth.Pod {
	p := growth.Pod{Name: meta.Name}
	if maker := metav1.GetControllerOfNoCopy(meta); maker != nil {
		p.Maker = string(maker.UID)
	}
	if meta.DeletionTimestamp != nil {
		p.Ends = meta.DeletionTimestamp.Time
	}
	return p
}
