package register

import (
	"slices"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// maxInterests bounds the interests of one statement.
const maxInterests = 1000

// reference is a reference that is no text: the reason why there is none, or in
// BODS 0.3 the name of a statement.
type reference struct {
	unspecified
	Entity      string       `json:"describedByEntityStatement"`
	Person      string       `json:"describedByPersonStatement"`
	Unspecified *unspecified `json:"unspecified"`
}

// resolve gives the record that is referred to, or the reason why none is.
func (b *bodsReader) resolve(r textOr[reference]) (key string, why *unspecified) {
	switch o := r.Object; {
	case r.Text != "":
		return b.replaced.of(r.Text), nil
	case o == nil:
		return "", nil
	case o.Entity != "":
		return b.replaced.of(o.Entity), nil
	case o.Person != "":
		return b.replaced.of(o.Person), nil
	case o.Unspecified != nil:
		return "", o.Unspecified
	default:
		return "", &o.unspecified
	}
}

// interestInStatement is one interest of a relationship.
type interestInStatement struct {
	Type             string   `json:"type"`
	DirectOrIndirect string   `json:"directOrIndirect"`
	OldLevel         string   `json:"interestLevel"`
	Share            *shareOf `json:"share"`
	StartDate        string   `json:"startDate"`
	EndDate          string   `json:"endDate"`
}

func (b *bodsReader) relationship(h *head, d *details, at place) error {
	subject, _ := b.resolve(d.Subject)
	holder, why := b.resolve(d.InterestedParty)
	switch {
	case subject == "" && d.Subject.Object == nil:
		b.refuse(at, "no subject")
		return nil
	case subject == "":
		b.remark(OtherRemark, at, "the subject is not specified: there is nothing to hold")
		return nil
	case holder == "" && why == nil:
		b.refuse(at, "no interestedParty")
		return nil
	case len(d.Interests) > maxInterests:
		b.refuse(at, "%d interests are more than %d", len(d.Interests), maxInterests)
		return nil
	}
	if problem := usable(subject, holder); problem != nil {
		b.refuse(at, "%v", problem)
		return nil // reading goes on
	}
	if holder == "" {
		if camel(why.Reason) == "noBeneficialOwners" && len(d.Interests) == 0 {
			return nil // it says that nobody has to be named, not that somebody holds
		}
		holder = h.record() + "/undisclosed"
		err := b.sink.party(ownership.Party{Key: holder, Name: undisclosedName("", why), Source: source(h)})
		if err != nil {
			return err
		}
	}
	if len(d.Interests) == 0 {
		// How much of what is not said.
		d.Interests = []interestInStatement{{Type: "unknownInterest"}}
	}
	components := slices.Concat(d.ComponentRecords, d.OldComponents)
	if d.IsComponent {
		components = nil // it is one itself, and counts
	}
	primary := indirectRecord{at: at, components: components}
	var hop hop
	for _, in := range d.Interests {
		for _, i := range b.interests(&in, at) {
			i.Holder, i.Subject, i.Source = byKey(holder), byKey(subject), source(h)
			hop.add(i)
			if len(components) > 0 && in.DirectOrIndirect != "direct" && in.OldLevel != "direct" {
				primary.interests = append(primary.interests, i)
				continue
			}
			if err := b.sink.interest(i); err != nil {
				return err
			}
		}
	}
	if d.IsComponent {
		hop.holder, hop.subject = holder, subject
		b.indirect.component(h.record(), hop)
	}
	b.indirect.primary(primary)
	return nil
}

// interests gives what one interest counts as.
func (b *bodsReader) interests(in *interestInStatement, at place) []ownership.Interest {
	m, known := interestMeaning(in.Type)
	if !known {
		b.remark(UnreadInterest, at, "%s is no type of interest: it may be any", quote(in.Type))
	}
	kinds := m.kinds()
	if len(kinds) == 0 {
		return nil
	}
	i := ownership.Interest{Since: b.since(at, in.StartDate), Until: b.until(at, in.EndDate, notOnThatDay)}
	switch m {
	case possible:
		i.Share = b.share(in.Share, at)
		i.Share.Lower = 0
		if camel(in.Type) != "conditionalRightsGrantedByContract" {
			i.Share = ownership.UnknownShare
		}
	case shares, votes:
		i.Share = b.share(in.Share, at)
	case control, nothing:
	}
	var out []ownership.Interest
	for _, kind := range kinds {
		i.Kind = kind
		out = append(out, i)
	}
	return out
}
