package kinds

import "slices"

// Kind is what is known of one kind.
type Kind struct {
	Group, Resource, Kind string
	// Version is the one that it is read and written in; "" is the one that the
	// cluster prefers. Admission asks about every version.
	Version string
	// ClusterScoped says that it is in no namespace.
	ClusterScoped bool

	// Subresources are the ways, besides scale, to make more of an object or to
	// change its metadata.
	Subresources []string
	// Scale says that it may be scaled by a subresource. A Scale does not say
	// whose it is, so the object that it belongs to must be readable.
	Scale bool
	// Asked says that admission asks about an autoscaler.
	Asked bool
	// Pods are the places in an object that its Pods come from.
	Pods []Pods
	// Controller is the ServiceAccount in kube-system of the controller that makes the
	// Pods, if it is one of Kubernetes' own; "" if others do.
	Controller string
	// Rank puts owners before what they make: the larger comes later. 0 is for
	// what nothing else here makes.
	Rank int

	// Way is how an object is suspended, and Field what is set if the way is Set.
	Way   Way
	Field *Field
	// Unless says of which objects the controller does not let itself be told by Field:
	// one of these is so of them. What they made is suspended in their place.
	Unless []Fact
	// Explicit says that the controller goes on only if the field says so: its Default
	// is put back where it was not there, and it is not taken away.
	Explicit bool
	// Halted is where the controller itself says that it has stopped an object.
	Halted *Halted
	// StartsOwner says that an object starts what it belongs to again, so that it
	// is suspended even if its owner is.
	StartsOwner bool
}

// Pods is a place in an object that Pods come from. In both paths a name that
// ends in [] is a list, and * stands for every key of a map.
type Pods struct {
	// Spec is where the spec of the Pods is; "" if it is in another object.
	Spec string
	// Count is where it says how many there are at a time; "" if the object does
	// not say that.
	Count string
}

// Halted is what status says of an object that its controller has stopped, is stopping, or
// has not started again. Each of these is enough.
type Halted struct {
	// Conditions: one of them is true.
	Conditions []string
	// Path and Values: a field has one of the values.
	Path, Values []string
	// Copies: the number of what runs is 0, or is not there.
	Copies []string
	// Generation: status.observedGeneration is not yet that of the object.
	Generation bool
	// Unless: one of these is so of the object, and stops it without us.
	Unless []Fact
}

// Fact is something that is so of an object, or not.
type Fact struct {
	Path []string
	// Values: the field has one of these. nil among them is a field that is not there.
	// Without any it has whatever.
	Values []any
}

// Holds says whether it is so of an object (as decoded JSON).
func (f Fact) Holds(content map[string]any) bool {
	var value any = content
	for _, name := range f.Path {
		around, _ := value.(map[string]any)
		value = around[name]
	}
	if len(f.Values) == 0 {
		return value != nil
	}
	return slices.Contains(f.Values, value)
}

// Way is how objects of a kind are suspended. What has a larger one is suspended
// first: keys, then what runs by itself, then what makes other objects.
type Way uint8

// The ways.
const (
	// Nothing: it runs nothing by itself.
	Nothing Way = iota
	// Set: a field is set, and what the object made follows.
	Set
	// Evict: a Pod is held and evicted.
	Evict
	// Hold: the data of a Secret is held.
	Hold
	// Impossible: it runs something, and there is no way to stop it. No kind of
	// the table is like that as a whole.
	Impossible
)

// Resource is a resource in any version. It converts to schema.GroupResource, and
// back; internal/translate does it.
type Resource struct{ Group, Resource string }

// Name is a kind in any version. It converts to schema.GroupKind, and back.
type Name struct{ Group, Kind string }

// Workloads are the kinds that every policy covers by default.
func Workloads() []Kind { return slices.Concat(groups...) }

// Groups are the kinds that admission asks about, those of one API group together.
func Groups() [][]Kind {
	all := slices.Clone(groups)
	for _, k := range autoscalers {
		if k.Asked {
			all = append(all, []Kind{k})
		}
	}
	return all
}

// Autoscalers are the kinds that would undo the suspension of what they scale.
// Admission asks about those of them that say so.
func Autoscalers() []Kind { return slices.Clone(autoscalers) }

// Find is what is known of a resource: a workload, Namespaces or Secrets. It is
// nil for every other one.
func Find(r Resource) *Kind { return byResource[r] }

// FindKind is the same for the name of a kind.
func FindKind(name Name) *Kind { return byName[name] }

var (
	byResource = index(func(k *Kind) Resource { return Resource{k.Group, k.Resource} })
	byName     = index(func(k *Kind) Name { return Name{k.Group, k.Kind} })
)

func index[Key comparable](key func(*Kind) Key) map[Key]*Kind {
	all := append(Workloads(), Namespace, Secret)
	m := make(map[Key]*Kind, len(all))
	for i := range all {
		m[key(&all[i])] = &all[i]
	}
	return m
}
