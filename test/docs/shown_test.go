package docs

import (
	"strings"
	"testing"
)

// TestPagesNameTestsThatExist holds that what a page says a test shows is shown.
func TestPagesNameTestsThatExist(t *testing.T) {
	declared := declaredTests(t)
	for _, page := range []string{"docs/time.md", "docs/exemptions.md"} {
		named := 0
		for _, match := range quoted.FindAllStringSubmatch(read(t, page), -1) {
			if !strings.HasPrefix(match[1], "Test") {
				continue
			}
			named++
			if !declared[match[1]] {
				t.Errorf("%s: no test is called %s", page, match[1])
			}
		}
		if named < 3 {
			t.Errorf("%s names %d tests", page, named)
		}
	}
}
