package residency

import (
	"slices"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// Seat is a jurisdiction in which a party sits, by one basis.
type Seat struct {
	Basis Basis
	Code  jurisdiction.Code
	// Blocked says that the policy blocks the code and looks at the basis.
	Blocked bool
}

// seats lists where a party sits, basis by basis, whether or not the policy
// looks at the basis. known says whether it looks at any of them.
//
// A State's own code stands in Incorporation and counts on every basis.
func (p *Policy) seats(party ownership.Profile) (seats []Seat, known bool) {
	add := func(basis Basis, codes ...jurisdiction.Code) {
		counts := p.Bases[basis] || party.Type == ownership.State && basis == Incorporation
		for _, code := range codes {
			if code == "" {
				continue
			}
			known = known || counts
			seats = append(seats, Seat{Basis: basis, Code: code, Blocked: counts && p.Jurisdictions.Blocks(code)})
		}
	}
	add(Headquarters, party.Jurisdictions.Headquarters)
	add(Headquarters, party.Jurisdictions.OtherHeadquarters...)
	add(Incorporation, party.Jurisdictions.Incorporation)
	add(Incorporation, party.Jurisdictions.OtherIncorporation...)
	add(Nationality, party.Jurisdictions.Nationality...)
	add(Residence, party.Jurisdictions.Residence...)
	return seats, known
}

// locates says whether a party sits anywhere by a basis that the policy looks at.
func (p *Policy) locates(party ownership.Profile) bool {
	j := party.Jurisdictions
	counts := func(basis Basis, codes ...jurisdiction.Code) bool {
		return (p.Bases[basis] || party.Type == ownership.State && basis == Incorporation) &&
			slices.ContainsFunc(codes, func(code jurisdiction.Code) bool { return code != "" })
	}
	return counts(Headquarters, j.Headquarters) || counts(Headquarters, j.OtherHeadquarters...) ||
		counts(Incorporation, j.Incorporation) || counts(Incorporation, j.OtherIncorporation...) ||
		counts(Nationality, j.Nationality...) || counts(Residence, j.Residence...)
}

// unread lists what was given of where a party sits, is not understood, and may
// be in a blocked jurisdiction. Whatever basis it was given for, it may be on any.
func (p *Policy) unread(party ownership.Profile) (unread []ownership.Unread) {
	for _, u := range party.Jurisdictions.Unread {
		if len(u.Candidates) == 0 || slices.ContainsFunc(u.Candidates, p.Jurisdictions.Blocks) {
			unread = append(unread, u)
		}
	}
	return unread
}

// standing is that of all parties of a profile.
func (p *Policy) standing(profile ownership.Profile) ownership.Standing {
	seats, known := p.seats(profile)
	countries := blockedCountries(seats)
	return ownership.Standing{
		Seed: len(countries) > 0, Countries: countries, Unread: len(p.unread(profile)) > 0,
		Unknown: !known && len(profile.Jurisdictions.Unread) == 0,
	}
}

// understood is standing without what is not understood.
func (p *Policy) understood(profile ownership.Profile) ownership.Standing {
	standing := p.standing(profile)
	standing.Unread = false
	return standing
}

func blockedCountries(seats []Seat) []jurisdiction.Code {
	var countries []jurisdiction.Code
	for _, seat := range seats {
		if country := seat.Code.Country(); seat.Blocked && !slices.Contains(countries, country) {
			countries = append(countries, country)
		}
	}
	return countries
}

// startKey is what a standing depends on.
type startKey struct {
	jurisdictions string
	bases         [4]bool
	understood    bool
}

// outcomeKey is what an Outcome depends on besides the View.
type outcomeKey struct {
	rule  ownership.Rule
	start startKey
}

// outcome traces the policy's rule through a View, once for all policies that
// ask for the same. With understood, what is not understood of where parties sit
// does not count.
func (p *Policy) outcome(v *ownership.View, understood bool) *ownership.Outcome {
	start := startKey{jurisdictions: p.Jurisdictions.String(), bases: p.Bases, understood: understood}
	standing := p.standing
	if understood {
		standing = p.understood
	}
	trace := func() *ownership.Outcome {
		return v.Trace(p.Rule, v.Graph().Start(start, p.Rule.UndisclosedPossible, standing))
	}
	if outcome, ok := v.Memo(outcomeKey{p.Rule, start}, func() any { return trace() }).(*ownership.Outcome); ok {
		return outcome
	}
	return trace() // not reached: the key has a type of its own
}
