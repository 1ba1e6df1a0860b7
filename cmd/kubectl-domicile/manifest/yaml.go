package manifest

import (
	"bytes"
	"errors"
	"io"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	sigsyaml "sigs.k8s.io/yaml"
)

// readYAML reads one document. One without content has no value.
func readYAML(d document, limits Limits) parsed {
	if mostValues(d.text) > limits.Values {
		return parsed{err: errorAt(d.at(1, 1), "a document of more than %d values", limits.Values)}
	}
	var tree yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(d.text))
	if err := decoder.Decode(&tree); err != nil {
		if errors.Is(err, io.EOF) {
			return parsed{}
		}
		return parsed{err: templated(d.syntaxError(err), d.text)}
	}
	// What kubectl would leave out in silence, such as text after a line of dots.
	var more yaml.Node
	if err := decoder.Decode(&more); err == nil {
		return parsed{err: errorAt(d.at(more.Line, more.Column), "a second document: separate the two with a line of ---")}
	} else if !errors.Is(err, io.EOF) {
		return parsed{err: d.syntaxError(err)}
	}
	builder := yamlBuilder{
		document: d,
		depth:    limits.Depth,
		size:     textFactor*len(d.text) + limits.Expansion,
		done:     map[*yaml.Node]built{},
	}
	root, err := builder.build(&tree, 0)
	if err != nil {
		return parsed{err: templated(err, d.text)}
	}
	if value, sure := plainly(d.text, &tree); sure {
		return parsed{values: []any{value}, nodes: []*node{root.node}}
	}
	value, convErr := decodeYAML(d.text)
	if at := root.node.undecodable(); convErr != nil && at != nil {
		return parsed{err: errorAt(at.position(d.file), "%s is a number that JSON cannot hold: quote it, as in %q, if it is text", at.text, at.text)}
	}
	if convErr != nil {
		return parsed{err: &Error{Position: root.node.position(d.file), Err: convErr}}
	}
	if at := disagreement(value, root.node); at != nil {
		return parsed{err: errorAt(at.position(d.file), "YAML that can be read in more than one way: two keys that mean the same, or a tag")}
	}
	if value == nil {
		return parsed{} // A document without content is no object.
	}
	return parsed{values: []any{value}, nodes: []*node{root.node}, decoded: true}
}

var errUndecodable = errors.New("a value that JSON cannot hold: a tag that does not fit its value, or a number such as .nan")

// mostValues bounds how many values a document has: each but the first is after
// one of these. The parser has to be kept from finding out.
func mostValues(text []byte) int {
	n := 1
	for _, separator := range []string{"\n", ",", "[", "{", ": ", "- ", "? "} {
		n += bytes.Count(text, []byte(separator))
	}
	return n
}

// decodeYAML decodes as kubectl does.
func decodeYAML(text []byte) (any, error) {
	asJSON, err := sigsyaml.YAMLToJSON(text)
	if err != nil {
		return nil, errUndecodable // The library's own words may quote the value of a Secret.
	}
	var value any
	if err := utiljson.Unmarshal(asJSON, &value); err != nil {
		return nil, errUndecodable
	}
	return value, nil
}

// syntaxError finds the line of a syntax error: the parser names the one where
// the enclosing block began. It is the first line that, when the text ends with
// it, gives the same error.
func (d document) syntaxError(err error) *Error {
	want := err.Error()
	lines := bytes.SplitAfter(d.text, []byte("\n"))
	line := 1 + sort.Search(len(lines)-1, func(i int) bool {
		var ignored yaml.Node
		decoder := yaml.NewDecoder(bytes.NewReader(bytes.Join(lines[:i+1], nil)))
		for {
			if err := decoder.Decode(&ignored); err != nil {
				return err.Error() == want
			}
		}
	})
	message := strings.TrimPrefix(want, "yaml: ")
	if rest, found := strings.CutPrefix(message, "line "); found {
		if _, rest, found := strings.Cut(rest, ": "); found {
			message = rest
		}
	}
	return errorAt(d.at(line, 1), "%s", message)
}

// disagreement is where the value that was decoded has another shape than the
// text, or nil.
func disagreement(value any, n *node) *node {
	switch value := value.(type) {
	case map[string]any:
		if n.fields == nil || len(value) != len(n.fields) {
			return n
		}
		for key, child := range value {
			at, found := n.fields[key]
			if !found {
				continue // such as 0x10, which is read as 16
			}
			if at := disagreement(child, at); at != nil {
				return at
			}
		}
	case []any:
		if n.items == nil || len(value) != len(n.items) {
			return n
		}
		for i, child := range value {
			if at := disagreement(child, n.items[i]); at != nil {
				return at
			}
		}
	default:
		if n.fields != nil || n.items != nil {
			return n
		}
	}
	return nil
}
