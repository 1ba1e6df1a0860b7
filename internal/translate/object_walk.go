package translate

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/residency"
)

// The bounds of one object. The API server takes no more than 3 MiB of JSON;
// these keep the reading of it below some tens of milliseconds.
const (
	maxDepth           = 128
	maxNodes           = 500_000
	maxMarks           = 1024
	maxSecrets         = 256
	maxServiceAccounts = 32
	maxPath            = 256
)

// walker looks at every value of an object once.
type walker struct {
	marks, unknown  []Mark
	secrets         []residency.SecretReference
	serviceAccounts []ServiceAccountReference
	problems        []residency.ClaimProblem

	references bool // whether to look for references
	segments   []string
	nodes      int
	secretAt   map[string]int // index in secrets by namespace/name
	exceeded   bool
}

// walk reads an object; the Secrets and ServiceAccounts that it refers to only if
// references is set. values is how many it has that are not in raw.
func walk(raw map[string]any, references bool, values int) *walker {
	w := &walker{references: references}
	if values > maxNodes {
		w.exceed(fmt.Sprintf("the object has more than %d values", maxNodes))
	}
	w.visitMap(raw)
	sortMarks(w.marks)
	sortMarks(w.unknown)
	sortSecrets(w.secrets)
	sortServiceAccounts(w.serviceAccounts)
	return w
}

func (w *walker) visit(segment string, value any) {
	switch value.(type) {
	case map[string]any, []any:
	default:
		w.nodes++
		return
	}
	if w.nodes++; w.nodes > maxNodes {
		w.exceed(fmt.Sprintf("the object has more than %d values", maxNodes))
		return
	}
	if len(w.segments) >= maxDepth {
		w.exceed(fmt.Sprintf("the object is nested deeper than %d levels", maxDepth))
		return
	}
	w.segments = append(w.segments, segment)
	switch value := value.(type) {
	case map[string]any:
		w.visitMap(value)
	case []any:
		for i, item := range value {
			w.visit("["+strconv.Itoa(i)+"]", item)
		}
	}
	w.segments = w.segments[:len(w.segments)-1]
}

func (w *walker) visitMap(m map[string]any) {
	for key, value := range m {
		if w.isUnread(key) {
			continue
		}
		switch r := roleOf(key); r {
		case roleAnnotations:
			w.annotations(key, value)
			w.strangers(key, value)
		case roleLabels:
			w.strangers(key, value)
		default:
			if w.references {
				w.reference(r, key, value)
			}
		}
		w.visit(key, value)
	}
}

// isUnread says whether nothing comes of what stands under a key here. The API server
// does not ask when the status changes: a claim there would be put without bind.
func (w *walker) isUnread(key string) bool {
	switch len(w.segments) {
	case 0:
		return key == "status"
	case 1:
		return key == managedFields && w.segments[0] == "metadata"
	default:
		return false
	}
}

// annotations collects our annotations from a map of that name, or one that ends so.
func (w *walker) annotations(name string, value any) {
	m, ok := value.(map[string]any)
	if !ok {
		return
	}
	for key, value := range m {
		mark, ok := markOf(w.path(name), key, value)
		if !ok {
			continue
		}
		if len(w.marks) >= maxMarks {
			w.exceed(fmt.Sprintf("the object has more than %d claims", maxMarks))
			return
		}
		mark.parent = w.parent()
		w.marks = append(w.marks, mark)
	}
}

// parent leads to what the annotations at this place are about.
func (w *walker) parent() []string {
	parent := append([]string(nil), w.segments...)
	if n := len(parent); n > 0 && parent[n-1] == "metadata" {
		return parent[:n-1]
	}
	return parent
}

// exceed notes the first limit that an object goes beyond: one is enough to
// refuse it.
func (w *walker) exceed(message string) {
	if w.exceeded {
		return
	}
	w.exceeded = true
	w.problems = append(w.problems, residency.ClaimProblem{Reason: residency.LimitExceeded, Message: message})
}

// path writes where the walker is, and a last segment.
func (w *walker) path(last string) string {
	var b strings.Builder
	for _, segment := range append(w.segments[:len(w.segments):len(w.segments)], last) {
		switch {
		case strings.HasPrefix(segment, "["):
		case b.Len() > 0:
			b.WriteByte('.')
		}
		b.WriteString(segment)
	}
	return b.String()
}

// short bounds a path for people. The end says most.
func short(path string) string { return cut.Front(path, maxPath) }
