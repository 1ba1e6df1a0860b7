package register

import (
	"strings"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// details are those of any record, of any version of BODS.
type details struct {
	// Of an entity. Its type is a text before 0.4, and its jurisdiction had
	// another name before 0.3.
	EntityType        textOr[typed] `json:"entityType"`
	Name              string        `json:"name"`
	Jurisdiction      *located      `json:"jurisdiction"`
	OldJurisdiction   *located      `json:"incorporatedInJurisdiction"`
	UnspecifiedEntity *unspecified  `json:"unspecifiedEntityDetails"`

	// Of a person.
	PersonType        string       `json:"personType"`
	Names             []personName `json:"names"`
	Nationalities     []located    `json:"nationalities"`
	TaxResidencies    []located    `json:"taxResidencies"`
	UnspecifiedPerson *unspecified `json:"unspecifiedPersonDetails"`

	// Of both.
	Identifiers []identifier `json:"identifiers"`
	Addresses   []address    `json:"addresses"`

	// Of a relationship.
	IsComponent      bool                  `json:"isComponent"`
	ComponentRecords []string              `json:"componentRecords"`
	OldComponents    []string              `json:"componentStatementIDs"`
	Subject          textOr[reference]     `json:"subject"`
	InterestedParty  textOr[reference]     `json:"interestedParty"`
	Interests        []interestInStatement `json:"interests"`
}

type typed struct {
	Type string `json:"type"`
}

type located struct {
	Code string `json:"code"`
}

type unspecified struct {
	Reason      string `json:"reason"`
	Description string `json:"description"`
}

type personName struct {
	Type       string `json:"type"`
	FullName   string `json:"fullName"`
	FamilyName string `json:"familyName"`
	GivenName  string `json:"givenName"`
}

type identifier struct {
	Scheme     string `json:"scheme"`
	SchemeName string `json:"schemeName"`
	ID         scalar `json:"id"`
}

type address struct {
	Type    string          `json:"type"`
	Country textOr[located] `json:"country"`
}

func (a address) code() string {
	if a.Country.Object != nil {
		return a.Country.Object.Code
	}
	return a.Country.Text
}

func (b *bodsReader) entity(h *head, d *details, at place) ownership.Party {
	kind := d.EntityType.Text
	if d.EntityType.Object != nil {
		kind = d.EntityType.Object.Type
	}
	p := ownership.Party{Key: h.record(), Name: d.Name, Source: source(h), Identifiers: b.identifiers(d, at)}
	switch camel(kind) {
	case "registeredEntity", "legalEntity":
		p.Type = ownership.Company
	case "arrangement":
		p.Type = ownership.Arrangement
	case "state", "stateBody":
		p.Type = ownership.State
	case "anonymousEntity", "unknownEntity":
		p.Name = undisclosedName(p.Name, d.UnspecifiedEntity)
	default:
		b.remark(OtherRemark, at, "%s is no type of entity", quote(kind))
	}
	b.sits(at, &p, ownership.Headquarters, d.at("business")...)
	for _, in := range []*located{d.Jurisdiction, d.OldJurisdiction} {
		if in != nil && p.Jurisdictions.Incorporation == "" {
			b.sits(at, &p, ownership.Incorporation, in.Code)
		}
	}
	if p.Jurisdictions.Incorporation == "" {
		// A registered address is where the entity is registered.
		b.sits(at, &p, ownership.Incorporation, d.at("registered")...)
	}
	return p
}

func (b *bodsReader) person(h *head, d *details, at place) ownership.Party {
	p := ownership.Party{
		Key: h.record(), Name: personNames(d.Names), Type: ownership.Person, Source: source(h),
		Identifiers: b.identifiers(d, at),
	}
	if t := camel(d.PersonType); t == "anonymousPerson" || t == "unknownPerson" {
		p.Name = undisclosedName(p.Name, d.UnspecifiedPerson)
	}
	var nationalities, residences []string
	for _, n := range d.Nationalities {
		nationalities = append(nationalities, n.Code)
	}
	residences = d.at("residence")
	for _, n := range d.TaxResidencies {
		residences = append(residences, n.Code)
	}
	b.sits(at, &p, ownership.Nationality, nationalities...)
	b.sits(at, &p, ownership.Residence, residences...)
	return p
}

// at lists the countries of the addresses of a type.
func (d *details) at(addressType string) []string {
	var countries []string
	for _, a := range d.Addresses {
		if a.Type == addressType {
			countries = append(countries, a.code())
		}
	}
	return countries
}

// personNames is the legal name, else the first.
func personNames(names []personName) string {
	best := ""
	for _, n := range names {
		full := n.FullName
		if full == "" {
			full = strings.TrimSpace(n.GivenName + " " + n.FamilyName)
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
		if i.Scheme == "" && strings.EqualFold(i.SchemeName, "LEI") {
			i.Scheme = "LEI"
		}
		ids = b.identifier(ids, at, i.Scheme, string(i.ID))
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
		return "undisclosed (" + words(why.Reason) + ": " + why.Description + ")"
	default:
		return "undisclosed (" + words(why.Reason) + ")"
	}
}
