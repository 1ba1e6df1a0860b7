package decisions

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/internal/call"
)

// IsRequest says whether an object of a case describes an API request.
func IsRequest(u *unstructured.Unstructured) bool { return u.GetKind() == call.ManifestKind }

// RequestOf is the API request that an object of a case describes.
func RequestOf(u *unstructured.Unstructured) (*call.Manifest, error) {
	text, err := yaml.Marshal(u.Object["spec"])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", u.GetName(), err)
	}
	m := &call.Manifest{}
	if err := yaml.UnmarshalStrict(text, m); err != nil {
		return nil, fmt.Errorf("%s: %w", u.GetName(), err)
	}
	return m, nil
}
