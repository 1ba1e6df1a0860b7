package register

import (
	"hash/maphash"
	"slices"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// interests collects what one entity says that somebody has.
type interests struct {
	r    *ftmReader
	e    *entity
	at   place
	base ownership.Interest
}

func (r *ftmReader) interests(e *entity, at place) interests {
	p := &e.Properties
	return interests{r, e, at, ownership.Interest{Source: "entity " + e.ID, Since: r.earliest(p.StartDate, at), Until: r.latest(p.EndDate, at)}}
}

// add adds what each holder has in each subject.
func (i interests) add(holders, subjects texts, holdings []holding) error {
	for _, holder := range holders {
		for _, subject := range subjects {
			if holder == "" || subject == "" || usable(holder, subject) != nil {
				i.r.remark(OtherRemark, i.at, "an owner or asset without an id that can be used: it is left out")
				continue
			}
			one := i.base
			one.Holder, one.Subject = byKey(holder), byKey(subject)
			for _, h := range holdings {
				one.Kind, one.Share = h.kind, h.share
				if err := i.put(one); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// put adds an interest, or keeps it until all versions of its record are known.
func (i interests) put(one ownership.Interest) error {
	if one.Directness == ownership.UnknownDirectness && one.Class == "" {
		return i.r.sink.interest(one)
	}
	i.r.told = append(i.r.told, told{maphash.String(seed, i.e.ID), one})
	return i.r.sink.spend(interestCost)
}

// link reads what the ends of a link have in each other.
func (r *ftmReader) link(e *entity, s schema, at place) error {
	p := &e.Properties
	from, to := p.ids(s.from), p.ids(s.to)
	switch {
	case s.use != asHolding && s.use != asControl && !r.speaks(p):
		return nil
	case len(from) == 0 || len(to) == 0:
		r.refuse(at, "%s without %s or %s", e.Schema, s.from, s.to)
		return nil
	case len(from)*len(to)*max(1, len(p.Percentage)+len(p.Role)+len(p.OwnershipType)) > maxPairs:
		r.refuse(at, "%s of more than %d holdings", e.Schema, maxPairs)
		return nil
	}
	i := r.interests(e, at)
	switch s.use {
	case asHolding:
		i.base.Directness = r.howHeld(p)
		class, understood := shareClass(p.SharesType)
		if i.base.Class = class; !understood {
			r.remark(UnreadProperty, at, "the class of shares %s is not known: it counts as any", quote(p.SharesType[0]))
		}
		return i.add(from, to, r.holdings(p, at))
	case asControl:
		return i.add(from, to, append(r.byNatures(p), fullControl...))
	default:
		return r.inWords(i, s.use, from, to)
	}
}

// inWords adds what a link says in words.
func (r *ftmReader) inWords(i interests, u use, from, to texts) error {
	p := &i.e.Properties
	for _, text := range p.Role {
		for _, c := range r.role(text).claims {
			way := c.said
			if u == asRole {
				// The role is that of the first end.
				if way = forward; c.owned || c.said == backward {
					way = backward
				}
			}
			if err := i.claim(way, from, to, c.holdings); err != nil {
				return err
			}
		}
	}
	if u != asLink {
		return nil
	}
	for _, text := range append(slices.Clone(p.Summary), p.Description...) {
		if r.role(text).mentions {
			return i.claim(unsaid, from, to, possibleShares)
		}
	}
	return nil
}

// claim adds what one end has in the other; where it is not said which, both may
// have something.
func (i interests) claim(way direction, from, to texts, holdings []holding) error {
	switch way {
	case forward:
		return i.add(from, to, holdings)
	case backward:
		return i.add(to, from, holdings)
	default:
		if err := i.add(from, to, possibleShares); err != nil {
			return err
		}
		return i.add(to, from, possibleShares)
	}
}

// speaks says whether a text of a link speaks of ownership.
func (r *ftmReader) speaks(p *properties) bool {
	says := func(text string) bool { s := r.role(text); return len(s.claims) > 0 || s.mentions }
	return slices.ContainsFunc(p.Role, says) || slices.ContainsFunc(p.Summary, says) || slices.ContainsFunc(p.Description, says)
}

// pointed adds what a party says of others without a link.
func (r *ftmReader) pointed(e *entity, kind ownership.PartyType, at place) error {
	p := &e.Properties
	if len(p.refs) == 0 {
		return nil
	}
	self, i := texts{e.ID}, r.interests(e, at)
	for _, ref := range p.refs {
		other := texts{ref.id}
		var err error
		switch {
		case ref.property == parentProperty && e.Schema == "RealEstate":
		case ref.property == parentProperty && canBeOwned(e.Schema, kind):
			err = i.add(other, self, parentMajority)
		case ref.property == "subsidiaries" && !p.isNested(ref) && canBeOwned(e.Schema, kind):
			err = i.add(self, other, parentMajority)
		case ref.property == ownerProperty && kind != ownership.Person, ref.property == holderProperty && kind != ownership.Person:
			err = i.add(other, self, possibleShares[:1])
		case ref.property == issuerProperty && e.Schema == "Security":
			err = i.add(self, other, possibleShares[:1])
		case saysOfOwnership[ref.property]:
			r.remark(UnreadProperty, at, "%s of %s may carry ownership, and is not read", ref.property, quote(e.Schema))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// canBeOwned says whether a party has shares of which a parent has the most.
func canBeOwned(schema string, kind ownership.PartyType) bool {
	return schema == "LegalEntity" || kind == ownership.Company || kind == ownership.State
}

// saysOfOwnership are properties of which nothing is read where the model does not
// have them.
var saysOfOwnership = set(parentProperty, ownerProperty, holderProperty, issuerProperty, "asset", "controller", "controlled")
