package report

import (
	"encoding/json"
	"fmt"
	"io"
)

// JSON writes the report as JSON, with lists where they are empty and never
// null.
func JSON(w io.Writer, r Report) error {
	out := Report{Results: make([]Result, len(r.Results))}
	for i, result := range r.Results {
		decisions := make([]Decision, len(result.Decisions))
		for j, d := range result.Decisions {
			if d.Path == nil {
				d.Path = []string{}
			}
			decisions[j] = d
		}
		result.Decisions = decisions
		out.Results[i] = result
	}
	return encodeJSON(w, out)
}

func encodeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}
