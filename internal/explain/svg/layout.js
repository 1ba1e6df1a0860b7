// Lays out a graph with dagre: JSON in, JSON out. Runs in goja.
function structuredClone(value) { return JSON.parse(JSON.stringify(value)); }

function place(text) {
  var graph = JSON.parse(text);
  var g = new dagre.graphlib.Graph({multigraph: true});
  g.setGraph({
    rankdir: graph.sideways ? "LR" : "TB",
    nodesep: graph.sideways ? 14 : 28, edgesep: 14,
    ranksep: graph.sideways ? 110 : 64, // half of it on either side of a label
    ranker: "network-simplex"
  });
  graph.nodes.forEach(function (n, i) { g.setNode(String(i), {width: n.width, height: n.height}); });
  graph.edges.forEach(function (e, i) {
    g.setEdge(String(e.from), String(e.to), {width: e.width, height: e.height, labelpos: "c", weight: e.weight}, String(i));
  });
  dagre.layout(g);
  var size = g.graph();
  return JSON.stringify({
    width: size.width, height: size.height,
    nodes: graph.nodes.map(function (n, i) { var at = g.node(String(i)); return {x: at.x, y: at.y}; }),
    edges: graph.edges.map(function (e, i) {
      var at = g.edge(String(e.from), String(e.to), String(i));
      return {x: at.x, y: at.y, points: at.points};
    })
  });
}
