package register

import (
	"maps"
	"slices"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// indirect knows the components of indirect interests. A primary record of BODS
// says what somebody holds through others, in all; its components say how, as
// far as they are shown. Both are declared: the components as what they are, and
// the indirect interest with the parties through which it is held, for what
// those have in the subject are the same shares.
type indirect struct {
	// wanted are the records that are components of others.
	wanted    hashes
	hops      map[uint64][]hop // by record, of those
	primaries []primary
}

// hop is a component: a relationship that is a step of an indirect one, or only
// a party on the way.
type hop struct {
	holder, subject string
	// shown is what it shows of each kind.
	shown [ownership.Control + 1]shown
	// components are the hashes of those that it has itself.
	components []uint64
	party      string
}

// primary is a relationship that has components, with its indirect interests.
type primary struct {
	hop
	at        place
	interests []ownership.Interest
}

// componentsOf are the hashes of a relationship's components, of which itself is
// none.
func (b *bodsReader) componentsOf(s *statement) []uint64 {
	var all []uint64
	self := b.hash(s.record())
	for _, name := range slices.Concat(s.RecordDetails.Components, s.RecordDetails.OldComponents) {
		if hash := b.hash(name); hash != self {
			all = append(all, hash)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// component takes note of a record if it is a component of another one.
func (c *indirect) component(b *bodsReader, s *statement, h hop) error {
	if len(c.wanted) == 0 {
		return nil
	}
	for _, name := range []string{s.record(), s.StatementID} {
		hash := b.hash(name)
		if name == "" || !c.wanted.has(hash) {
			continue
		}
		if c.hops == nil {
			c.hops = map[uint64][]hop{}
		}
		c.hops[hash] = append(c.hops[hash], h)
		if err := b.sink.spend(partyCost + len(h.holder) + len(h.subject) + len(h.party) + 8*len(h.components)); err != nil {
			return err
		}
	}
	return nil
}

// want follows components of BODS 0.3 to the statements that replace them.
func (c *indirect) want(r *replacements) {
	c.wanted.sort()
	for _, component := range slices.Clone(c.wanted) {
		if r.has(component) {
			c.wanted = append(c.wanted, r.finally(component)...)
		}
	}
	c.wanted.sort()
}

func (c *indirect) primary(b *bodsReader, p primary) error {
	if len(p.interests) == 0 {
		return nil
	}
	c.primaries = append(c.primaries, p)
	return b.sink.spend(partyCost + len(p.interests)*interestCost + 8*len(p.components))
}

// finish declares the indirect interests.
func (c *indirect) finish(b *bodsReader) error {
	for n := range c.primaries {
		p := &c.primaries[n]
		way, missing := c.way(b, p.components)
		switch {
		case missing > 0:
			b.remark(IndirectInterest, p.at, "%d of its %d components are not in the data, or are closed: the indirect interest counts as declared", missing, len(p.components))
		case !p.leads(way):
			b.remark(IndirectInterest, p.at, "its components do not lead from the holder to the subject: the indirect interest counts as declared")
		default:
			b.compare(p, way)
		}
		through := p.through(way)
		for _, i := range p.interests {
			i.Through = through
			if err := b.sink.interest(i); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxWay bounds how many components of components are followed.
const maxWay = 10_000

// way are the components of a relationship, and those of them that have
// components themselves.
func (c *indirect) way(b *bodsReader, components []uint64) (way []hop, missing int) {
	seen := map[uint64]bool{}
	work := slices.Clone(components)
	for at := 0; at < len(work); at++ {
		hash := work[at]
		if seen[hash] {
			continue
		}
		seen[hash] = true
		hops := c.hops[hash]
		switch {
		case len(hops) > 0:
		case b.replaced.has(hash):
			work = append(work, b.replaced.finally(hash)...)
		case at < len(components):
			missing++
		}
		for _, h := range hops {
			way = append(way, h)
			if len(work) < maxWay {
				work = append(work, h.components...)
			}
		}
	}
	return way, missing
}

// leads says whether a way leads from the holder to the subject.
func (p *primary) leads(way []hop) bool {
	edges := map[string][]string{}
	for _, h := range way {
		if h.shows() {
			edges[h.holder] = append(edges[h.holder], h.subject)
		}
	}
	return reach(edges, p.holder, p.subject)[p.subject]
}

// through are the parties between the holder and the subject, whose shares in the
// subject are those of the holder: those that the holder is shown to lead to,
// those that are shown to have the subject, however the holder leads to them, and
// those of which nothing is shown but that they are on the way. Another owner of
// one of them is not on the way, though a publisher may show it.
func (p *primary) through(way []hop) []ownership.Ref {
	edges := map[string][]string{}
	for _, h := range way {
		if h.party == "" {
			edges[h.holder] = append(edges[h.holder], h.subject)
		}
	}
	between := reach(edges, p.holder, p.subject)
	for _, h := range way {
		if h.party == "" {
			between[h.holder] = between[h.holder] || h.subject == p.subject
			if _, known := between[h.subject]; !known {
				between[h.subject] = false
			}
		}
	}
	for _, h := range way {
		if _, shown := between[h.party]; !shown {
			between[h.party] = true
		}
	}
	delete(between, "") // no party
	var all []ownership.Ref
	for _, party := range slices.Sorted(maps.Keys(between)) {
		if between[party] && party != p.holder && party != p.subject {
			all = append(all, byKey(party))
		}
	}
	return all
}

// reach finds all that edges lead to from somewhere, and not further than to.
func reach(edges map[string][]string, from, to string) map[string]bool {
	reached := map[string]bool{from: true}
	for work := []string{from}; len(work) > 0; {
		at := work[len(work)-1]
		work = work[:len(work)-1]
		for _, next := range edges[at] {
			if !reached[next] {
				reached[next] = true
				if next != to {
					work = append(work, next)
				}
			}
		}
	}
	return reached
}
