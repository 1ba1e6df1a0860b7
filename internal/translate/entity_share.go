package translate

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// share compiles a share. Without one the amount is not known.
func share(s *v1alpha1.Share, path *field.Path) (ownership.Share, *field.Error) {
	if s == nil {
		return ownership.UnknownShare, nil
	}
	if *s == (v1alpha1.Share{}) {
		return ownership.UnknownShare, field.Required(path, "set exact or a bound; leave share out if the amount is not known")
	}
	for _, bound := range []struct {
		name  string
		value v1alpha1.Percent
	}{
		{"exact", s.Exact},
		{"minimum", s.Minimum},
		{"maximum", s.Maximum},
		{"exclusiveMinimum", s.ExclusiveMinimum},
		{"exclusiveMaximum", s.ExclusiveMaximum},
	} {
		if bound.value == "" {
			continue
		}
		if _, err := ownership.ParsePercentDown(string(bound.value)); err != nil {
			return ownership.UnknownShare, field.Invalid(path.Child(bound.name), bound.value, err.Error())
		}
	}
	out, err := ownership.ParseShare(ownership.ShareText{
		Exact:            string(s.Exact),
		Minimum:          string(s.Minimum),
		Maximum:          string(s.Maximum),
		ExclusiveMinimum: string(s.ExclusiveMinimum),
		ExclusiveMaximum: string(s.ExclusiveMaximum),
	})
	if err != nil {
		return ownership.UnknownShare, field.Invalid(path, shareText(s), err.Error())
	}
	return out, nil
}

// shareText writes a share's bounds for an error.
func shareText(s *v1alpha1.Share) string {
	text := ""
	for _, bound := range []struct {
		sign  string
		value v1alpha1.Percent
	}{
		{"= ", s.Exact}, {">= ", s.Minimum}, {"> ", s.ExclusiveMinimum}, {"<= ", s.Maximum}, {"< ", s.ExclusiveMaximum},
	} {
		if bound.value == "" {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += bound.sign + string(bound.value)
	}
	return text
}
