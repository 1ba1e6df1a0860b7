package ownership

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Builder collects parties and interests from any number of sources. The order
// in which they are added makes no difference. It keeps no memory of the
// caller's. The zero value is ready for use.
type Builder struct {
	text     text
	schemes  []string // the first is that of keys
	number   map[string]uint16
	ids      identities
	same     []uint32 // by identity: a disjoint-set forest
	profiles profiles
	prefixes prefixes

	parties    []declaredParty
	partyIDs   []uint32 // the identities of all parties, one after the other
	interests  []declaredInterest
	details    detailsList // their parties are identities
	anonymous  []anonymousParty
	unrelated  int // interests without a holder or a subject
	overflowed bool
}

// declaredParty is a declaration of a party. Its identities end where those of
// the next one begin.
type declaredParty struct {
	ids          uint32 // where they begin in Builder.partyIDs
	profile      uint32
	name, source uint32
	// united says that it stands for all declarations of a party in a layer.
	united bool
}

// declaredInterest is a declaration of an interest between two identities.
type declaredInterest struct {
	subject uint32
	record
}

// anonymousParty is one that nobody can refer to.
type anonymousParty struct{ name, source string }

func (p anonymousParty) compare(q anonymousParty) int {
	return cmp.Or(strings.Compare(p.name, q.name), strings.Compare(p.source, q.source))
}

// maxAnonymous bounds how many of those are kept for a message.
const maxAnonymous = maxProblems + 1

// maxIdentities leaves room for one number that is none.
const maxIdentities = math.MaxInt32 - 1

// Full says that there were more declarations than fit into one layer (four
// gigabytes of text, or two thousand million parties); what was added since has
// been left out.
func (b *Builder) Full() bool { return b.overflowed }

// Memory is about how many bytes the Builder takes. The layer takes less.
func (b *Builder) Memory() int64 {
	return int64(cap(b.text)) + int64(cap(b.schemes))*16 +
		int64(cap(b.ids.scheme))*2 + int64(cap(b.ids.id))*4 + int64(cap(b.ids.slots))*8 + int64(cap(b.same))*4 +
		int64(len(b.profiles.all))*profileBytes +
		int64(cap(b.parties))*20 + int64(cap(b.partyIDs))*4 + int64(cap(b.interests))*32 + memoryOf(b.details.all)
}

// profileBytes is about what a profile takes with its codes and its index.
const profileBytes = 300

// Grow makes room for about so many parties and interests more, so that it is not made
// again and again.
func (b *Builder) Grow(parties, interests int) {
	const textOfOne = 64 // bytes: a key, a name, a source
	b.text = slices.Grow(b.text, (parties+interests)*textOfOne)
	b.ids.scheme, b.ids.id = slices.Grow(b.ids.scheme, parties), slices.Grow(b.ids.id, parties)
	b.same = slices.Grow(b.same, parties)
	b.parties, b.partyIDs = slices.Grow(b.parties, parties), slices.Grow(b.partyIDs, parties)
	b.interests = slices.Grow(b.interests, interests)
}

// AddParty adds a declaration of a party. Declarations that share a key or an
// identifier, directly or through others, are of the same party.
func (b *Builder) AddParty(p Party) {
	refs := make([]Ref, 0, 8)
	if p.Key != "" {
		refs = append(refs, Ref{Key: p.Key})
	}
	for _, id := range p.Identifiers {
		if id = id.Normal(); id != (Identifier{}) {
			refs = append(refs, Ref{Identifier: id})
		}
	}
	b.addParty(p, refs, false)
}

// addParty adds a party with all that it is known under, in the normal form.
func (b *Builder) addParty(p Party, refs []Ref, united bool) {
	if !b.room(len(p.Name)+len(p.Source), refs...) {
		return
	}
	if len(refs) == 0 {
		if len(b.anonymous) < maxAnonymous {
			b.anonymous = append(b.anonymous, anonymousParty{strings.Clone(p.Name), strings.Clone(p.Source)})
		}
		return
	}
	begin := len(b.partyIDs)
	for _, r := range refs {
		b.partyIDs = append(b.partyIDs, b.identity(r))
	}
	all := b.partyIDs[begin:]
	slices.Sort(all)
	all = slices.Compact(all)
	b.partyIDs = b.partyIDs[:begin+len(all)]
	for _, id := range all[1:] {
		b.join(all[0], id)
	}
	b.parties = append(b.parties, declaredParty{
		ids: uint32(begin), profile: b.profiles.add(Profile{p.Type, p.Jurisdictions}.normal()),
		name: b.text.add(p.Name), source: b.prefixes.addTo(&b.text, p.Source),
		united: united,
	})
}

// AddInterest adds a declaration of an interest. Its parties need not be added
// before it, or ever.
func (b *Builder) AddInterest(i Interest) {
	holder, subject := i.Holder.normal(), i.Subject.normal()
	if holder == (Ref{}) || subject == (Ref{}) {
		b.unrelated++
		return
	}
	if !b.room(len(i.Source), append([]Ref{holder, subject}, i.Through...)...) {
		return
	}
	r := record{holder: Node(b.identity(holder)), since: always, until: never}
	r.setKind(i.Kind)
	if !i.Since.IsZero() {
		r.since = dayOf(i.Since)
	}
	if !i.Until.IsZero() {
		r.until = dayOf(i.Until)
	}
	r.setDirectness(i.Directness)
	switch {
	case i.Kind == Control:
	case i.Share.valid():
		r.setShare(uint32(i.Share.Lower), uint32(i.Share.Upper))
	default:
		r.setInvalid()
	}
	r.details = b.detailsOf(i)
	r.source = b.prefixes.addTo(&b.text, i.Source)
	b.interests = append(b.interests, declaredInterest{b.identity(subject), r})
}

// maxThrough bounds how many parties an indirect interest is held through.
const maxThrough = 1000

// detailsOf numbers what an interest says besides its share.
func (b *Builder) detailsOf(i Interest) uint32 {
	d := details{class: i.Class, joint: i.Joint}
	for _, r := range i.Through[:min(len(i.Through), maxThrough)] {
		if r = r.normal(); r != (Ref{}) {
			d.through = append(d.through, Node(b.identity(r)))
		}
	}
	d.through = sortedNodes(d.through)
	return b.details.number(d)
}

// room says whether a declaration still fits in.
func (b *Builder) room(length int, refs ...Ref) bool {
	for _, r := range refs {
		length += len(r.Key) + len(r.Identifier.ID)
	}
	perString := 6 * (len(refs) + 4) // lengths and numbers
	if b.overflowed = b.overflowed || uint64(len(b.text))+uint64(length+perString) > maxText ||
		b.ids.len()+len(refs) > maxIdentities || len(b.schemes)+len(refs) > maxSchemes; b.overflowed {
		return false
	}
	if b.number == nil {
		b.schemes, b.number = []string{""}, map[string]uint16{"": keyScheme}
		b.ids = newIdentities(&b.text)
	}
	return true
}

// identity returns the number of a reference in its normal form.
func (b *Builder) identity(r Ref) uint32 {
	scheme, id := r.Identifier.Scheme, r.Identifier.ID
	if r.Key != "" {
		scheme, id = "", r.Key
	}
	number, ok := b.number[scheme]
	if !ok {
		number = uint16(len(b.schemes))
		b.schemes = append(b.schemes, strings.Clone(scheme))
		b.number[b.schemes[number]] = number
	}
	n := b.ids.intern(number, id)
	if int(n) == len(b.same) {
		b.same = append(b.same, n)
	}
	return n
}

// root returns the identity that stands for everything that n is joined with.
func (b *Builder) root(n uint32) uint32 {
	for b.same[n] != n {
		b.same[n] = b.same[b.same[n]]
		n = b.same[n]
	}
	return n
}

func (b *Builder) join(m, n uint32) {
	m, n = b.root(m), b.root(n)
	// The smaller number stands for both: with path halving this is fast
	// enough, and it needs no ranks.
	b.same[max(m, n)] = min(m, n)
}

// Build returns the graph of all that was added. The Builder is spent.
func (b *Builder) Build() *Graph { return NewGraph(nil, b.Layer()) }
