package cut_test

import (
	"testing"

	"github.com/domicile-dev/domicile/internal/cut"
)

func TestCut(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		cut   func(string, int) string
		text  string
		limit int
		want  string
	}{
		"text that fits":                  {cut.Text, "68 %", 4, "68 %"},
		"text, the mark is in the limit":  {cut.Text, "Lantern", 6, "Lan…"},
		"text, never within a character":  {cut.Text, "äöüß", 6, "ä…"},
		"text of no room":                 {cut.Text, "Lantern", 2, "…"},
		"front that fits":                 {cut.Front, "spec", 4, "spec"},
		"front keeps the end":             {cut.Front, "spec.template", 8, "…template"},
		"front, never within a character": {cut.Front, "äöü", 3, "…ü"},
		"quote that fits":                 {cut.Quote, "СN", 3, `"\u0421N"`},
		"quote, the mark is outside":      {cut.Quote, "Lantern", 3, `"Lan"…`},
		"quote, never within a character": {cut.Quote, "äöü", 3, `"\u00e4"…`},
		"a name keeps its letters":        {cut.QuoteName, "Łódź", 3, `"Ł"…`},
		"prefix":                          {cut.Prefix, "äöü", 3, "ä"},
		"prefix that fits":                {cut.Prefix, "äöü", 6, "äöü"},
		"what is not UTF-8 is no excuse":  {cut.Prefix, "\x80\x80\x80\x80", 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tc.cut(tc.text, tc.limit); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
