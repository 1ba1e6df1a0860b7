package register

import (
	"strings"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// details are those of any record, of any version of BODS.
type details struct {
	seats

	// Of an entity. Its type is a text before 0.4.
	EntityType        textOr[typed] `json:"entityType"`
	Name              scalar        `json:"name"`
	UnspecifiedEntity *unspecified  `json:"unspecifiedEntityDetails"`

	// Of a person.
	PersonType        scalar                `json:"personType"`
	Names             oneOrMore[personName] `json:"names"`
	UnspecifiedPerson *unspecified          `json:"unspecifiedPersonDetails"`

	// Of both.
	Identifiers oneOrMore[identifier] `json:"identifiers"`

	// Of a relationship.
	Components      texts                                  `json:"componentRecords"`
	OldComponents   texts                                  `json:"componentStatementIDs"`
	Subject         relation                               `json:"subject"`
	InterestedParty relation                               `json:"interestedParty"`
	Interests       oneOrMore[textOr[interestInStatement]] `json:"interests"`
}

type typed struct {
	Type    scalar `json:"type"`
	Subtype scalar `json:"subtype"`
}

type unspecified struct {
	Reason      scalar `json:"reason"`
	Description scalar `json:"description"`
}

type personName struct {
	Type       scalar `json:"type"`
	FullName   scalar `json:"fullName"`
	FamilyName scalar `json:"familyName"`
	GivenName  scalar `json:"givenName"`
}

type identifier struct {
	Scheme     scalar `json:"scheme"`
	SchemeName scalar `json:"schemeName"`
	ID         scalar `json:"id"`
}

// entitySort is what sort of entity a type means.
type entitySort uint8

const (
	companySort entitySort = iota + 1
	arrangementSort
	stateSort
	undisclosedSort
)

var entityTypes = folding(map[string]entitySort{
	"registeredEntity": companySort, "legalEntity": companySort, "arrangement": arrangementSort,
	"state": stateSort, "stateBody": stateSort, "anonymousEntity": undisclosedSort, "unknownEntity": undisclosedSort,
})

// noBeneficialOwners is the reason that says that nobody has to be named.
var noBeneficialOwners = folding(map[string]bool{"noBeneficialOwners": true})

// undisclosedPerson has the types of person that are not disclosed.
var undisclosedPerson = folding(map[string]bool{"anonymousPerson": true, "unknownPerson": true})

func (b *bodsReader) entity(s *statement, at place) error {
	d := &s.RecordDetails
	kind, subtype := scalar(d.EntityType.Text), scalar("")
	if d.EntityType.Object != nil {
		kind, subtype = d.EntityType.Object.Type, d.EntityType.Object.Subtype
	}
	p := ownership.Party{Key: b.replaced.of(s.record()), Name: string(d.Name), Source: b.source(s), Identifiers: b.identifiers(d, at)}
	sort := entityTypes.of(string(kind))
	switch sort {
	case companySort:
		p.Type = ownership.Company
	case arrangementSort:
		p.Type = ownership.Arrangement
	case stateSort:
		p.Type = ownership.State
	case undisclosedSort:
		p.Name = undisclosedName(p.Name, d.UnspecifiedEntity)
	default:
		b.remark(OtherRemark, at, "%s is no type of entity", quote(string(kind)))
	}
	b.sit(&p, &d.seats, at)
	if err := b.component(s); err != nil {
		return err
	}
	if sort == arrangementSort && mayBeJoint(&p, string(subtype)) {
		return b.joint.perhaps(b, p)
	}
	return b.sink.party(p)
}

func (b *bodsReader) person(s *statement, at place) error {
	d := &s.RecordDetails
	p := ownership.Party{
		Key: b.replaced.of(s.record()), Name: personNames(d.Names), Type: ownership.Person, Source: b.source(s),
		Identifiers: b.identifiers(d, at),
	}
	if undisclosedPerson.of(string(d.PersonType)) {
		p.Name = undisclosedName(p.Name, d.UnspecifiedPerson)
	}
	b.sit(&p, &d.seats, at)
	if err := b.component(s); err != nil {
		return err
	}
	return b.sink.party(p)
}

// component takes note of a party that some relationship has as a component.
func (b *bodsReader) component(s *statement) error {
	return b.indirect.component(b, s, hop{party: b.replaced.of(s.record())})
}

// personNames is the legal name, else the first.
func personNames(names []personName) string {
	best := ""
	for _, n := range names {
		full := string(n.FullName)
		if full == "" {
			full = strings.TrimSpace(string(n.GivenName + " " + n.FamilyName))
		}
		if best == "" || (n.Type == "legal" || n.Type == "individual") && full != "" {
			best = full
		}
		if n.Type == "legal" && full != "" {
			break
		}
	}
	return best
}

func (b *bodsReader) identifiers(d *details, at place) []ownership.Identifier {
	var ids []ownership.Identifier
	for _, i := range d.Identifiers[:min(len(d.Identifiers), maxIdentifiers)] {
		if i.Scheme == "" && strings.EqualFold(string(i.SchemeName), "LEI") {
			i.Scheme = "LEI"
		}
		ids = b.identifier(ids, at, string(i.Scheme), string(i.ID))
	}
	return ids
}

// undisclosedName is what stands for the name of a party that is not disclosed.
func undisclosedName(name string, why *unspecified) string {
	switch {
	case name != "":
		return name
	case why == nil || why.Reason == "" && why.Description == "":
		return "undisclosed"
	case why.Description != "" && len(why.Description) <= maxQuoted:
		return "undisclosed (" + words(string(why.Reason)) + ": " + string(why.Description) + ")"
	default:
		return "undisclosed (" + words(string(why.Reason)) + ")"
	}
}
