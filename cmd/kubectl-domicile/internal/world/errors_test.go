package world

import (
	"strings"
	"testing"
)

func TestNotFoundNamesWhatThereIsWhenItIsLittle(t *testing.T) {
	t.Parallel()
	many := strings.Fields("a b c d e f g h i j k")
	for _, tc := range []struct {
		reason string
		known  []string
		want   string
	}{
		{"nothing is known", nil, `tenants.domicile.dev "other" not found`},
		{"a short list is help enough", many[:2], `tenants.domicile.dev "other" not found; there are a, b`},
		{"a long list is not", many, `tenants.domicile.dev "other" not found`},
	} {
		err := &NotFoundError{Resource: "tenants", Name: "other", Known: tc.known}
		if err.Error() != tc.want {
			t.Errorf("%s: %q, want %q", tc.reason, err.Error(), tc.want)
		}
	}
}
