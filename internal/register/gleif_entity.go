package register

import (
	"strings"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// entity reads a record of level 1: who is who.
func (g *gleifReader) entity(r *gleifRecord, at place) error {
	l, ok := parseLEI(r.text[leiText])
	if at.record = r.text[leiText]; !ok {
		g.refuse(at, "an LEI with wrong check digits identifies nobody")
		return nil
	}
	status := r.code(registrationStatus)
	if status == "ANNULLED" {
		return nil // GLEIF found that the record should never have been there
	}
	p := ownership.Party{
		Name: strings.Clone(r.text[nameText]), Type: entityType(r.code(category)),
		Identifiers: []ownership.Identifier{l.identifier()}, Source: "LEI record",
	}
	if r.code(entityStatus) == "INACTIVE" {
		p.Source = "LEI record of an entity that is not active"
	}
	if !shared[r.code(category)] && status != "DUPLICATE" && companyRegister(r.text[authority]) {
		p.Identifiers = g.identifier(p.Identifiers, at, strings.Clone(r.text[authority]), strings.Clone(r.text[authorityNumber]))
	}
	g.sits(at, &p, ownership.Incorporation, r.text[legalJurisdiction])
	if p.Jurisdictions.Incorporation == "" {
		g.sits(at, &p, ownership.Incorporation, r.text[legalCountry])
	}
	g.headquarters(at, &p, r.text[headCountry], r.text[headRegion])
	if err := g.duplicates.add(g, r, l, at); err != nil {
		return err
	}
	if r.code(category) == "BRANCH" {
		if err := g.sink.spend(branchCost); err != nil {
			return err
		}
		g.branches = append(g.branches, branch{l, g.mark(at)})
	}
	if t := r.code(associatedType); t != "" && t != "FUND_FAMILY" {
		g.remark(UnreadProperty, at, "an associated entity of type %s is not read", quote(t))
	}
	if err := g.succeeded(r, l, status, &p, at); err != nil {
		return err
	}
	return g.sink.party(p)
}

// succeeded reads who took the place of an entity. Of a duplicate, that is the
// same entity. Of any other, it took over what the entity was, all of it or a
// part.
func (g *gleifReader) succeeded(r *gleifRecord, l lei, status string, p *ownership.Party, at place) error {
	if r.unnamed && len(r.successors) == 0 {
		g.remark(UnreadProperty, at, "a successor without an LEI is not read")
	}
	for _, text := range r.successors {
		successor, ok := parseLEI(text)
		switch {
		case !ok:
			g.remark(InvalidIdentifier, at, "the successor %s has wrong check digits and identifies nobody: it is left out", quote(text))
			continue
		case successor == l:
			continue
		case status == "DUPLICATE" && len(r.successors) == 1:
			p.Identifiers = append(p.Identifiers, successor.identifier())
			continue
		}
		for _, kind := range bothKinds {
			err := g.sink.interest(ownership.Interest{
				Holder: successor.ref(), Subject: l.ref(), Kind: kind, Share: ownership.UnknownShare, Source: "LEI record: successor of the entity",
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// bothKinds are those of which whoever owns a company has both.
var bothKinds = []ownership.Kind{ownership.Shareholding, ownership.VotingRights}

// headquarters is the region, or the country if it has no such region. A region
// of another country counts beside the country. One that is not understood lies in
// the country, unless it is written as a code is.
func (g *gleifReader) headquarters(at place, p *ownership.Party, country, region string) {
	g.sits(at, p, ownership.Headquarters, country)
	if region == "" {
		return
	}
	r := g.tally.read(region)
	j := &p.Jurisdictions
	within := j.Headquarters
	for _, c := range r.Codes {
		if c.Country() == j.Headquarters {
			j.Headquarters = c
		} else {
			addSeat(j, ownership.Headquarters, c)
		}
	}
	if r.Understood {
		return
	}
	candidates := r.Candidates
	if len(candidates) == 0 && within != "" && !looksLikeCode(region) {
		candidates = []jurisdiction.Code{within}
	}
	g.remark(UnreadJurisdiction, at, "the region %s is not understood: the party may sit there", quote(cut.Prefix(tidy(region), maxUnread)))
	maySit(p, ownership.Headquarters, region, candidates)
}

// looksLikeCode says whether a text is written as ISO 3166-2 writes codes.
func looksLikeCode(text string) bool {
	return len(text) > 2 && len(text) <= len("AB-123") && text[2] == '-'
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
