package manifest

import (
	"go.yaml.in/yaml/v3"

	"github.com/domicile-dev/domicile/internal/cut"
)

// maxQuoted bounds how much of the input stands in a message.
const maxQuoted = 80

// built is a node and how much it stands for once aliases are expanded.
type built struct {
	node *node
	size int
}

// textFactor is how much larger than its text a document without aliases can
// count: a value of one byte and a separator count ten.
const textFactor = 5

type yamlBuilder struct {
	document    document
	depth, size int                  // the most
	done        map[*yaml.Node]built // of those with an anchor; nil node: under way
}

func (b *yamlBuilder) build(y *yaml.Node, depth int) (built, *Error) {
	if y.Kind == yaml.AliasNode {
		y = y.Alias
	}
	if known, seen := b.done[y]; seen {
		if known.node == nil {
			return built{}, errorAt(b.at(y), "anchor %q contains itself", cut.Text(y.Anchor, maxQuoted))
		}
		return known, nil
	}
	if depth > b.depth {
		return built{}, errorAt(b.at(y), "nested more than %d deep", b.depth)
	}
	anchored := y.Anchor != "" // and so may be met again
	if anchored {
		b.done[y] = built{}
	}
	at := b.at(y)
	result := built{node: &node{line: at.Line, column: at.Column}, size: 8 + len(y.Value)}
	var err *Error
	switch y.Kind {
	case yaml.DocumentNode:
		result, err = b.build(y.Content[0], depth)
	case yaml.MappingNode:
		err = b.mapping(y, &result, depth)
	case yaml.SequenceNode:
		err = b.sequence(y, &result, depth)
	case yaml.ScalarNode:
		if y.Style == 0 {
			result.node.text = y.Value
		}
	}
	if err != nil {
		return built{}, err
	}
	if result.size > b.size {
		return built{}, errorAt(at, "too large once its aliases are expanded")
	}
	if anchored {
		b.done[y] = result
	}
	return result, nil
}

func (b *yamlBuilder) mapping(y *yaml.Node, into *built, depth int) *Error {
	into.node.fields = make(map[string]*node, len(y.Content)/2)
	var merges []*node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			return errorAt(b.at(key), "a key must be a string")
		}
		child, err := b.build(value, depth+1)
		if err != nil {
			return err
		}
		into.size = min(into.size+len(key.Value)+child.size, b.size+1)
		if key.Tag == "!!merge" {
			merges = append(merges, child.node)
			continue
		}
		if earlier, twice := into.node.fields[key.Value]; twice {
			return errorAt(b.at(key), "key %q is already set on line %d", cut.Text(key.Value, maxQuoted), earlier.line)
		}
		into.node.fields[key.Value] = standing(child.node, value, b.at(key))
	}
	for _, merge := range merges {
		into.node.merge(merge)
	}
	return nil
}

func (b *yamlBuilder) sequence(y *yaml.Node, into *built, depth int) *Error {
	into.node.items = make([]*node, 0, len(y.Content))
	for _, item := range y.Content {
		child, err := b.build(item, depth+1)
		if err != nil {
			return err
		}
		into.size = min(into.size+child.size, b.size+1)
		into.node.items = append(into.node.items, standing(child.node, item, b.at(item)))
	}
	return nil
}

func (b *yamlBuilder) at(y *yaml.Node) Position { return b.document.at(y.Line, y.Column) }

// standing is a node at the position of its key or of the alias that stands for
// it: a copy if it may stand elsewhere, too.
func standing(n *node, y *yaml.Node, at Position) *node {
	if y.Kind == yaml.AliasNode || y.Anchor != "" {
		c := *n
		n = &c
	}
	n.line, n.column = at.Line, at.Column
	return n
}

// merge adds the fields of what a merge key names, a map or a list of them.
func (n *node) merge(from *node) {
	n.merged = true
	for key, child := range from.fields {
		if _, set := n.fields[key]; !set {
			n.fields[key] = child
		}
	}
	for _, item := range from.items {
		n.merge(item)
	}
}
