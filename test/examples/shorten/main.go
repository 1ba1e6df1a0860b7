// Command shorten takes descriptions and status out of CustomResourceDefinitions, from standard
// input, and writes those that are named to standard output. With -used, what the examples in
// a file do not use goes, too: a definition of megabytes becomes one of kilobytes, and what is
// in none of its versions is still not in it.
//
//	go run ./test/examples/shorten [-used EXAMPLE] MODULE@VERSION NAME… < definitions.yaml > test/examples/testdata/crds/of.yaml
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

func main() {
	used := flag.String("used", "", "keep what the examples in this file use")
	flag.Parse()
	if err := run(*used, flag.Args(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(used string, args []string, in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	if len(args) < 2 {
		return errors.New("say from where, and which definitions")
	}
	definitions, err := documents(text)
	if err != nil {
		return err
	}
	var examples []map[string]any
	if used != "" {
		if text, err = os.ReadFile(used); err != nil {
			return err
		}
		if examples, err = documents(text); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "# From %s, by test/examples/shorten.\n", args[0])
	for _, definition := range definitions {
		metadata, _ := definition["metadata"].(map[string]any) // an empty document has none
		if name, _ := metadata["name"].(string); !slices.Contains(args[1:], name) {
			continue
		}
		delete(definition, "status")
		shorten(definition)
		if used != "" {
			keep(definition, examples)
		}
		short, err := yaml.Marshal(definition)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "---\n%s", short); err != nil {
			return err
		}
	}
	return nil
}

// documents are those of a file.
func documents(text []byte) (all []map[string]any, err error) {
	for i, document := range strings.Split("\n"+string(text), "\n---") {
		var one map[string]any
		if err := yaml.Unmarshal([]byte(document), &one); err != nil {
			return nil, fmt.Errorf("document %d: %w", i, err)
		}
		if one != nil {
			all = append(all, one)
		}
	}
	return all, nil
}

// keep keeps of a definition what examples of its kind use, in the versions that they have.
func keep(definition map[string]any, examples []map[string]any) {
	spec, _ := definition["spec"].(map[string]any) // every definition has these
	names, _ := spec["names"].(map[string]any)
	versions, _ := spec["versions"].([]any)
	for _, version := range versions {
		version, _ := version.(map[string]any)
		schema, _ := version["schema"].(map[string]any)
		var values []any
		for _, e := range examples {
			if e["kind"] == names["kind"] && e["apiVersion"] == fmt.Sprint(spec["group"], "/", version["name"]) {
				values = append(values, e)
			}
		}
		prune(schema["openAPIV3Schema"], values)
	}
}

// prune takes out of a schema what no value has. Rules about what is gone go, too.
func prune(schema any, values []any) {
	s, ok := schema.(map[string]any)
	if !ok {
		return
	}
	var items []any
	below := map[string][]any{}
	for _, v := range values {
		switch v := v.(type) {
		case []any:
			items = append(items, v...)
		case map[string]any:
			for name, value := range v {
				below[name] = append(below[name], value)
			}
		}
	}
	prune(s["items"], items)
	properties, ok := s["properties"].(map[string]any)
	if !ok {
		return
	}
	delete(s, "x-kubernetes-validations")
	for name, property := range properties {
		if len(below[name]) == 0 {
			delete(properties, name)
		}
		prune(property, below[name])
	}
}

// shorten takes out every description that is a text, and what is said of status, which
// nobody writes into an example. A field may be called description, too.
func shorten(value any) {
	switch value := value.(type) {
	case map[string]any:
		if _, ok := value["description"].(string); ok {
			delete(value, "description")
		}
		if properties, ok := value["properties"].(map[string]any); ok && properties["spec"] != nil {
			delete(properties, "status")
			if required, ok := value["required"].([]any); ok {
				value["required"] = slices.DeleteFunc(required, func(name any) bool { return name == "status" })
			}
		}
		for _, below := range value {
			shorten(below)
		}
	case []any:
		for _, below := range value {
			shorten(below)
		}
	}
}
