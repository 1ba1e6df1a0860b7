package manifest

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// plainly is the value of a document that certainly means to kubectl's YAML
// library, which is another one, what it means to the parser of positions. Of all
// else it is not sure, and it has to be decoded.
func plainly(text []byte, tree *yaml.Node) (value any, sure bool) {
	// A tag may leave no trace in the tree. The two skip tabs in other places.
	if bytes.ContainsAny(text, "!\t\r") || tree.Kind != yaml.DocumentNode || tree.Content[0].Kind != yaml.MappingNode {
		return nil, false
	}
	return plainValue(tree.Content[0])
}

func plainValue(y *yaml.Node) (value any, sure bool) {
	if y.Anchor != "" || y.Style&yaml.TaggedStyle != 0 {
		return nil, false
	}
	switch y.Kind {
	case yaml.MappingNode:
		return plainMap(y)
	case yaml.SequenceNode:
		list := make([]any, len(y.Content))
		for i, item := range y.Content {
			if list[i], sure = plainValue(item); !sure {
				return nil, false
			}
		}
		return list, true
	case yaml.ScalarNode:
		if y.Style != 0 {
			return y.Value, true
		}
		return plainScalar(y.Value)
	default:
		return nil, false
	}
}

func plainMap(y *yaml.Node) (value any, sure bool) {
	object := make(map[string]any, len(y.Content)/2)
	for i := 0; i+1 < len(y.Content); i += 2 {
		if y.Content[i].Kind != yaml.ScalarNode {
			return nil, false
		}
		key, sure := plainValue(y.Content[i])
		name, isText := key.(string)
		if !sure || !isText {
			return nil, false
		}
		if object[name], sure = plainValue(y.Content[i+1]); !sure {
			return nil, false
		}
	}
	return object, true
}

var (
	integer = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,17})$`)
	// digits begins text that goes on as no number and no date do: a quantity, a
	// version or an IP address, a UID.
	digits = regexp.MustCompile(`^([0-9]+[gGhHkKmMsuvwW]|[0-9]+[.][0-9]+[.]|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$)`)
)

// otherwise are words that a version of YAML reads as something else.
var otherwise = map[string]bool{
	"y": true, "yes": true, "on": true, "true": true, "n": true, "no": true, "off": true, "false": true, "null": true,
}

func plainScalar(text string) (value any, sure bool) {
	switch text {
	case "", "null":
		return nil, true
	case "true", "false":
		return text == "true", true
	}
	switch {
	case startsWord(text[0]):
		return text, len(text) > len("false") || !otherwise[strings.ToLower(text)]
	case digits.MatchString(text):
		return text, true
	case integer.MatchString(text):
		n, err := strconv.ParseInt(text, 10, 64)
		return n, err == nil
	default:
		return nil, false
	}
}

// startsWord says whether a letter begins no number, date or merge.
func startsWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '/' || c == '$' || c == '('
}
