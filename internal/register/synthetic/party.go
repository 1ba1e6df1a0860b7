package synthetic

import (
	"fmt"
	"strings"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// Party is a party of a synthetic register.
type Party struct {
	Index  int
	Name   string
	Person bool
	// ID is the register's own record id: an LEI under Consolidation.
	ID string
	// LEI and CompanyNumber are "" of a party that has none.
	LEI, CompanyNumber string
	// Incorporation and Headquarters are a company's, Nationality a person's:
	// ISO 3166-1 alpha-2.
	Incorporation, Headquarters, Nationality string
}

// Party is the party with an index from 0 on.
func (r Register) Party(n int) Party {
	d := r.draw(forParty, n)
	p := Party{Index: n, Person: r.isPerson(n)}
	seat := place(d)
	if p.Person {
		p.Name, p.Nationality = personName(d), seat
	} else {
		p.Name, p.Headquarters, p.Incorporation = companyName(d), seat, seat
		if d.once(10) {
			p.Incorporation = pick(d, havens)
		}
	}
	switch {
	case r.Shape == Consolidation:
		p.LEI = lei(d, n)
		p.ID = p.LEI
	case p.Person:
		p.ID = recordID(d, "person", n)
	default:
		p.ID = recordID(d, "entity", n)
		p.CompanyNumber = fmt.Sprintf("%08d", 1+scramble(n, 99_999_999))
		if d.once(20) {
			p.LEI = lei(d, n)
		}
	}
	return p
}

// places are where most parties sit, by their weight; havens are where some
// others are only incorporated.
var (
	places = []string{
		"GB", "GB", "GB", "GB", "GB", "GB", "US", "US", "US", "DE", "DE", "DE", "IN", "IN", "IT", "IT", "FR", "FR", "ES", "ES",
		"NL", "NL", "SE", "DK", "NO", "FI", "PL", "CZ", "AT", "BE", "CH", "LU", "IE", "PT", "JP", "KR", "SG", "HK", "AU", "CA",
	}
	havens = []string{"KY", "VG", "LU", "IE", "JE", "GG", "IM", "BM", "MU", "CY"}
)

// place draws where a party sits: one time in fifty in a place that is Blocked.
func place(d *draw) string {
	if d.once(50) {
		return pick(d, Blocked)
	}
	return pick(d, places)
}

// declaration is what a reader makes of the party.
func (p Party) declaration() ownership.Party {
	out := ownership.Party{Key: p.ID, Name: p.Name, Type: ownership.Company, Source: p.source()}
	if p.LEI != "" {
		out.Identifiers = append(out.Identifiers, ownership.Identifier{Scheme: "LEI", ID: p.LEI})
	}
	if p.CompanyNumber != "" {
		out.Identifiers = append(out.Identifiers, ownership.Identifier{Scheme: "GB-COH", ID: p.CompanyNumber})
	}
	out.Jurisdictions.Incorporation = jurisdiction.Code(p.Incorporation)
	out.Jurisdictions.Headquarters = jurisdiction.Code(p.Headquarters)
	if p.Person {
		out.Type = ownership.Person
		out.Jurisdictions.Nationality = []jurisdiction.Code{jurisdiction.Code(p.Nationality)}
	}
	return out
}

func (p Party) source() string {
	if p.ID == p.LEI {
		return "LEI record " + p.LEI
	}
	return "statement " + partyStatementID(p)
}

func partyStatementID(p Party) string { return "s-" + p.ID }

// recordID is an id as registers make them up, of the kind of record and 32
// digits and letters.
func recordID(d *draw, kind string, n int) string {
	return fmt.Sprintf("%s-%08x%016x%08x", kind, scramble(n, 1<<32), d.source.Uint64(), uint32(d.source.Uint64()))
}

// scramble maps different numbers below modulus to different numbers below it,
// in no order that anybody would see. The modulus must not be a multiple of the
// prime.
func scramble(n, modulus int) int {
	const prime = 2_147_483_659
	return int((uint64(n) * prime) % uint64(modulus))
}

const base36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// leiPrefix is that of no issuer of LEIs.
const leiPrefix = "ZZZZ00"

// lei is an LEI with right check digits, different for different parties.
func lei(d *draw, n int) string {
	var b strings.Builder
	b.WriteString(leiPrefix)
	unique := scramble(n, 36*36*36*36*36*36)
	for range 6 {
		b.WriteByte(base36[unique%36])
		unique /= 36
	}
	for range 6 {
		b.WriteByte(base36[d.below(36)])
	}
	return b.String() + checkDigits(b.String())
}

// checkDigits are the last two digits of an LEI (ISO 17442, by ISO 7064
// MOD 97-10): they make the whole 1 modulo 97, with letters read as 10 to 35.
func checkDigits(first18 string) string {
	rest := 0
	for _, c := range []byte(first18 + "00") {
		if value := strings.IndexByte(base36, c); value < 10 {
			rest = (rest*10 + value) % 97
		} else {
			rest = (rest*100 + value) % 97
		}
	}
	return fmt.Sprintf("%02d", 98-rest)
}
