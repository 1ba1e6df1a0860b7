package examples

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/test/rig/apiserver"
)

var server apiserver.Server

func TestMain(m *testing.M) {
	os.Exit(apiserver.Run(context.Background(), m, &server, "test/examples/testdata/crds"))
}

// TestExamplesFitTheirDefinitions holds that an API server takes every example for a gateway, and knows
// all that is in it.
func TestExamplesFitTheirDefinitions(t *testing.T) {
	files, err := filepath.Glob("../../examples/gateways/*.yaml")
	if err != nil || len(files) < 7 {
		t.Fatalf("%d examples: %v", len(files), err)
	}
	for _, namespace := range []string{"models", "kserve"} {
		server.With(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}})
	}
	overview := read(t, "../../examples/README.md")
	for _, file := range files {
		if link := strings.TrimPrefix(filepath.ToSlash(file), "../../examples/"); !strings.Contains(overview, "("+link+")") {
			t.Errorf("examples/README.md does not lead to %s", link)
		}
		for _, document := range strings.Split(read(t, file), "\n---\n") {
			o := &unstructured.Unstructured{}
			if err := yaml.UnmarshalStrict([]byte(document), &o.Object); err != nil {
				t.Errorf("%s: %v", file, err)
				continue
			}
			if err := server.Create(t.Context(), o, client.DryRunAll, client.FieldValidation(metav1.FieldValidationStrict)); err != nil {
				t.Errorf("%s, %s %s: %v", file, o.GetKind(), o.GetName(), err)
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
