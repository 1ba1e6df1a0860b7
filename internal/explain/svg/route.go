package svg

import (
	"cmp"
	"math"
	"slices"
)

// dagre says at which points edges pass the rows of boxes. From there to the
// middle of a box it would draw a straight line, under whatever stands beside
// the box. Here an edge leaves a box on the side that faces the next row, stays
// straight while it passes a row, and bends only between rows.

// stub is how far an edge goes straight before it meets a box: as far as the
// head of an arrow reaches.
const stub = tipLength + 3

// spread is the part of a box's side that edges share.
const spread = 0.72

// routing finds the ways of all edges. It thinks from top to bottom; a picture
// from left to right is turned before and after.
type routing struct {
	graph graph
	// nodes and sizes are those of the boxes, and then those of the labels.
	nodes []point
	sizes []size
	// ports are the edges at a side of a box.
	ports map[side][]port
}

// side is the upper or lower side of a box.
type side struct {
	node  int
	below bool
}

// port is the end of an edge at a side; next is where the edge goes from there.
type port struct {
	edge  int
	start bool
	next  point
}

// ways returns the points of every edge: straight lines between the first two
// and every second pair, curves between the others.
func ways(g graph, l layout) [][]point {
	r := &routing{graph: g, ports: map[side][]port{}}
	for i, at := range l.Nodes {
		r.add(at, g.Nodes[i])
	}
	for i, e := range l.Edges {
		r.add(e.point, g.Edges[i].size)
	}
	inner := make([][]point, len(l.Edges))
	for i, e := range l.Edges {
		if g.Edges[i].From == g.Edges[i].To || len(e.Points) < 3 {
			continue
		}
		for _, p := range e.Points[1 : len(e.Points)-1] {
			inner[i] = append(inner[i], r.turn(p))
		}
		r.attach(g.Edges[i].From, port{i, true, inner[i][0]})
		r.attach(g.Edges[i].To, port{i, false, inner[i][len(inner[i])-1]})
	}
	ends := r.ends()
	out := make([][]point, len(l.Edges))
	for i := range l.Edges {
		if inner[i] == nil {
			continue
		}
		out[i] = r.way(ends[i], inner[i])
		for j, p := range out[i] {
			out[i][j] = r.turn(p)
		}
	}
	return out
}

func (r *routing) add(at point, s size) {
	if r.graph.Sideways {
		s = size{s.Height, s.Width}
	}
	r.nodes, r.sizes = append(r.nodes, r.turn(at)), append(r.sizes, s)
}

// turn exchanges the axes of a picture from left to right.
func (r *routing) turn(p point) point {
	if r.graph.Sideways {
		return point{p.Y, p.X}
	}
	return p
}

func (r *routing) attach(node int, p port) {
	at := side{node, p.next.Y > r.nodes[node].Y}
	r.ports[at] = append(r.ports[at], p)
}

// ends gives every edge its two ends: the edges at a side stand beside each
// other in the order in which they arrive, so that none crosses another there.
func (r *routing) ends() [][2]point {
	ends := make([][2]point, len(r.graph.Edges))
	for at, ports := range r.ports {
		slices.SortStableFunc(ports, func(a, b port) int {
			return cmp.Or(cmp.Compare(a.next.X, b.next.X), cmp.Compare(a.edge, b.edge))
		})
		node, s := r.nodes[at.node], r.sizes[at.node]
		y := node.Y - s.Height/2
		if at.below {
			y = node.Y + s.Height/2
		}
		step := s.Width * spread / float64(len(ports))
		for i, p := range ports {
			x := node.X + (float64(i)-float64(len(ports)-1)/2)*step
			end := 1
			if p.start {
				end = 0
			}
			ends[p.edge][end] = point{x, y}
		}
	}
	return ends
}

// way is the whole way of an edge: pairs of points with a straight line between
// the two of each, and a curve from pair to pair.
func (r *routing) way(ends [2]point, inner []point) []point {
	start, end := ends[0], ends[1]
	way := []point{start, r.clear(start, inner[0])}
	for i, p := range inner {
		before, after := start, end
		if i > 0 {
			before = inner[i-1]
		}
		if i < len(inner)-1 {
			after = inner[i+1]
		}
		half := r.row(p.Y)
		way = append(way,
			point{p.X, p.Y + math.Copysign(half, before.Y-p.Y)},
			point{p.X, p.Y + math.Copysign(half, after.Y-p.Y)})
	}
	return append(way, r.clear(end, inner[len(inner)-1]), end)
}

// clear is where an edge may bend that has just left a box: behind all that
// stand beside it.
func (r *routing) clear(at, next point) point {
	reach := stub
	for i, n := range r.nodes {
		top, bottom := n.Y-r.sizes[i].Height/2, n.Y+r.sizes[i].Height/2
		switch {
		case top > at.Y || bottom < at.Y:
		case next.Y > at.Y:
			reach = max(reach, bottom-at.Y)
		default:
			reach = max(reach, at.Y-top)
		}
	}
	reach = min(reach, math.Abs(next.Y-at.Y)/2)
	return point{at.X, at.Y + math.Copysign(reach, next.Y-at.Y)}
}

// row is half of the height of the boxes and labels whose middles are at y.
func (r *routing) row(y float64) float64 {
	half := 0.0
	for i, n := range r.nodes {
		if math.Abs(n.Y-y) < 1 {
			half = max(half, r.sizes[i].Height/2)
		}
	}
	return half
}
