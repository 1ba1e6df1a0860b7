// Command shorten takes descriptions and status out of CustomResourceDefinitions, from standard
// input, and writes those that are named to standard output.
//
//	go run ./test/examples/shorten MODULE@VERSION NAME… < definitions.yaml > test/examples/testdata/crds/of.yaml
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	if len(args) < 2 {
		return errors.New("say from where, and which definitions")
	}
	fmt.Fprintf(out, "# From %s, by test/examples/shorten.\n", args[0])
	for i, document := range strings.Split("\n"+string(text), "\n---") {
		var definition map[string]any
		if err := yaml.Unmarshal([]byte(document), &definition); err != nil {
			return fmt.Errorf("document %d: %w", i, err)
		}
		metadata, _ := definition["metadata"].(map[string]any) // an empty document has none
		if name, _ := metadata["name"].(string); !slices.Contains(args[1:], name) {
			continue
		}
		delete(definition, "status")
		shorten(definition)
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
