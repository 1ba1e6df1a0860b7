package ownership

import "time"

// Percent counts 10⁻⁷ percent: Whole is 100 %.
type Percent int64

// Whole is 100 %.
const Whole Percent = 1_000_000_000

// ParsePercentDown and ParsePercentUp read a decimal string.
func ParsePercentDown(s string) (Percent, error) { panic("stub") }

// ParsePercentUp rounds up.
func ParsePercentUp(s string) (Percent, error) { panic("stub") }

// String gives the shortest decimal, such as 33.3333333, without a unit.
func (p Percent) String() string { panic("stub") }

// Share is a closed range of percents. The zero value is exactly nothing; use
// UnknownShare for an amount that is not known.
type Share struct{ Lower, Upper Percent }

// UnknownShare is anything from 0 to 100 %.
var UnknownShare = Share{0, Whole}

// Builder collects parties and interests.
type Builder struct{}

// AddParty adds a party; AddInterest an interest. Order does not matter.
func (b *Builder) AddParty(p Party) {}

// AddInterest adds an interest.
func (b *Builder) AddInterest(i Interest) {}

// Build returns the graph of all that was added. The Builder is spent.
func (b *Builder) Build() *Graph { panic("stub") }

// Node is a party of one Graph.
type Node int32

// Graph is an immutable ownership graph.
type Graph struct{}

// Problem is a contradiction in the data; it is never fatal.
type Problem struct {
	Party   string // Key
	Reason  string // constant
	Message string
}

// Len is the number of nodes; Find looks a party up: false if nobody even refers to it.
func (g *Graph) Len() int { panic("stub") }

// Find looks a party up.
func (g *Graph) Find(r Ref) (Node, bool) { panic("stub") }

// Loaded is false for a node that is referred to but was never added.
func (g *Graph) Loaded(n Node) bool { panic("stub") }

// Party returns what was declared about the node.
func (g *Graph) Party(n Node) Party { panic("stub") }

// Problems lists contradictions, in a fixed order.
func (g *Graph) Problems() []Problem { panic("stub") }

// At returns the graph as it stands on the UTC day of t.
func (g *Graph) At(t time.Time) *View { panic("stub") }

// View is the graph of one day: immutable, safe for concurrent use.
type View struct{}

// Holding is all that one holder has of one kind in one subject on a day.
type Holding struct {
	Holder, Subject Node
	Kind            Kind
	Share           Share
	// Sources are the distinct sources of Records.
	Sources []string
	// Records are the declarations that the share is merged from.
	Records []Record
}

// Holdings lists the holdings in a subject, in a fixed order.
func (v *View) Holdings(subject Node) []Holding { panic("stub") }

// Until is the first instant at which the graph stands otherwise; ok is false
// if there is none.
func (v *View) Until() (t time.Time, ok bool) { panic("stub") }
