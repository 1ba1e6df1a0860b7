package register

import (
	"strings"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// entityRow reads level 1: who is who.
func (g *gleifReader) entityRow(t *table) func(place) error {
	id, name := t.position("LEI"), t.position("Entity.LegalName")
	legal, legalAddress := t.position("Entity.LegalJurisdiction"), t.position("Entity.LegalAddress.Country")
	country, region := t.position("Entity.HeadquartersAddress.Country"), t.position("Entity.HeadquartersAddress.Region")
	category, entityStatus := t.position("Entity.EntityCategory"), t.position("Entity.EntityStatus")
	registrationStatus := t.position("Registration.RegistrationStatus")
	authority := t.position("Entity.RegistrationAuthority.RegistrationAuthorityID")
	number := t.position("Entity.RegistrationAuthority.RegistrationAuthorityEntityID")
	return func(at place) error {
		l, ok := parseLEI(t.value(id))
		if at.record = t.value(id); !ok {
			g.refuse(at, "an LEI with wrong check digits identifies nobody")
			return nil
		}
		status := t.value(registrationStatus)
		if status == "ANNULLED" {
			return nil // GLEIF found that the record should never have been there
		}
		p := ownership.Party{
			Name: strings.Clone(t.value(name)), Type: entityType(t.value(category)),
			Identifiers: []ownership.Identifier{l.identifier()}, Source: "LEI record",
		}
		if t.value(entityStatus) == "INACTIVE" {
			p.Source = "LEI record of an entity that is not active"
		}
		if !shared[t.value(category)] && status != "DUPLICATE" && companyRegister(t.value(authority)) {
			p.Identifiers = g.identifier(p.Identifiers, at, strings.Clone(t.value(authority)), strings.Clone(t.value(number)))
		}
		g.sits(at, &p, ownership.Incorporation, t.value(legal))
		if p.Jurisdictions.Incorporation == "" {
			g.sits(at, &p, ownership.Incorporation, t.value(legalAddress))
		}
		g.headquarters(at, &p, t.value(country), t.value(region))
		return g.sink.party(p)
	}
}

// headquarters is the region, or the country if it has no such region. A region
// of another country counts beside the country. A region that is not understood
// says nothing: many are free text.
func (g *gleifReader) headquarters(at place, p *ownership.Party, country, region string) {
	g.sits(at, p, ownership.Headquarters, country)
	r := g.read(region)
	if !r.Understood {
		return
	}
	j := &p.Jurisdictions
	for _, c := range r.Codes {
		if c.Country() == j.Headquarters {
			j.Headquarters = c
		} else {
			addSeat(j, ownership.Headquarters, c)
		}
	}
}

// entityType is what a category of GLEIF is.
func entityType(category string) ownership.PartyType {
	switch category {
	case "FUND":
		return ownership.Arrangement
	case "RESIDENT_GOVERNMENT_ENTITY":
		return ownership.State
	default:
		return ownership.Company
	}
}

// shared has the categories whose number in a company register may be that of
// another entity: a fund's umbrella, a branch's head office.
var shared = map[string]bool{"FUND": true, "BRANCH": true}

// companyRegister says whether a registration authority is a company register
// whose numbers are known here by the name of a scheme, so that other registers
// meet them. Numbers of other authorities are left out: some give one number to
// several entities.
func companyRegister(authority string) bool {
	switch authority {
	case "RA000585", "RA000586", "RA000587", "RA000463", "RA000170", "RA000472", "RA000523", "RA000402", "RA000025":
		return true
	default:
		return false
	}
}
