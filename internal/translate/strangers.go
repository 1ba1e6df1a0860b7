package translate

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/residency"
)

// ownPrefix is that of all keys of Domicile.
const ownPrefix = v1alpha1.Group + "/"

// knownAnnotations and knownLabels are those that Domicile reads or writes. The
// value of a label is a switch: true or false.
var (
	knownAnnotations = append(slices.Clone(claimKeys),
		v1alpha1.KeyDigestAnnotation, v1alpha1.KeyedDigestAnnotation,
		v1alpha1.SuspendedByAnnotation, v1alpha1.FormerAnnotation, v1alpha1.HeldInAnnotation, v1alpha1.OriginAnnotation)
	knownLabels = []string{v1alpha1.APIKeyLabel, v1alpha1.SuspendedLabel, v1alpha1.HeldLabel}
)

// visible is a text without white space and invisible characters.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}

// isOwn says whether a key is, or looks like, one of Domicile's.
func isOwn(key string) bool {
	if len(key) > 256 {
		return false
	}
	if strings.HasPrefix(key, ownPrefix) {
		return true
	}
	key = visible(key)
	return len(key) >= len(ownPrefix) && strings.EqualFold(key[:len(ownPrefix)], ownPrefix)
}

// strangers collects from annotations or labels what has a key of Domicile's, and
// means nothing to it.
func (w *walker) strangers(name string, value any) {
	m, _ := value.(map[string]any)
	kind := "labels"
	if strings.HasSuffix(name, "nnotations") {
		kind = "annotations"
	}
	for key, value := range m {
		if !isOwn(key) || kind == "annotations" && canonicalKey(key) != "" {
			continue // A claim that is misspelt is refused as a claim.
		}
		if kind == "annotations" && slices.Contains(knownAnnotations, key) || kind == "labels" && slices.Contains(knownLabels, key) && isSwitch(value) {
			continue
		}
		if len(w.unknown) >= maxMarks {
			w.exceed(fmt.Sprintf("the object has more than %d keys that look like Domicile's", maxMarks))
			return
		}
		s, isText := value.(string)
		w.unknown = append(w.unknown, Mark{Path: w.path(name), Key: key, Value: s, IsText: isText})
	}
}

func isSwitch(value any) bool { return value == "true" || value == "false" }

// looksTrue says whether a value of a switch says or looks like true.
func looksTrue(value string) bool { return strings.EqualFold(visible(value), "true") }

// Strangers tells of annotations and labels under Domicile's prefix that mean
// nothing to it: whoever wrote them thinks that they do.
func Strangers(marks []Mark) []residency.ClaimProblem {
	var problems []residency.ClaimProblem
	for _, m := range marks[:min(len(marks), maxProblems)] {
		problems = append(problems, residency.ClaimProblem{Reason: residency.InvalidClaim, Message: annotationAt(m) + ": " + strangeness(m)})
	}
	return problems
}

func strangeness(m Mark) string {
	isLabel := strings.HasSuffix(m.Path, "abels")
	switch {
	case isLabel && slices.Contains(knownLabels, m.Key):
		return "the value must be true or false, in lower case"
	case isLabel && slices.Contains(knownAnnotations, m.Key):
		return "it has to be an annotation, and is a label"
	case !isLabel && slices.Contains(knownLabels, m.Key):
		return "it has to be a label, and is an annotation"
	case isLabel:
		return "Domicile has no such label: a Secret is marked with " + v1alpha1.APIKeyLabel
	default:
		return "Domicile has no such annotation: it reads " + strings.Join(claimKeys, ", ")
	}
}
