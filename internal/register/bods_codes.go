package register

import (
	"strings"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// codes is a code list of BODS. A code is found in whatever spelling: those of
// earlier versions have hyphens, and publishers write capitals and blanks.
type codes[T any] map[string]T

// of is what a code stands for, the zero value if it is none.
func (c codes[T]) of(code string) T {
	found, _ := c.find(code)
	return found
}

func (c codes[T]) find(code string) (T, bool) {
	// Most write it as it is.
	if found, ok := c[code]; ok {
		return found, true
	}
	var folded [maxQuoted]byte
	if key := fold(folded[:0], code); len(key) > 0 || strings.TrimSpace(code) == "" {
		found, ok := c[string(key)]
		return found, ok
	}
	var none T
	return none, false
}

// folding makes a code list of codes as they are written.
func folding[T any](lists ...map[string]T) codes[T] {
	all := codes[T]{}
	for _, list := range lists {
		for code, value := range list {
			all[code] = value
			all[string(fold(nil, code))] = value
		}
	}
	return all
}

// fold appends the letters and digits of a code, in lower case.
func fold(to []byte, code string) []byte {
	for i := range len(code) {
		c := code[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' {
			if to = append(to, c); len(to) == maxQuoted {
				break // no code is that long
			}
		}
	}
	return to
}

// recordSort is what sort of record a statement is about.
type recordSort uint8

const (
	entityRecord recordSort = iota + 1
	personRecord
	relationshipRecord
)

var recordSorts = folding(map[string]recordSort{
	"entity": entityRecord, "person": personRecord, "relationship": relationshipRecord,
	// Before 0.4.
	"entityStatement": entityRecord, "personStatement": personRecord, "ownershipOrControlStatement": relationshipRecord,
	"ownershipOrControl": relationshipRecord, "relationshipStatement": relationshipRecord,
})

// recordStatus is where a record is in its life.
type recordStatus uint8

const (
	begun recordStatus = iota
	updated
	closed
)

var recordStatuses = folding(map[string]recordStatus{"new": begun, "updated": updated, "closed": closed})

var directnesses = folding(map[string]ownership.Directness{
	"": ownership.UnknownDirectness, "direct": ownership.Direct, "indirect": ownership.Indirect, "unknown": ownership.UnknownDirectness,
})

// meaning is what an interest of a type counts as.
type meaning uint8

const (
	nothing  meaning = iota
	shares           // a shareholding of the declared share
	votes            // voting rights of the declared share
	control          // control by other means
	possible         // shares and votes, from none to the declared share
)

// meanings has all types of interest of BODS 0.4, with what each counts as.
// docs/registers.md has the reasons; a test holds the two together.
var meanings = map[string]meaning{
	"shareholding":                       shares,
	"votingRights":                       votes,
	"appointmentOfBoard":                 control,
	"otherInfluenceOrControl":            control,
	"seniorManagingOfficial":             nothing,
	"settlor":                            control,
	"trustee":                            control,
	"protector":                          control,
	"beneficiaryOfLegalArrangement":      shares,
	"rightsToSurplusAssetsOnDissolution": shares,
	"rightsToProfitOrIncome":             shares,
	"rightsGrantedByContract":            control,
	"conditionalRightsGrantedByContract": possible,
	"controlViaCompanyRulesOrArticles":   control,
	"controlByLegalFramework":            control,
	"boardMember":                        nothing,
	"boardChair":                         nothing,
	"unknownInterest":                    possible,
	"unpublishedInterest":                possible,
	"enjoymentAndUseOfAssets":            nothing,
	"rightToProfitOrIncomeFromAssets":    nothing,
	"nominee":                            nothing,
	"nominator":                          control,
}

// interestTypes finds the name that BODS 0.4 has for a type of interest.
var interestTypes = folding(currentTypes(), map[string]string{
	// Earlier versions had these.
	"settlorOfTrust":                 "settlor",
	"trusteeOfTrust":                 "trustee",
	"protectorOfTrust":               "protector",
	"beneficiaryOfTrust":             "beneficiaryOfLegalArrangement",
	"influenceOrControl":             "otherInfluenceOrControl",
	"otherInfluenceOrControlOfTrust": "otherInfluenceOrControl",
	"rightsToSurplusAssets":          "rightsToSurplusAssetsOnDissolution",
	// What is not said is not known.
	"": "unknownInterest",
})

func currentTypes() map[string]string {
	names := map[string]string{}
	for name := range meanings {
		names[name] = name
	}
	return names
}

// onlyElsewhere are the types of interest that nobody has in a joint holding,
// but in trusts, nominations and partnerships.
var onlyElsewhere = map[string]bool{
	"settlor": true, "trustee": true, "protector": true, "beneficiaryOfLegalArrangement": true, "nominee": true, "nominator": true,
	"rightsToSurplusAssetsOnDissolution": true, "rightsToProfitOrIncome": true,
}

// kinds are the kinds of interest that a meaning is declared as.
func (m meaning) kinds() []ownership.Kind {
	switch m {
	case shares:
		return []ownership.Kind{ownership.Shareholding}
	case votes:
		return []ownership.Kind{ownership.VotingRights}
	case control:
		return []ownership.Kind{ownership.Control}
	case possible:
		return []ownership.Kind{ownership.Shareholding, ownership.VotingRights}
	case nothing:
	}
	return nil
}

// words writes a code as words.
func words(code string) string {
	var b strings.Builder
	for i, c := range cut.Prefix(code, maxQuoted) {
		switch {
		case c == '_' || c == '-':
			b.WriteByte(' ')
		case 'A' <= c && c <= 'Z' && i > 0:
			b.WriteByte(' ')
			b.WriteRune(c - 'A' + 'a')
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
