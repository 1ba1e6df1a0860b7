package register

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// maxInterests bounds the interests of one statement.
const maxInterests = 1000

// reference is a reference that is no text: the reason why there is none, or in
// BODS 0.3 the name of a statement.
type reference struct {
	unspecified
	// What is known of somebody who is not named. The standard has no place for
	// it; some publishers do.
	seats

	Entity      scalar       `json:"describedByEntityStatement"`
	Person      scalar       `json:"describedByPersonStatement"`
	Record      scalar       `json:"recordId"`
	Unspecified *unspecified `json:"unspecified"`
}

// relation is a reference in any form.
type relation struct{ textOr[reference] }

// names are the names of records or statements that it refers to.
func (r *relation) names(yield func(string) bool) {
	if r.Text != "" {
		yield(r.Text)
		return
	}
	if r.Object == nil {
		return
	}
	for _, name := range [...]scalar{r.Object.Entity, r.Object.Person, r.Object.Record} {
		if name != "" && !yield(string(name)) {
			return
		}
	}
}

// resolve gives the parties that are referred to, or the reason why none is.
func (b *bodsReader) resolve(r *relation, at place) (keys []string, why *reference) {
	for name := range r.names {
		for _, key := range b.dangling.of(b, name) {
			if key = b.replaced.of(key); !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	o := r.Object
	if o == nil {
		return keys, nil
	}
	if o.Unspecified != nil {
		o.unspecified = *o.Unspecified
	}
	if len(keys) == 0 && o.Reason == "" {
		b.remark(UnreadProperty, at, "a reference names neither a record nor a reason why there is none")
	}
	return keys, o
}

// interestInStatement is one interest of a relationship.
type interestInStatement struct {
	Type             scalar          `json:"type"`
	DirectOrIndirect scalar          `json:"directOrIndirect"`
	OldLevel         scalar          `json:"interestLevel"`
	Share            textOr[shareOf] `json:"share"`
	StartDate        scalar          `json:"startDate"`
	EndDate          scalar          `json:"endDate"`

	// What says nothing of what is held.
	Details    passedOver `json:"details"`
	Beneficial passedOver `json:"beneficialOwnershipOrControl"`
	// Unread is all else.
	Unread jsontext.Value `json:",embed"`
}

// directness is how the interest is held, as it says.
func (in *interestInStatement) directness() (d ownership.Directness, known bool) {
	said := in.DirectOrIndirect
	if said == "" {
		said = in.OldLevel
	}
	return directnesses.find(string(said))
}

func (b *bodsReader) relationship(s *statement, at place) error {
	d := &s.RecordDetails
	if b.dangling.postpone(b, s) {
		return nil // until all names are known
	}
	subjects, _ := b.resolve(&d.Subject, at)
	holders, why := b.resolve(&d.InterestedParty, at)
	switch {
	case len(subjects) == 0 && d.Subject.Object == nil:
		b.refuse(at, "no subject")
		return nil
	case len(subjects) == 0:
		b.remark(OtherRemark, at, "the subject is not specified: there is nothing to hold")
		return nil
	case len(holders) == 0 && why == nil:
		b.refuse(at, "no interestedParty")
		return nil
	case len(d.Interests) > maxInterests:
		b.refuse(at, "%d interests are more than %d", len(d.Interests), maxInterests)
		return nil
	}
	if problem := usable(slices.Concat(subjects, holders)...); problem != nil {
		b.refuse(at, "%v", problem)
		return nil // reading goes on
	}
	if len(holders) == 0 {
		if noBeneficialOwners.of(string(why.Reason)) && len(d.Interests) == 0 {
			return nil // it says that nobody has to be named, not that somebody holds
		}
		unnamed := ownership.Party{Key: s.record() + "/undisclosed", Name: undisclosedName("", &why.unspecified), Source: b.source(s)}
		b.sit(&unnamed, &why.seats, at)
		if err := b.sink.party(unnamed); err != nil {
			return err
		}
		holders = []string{unnamed.Key}
	}
	if len(d.Interests) == 0 {
		// How much of what is not said.
		d.Interests = make(oneOrMore[textOr[interestInStatement]], 1)
	}
	components := b.componentsOf(s)
	declared := b.interests(s, len(components) > 0, at)
	for _, subject := range subjects {
		b.joint.subject(b, s, subject)
		for _, holder := range holders {
			p := primary{at: at, hop: hop{holder: holder, subject: subject, components: components}}
			if err := b.holding(s, p, declared); err != nil {
				return err
			}
		}
	}
	return nil
}

// holding takes what a holder has in a subject.
func (b *bodsReader) holding(s *statement, p primary, declared []ownership.Interest) error {
	source := b.source(s)
	for _, i := range declared {
		i.Holder, i.Subject, i.Source = byKey(p.holder), byKey(p.subject), source
		if len(p.components) > 0 && i.Directness == ownership.Indirect {
			p.interests = append(p.interests, i)
			continue
		}
		if err := b.sink.interest(i); err != nil {
			return err
		}
	}
	if len(b.indirect.wanted) == 0 {
		return nil // there are no components anywhere
	}
	p.shown = shownBy(declared)
	if err := b.indirect.component(b, s, p.hop); err != nil {
		return err
	}
	return b.indirect.primary(b, p)
}

// interests gives what the interests of a relationship count as. Where it has
// components, those that do not say so are indirect, too, unless another one of
// their kind is said to be: then they may be either.
func (b *bodsReader) interests(s *statement, components bool, at place) []ownership.Interest {
	var all []ownership.Interest
	var said [ownership.Control + 1]bool // by kind
	for n := range s.RecordDetails.Interests {
		in := s.RecordDetails.Interests[n].Object
		if in == nil {
			in = &interestInStatement{Type: scalar(s.RecordDetails.Interests[n].Text)}
		}
		if len(in.Unread) > 0 {
			b.remark(UnreadProperty, at, "members of an interest that are not read: %s", quote(string(in.Unread)))
		}
		directness, known := in.directness()
		if !known {
			b.remark(UnreadProperty, at, "%s is neither direct nor indirect: it may be either", quote(string(in.DirectOrIndirect+in.OldLevel)))
		}
		for _, i := range b.interest(in, at) {
			i.Directness = directness
			said[i.Kind] = said[i.Kind] || directness == ownership.Indirect
			all = append(all, i)
		}
	}
	for n := range all {
		if i := &all[n]; components && !said[i.Kind] && i.Directness == ownership.UnknownDirectness {
			i.Directness = ownership.Indirect
		}
	}
	return all
}

// interest gives what one interest counts as.
func (b *bodsReader) interest(in *interestInStatement, at place) []ownership.Interest {
	name, known := interestTypes.find(string(in.Type))
	if !known {
		name = "unknownInterest"
		b.remark(UnreadInterest, at, "%s is no type of interest: it may be any", quote(string(in.Type)))
	}
	m := meanings[name]
	kinds := m.kinds()
	if len(kinds) == 0 {
		return nil
	}
	i := ownership.Interest{Since: b.since(at, string(in.StartDate)), Until: b.until(at, string(in.EndDate), notOnThatDay)}
	switch m {
	case possible:
		i.Share = b.share(&in.Share, at)
		i.Share.Lower = 0
		if name != "conditionalRightsGrantedByContract" {
			i.Share = ownership.UnknownShare
		}
	case shares, votes:
		i.Share = b.share(&in.Share, at)
	case control, nothing:
	}
	var out []ownership.Interest
	for _, kind := range kinds {
		i.Kind = kind
		out = append(out, i)
	}
	return out
}
