package kinds_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/internal/kinds"
)

func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDocsSayWhatSuspendsEveryKind(t *testing.T) {
	t.Parallel()
	rows := strings.Split(page(t, "suspension.md"), "\n")
	for _, k := range append(kinds.Workloads(), kinds.Autoscalers()...) {
		if k.Field == nil {
			continue
		}
		name := regexp.MustCompile(`^\|[^|]*\b` + k.Kind + `\b[^|]*\|(.*)\|$`)
		said := fmt.Sprintf("`%s: %v`", strings.Join(k.Field.Path, "."), k.Field.Value)
		if last := k.Field.Path[len(k.Field.Path)-1]; k.Field.Form == kinds.Annotation || k.Field.Form == kinds.Entry {
			said = "`" + last
		} else if k.Field.Only != nil {
			said = fmt.Sprintf("`%s: %v`", last, k.Field.Only)
		}
		if !slices.ContainsFunc(rows, func(row string) bool {
			cells := name.FindStringSubmatch(row)
			return cells != nil && strings.Contains(cells[1], said)
		}) {
			t.Errorf("docs/suspension.md does not say of %s that it gets %s", k.Kind, said)
		}
	}
}

func TestDocsSayWhichKindsOfKubernetesAreCovered(t *testing.T) {
	t.Parallel()
	_, covered, _ := strings.Cut(page(t, "semantics.md"), "\n## What is covered\n")
	for _, k := range kinds.Workloads() {
		if !strings.Contains(k.Group, ".") && !strings.Contains(covered, k.Kind+"s") {
			t.Errorf("docs/semantics.md does not say that %ss are covered", k.Kind)
		}
	}
}
