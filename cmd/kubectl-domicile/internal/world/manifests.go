package world

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// maxErrors bounds how much is said about one input.
const maxErrors = 50

// kustomizeGroup is the API group of files that kustomize reads and no API
// server knows.
const kustomizeGroup = "kustomize.config.k8s.io"

// Manifests is what manifests say.
type Manifests struct {
	*View
	// Objects are those to be created, in the order of the input.
	Objects []Object
	// Keys are the API keys of the Secrets among them.
	Keys *translate.KeyBook
	// Skipped are objects that are not for any API server.
	Skipped []manifest.Position
}

// Options say how manifests are read.
type Options struct {
	// Registers says where the data of OwnershipRegisters is.
	Registers Registers
	// Namespace is that of objects which say none. If it is "", that is the one of
	// the Helm release they are of, then Current, then default.
	Namespace, Current string
	// Definitions are those of the cluster; those among the manifests take their place.
	Definitions Definitions
	// Live finds a namespace that is not among the manifests; nil finds none.
	Live func(ctx context.Context, name string) (*residency.Namespace, error)
}

// FromManifests makes a world of objects that were read from files, and loads
// their OwnershipRegisters. With errors there is none.
func FromManifests(ctx context.Context, objects []manifest.Object, options Options) (*Manifests, []*manifest.Error) {
	r := &reader{
		ctx:        ctx,
		options:    options,
		created:    createAll(ctx, objects),
		parts:      newParts(),
		declared:   map[string]manifest.Position{},
		namespaces: map[string]*residency.Namespace{},
		kinds:      newServed(),
	}
	maps.Copy(r.parts.definitions, options.Definitions)
	for i := range objects {
		r.object(&objects[i])
	}
	r.kinds.learn(r.parts.definitions)
	admitted, resolve := r.admitted()
	r.load(options.Registers)
	if len(r.errors) > 0 {
		return nil, r.errors
	}
	view := newView(r.parts)
	resolve(view)
	return &Manifests{
		View:    view,
		Objects: admitted,
		Keys:    &r.keys,
		Skipped: r.skipped,
	}, nil
}

// reader sorts objects by what they are in the world.
type reader struct {
	ctx     context.Context
	options Options
	created map[*manifest.Object]created

	parts      parts
	registers  []*manifest.Object
	namespaces map[string]*residency.Namespace
	kinds      *served
	others     []*manifest.Object
	skipped    []manifest.Position

	keys     translate.KeyBook
	declared map[string]manifest.Position // by kind and name
	errors   []*manifest.Error
}

func (r *reader) object(o *manifest.Object) {
	group, _, hasGroup := strings.Cut(o.APIVersion(), "/")
	switch {
	case hasGroup && group == v1alpha1.Group:
		r.own(o)
	case hasGroup && group == kustomizeGroup:
		r.skipped = append(r.skipped, o.Position())
	case o.APIVersion() == "v1" && o.Kind() == "Namespace":
		r.namespace(o)
	default:
		if o.Kind() == definitionKind.Kind && group == definitionKind.Group {
			r.parts.definitions.add(o.Content)
		}
		r.others = append(r.others, o)
	}
}

// first says whether an object of this kind and name has not been declared
// before: two could not both be the world.
func (r *reader) first(o *manifest.Object) bool {
	key := o.Kind() + "/" + o.Name()
	if earlier, twice := r.declared[key]; twice {
		r.fail(o, "metadata.name", fmt.Errorf("already declared at %s", earlier))
		return false
	}
	r.declared[key] = o.Position()
	return true
}

// fail notes what is wrong with a field of an object.
func (r *reader) fail(o *manifest.Object, path string, err error) {
	if len(r.errors) >= maxErrors {
		return
	}
	name := o.Kind()
	if o.Name() != "" {
		name += " " + cut.Text(o.Name(), 100)
	}
	r.errors = append(r.errors, &manifest.Error{Position: o.PositionOf(path), Err: fmt.Errorf("%s: %w", name, err)})
}

// refuse tells what the API server or the webhook would refuse an object for.
func (r *reader) refuse(o *manifest.Object, errs field.ErrorList) {
	for _, err := range errs {
		r.fail(o, err.Field, inWords(o, err))
	}
}

// bounded shortens the message about a value of any size.
func bounded(err error) error {
	const most = 1024
	if text := err.Error(); len(text) > most {
		return errors.New(cut.Text(text, most))
	}
	return err
}
