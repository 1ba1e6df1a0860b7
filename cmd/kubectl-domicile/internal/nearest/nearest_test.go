package nearest_test

import (
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/nearest"
)

func TestSuggestsTheNearestNames(t *testing.T) {
	t.Parallel()
	known := []string{"lantern", "lantern-hk", "lantern-sg", "meridian", "test", "x"}
	for _, tc := range []struct{ name, reason, want string }{
		{"lantenr", "two letters changed places", "lantern"},
		{"tset", "and that is one slip, also in a short name", "test"},
		{"tent", "one letter is another one", "test"},
		{"toss", "two are", ""},
		{"meridan", "a letter is missing", "meridian"},
		{"lantern-s", "the nearest comes first, equals by name", "lantern-sg, lantern, lantern-hk"},
		{"sg", "two letters are in too many names", ""},
		{"tern", "a part of a name that is long enough", "lantern, lantern-hk, lantern-sg"},
		{"unrelated", "nothing is near", ""},
	} {
		if got := strings.Join(nearest.Names(tc.name, known), ", "); got != tc.want {
			t.Errorf("%s: Names(%q) = %q, want %q", tc.reason, tc.name, got, tc.want)
		}
	}
}
