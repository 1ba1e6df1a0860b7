package register

import (
	"strings"

	"github.com/domicile-dev/domicile/internal/ownership"
)

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

// formerTypes has the types of earlier versions that have another name now.
var formerTypes = map[string]string{
	"settlorOfTrust":                 "settlor",
	"trusteeOfTrust":                 "trustee",
	"protectorOfTrust":               "protector",
	"beneficiaryOfTrust":             "beneficiaryOfLegalArrangement",
	"influenceOrControl":             "otherInfluenceOrControl",
	"otherInfluenceOrControlOfTrust": "otherInfluenceOrControl",
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

// interestMeaning looks a type up, in the spelling of any version.
func interestMeaning(code string) (m meaning, known bool) {
	code = camel(code)
	if now, ok := formerTypes[code]; ok {
		code = now
	}
	m, known = meanings[code]
	if !known {
		m = possible
	}
	return m, known
}

// camel writes a code of an earlier version, with hyphens, as it is written now.
func camel(code string) string {
	if !strings.Contains(code, "-") {
		return code
	}
	parts := strings.Split(cut(code, maxQuoted), "-")
	for i, p := range parts[1:] {
		if p != "" {
			parts[i+1] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "")
}

// words writes a code as words.
func words(code string) string {
	var b strings.Builder
	for i, c := range camel(cut(code, maxQuoted)) {
		switch {
		case c == '_':
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
