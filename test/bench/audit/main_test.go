package main

import (
	"strings"
	"testing"
)

// The measurement itself, where it takes seconds.
func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), []string{"-pods", "60", "-namespaces", "20", "-tenants", "10"}, &out, t.Output()); err != nil {
		t.Fatal(err)
	}
	t.Log(out.String())
	var scopes []string
	for line := range strings.Lines(out.String()) {
		for _, name := range []string{"sweep, nobody restricted", "one tenant becomes restricted", "sweep, one tenant restricted", "it becomes clear again"} {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(line), name); ok {
				scopes = append(scopes, strings.Fields(rest)[0])
			}
		}
	}
	if got := strings.Join(scopes, " "); got != "all 2 all 2" {
		t.Errorf("the namespaces that were looked at are %q: a tenant's verdict concerns its own two\n%s", got, out.String())
	}
}
