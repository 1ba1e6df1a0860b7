package world

import "github.com/domicile-dev/domicile/internal/translate"

// refer notes an object that others may refer to. The later of two with one name
// is the one that would be there in the end.
func refer(n *translate.Neighbours, o Object, content map[string]any) {
	if o.Kind.Group != "" {
		return
	}
	switch o.Kind.Kind {
	case "Secret":
		metadata, _ := content["metadata"].(map[string]any)
		annotations, _ := metadata["annotations"].(map[string]any)
		texts := make(map[string]string, len(annotations))
		for name, value := range annotations {
			texts[name], _ = value.(string)
		}
		n.AddSecret(o.Namespace, o.Name, texts)
	case "ServiceAccount":
		n.AddServiceAccount(o.Namespace, o.Name, content)
	}
}
