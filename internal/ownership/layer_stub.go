package ownership

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Layer is an immutable set of declarations: those of one register, of several,
// or of all LegalEntities. It is safe for concurrent use.
type Layer struct {
	register  string
	parties   []Party
	interests []Interest
}

// Layer returns all that was added. The Builder is spent.
func (b *Builder) Layer() *Layer {
	l := &Layer{parties: b.parties, interests: b.interests}
	*b = Builder{}
	return l
}

// RegisterScheme is the scheme of identifiers that are a register's own: under
// {RegisterScheme(name), ID} a party is found that the register knows by ID.
func RegisterScheme(register string) string { return "OREG." + strings.ToUpper(register) }

// Named returns the layer as that of a register: keys become identifiers with
// the register's own scheme, and sources say which register they are from. It
// shares memory with l.
func (l *Layer) Named(register string) *Layer {
	n := *l
	n.register = register
	return &n
}

// Parties is the number of parties, with those that are only referred to.
func (l *Layer) Parties() int { return len(l.parties) }

// Interests is the number of interests.
func (l *Layer) Interests() int { return len(l.interests) }

// Memory is about how many bytes the layer takes.
func (l *Layer) Memory() int64 { return 0 }

// Problems lists contradictions in the data, as Graph.Problems does.
func (l *Layer) Problems() []Problem { return nil }

// ProblemsLeftOut is how many problems Problems does not list.
func (l *Layer) ProblemsLeftOut() int { return 0 }

// Merge makes one layer of several; their order makes no difference.
func Merge(layers ...*Layer) *Layer {
	var b Builder
	for _, l := range layers {
		l.addTo(&b)
	}
	return b.Layer()
}

func (l *Layer) addTo(b *Builder) {
	if l == nil {
		return
	}
	ref := func(r Ref) Ref {
		if l.register == "" || r.Key == "" {
			return r
		}
		return Ref{Identifier: Identifier{RegisterScheme(l.register), r.Key}}
	}
	source := func(s string) string {
		if l.register == "" {
			return s
		}
		return "OwnershipRegister " + l.register + ": " + s
	}
	for _, p := range l.parties {
		if r := ref(Ref{Key: p.Key}); r.Key == "" && p.Key != "" {
			p.Key, p.Identifiers = "", append([]Identifier{r.Identifier}, p.Identifiers...)
		}
		p.Source = source(p.Source)
		b.AddParty(p)
	}
	for _, i := range l.interests {
		i.Holder, i.Subject, i.Source = ref(i.Holder), ref(i.Subject), source(i.Source)
		b.AddInterest(i)
	}
}

// NewGraph links registers and LegalEntities: what top declares about a party
// wins over what base declares. Either may be nil. missing names registers whose
// data should be there and is not.
func NewGraph(base, top *Layer, missing ...string) *Graph {
	var b Builder
	base.addTo(&b)
	top.addTo(&b)
	g := b.Build()
	g.missing = missing
	return g
}

// Missing names the registers whose data should be in the graph and is not, so
// that nobody in it can be said to be Clear.
func (g *Graph) Missing() []string { return g.missing }

type stored struct {
	Parties   []Party
	Interests []Interest
}

// Encode writes the layer in a compact form that Decode reads.
func (l *Layer) Encode(w io.Writer) error {
	if _, err := io.WriteString(w, layerMagic); err != nil {
		return err
	}
	return gob.NewEncoder(w).Encode(stored{l.parties, l.interests})
}

// layerMagic is how an encoded layer begins.
const layerMagic = "DOMICILE-LAYER\n"

// IsLayer says whether data begins as an encoded layer does.
func IsLayer(begin []byte) bool { return strings.HasPrefix(string(begin), layerMagic) }

// Decode reads what Encode wrote; a layer that would take more than maxBytes of
// memory is refused.
func Decode(r io.Reader, maxBytes int64) (*Layer, error) {
	buffered := bufio.NewReader(r)
	begin := make([]byte, len(layerMagic))
	if _, err := io.ReadFull(buffered, begin); err != nil || !IsLayer(begin) {
		return nil, errors.New("not a compiled register")
	}
	var s stored
	if err := gob.NewDecoder(buffered).Decode(&s); err != nil {
		return nil, fmt.Errorf("decode a compiled register: %w", err)
	}
	return &Layer{parties: s.Parties, interests: s.Interests}, nil
}
