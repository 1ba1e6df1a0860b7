package translate

import (
	"strings"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Reading is all that one pass over an object finds in it.
type Reading struct {
	// Object is what the core needs to know. The Tenants of its Secrets are
	// not known yet.
	Object *residency.Object
	// Marks are the annotations that make up the claims, one by one.
	Marks []Mark
	// Unknown are annotations and labels under Domicile's prefix that mean nothing to
	// it, one by one.
	Unknown []Mark
	// ServiceAccounts are the ServiceAccounts that the object runs as.
	ServiceAccounts []ServiceAccountReference
}

// ServiceAccountReference is a ServiceAccount that a workload runs as.
type ServiceAccountReference struct {
	Name, Path string
}

// Object reads an object (as decoded JSON) into what the core needs: claims,
// labels, Secret references without their tenants, data key names, API-key mark.
// Operation, resource and namespace are the caller's to fill in. The values of
// a Secret are gone from raw afterwards (see RedactSecret).
func Object(raw map[string]any) *residency.Object {
	return Read(raw).Object
}

// Read is Object, with what the webhook needs besides.
func Read(raw map[string]any) Reading { return read(raw, 0) }

// read reads an object of which raw has all that is looked at; it has as many values.
func read(raw map[string]any, values int) Reading {
	o := &residency.Object{Kind: text(raw["kind"])}
	o.Group, o.Version = splitAPIVersion(text(raw["apiVersion"]))
	metadata, _ := raw["metadata"].(map[string]any)
	o.Name = text(metadata["name"])
	o.Labels = stringMap(metadata["labels"])

	secret := isSecret(o)
	if secret {
		RedactSecret(raw)
		o.APIKey = text(raw["type"]) == v1alpha1.APIKeySecretType || looksTrue(o.Labels[v1alpha1.APIKeyLabel])
		o.DataKeys = dataKeys(raw)
		o.SystemSecret = isSystemSecret(raw)
	}

	w := walk(raw, !secret, values)
	o.Claims = claimsOf(w.marks, w.problems)
	o.Secrets = w.secrets
	o.Strangers = Strangers(w.unknown)
	o.Unclaimed = unclaimed(o, raw)
	return Reading{Object: o, Marks: w.marks, Unknown: w.unknown, ServiceAccounts: w.serviceAccounts}
}

// NamespaceOf reads a Namespace's name, labels and annotations.
func NamespaceOf(name string, labels, annotations map[string]string) *residency.Namespace {
	return &residency.Namespace{Name: name, Labels: labels, Claims: claimsIn(annotations)}
}

// claimsIn reads the claims of an object's own annotations.
func claimsIn(annotations map[string]string) residency.Claims {
	var marks []Mark
	for key, value := range annotations {
		if m, ok := markOf("metadata.annotations", key, value); ok {
			marks = append(marks, m)
		}
	}
	sortMarks(marks)
	return claimsOf(marks, nil)
}

func isSecret(o *residency.Object) bool {
	return o.Group == "" && o.Kind == "Secret"
}

func splitAPIVersion(s string) (group, version string) {
	if group, version, ok := strings.Cut(s, "/"); ok {
		return group, version
	}
	return "", s
}

// text is the string in a decoded value, or "".
func text(v any) string {
	s, _ := v.(string)
	return s
}

// stringMap keeps the entries of a decoded map that are strings.
func stringMap(v any) map[string]string {
	m, _ := v.(map[string]any)
	if len(m) == 0 {
		return nil
	}
	out := make(map[string]string, len(m))
	for key, value := range m {
		if s, ok := value.(string); ok {
			out[key] = s
		}
	}
	return out
}
