package docs

import (
	"path/filepath"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// TestShortNamesAreFree: kubectl takes any of two kinds with one short name, so ours
// are nobody else's that many clusters have.
func TestShortNamesAreFree(t *testing.T) {
	taken := map[string]string{}
	for line := range strings.Lines(read(t, "test/docs/testdata/shortnames.txt")) {
		if short, kinds, ok := strings.Cut(strings.TrimSpace(line), " "); ok && short != "#" {
			taken[short] = kinds
		}
	}
	if len(taken) < 100 {
		t.Fatalf("%d short names of others: is the list written in another form?", len(taken))
	}
	paths, err := filepath.Glob(filepath.Join(root, "config", "crd", "domicile.dev_*.yaml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d CustomResourceDefinitions, %v", len(paths), err)
	}
	for _, path := range paths {
		var d apiextensionsv1.CustomResourceDefinition
		load(t, "config/crd/"+filepath.Base(path), &d)
		for _, short := range d.Spec.Names.ShortNames {
			if kinds, ok := taken[short]; ok {
				t.Errorf("%s has the short name %s, which is that of %s", d.Name, short, kinds)
			}
		}
	}
}
