package world

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

// inWords says what the API server refuses a field for, and what to do about it
// where the field as it is written tells.
func inWords(o *manifest.Object, err *field.Error) error {
	switch err.Type {
	case field.ErrorTypeTypeInvalid, field.ErrorTypeRequired, field.ErrorTypeInvalid:
		if text, value, ok := o.Unquoted(err.Field); ok && wanted(err, "string") {
			return fmt.Errorf("%s: %s", err.Field, manifest.QuoteIt(text, value))
		}
		if text, _, ok := o.Unquoted(err.Field); ok && wanted(err, "array") {
			return fmt.Errorf("%s: must be a list, as in [%q]", err.Field, text)
		}
		if text, ok := o.Text(err.Field); ok && wanted(err, "array") {
			return fmt.Errorf("%s: must be a list, as in [%q]", err.Field, text)
		}
	case field.ErrorTypeTooLong:
		if text, ok := o.Text(err.Field); ok {
			// Whatever the API server says, it counts characters.
			most := strings.ReplaceAll(err.Detail, "byte", "character")
			return fmt.Errorf("%s: too long: %s, and it has %d", err.Field, most, utf8.RuneCountInString(text))
		}
	}
	return bounded(err)
}

// wanted says whether a field must be of another type than it is.
func wanted(err *field.Error, kind string) bool {
	return strings.Contains(err.Detail, "must be of type "+kind)
}
