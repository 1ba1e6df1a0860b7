// Package svg draws the tree of a decision as a picture that stands by itself:
// no script, no font, no link, one palette for light and one for dark screens,
// and nothing that is told by colour alone.
//
// Where everything goes is found out by dagre, the layout library that Mermaid
// uses, which runs in a JavaScript interpreter written in Go; it gets numbers
// and never a name. Only the command line links this package.
package svg
