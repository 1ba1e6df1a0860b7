package register

import (
	"github.com/domicile-dev/domicile/internal/ownership"
)

// indirect counts once what is declared twice: a primary record of BODS says
// what somebody holds through others, and its components say how. Where the
// components lead from the holder to the subject they are what counts, and the
// indirect interests of the primary record are left out; where they do not,
// both are declared.
type indirect struct {
	hops      map[string]hop
	primaries []indirectRecord
}

// hop is a component: a relationship that is a step of an indirect one.
type hop struct {
	holder, subject string
	// certain and maybe are the kinds of interest in it, as bits.
	certain, maybe uint8
}

func bit(k ownership.Kind) uint8 { return 1 << k }

func (h *hop) add(i ownership.Interest) {
	h.maybe |= bit(i.Kind)
	if certain(i) {
		h.certain |= bit(i.Kind)
	}
}

// certain says whether something is held, however little.
func certain(i ownership.Interest) bool {
	return i.Kind == ownership.Control || i.Share.Lower > 0
}

// carries says whether the hop says at least as much as the interest: it has its
// kind, or control, and is certain if the interest is.
func (h hop) carries(i ownership.Interest) bool {
	has := h.maybe
	if certain(i) {
		has = h.certain
	}
	if i.Kind == ownership.Control {
		return has != 0
	}
	return has&(bit(i.Kind)|bit(ownership.Control)) != 0
}

type indirectRecord struct {
	at         place
	components []string
	interests  []ownership.Interest
}

func (c *indirect) component(record string, h hop) {
	if c.hops == nil {
		c.hops = map[string]hop{}
	}
	c.hops[record] = h
}

func (c *indirect) primary(r indirectRecord) {
	if len(r.interests) > 0 {
		c.primaries = append(c.primaries, r)
	}
}

// finish declares the indirect interests that no components stand for.
func (c *indirect) finish(t *tally, s *sink) error {
	for _, r := range c.primaries {
		var hops []hop
		for _, component := range r.components {
			if h, ok := c.hops[component]; ok {
				hops = append(hops, h)
			}
		}
		for _, i := range r.interests {
			if leads(hops, i) {
				continue
			}
			t.remark(IndirectInterest, r.at, "its components do not lead from the holder to the subject: the indirect interest counts as declared, beside them")
			if err := s.interest(i); err != nil {
				return err
			}
		}
	}
	return nil
}

// leads says whether the hops that carry an interest lead from its holder to its
// subject.
func leads(hops []hop, i ownership.Interest) bool {
	bySource := map[string][]string{}
	for _, h := range hops {
		if h.carries(i) {
			bySource[h.holder] = append(bySource[h.holder], h.subject)
		}
	}
	seen := map[string]bool{i.Holder.Key: true}
	for work := []string{i.Holder.Key}; len(work) > 0; {
		from := work[len(work)-1]
		work = work[:len(work)-1]
		for _, to := range bySource[from] {
			if to == i.Subject.Key {
				return true
			}
			if !seen[to] {
				seen[to] = true
				work = append(work, to)
			}
		}
	}
	return false
}
