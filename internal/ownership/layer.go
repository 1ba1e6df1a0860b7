package ownership

import (
	"slices"
	"sync"
)

// Layer is an immutable, compact set of declarations: those of one register, of
// several, or of all LegalEntities. It is safe for concurrent use.
type Layer struct {
	*layerData
	register string // "" if keys are keys
	// incomplete says that not everything fitted in.
	incomplete bool
}

// layerData is a layer without its name. Nodes are in the order of their
// labels: equal declarations in any order make equal data.
type layerData struct {
	text     text
	schemes  []string // the first is that of keys
	prefixes []string // of sources; the first is ""
	profiles []Profile

	// ids has the identities of each node, one node after the other.
	ids     identities
	idStart []uint32 // by node, and the end
	name    []uint32 // by node, in text
	source  []uint32 // by node, in text
	profile []uint32 // by node
	loaded  bitset   // whether anybody declares the node

	// records has the interests in each node, in the order of record.compare.
	records     []record
	recordStart []uint32 // by subject, and the end
	details     []details
	alone       []Node // subjects in which somebody has something through nobody knows whom
	boundaries  []day  // on which an interest begins or ends, sorted

	// anew has what is declared of some nodes instead of what stands in all that.
	anew map[Node]*declaredAnew

	hashing  sync.Once
	revision string // the hash of all that; empty until it was asked for

	problems problems
	views    views[*layerView]
	starts   memo
}

// Named returns the layer as that of a register: keys become identifiers in the
// register's own scheme, and sources say which register they are from. It
// shares memory with l.
func (l *Layer) Named(register string) *Layer {
	return &Layer{layerData: l.layerData, register: register, incomplete: l.incomplete}
}

// Parties is the number of parties, with those that are only referred to.
func (l *Layer) Parties() int { return l.len() }

// Interests is the number of interests.
func (l *Layer) Interests() int { return len(l.records) }

// Memory is about how many bytes the layer takes, without what is computed
// about it.
func (l *Layer) Memory() int64 {
	return int64(len(l.text)) + int64(len(l.profiles))*profileBytes +
		int64(l.ids.len())*6 + int64(len(l.ids.slots))*8 +
		int64(l.len())*20 + int64(len(l.loaded))*8 + int64(len(l.records))*28 + memoryOf(l.details)
}

// Problems lists contradictions in the data, in a fixed order, at most 1000 of
// each reason.
func (l *Layer) Problems() []Problem { return l.problems.list(l.label) }

// ProblemsLeftOut is how many problems Problems does not list.
func (l *Layer) ProblemsLeftOut() int { return l.problems.leftOut }

func (l *layerData) len() int { return len(l.profile) }

// recordsOf returns the records in a subject.
func (l *layerData) recordsOf(subject Node) []record { return l.declarationsOf(subject).records }

// declarationsOf returns the records in a subject with what they refer to.
func (l *layerData) declarationsOf(subject Node) declarations {
	if a := l.nodeAnew(subject); a != nil {
		return a.declarations
	}
	return declarations{l.records[l.recordStart[subject]:l.recordStart[subject+1]], l.details}
}

// profileOf is what a node is and where it sits.
func (l *layerData) profileOf(n Node) *Profile {
	if a := l.nodeAnew(n); a != nil {
		return a.piece.profileOf(a.node)
	}
	return &l.profiles[l.profile[n]]
}

// ref is an identity as the layer's name has it.
func (l *Layer) ref(id uint32) Ref {
	scheme, text := l.ids.scheme[id], string(l.ids.bytes(id))
	switch {
	case scheme != keyScheme:
		return Ref{Identifier: Identifier{l.schemes[scheme], text}}
	case l.register != "":
		return Ref{Identifier: Identifier{RegisterScheme(l.register), text}}
	default:
		return Ref{Key: text}
	}
}

// find looks a reference in its normal form up.
func (l *Layer) find(r Ref) (Node, bool) {
	id, ok := l.findID(r)
	if !ok {
		return 0, false
	}
	return l.nodeOf(id), true
}

// findID finds the number of a reference in its normal form.
func (l *Layer) findID(r Ref) (id uint32, ok bool) {
	scheme, text := r.Identifier.Scheme, r.Identifier.ID
	switch {
	case r.Key != "" && l.register != "":
		return 0, false
	case r.Key != "":
		scheme, text = "", r.Key
	case l.register != "" && scheme == RegisterScheme(l.register):
		scheme = ""
	}
	number, ok := slices.BinarySearchFunc(l.schemes, scheme, compareSchemes)
	if !ok {
		return 0, false
	}
	return l.ids.find(uint16(number), []byte(text))
}

// nodeOf is the node that an identity belongs to.
func (l *layerData) nodeOf(id uint32) Node {
	low, high := 0, l.len()
	for high-low > 1 {
		if middle := int(uint(low+high) >> 1); l.idStart[middle] <= id {
			low = middle
		} else {
			high = middle
		}
	}
	return Node(low)
}

// refs returns all that a node is known under.
func (l *Layer) refs(n Node) []Ref {
	refs := make([]Ref, 0, l.idStart[n+1]-l.idStart[n])
	for id := l.idStart[n]; id < l.idStart[n+1]; id++ {
		refs = append(refs, l.ref(id))
	}
	return refs
}

// label is the node's key, or SCHEME:ID of its first identifier; a register's
// own number only if there is nothing else.
func (l *Layer) label(n Node) string {
	id := l.idStart[n]
	if l.register != "" && l.ids.scheme[id] == keyScheme {
		if last := l.idStart[n+1] - 1; l.ids.scheme[last] != keyScheme {
			for l.ids.scheme[id] == keyScheme {
				id++
			}
		}
	}
	return l.ref(id).label()
}

// party returns what is declared about a node; of one that is not loaded, what
// others refer to it by.
func (l *Layer) party(n Node) Party {
	if a := l.nodeAnew(n); a != nil {
		return a.piece.party(a.node)
	}
	profile := l.profiles[l.profile[n]]
	p := Party{
		Name: l.text.at(l.name[n]), Type: profile.Type, Jurisdictions: profile.Jurisdictions,
		Source: l.sourceAt(l.source[n]),
	}
	for _, r := range l.refs(n) {
		switch {
		case r.Key == "":
			p.Identifiers = append(p.Identifiers, r.Identifier)
		case p.Key == "":
			p.Key = r.Key
		}
	}
	return p
}

// sourceAt returns a source as the layer's name has it.
func (l *Layer) sourceAt(at uint32) string {
	s := l.text.source(at, l.prefixes)
	if l.register == "" || s == "" {
		return s
	}
	return sourceBegin + l.register + sourceEnd + s
}
