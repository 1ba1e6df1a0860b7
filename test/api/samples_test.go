package api

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// TestSamplesAreAdmitted: whoever applies config/samples as they are gets what
// the comments promise. Without the webhook, refused.yaml is admitted, too.
func TestSamplesAreAdmitted(t *testing.T) {
	for _, object := range samples(t, "namespaces.yaml") {
		if err := server.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(root, "config", "samples", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	for _, path := range files {
		name := filepath.Base(path)
		if name == "kustomization.yaml" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			for _, object := range samples(t, name) {
				err := client.WithFieldValidation(server, "Strict").Create(t.Context(), object, client.DryRunAll)
				if err != nil && (name != "namespaces.yaml" || !apierrors.IsAlreadyExists(err)) {
					t.Error(complaints(err))
				}
			}
		})
	}
}

// TestKustomizationOfSamples: `kubectl apply -k config/samples` finds what it
// names, and the README's first policy is part of it.
func TestKustomizationOfSamples(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "config", "samples", "kustomization.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var kustomization struct {
		Resources []string `json:"resources"`
	}
	if err := yaml.Unmarshal(text, &kustomization); err != nil {
		t.Fatal(err)
	}
	for _, name := range kustomization.Resources {
		if name == "refused.yaml" {
			t.Error("refused.yaml is meant to be refused: it must be applied by itself")
		}
		if name == "exemption.yaml" {
			t.Error("with exemption.yaml, refused.yaml would be admitted: it must be applied by itself")
		}
		if _, err := os.Stat(filepath.Join(root, "config", "samples", name)); err != nil {
			t.Error(err)
		}
	}
	if !slices.Contains(kustomization.Resources, "policy.yaml") {
		t.Error("the policy in ten lines is not part of it")
	}
}

// samples reads one file of config/samples.
func samples(t *testing.T, name string) []*unstructured.Unstructured {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "config", "samples", name))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(text, []byte("# ")) {
		t.Errorf("%s does not begin by saying what it shows", name)
	}
	var objects []*unstructured.Unstructured
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		objects = append(objects, decode(t, []byte(document)))
	}
	return objects
}
