package world

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/money"
)

// Operation is what applying a change does with an object.
type Operation string

// The operations.
const (
	Created   Operation = "Create"
	Replaced  Operation = "Replace"
	Deleted   Operation = "Delete"
	Unchanged Operation = "Unchanged"
)

// Step is what a change does with one object.
type Step struct {
	Kind, Name string
	Operation  Operation
}

// Ref names an object of one of Domicile's kinds.
type Ref struct{ Kind, Name string }

// resources are the plurals of the kinds.
var resources = map[string]string{
	"TenantPolicy":      "tenantpolicies",
	"Tenant":            "tenants",
	"LegalEntity":       "legalentities",
	"OwnershipRegister": "ownershipregisters",
	"TenantExemption":   "tenantexemptions",
	"AccessPoint":       "accesspoints",
}

// shortNames are those of kubectl.
var shortNames = map[string]string{
	"TenantPolicy": "tpol", "Tenant": "ten", "LegalEntity": "le", "OwnershipRegister": "oreg", "TenantExemption": "tex", "AccessPoint": "ap",
}

// Kinds lists Domicile's kinds, as one names an object with.
func Kinds() []string {
	words := make([]string, 0, len(resources))
	for kind := range resources {
		words = append(words, strings.ToLower(kind))
	}
	slices.Sort(words)
	return words
}

// ParseRef reads KIND/NAME, in which the kind is as kubectl takes it.
func ParseRef(text string) (Ref, error) {
	word, name, found := strings.Cut(text, "/")
	word = strings.TrimSuffix(strings.ToLower(word), "."+v1alpha1.Group)
	for kind, resource := range resources {
		if found && name != "" && slices.Contains([]string{strings.ToLower(kind), resource, shortNames[kind]}, word) {
			return Ref{Kind: kind, Name: name}, nil
		}
	}
	return Ref{}, fmt.Errorf("%q is not KIND/NAME with one of the kinds %s", text, strings.Join(Kinds(), ", "))
}

// Apply is the world as it would be with a change: objects are deleted, then
// those of the change replace those of the same kind and name, or are added.
// Steps say what that does, by kind and name.
func (w *View) Apply(change *View, remove []Ref) (after *View, steps []Step, err error) {
	p := w.parts.clone()
	for _, ref := range remove {
		if !p.remove(ref) {
			return nil, nil, &NotFoundError{Resource: resources[ref.Kind], Name: ref.Name, Known: w.parts.names(ref.Kind)}
		}
		steps = append(steps, Step{ref.Kind, ref.Name, Deleted})
	}
	c := change.parts
	steps = append(steps, put("TenantPolicy", p.policies, c.policies, nil)...)
	steps = append(steps, put("Tenant", p.tenants, c.tenants, nil)...)
	steps = append(steps, put("LegalEntity", p.entities, c.entities, nil)...)
	steps = append(steps, put("TenantExemption", p.exemptions, c.exemptions, nil)...)
	steps = append(steps, put("AccessPoint", p.points, c.points, nil)...)
	steps = append(steps, put("OwnershipRegister", p.registers, c.registers, func(name string) bool {
		// Its data may be another, whatever the object says.
		return p.layers[name] == c.layers[name]
	})...)
	maps.Copy(p.layers, c.layers)
	maps.Copy(p.definitions, c.definitions)
	return newView(p), steps, nil
}

func (p parts) clone() parts {
	p.policies, p.tenants, p.entities = maps.Clone(p.policies), maps.Clone(p.tenants), maps.Clone(p.entities)
	p.exemptions, p.registers, p.layers = maps.Clone(p.exemptions), maps.Clone(p.registers), maps.Clone(p.layers)
	p.points, p.definitions = maps.Clone(p.points), maps.Clone(p.definitions)
	return p
}

// names lists the objects of a kind.
func (p parts) names(kind string) []string {
	switch kind {
	case "TenantPolicy":
		return p.policies.names()
	case "Tenant":
		return p.tenants.names()
	case "LegalEntity":
		return p.entities.names()
	case "TenantExemption":
		return p.exemptions.names()
	case "AccessPoint":
		return p.points.names()
	default:
		return p.registers.names()
	}
}

// remove deletes an object; false if it is not there.
func (p parts) remove(ref Ref) bool {
	if !slices.Contains(p.names(ref.Kind), ref.Name) {
		return false
	}
	switch ref.Kind {
	case "TenantPolicy":
		delete(p.policies, ref.Name)
	case "Tenant":
		delete(p.tenants, ref.Name)
	case "LegalEntity":
		delete(p.entities, ref.Name)
	case "TenantExemption":
		delete(p.exemptions, ref.Name)
	case "AccessPoint":
		delete(p.points, ref.Name)
	default:
		delete(p.registers, ref.Name)
		delete(p.layers, ref.Name)
	}
	return true
}

// put puts the objects of a kind into others. Also says what else makes two of
// them the same; nil is nothing.
func put[T any, C compiled](name string, into, from kind[T, C], also func(name string) bool) []Step {
	var steps []Step
	for _, object := range from.names() {
		step := Step{name, object, Created}
		if existing, ok := into[object]; ok {
			step.Operation = Replaced
			if equality.Semantic.DeepEqual(said(existing.declared), said(from[object].declared)) && (also == nil || also(object)) {
				step.Operation = Unchanged
			}
		}
		into[object] = from[object]
		steps = append(steps, step)
	}
	return steps
}

// said is what of an object makes a difference: labels and spec.
func said[T any](object T) map[string]any {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&object)
	if err != nil {
		return map[string]any{"error": err.Error()}
	}
	metadata, _ := content["metadata"].(map[string]any)
	return map[string]any{"labels": metadata["labels"], "spec": content["spec"]}
}

// AnnualValue is what a tenant pays a year; nil if that is not known.
func (w *View) AnnualValue(tenant string) *money.Amount {
	value := w.parts.tenants[tenant].declared.Spec.AnnualValue
	if value == nil {
		return nil
	}
	return &money.Amount{Amount: value.Amount, Currency: value.Currency}
}

// ResourceOf is the plural of one of Domicile's kinds.
func ResourceOf(kind string) string { return resources[kind] }

// Names lists the objects of one of Domicile's kinds.
func (w *View) Names(kind string) []string { return w.parts.names(kind) }

// Size is how many objects of Domicile's kinds there are.
func (w *View) Size() int {
	n := 0
	for kind := range resources {
		n += len(w.parts.names(kind))
	}
	return n
}
