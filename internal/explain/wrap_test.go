package explain_test

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/explain"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	rows := []struct {
		text   string
		limit  int
		want   []string
		reason string
	}{
		{"", 3, nil, "nothing has no lines"},
		{"Lantern Group", 3, []string{"Lantern", "Group"}, "words stay whole"},
		{"a b c d", 3, []string{"a b c d"}, "what fits stays on a line"},
		{"Lanternholding", 3, []string{"Lanternh", "olding"}, "a long word is broken"},
		{"Lantern Group Asia Pacific", 2, []string{"Lantern", "Group…"}, "what is too much is cut, and marked"},
		{"Lanternholdinggesellschaft", 1, []string{"Lantern…"}, "the mark has room on the line"},
		{"  Lantern \n Group ", 3, []string{"Lantern", "Group"}, "white space is one space"},
	}
	measure := func(s string) float64 { return float64(utf8.RuneCountInString(s)) }
	for _, row := range rows {
		if diff := cmp.Diff(row.want, explain.Wrap(row.text, 8, row.limit, measure)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, diff)
		}
	}
}
