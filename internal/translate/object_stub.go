package translate

import "github.com/domicile-dev/domicile/internal/residency"

// Object reads an object (as decoded JSON) into what the core needs: claims,
// labels, Secret references without their tenants, data key names, API-key mark.
// Operation, resource and namespace are the caller's to fill in.
func Object(raw map[string]any) *residency.Object { panic("stub") }

// NamespaceOf reads a Namespace's name, labels and annotations.
func NamespaceOf(name string, labels, annotations map[string]string) *residency.Namespace {
	panic("stub")
}
