package docs

import (
	"regexp"
	"strings"
	"testing"
)

var bareTenants = regexp.MustCompile("\\bkubectl (?:get|wait|describe|delete|edit|annotate|label|patch) [^#|;]*\\btenants?(?:[ ,/`]|$)")

// TestTenantsAreNamedWithTheirGroup: Capsule and the MinIO operator have tenants, too, and
// kubectl takes either.
func TestTenantsAreNamedWithTheirGroup(t *testing.T) {
	for _, page := range documents(t) {
		for line := range strings.Lines(read(t, page)) {
			line = strings.TrimSpace(line)
			if !strings.Contains(line, "kubectl domicile") && bareTenants.MatchString(line) && page != "docs/faq.md" {
				t.Errorf("%s: say tenants.domicile.dev, or kubectl get domicile: %s", page, line)
			}
		}
	}
}
