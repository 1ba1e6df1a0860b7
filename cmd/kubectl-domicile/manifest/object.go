package manifest

// Object is one Kubernetes object and where it stands.
type Object struct {
	// Content is the object as the API server would decode it: maps, slices,
	// strings, booleans, int64, float64 and nil. It always has a kind and an
	// apiVersion.
	Content map[string]any
	// ReleaseNamespace is the namespace of the Helm release that the object is
	// of, where that is said beside it, or "".
	ReleaseNamespace string

	file string
	root *node
}

// Position is where the object begins.
func (o *Object) Position() Position {
	return o.root.position(o.file)
}

// PositionOf is where a field stands, given its path as in
// spec.parties[0].role, metadata.labels[example.com/team] or
// metadata.labels.team. What the path names beyond the object's text is found
// at the nearest part of it that is there.
func (o *Object) PositionOf(path string) Position {
	return o.root.find(path).position(o.file)
}

// APIVersion is the object's apiVersion.
func (o *Object) APIVersion() string { return o.text("apiVersion") }

// Kind is the object's kind.
func (o *Object) Kind() string { return o.text("kind") }

// Name is the object's metadata.name, or "".
func (o *Object) Name() string { return o.metadata("name") }

// GenerateName is the object's metadata.generateName, or "".
func (o *Object) GenerateName() string { return o.metadata("generateName") }

// Namespace is the object's metadata.namespace, or "".
func (o *Object) Namespace() string { return o.metadata("namespace") }

func (o *Object) text(key string) string {
	s, _ := o.Content[key].(string)
	return s
}

func (o *Object) metadata(key string) string {
	metadata, _ := o.Content["metadata"].(map[string]any)
	s, _ := metadata[key].(string)
	return s
}
