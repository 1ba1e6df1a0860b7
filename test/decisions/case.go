package decisions

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/expectation"
)

//go:embed *.txtar
var files embed.FS

// Case is one file of the corpus.
type Case struct{ expectation.Case }

// What is expected, in the form of kubectl domicile check -o json.
type (
	// Result is what must come out for one object.
	Result = expectation.Result
	// Decision is what one policy says.
	Decision = expectation.Decision
	// Exemption is one that a decision names.
	Exemption = expectation.Exemption
	// Resource names an object.
	Resource = expectation.Resource
)

// Diff compares what a runner got with what the case expects and returns "" if
// they agree.
func Diff(want, got []Result) string { return expectation.Diff(want, got) }

// Load reads the corpus, by name.
func Load() ([]Case, error) {
	names, err := fs.Glob(files, "*.txtar")
	if err != nil {
		return nil, fmt.Errorf("list the corpus: %w", err)
	}
	cases := make([]Case, 0, len(names))
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		c, wrong := expectation.Parse(name, data)
		var errs []error
		for _, err := range wrong {
			errs = append(errs, err)
		}
		if len(errs) > 0 {
			return nil, errors.Join(errs...)
		}
		cases = append(cases, Case{c})
	}
	return cases, nil
}

// ResourceOf names an object as results do.
func ResourceOf(object *unstructured.Unstructured) Resource {
	return Resource{
		APIVersion: object.GetAPIVersion(),
		Kind:       object.GetKind(),
		Namespace:  object.GetNamespace(),
		Name:       object.GetName(),
	}
}
