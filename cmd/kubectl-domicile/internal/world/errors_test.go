package world

import (
	"strings"
	"testing"
)

func TestSuggestsTheNearestNames(t *testing.T) {
	t.Parallel()
	known := []string{"lantern", "lantern-hk", "lantern-sg", "meridian", "x"}
	for _, tc := range []struct{ name, reason, want string }{
		{"lantenr", "two letters changed places", "lantern"},
		{"meridan", "a letter is missing", "meridian"},
		{"lantern-s", "the nearest comes first, equals by name", "lantern-sg, lantern, lantern-hk"},
		{"sg", "two letters are in too many names", ""},
		{"tern", "a part of a name that is long enough", "lantern, lantern-hk, lantern-sg"},
		{"unrelated", "nothing is near", ""},
	} {
		if got := strings.Join(nearest(tc.name, known), ", "); got != tc.want {
			t.Errorf("%s: nearest(%q) = %q, want %q", tc.reason, tc.name, got, tc.want)
		}
	}
}

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
