package register

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// country is a country or jurisdiction as BODS has it: a name and a code, which
// should be one of ISO 3166. Earlier versions have only a text.
type country struct {
	Name scalar `json:"name"`
	Code scalar `json:"code"`
}

// countries are read from a list, or from one alone. What is there and says
// nothing is kept, for it is not the same as none.
type countries []country

// UnmarshalJSONFrom reads any value.
func (v *countries) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	*v = (*v)[:0]
	return eachOrOne(d, v.one)
}

func (v *countries) one(d *jsontext.Decoder) error {
	var c country
	switch d.PeekKind() {
	case 'n':
		return d.SkipValue()
	case '{':
		if err := json.UnmarshalDecode(d, &c); err != nil {
			return err
		}
	default:
		text, err := readScalar(d)
		if err != nil || text == "" {
			return err
		}
		c.Code = scalar(text)
	}
	*v = append(*v, c)
	return nil
}

// seats is where a party sits, as records of any version say it.
type seats struct {
	Jurisdiction countries `json:"jurisdiction"`
	// OldJurisdiction is its name before 0.3.
	OldJurisdiction countries                  `json:"incorporatedInJurisdiction"`
	Nationalities   countries                  `json:"nationalities"`
	TaxResidencies  countries                  `json:"taxResidencies"`
	Addresses       oneOrMore[textOr[address]] `json:"addresses"`
}

type address struct {
	Type    scalar    `json:"type"`
	Country countries `json:"country"`
}

// addressUse is what an address of a type says.
type addressUse uint8

const (
	unknownUse addressUse = iota
	registeredAt
	business
	residence
	noSeat
)

var addressTypes = folding(map[string]addressUse{
	"registered": registeredAt, "business": business, "residence": residence,
	"service": noSeat, "alternative": noSeat, "placeOfBirth": noSeat,
	// Version 0.1 had "home"; the others are what people write.
	"home": residence, "residential": residence, "registeredOffice": registeredAt, "legal": registeredAt,
	"headquarters": business, "headOffice": business,
})

// sit puts down where a party sits.
func (b *bodsReader) sit(p *ownership.Party, s *seats, at place) {
	b.sitsIn(p, ownership.Incorporation, slices.Concat(s.Jurisdiction, s.OldJurisdiction), at)
	b.sitsIn(p, ownership.Nationality, s.Nationalities, at)
	var registered, headquarters, residences countries
	for i := range s.Addresses {
		a := s.Addresses[i].Object
		if a == nil || len(a.Country) == 0 {
			continue
		}
		switch use, known := addressTypes.find(string(a.Type)); {
		case use == registeredAt && p.Type == ownership.Person:
			residences = append(residences, a.Country...) // where its residence is registered
		case use == registeredAt:
			registered = append(registered, a.Country...)
		case use == business:
			headquarters = append(headquarters, a.Country...)
		case use == residence:
			residences = append(residences, a.Country...)
		case !known:
			b.mayLive(p, a, at)
		}
	}
	b.sitsIn(p, ownership.Headquarters, headquarters, at)
	b.sitsIn(p, ownership.Residence, append(residences, s.TaxResidencies...), at)
	if p.Jurisdictions.Incorporation == "" {
		// A registered address is where the entity is registered.
		b.sitsIn(p, ownership.Incorporation, registered, at)
	}
}

// mayLive puts down that a party may sit where it has an address of which nobody
// says what it is for.
func (b *bodsReader) mayLive(p *ownership.Party, a *address, at place) {
	basis := ownership.Headquarters
	if p.Type == ownership.Person {
		basis = ownership.Residence
	}
	b.remark(UnreadProperty, at, "%s is no type of address: the party may sit there", quote(string(a.Type)))
	for _, c := range a.Country[:min(len(a.Country), maxCodes)] {
		text, _, _ := b.said(c)
		reading := b.tally.read(text)
		maySit(p, basis, "address in "+text, slices.Concat(reading.Codes, reading.Candidates))
	}
}

// sitsIn puts down where a party sits on a basis.
func (b *bodsReader) sitsIn(p *ownership.Party, basis ownership.Basis, in countries, at place) {
	if len(in) == 0 {
		return
	}
	said := make([]string, 0, len(in))
	for _, c := range in[:min(len(in), maxCodes+1)] {
		text, other, is := b.said(c)
		switch {
		case text == "":
			b.remark(UnreadJurisdiction, at, "a jurisdiction without code and name: the party may sit anywhere")
			maySit(p, basis, "neither code nor name", nil)
			continue
		case is == unread:
			b.remark(UnreadJurisdiction, at, "the code %s is not understood: the name %s counts", quote(other), quote(text))
		case is == nearer:
			said = append(said, other)
		case is == coincidence:
			b.remark(UnreadJurisdiction, at, "the code %s is not that of %s: the party may sit there, too", quote(text), quote(other))
			reading := b.tally.read(other)
			maySit(p, basis, other, slices.Concat(reading.Codes, reading.Candidates))
		case is == contrary:
			b.remark(UnreadJurisdiction, at, "the code %s is not that of %s: both count", quote(text), quote(other))
			said = append(said, other)
		}
		said = append(said, text)
	}
	b.sits(at, p, basis, said...)
}

// besides is what else is said about a country.
type besides uint8

const (
	noMore      besides = iota
	unread              // a code that is not understood, beside a name that is
	nearer              // a name of a part of it
	contrary            // a name that is not that of the code
	coincidence         // such a name beside the code of a region: a region may have the name of a country in its own language
)

// said is what says where a country is: its code, or its name where only that is
// understood; and what is said besides, where that matters.
func (b *bodsReader) said(c country) (text, other string, is besides) {
	code, name := strings.TrimSpace(string(c.Code)), strings.TrimSpace(string(c.Name))
	if code == "" || name == "" {
		return code + name, "", noMore
	}
	byCode, byName := b.tally.read(code), b.tally.read(name)
	mayBe := slices.Concat(byName.Codes, byName.Candidates)
	switch {
	case len(mayBe) == 0 && len(byCode.Codes) == 0 && len(byCode.Candidates) == 0:
		return code + " " + name, "", noMore
	case len(mayBe) == 0 || len(byCode.Codes) == 1 && strings.EqualFold(jurisdiction.Name(byCode.Codes[0]), name):
		return code, "", noMore
	case len(byCode.Codes) == 0 && (byName.Understood || len(byCode.Candidates) == 0):
		return name, code, unread
	}
	region := false
	for _, c := range slices.Concat(byCode.Codes, byCode.Candidates) {
		region = region || c != c.Country()
		for _, n := range mayBe {
			switch {
			case c == n, c.Country() == n:
				return code, "", noMore
			case n.Country() == c:
				return code, name, nearer
			}
		}
	}
	if region {
		return code, name, coincidence
	}
	return code, name, contrary
}
