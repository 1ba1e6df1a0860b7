package world

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

// created is an object as the API server would store it, or what it would refuse
// it for.
type created struct {
	content map[string]any
	errs    field.ErrorList
}

// createAll creates the objects of Domicile's kinds, on all processors: objects
// that the API server's own code is asked about take long.
func createAll(ctx context.Context, objects []manifest.Object) map[*manifest.Object]created {
	all := make([]created, len(objects))
	var workers errgroup.Group
	workers.SetLimit(runtime.GOMAXPROCS(0))
	for i := range objects {
		o := &objects[i]
		if o.APIVersion() != v1alpha1.GroupVersion.String() || isCall(o) {
			continue
		}
		workers.Go(func() error {
			schemas, err := loadSchemas()
			if err == nil {
				all[i].content, all[i].errs = schemas.Create(ctx, o.Kind(), o.Content)
			}
			return nil // Whoever adds the object fails with the same error.
		})
	}
	_ = workers.Wait()
	byObject := make(map[*manifest.Object]created, len(objects))
	for i := range objects {
		byObject[&objects[i]] = all[i]
	}
	return byObject
}
