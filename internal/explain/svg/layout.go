package svg

import (
	_ "embed" // for the layout library
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/dop251/goja"
)

//go:embed dagre/dagre.min.js
var dagre string

//go:embed layout.js
var driver string

// patience is how long the layout may take. A picture of the largest size
// takes a few seconds.
const patience = time.Minute

var errTooSlow = errors.New("the layout takes too long")

// point is a place in the picture, in pixels from its upper left corner.
type point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// size is the size of a box.
type size struct {
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// arc is an edge to be laid out; the size is that of its label.
type arc struct {
	From   int `json:"from"`
	To     int `json:"to"`
	Weight int `json:"weight"`
	size
}

// graph is what is laid out.
type graph struct {
	Sideways bool   `json:"sideways"`
	Nodes    []size `json:"nodes"`
	Edges    []arc  `json:"edges"`
}

// route is where an edge goes: through the points, with the middle of its
// label at the point of its own.
type route struct {
	point
	Points []point `json:"points"`
}

// layout is where everything is: the middle of each node and the route of each
// edge.
type layout struct {
	size
	Nodes []point `json:"nodes"`
	Edges []route `json:"edges"`
}

// place lays out a graph. The same graph always gets the same layout.
func place(g graph) (layout, error) {
	if len(g.Nodes) == 0 {
		return layout{}, nil
	}
	input, err := json.Marshal(g)
	if err != nil {
		return layout{}, fmt.Errorf("describe the graph: %w", err)
	}
	vm := goja.New()
	stop := time.AfterFunc(patience, func() { vm.Interrupt(errTooSlow) })
	defer stop.Stop()
	for _, script := range []string{dagre, driver} {
		if _, err := vm.RunString(script); err != nil {
			return layout{}, fmt.Errorf("load the layout library: %w", err)
		}
	}
	call, ok := goja.AssertFunction(vm.Get("place"))
	if !ok {
		return layout{}, errors.New("load the layout library: it has no function place")
	}
	result, err := call(goja.Undefined(), vm.ToValue(string(input)))
	if err != nil {
		return layout{}, fmt.Errorf("lay out the picture: %w", err)
	}
	var out layout
	if err := json.Unmarshal([]byte(result.String()), &out); err != nil {
		return layout{}, fmt.Errorf("read the layout: %w", err)
	}
	if len(out.Nodes) != len(g.Nodes) || len(out.Edges) != len(g.Edges) {
		return layout{}, errors.New("the layout is of another graph")
	}
	return out, nil
}
