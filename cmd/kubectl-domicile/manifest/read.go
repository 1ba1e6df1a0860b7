package manifest

import (
	"fmt"
	"io"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Read reads all objects of one file, of which name is how errors call it. The
// items of lists take the place of their list. What can be read is returned
// along with what is wrong with the rest.
func Read(name string, r io.Reader, limits Limits) ([]Object, []*Error) {
	return read(name, r, limits, 0)
}

// read is Read after so many objects of other files.
func read(name string, r io.Reader, limits Limits, before int) ([]Object, []*Error) {
	text, err := io.ReadAll(io.LimitReader(r, limits.Bytes+1))
	if err != nil {
		return nil, []*Error{{Position: Position{File: name}, Err: fmt.Errorf("read: %w", err)}}
	}
	if int64(len(text)) > limits.Bytes {
		return nil, []*Error{errorAt(Position{File: name}, "larger than %s", size(limits.Bytes))}
	}
	c := collector{file: name, limits: limits, before: before}
	text, helm := ofHelm(text)
	c.release = helm
	documents, splitErr := split(name, text)
	if splitErr != nil {
		return nil, []*Error{splitErr}
	}
	for _, p := range parseAll(documents, limits) {
		c.document(p)
	}
	return c.objects, c.errors
}

// parsed is what stands in a document: one value, or several if it is JSON.
type parsed struct {
	values []any
	nodes  []*node
	err    *Error
	// decoded says that YAML had to be parsed by kubectl's library, too.
	decoded bool
}

// parseAll parses documents on all processors.
func parseAll(documents []document, limits Limits) []parsed {
	all := make([]parsed, len(documents))
	var workers errgroup.Group
	workers.SetLimit(runtime.GOMAXPROCS(0))
	for i, d := range documents {
		workers.Go(func() error {
			all[i] = parse(d, limits)
			return nil
		})
	}
	_ = workers.Wait() // Errors stand with what was parsed.
	return all
}

func parse(d document, limits Limits) parsed {
	var jsonErr *Error
	if looksLikeJSON(d.text) {
		values, nodes, syntax, err := readJSON(d, limits)
		if err == nil || !syntax {
			return parsed{values: values, nodes: nodes, err: err}
		}
		jsonErr = err
	}
	p := readYAML(d, limits)
	if p.err != nil && jsonErr != nil && strings.HasSuffix(d.file, ".json") {
		return parsed{err: jsonErr}
	}
	return p
}

type collector struct {
	file    string
	limits  Limits
	before  int // objects of other files
	release release
	objects []Object
	errors  []*Error
}

func (c *collector) fail(err *Error) {
	if len(c.errors) < c.limits.Errors {
		c.errors = append(c.errors, err)
	}
}

func (c *collector) document(p parsed) {
	if p.err != nil {
		c.fail(p.err)
		return
	}
	for i, value := range p.values {
		c.object(value, p.nodes[i], "", "")
	}
}

// object adds a value as an object, or its items if it is a list. An item of a
// typed list may leave out what its list says.
func (c *collector) object(value any, n *node, apiVersion, kind string) {
	content, isMap := value.(map[string]any)
	if !isMap {
		c.fail(errorAt(n.position(c.file), "not a Kubernetes object: a map with apiVersion and kind is"))
		return
	}
	o := Object{Content: content, ReleaseNamespace: c.release.namespace, file: c.file, root: n}
	if kind != "" && content["apiVersion"] == nil && content["kind"] == nil {
		content["apiVersion"], content["kind"] = apiVersion, kind
	}
	for _, key := range []string{"apiVersion", "kind"} {
		if o.text(key) == "" {
			c.fail(errorAt(o.PositionOf(key), "not a Kubernetes object: %s", o.noText(key)))
			return
		}
	}
	items, isList := content["items"].([]any)
	singular, named := strings.CutSuffix(o.Kind(), "List")
	if _, given := content["items"]; named && content["items"] == nil && (given || o.APIVersion() == "v1" && singular == "") {
		return // A list without items.
	}
	if isList && named {
		for i, item := range items {
			c.object(item, n.fields["items"].items[i], o.APIVersion(), singular)
		}
		return
	}
	if c.before+len(c.objects) >= c.limits.Objects {
		c.fail(errorAt(o.Position(), "more than %d objects in all", c.limits.Objects))
		return
	}
	c.objects = append(c.objects, o)
}

// noText says why a field is not the text that it must be.
func (o *Object) noText(key string) string {
	if text, value, ok := o.Unquoted(key); ok {
		return key + ": " + QuoteIt(text, value)
	}
	return key + " must be a string that is not empty"
}
