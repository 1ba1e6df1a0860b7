package register

import (
	"strings"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// partyType is what a schema of FollowTheMoney is, if it can own or be owned.
// Assets are parties that nobody sits behind: an ownership of a ship leads
// somewhere, but not on.
func partyType(schema string) (ownership.PartyType, bool) {
	switch schema {
	case "Company", "Organization":
		return ownership.Company, true
	case "Person":
		return ownership.Person, true
	case "PublicBody":
		return ownership.State, true
	case "LegalEntity", "Asset", "Vessel", "Airplane", "Vehicle", "RealEstate", "Security", "BankAccount", "CryptoWallet":
		return ownership.UnknownType, true
	default:
		return ownership.UnknownType, false
	}
}

func (r *ftmReader) party(e *entity, at place) (ownership.Party, bool) {
	kind, ok := partyType(e.Schema)
	if !ok {
		return ownership.Party{}, false
	}
	p := &e.Properties
	party := ownership.Party{Key: e.ID, Type: kind, Name: ftmName(e), Source: "entity " + e.ID, Identifiers: r.identifiers(p, at)}
	if kind == ownership.Person {
		r.sits(at, &party, ownership.Nationality, append(p.Nationality, p.Citizenship...)...)
		r.sits(at, &party, ownership.Residence, p.Country...)
		return party, true
	}
	if kind == ownership.State {
		// A body of a state sits where the state is, whatever says so.
		r.sits(at, &party, ownership.Incorporation, append(append(p.Jurisdiction, p.MainCountry...), p.Country...)...)
		return party, true
	}
	r.sits(at, &party, ownership.Incorporation, p.Jurisdiction...)
	r.sits(at, &party, ownership.Headquarters, p.MainCountry...)
	if party.Jurisdictions.Headquarters == "" {
		// A country without more is a country that the entity has to do with.
		r.sits(at, &party, ownership.Headquarters, p.Country...)
	}
	if e.Schema == "LegalEntity" {
		// It may be a person.
		r.sits(at, &party, ownership.Nationality, append(p.Nationality, p.Citizenship...)...)
	}
	return party, true
}

// ftmName is the caption, which says which of the names is the usual one.
func ftmName(e *entity) string {
	if e.Caption != "" || len(e.Properties.Name) == 0 {
		return e.Caption
	}
	return e.Properties.Name[0]
}

// registrationScheme has the scheme of registration numbers by jurisdiction,
// where a country has one register of companies.
var registrationScheme = map[string]string{
	"gb": "GB-COH", "sg": "SG-ACRA", "nl": "NL-KVK", "dk": "DK-CVR", "no": "NO-BRC", "ie": "IE-CRO",
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
		country, _, _ := strings.Cut(strings.ToLower(p.Jurisdiction[0]), "-")
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
