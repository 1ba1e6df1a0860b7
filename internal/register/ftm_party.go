package register

import (
	"slices"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// party adds a party, or keeps it until all addresses are known.
func (r *ftmReader) party(e *entity, kind ownership.PartyType, at place) error {
	p := &e.Properties
	party := ownership.Party{Key: e.ID, Type: kind, Name: ftmName(e), Source: "entity " + e.ID, Identifiers: r.identifiers(p, at)}
	if e.Schema == "Security" {
		// Where a thing is traded says nothing of where somebody sits.
		return r.sink.party(party)
	}
	addresses := p.ids(addressProperty)
	var basis ownership.Basis
	switch kind {
	case ownership.Person:
		basis = ownership.Residence
		r.sits(at, &party, basis, inOrder(p.Jurisdiction, p.MainCountry, p.Country)...)
	case ownership.State:
		// A body of a state sits where the state is, whatever says so.
		basis = ownership.Incorporation
		r.sits(at, &party, basis, inOrder(p.Jurisdiction, p.MainCountry, p.Country)...)
	default:
		basis = ownership.Headquarters
		r.sits(at, &party, ownership.Incorporation, inOrder(p.Jurisdiction)...)
		r.sits(at, &party, basis, inOrder(p.MainCountry)...)
		if party.Jurisdictions.Headquarters != "" {
			addresses = nil
			break
		}
		// A country without more is a country that the entity has to do with.
		r.sits(at, &party, basis, inOrder(p.Country)...)
	}
	// A LegalEntity may be a person.
	r.sits(at, &party, ownership.Nationality, inOrder(p.Nationality, p.Citizenship)...)
	if len(addresses) == 0 {
		return r.sink.party(party)
	}
	r.placed = append(r.placed, placed{party, basis, addresses, at})
	return r.sink.spend(placeCost)
}

// inOrder makes one list of several, of which the order says nothing.
func inOrder(lists ...texts) texts {
	var all texts
	for _, l := range lists {
		if len(l) > 0 && len(all) == 0 {
			all = l
			continue
		}
		all = append(all[:len(all):len(all)], l...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// ftmName is the caption, which says which of the names is the usual one. The
// order of names says nothing.
func ftmName(e *entity) string {
	if e.Caption != "" || len(e.Properties.Name) == 0 {
		return e.Caption
	}
	return slices.Min(e.Properties.Name)
}

// placed is a party with the addresses that it refers to.
type placed struct {
	party     ownership.Party
	basis     ownership.Basis
	addresses texts
	at        place
}

// placeCost is about what one of those takes in memory, and an address.
const placeCost = 200

func (r *ftmReader) address(e *entity) error {
	if len(e.Properties.Country) == 0 {
		return nil
	}
	r.places[e.ID] = append(r.places[e.ID], e.Properties.Country...)
	return r.sink.spend(placeCost)
}

// place adds the parties that have an address, with where that is.
func (r *ftmReader) place() error {
	for _, p := range r.placed {
		var countries texts
		for _, id := range p.addresses {
			countries = append(countries, r.places[id]...)
		}
		r.sits(p.at, &p.party, p.basis, inOrder(countries)...)
		if err := r.sink.party(p.party); err != nil {
			return err
		}
	}
	return nil
}

// registrationScheme has the scheme of registration numbers by jurisdiction,
// where a country has one register of companies.
var registrationScheme = map[string]string{
	"GB": "GB-COH", "SG": "SG-ACRA", "NL": "NL-KVK", "DK": "DK-CVR", "NO": "NO-BRC", "IE": "IE-CRO",
}

func (r *ftmReader) identifiers(p *properties, at place) []ownership.Identifier {
	var ids []ownership.Identifier
	for _, list := range []struct {
		scheme string
		values texts
	}{
		{"LEI", p.LEICode}, {"RU-INN", p.INNCode}, {"RU-OGRN", p.OGRNCode}, {"CN-SAIC", p.USCCode},
	} {
		for _, id := range list.values[:min(len(list.values), maxIdentifiers)] {
			ids = r.identifier(ids, at, list.scheme, id)
		}
	}
	if len(p.Jurisdiction) == 1 {
		country, _, _ := strings.Cut(r.oneCode(p.Jurisdiction[0]), "-")
		if scheme, ok := registrationScheme[country]; ok {
			for _, id := range p.RegistrationNumber[:min(len(p.RegistrationNumber), maxIdentifiers)] {
				if registrationNumber(id) {
					ids = r.identifier(ids, at, scheme, id)
				}
			}
		}
	}
	return ids
}

// oneCode is the code that a text stands for, "" if it may be another.
func (r *ftmReader) oneCode(text string) string {
	if reading := r.read(text); reading.Understood && len(reading.Codes) == 1 {
		return string(reading.Codes[0])
	}
	return ""
}

// registrationNumber says whether a text may be a number of a company register,
// and not one of several kinds that lists of sanctions have in the same place.
func registrationNumber(id string) bool {
	digits := 0
	for _, c := range id {
		switch {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == ' ' || c == '.':
		default:
			return false
		}
	}
	return digits >= 5 && len(id) <= 12
}

// earliest is the first day that any of the dates may be.
func (r *ftmReader) earliest(dates []string, at place) time.Time {
	var first time.Time
	for n, date := range dates {
		t := r.since(at, date)
		if t.IsZero() {
			return t
		}
		if n == 0 || t.Before(first) {
			first = t
		}
	}
	return first
}

// latest is the day after the last day that any of the dates may be.
func (r *ftmReader) latest(dates []string, at place) time.Time {
	var last time.Time
	for _, date := range dates {
		t := r.until(at, date, onThatDay)
		if t.IsZero() {
			return t
		}
		if t.After(last) {
			last = t
		}
	}
	return last
}
