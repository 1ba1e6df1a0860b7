package bypass

import (
	"context"
	"slices"
	"strings"
	"testing"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/actor"
)

// attack is a way around. It is tried twice: while the API server asks nobody, when the
// API server itself and RBAC must let it through, and with Domicile running.
type attack struct {
	// id is the number or letter in the list of ways around.
	id, name string
	// reason says why that would be a way around.
	reason string
	// before is made before anybody is asked, by an administrator.
	before string
	steps  []step
}

// step is a request of somebody. It is refused for a reason, or must be admitted, if want
// is empty.
type step struct {
	user string
	request
	want string
}

// request is what is sent. In texts $HALF stands for the half of the world.
type request struct {
	// verb is create, apply, replace, scale, delete, or the kind of a patch: merge, json,
	// strategic. raw posts the text of the object as it is to the path subresource.
	verb string
	// object is a manifest, or the beginning of one for a patch. What is created as a
	// subresource stands in patch.
	object, patch, subresource string
	replicas                   int32
}

// The usual requests.
func creates(object string) request { return request{verb: "create", object: object} }
func merges(object, patch string) request {
	return request{verb: "merge", object: object, patch: patch}
}

// over is the same through a subresource.
func (r request) over(subresource string) request {
	r.subresource = subresource
	return r
}

// scales puts a Scale, as kubectl and autoscalers do.
func scales(object string, replicas int32) request {
	return request{verb: "scale", object: object, replicas: replicas}
}

var patches = map[string]types.PatchType{
	"merge": types.MergePatchType, "json": types.JSONPatchType, "strategic": types.StrategicMergePatchType,
}

// send sends a request as somebody.
func (r request) send(ctx context.Context, a *actor.Actor, half half, dry bool) error {
	var options []client.CreateOption
	var patching []client.PatchOption
	if dry {
		options, patching = append(options, client.DryRunAll), append(patching, client.DryRunAll)
	}
	if r.verb == "raw" {
		return a.Typed.RESTClient().Post().AbsPath(half.of(r.subresource)).Param("dryRun", "All").
			SetHeader("Content-Type", "application/json").Body([]byte(half.of(r.object))).Do(ctx).Error()
	}
	o := object(half.of(r.object))
	switch {
	case r.verb == "create" && r.subresource != "":
		return a.SubResource(r.subresource).Create(ctx, o, object(half.of(r.patch)), client.DryRunAll)
	case r.verb == "create":
		return a.Create(ctx, o, options...)
	case r.verb == "delete":
		return a.Delete(ctx, o, client.DryRunAll)
	case r.verb == "apply":
		apply := []client.ApplyOption{client.FieldOwner("test"), client.ForceOwnership}
		if dry {
			apply = append(apply, client.DryRunAll)
		}
		return a.Apply(ctx, client.ApplyConfigurationFromUnstructured(o), apply...)
	case r.verb == "replace":
		return r.replace(ctx, a, half, dry)
	case r.verb == "scale":
		scale := &autoscalingv1.Scale{Spec: autoscalingv1.ScaleSpec{Replicas: r.replicas}}
		scale.Name, scale.Namespace = o.GetName(), o.GetNamespace()
		update := []client.SubResourceUpdateOption{client.WithSubResourceBody(scale)}
		if dry {
			update = append(update, client.DryRunAll)
		}
		return a.SubResource("scale").Update(ctx, o, update...)
	}
	patch := client.RawPatch(patches[r.verb], []byte(half.of(r.patch)))
	if r.subresource == "" {
		return a.Patch(ctx, o, patch, patching...)
	}
	sub := []client.SubResourcePatchOption{}
	if dry {
		sub = append(sub, client.DryRunAll)
	}
	return a.SubResource(r.subresource).Patch(ctx, o, patch, sub...)
}

// replace reads an object, sets its annotations to those of the request, and puts it back.
func (r request) replace(ctx context.Context, a *actor.Actor, half half, dry bool) error {
	o := object(half.of(r.object))
	annotations := o.GetAnnotations()
	if err := a.Get(ctx, client.ObjectKeyFromObject(o), o); err != nil {
		return err
	}
	o.SetAnnotations(annotations)
	switch {
	case r.subresource != "" && dry:
		return a.SubResource(r.subresource).Update(ctx, o, client.DryRunAll)
	case r.subresource != "":
		return a.SubResource(r.subresource).Update(ctx, o)
	case dry:
		return a.Update(ctx, o, client.DryRunAll)
	}
	return a.Update(ctx, o)
}

// attacks are all of the tables.
var attacks = slices.Concat(identity, paths, shapes, secrets, letters)

// key is the name of an attack among all.
func (a attack) key() string { return a.id + " " + a.name }

// try tries an attack in one half of the world and returns what each step is told. What
// is one step alone is a dry run. It goes on after a refusal: the next step may not need
// what was refused.
func (w *world) try(ctx context.Context, a attack, half half) []error {
	answers := make([]error, 0, len(a.steps))
	for _, s := range a.steps {
		user, err := w.as(half.of(s.user))
		if err == nil {
			err = s.send(ctx, user, half, len(a.steps) == 1)
		}
		answers = append(answers, err)
	}
	return answers
}

func (w *world) tryAll(ctx context.Context, half half) map[string][]error {
	all := map[string][]error{}
	for _, a := range attacks {
		all[a.key()] = w.try(ctx, a, half)
	}
	return all
}

// TestAttacks is the whole list.
func TestAttacks(t *testing.T) {
	w := theWorld(t)
	for _, a := range attacks {
		t.Run(strings.ReplaceAll(a.key(), " ", "_"), func(t *testing.T) {
			for i, err := range w.unguarded[a.key()] {
				if err != nil {
					t.Errorf("with Domicile off step %d is no attack: %v", i+1, err)
				}
			}
			for i, err := range w.try(t.Context(), a, on) {
				switch want := a.steps[i].want; {
				case want == "" && err != nil:
					t.Errorf("%s: step %d is no attack, and must be admitted: %v", a.reason, i+1, err)
				case want != "" && !is(err, want):
					t.Errorf("%s: step %d must be refused for %s: %v", a.reason, i+1, want, err)
				}
			}
		})
	}
}

func TestEveryAttackIsTried(t *testing.T) {
	names := map[string]bool{}
	for _, a := range attacks {
		refused := slices.ContainsFunc(a.steps, func(s step) bool { return s.want != "" })
		if names[a.key()] || !refused || a.reason == "" {
			t.Errorf("%s: stands twice, has no reason, or is never refused", a.key())
		}
		names[a.key()] = true
	}
}
