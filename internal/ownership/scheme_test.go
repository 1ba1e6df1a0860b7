package ownership_test

import (
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/internal/ownership"
)

func TestIsScheme(t *testing.T) {
	t.Parallel()
	for scheme, tc := range map[string]struct {
		want   bool
		reason string
	}{
		"LEI":                    {true, "the one of legal entities"},
		"GB-COH":                 {true, "a code of org-id.guide"},
		"OREG.gleif_1":           {true, "a register's own"},
		"9x":                     {true, "may begin with a digit"},
		strings.Repeat("a", 64):  {true, "as long as may be"},
		"":                       {false, "names nothing"},
		".a":                     {false, "begins with no letter or digit"},
		"a b":                    {false, "a blank separates words"},
		"LЕI":                    {false, "a letter that only looks like E"},
		"a:b":                    {false, "a colon ends it"},
		strings.Repeat("a", 65):  {false, "too long"},
		"LEI" + string(rune(10)): {false, "a line end is no letter"},
	} {
		if got := ownership.IsScheme(scheme); got != tc.want {
			t.Errorf("%q: got %v: %s", scheme, got, tc.reason)
		}
	}
}
