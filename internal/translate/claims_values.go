package translate

import (
	"strings"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/ownership"
)

const (
	maxIdentifier = 128
	maxQuoted     = 64
)

// tenantNameProblem says why a value is not the name of a Tenant, or "". The
// name must be exactly that: a value that has to be trimmed or folded to be a
// name would be another name to every other reader.
func tenantNameProblem(value string) string {
	switch {
	case value == "":
		return "the name of a Tenant must not be empty"
	case isName(value):
		return ""
	case strings.Contains(value, ","):
		return quote(value) + " is a list; one Tenant is claimed here, and further ones in domicile.dev/on-behalf-of"
	default:
		return quote(value) + " is not the name of a Tenant: lower-case letters, digits, '-' and '.' only, at most 253"
	}
}

// parseIdentifier reads SCHEME:ID, or says why it is not one.
func parseIdentifier(value string) (ownership.Identifier, string) {
	scheme, id, ok := strings.Cut(value, ":")
	if !ok || !ownership.IsScheme(scheme) || !validIdentifier(id) {
		return ownership.Identifier{}, quote(value) + " is not of the form SCHEME:ID, such as LEI:00LANTERNGROUP000060"
	}
	return ownership.Identifier{Scheme: scheme, ID: id}, ""
}

// validIdentifier is narrower than the API's pattern: printable ASCII, so that
// what a person reads is what is looked up.
func validIdentifier(s string) bool {
	if s == "" || len(s) > maxIdentifier || strings.TrimSpace(s) != s {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// annotationAt writes which annotation is meant.
func annotationAt(m Mark) string {
	return short(m.Path) + "[" + quote(m.Key) + "]"
}

// quote writes a value of a user in a message: bounded, in ASCII, so that look-alikes show.
func quote(s string) string { return cut.Quote(s, maxQuoted) }
