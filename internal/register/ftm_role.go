package register

import (
	"bytes"
	"regexp"

	"golang.org/x/text/unicode/norm"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// direction says which end of a link has something in the other.
type direction uint8

const (
	unsaid   direction = iota // a noun without more: "parent company"
	forward                   // the first end has it: "owner of"
	backward                  // the second end has it: "subsidiary of", "owned by"
)

// claim is what a part of a text says of ownership.
type claim struct {
	holdings []holding
	said     direction
	// owned says that the noun is about the end that is owned: "subsidiary".
	owned bool
}

// role is what a text about a link between two parties says of ownership.
type role struct {
	claims []claim
	// natures says that the claims are natures of control.
	natures bool
	// mentions says that a longer text speaks of a parent or owner.
	mentions         bool
	direct, indirect bool
	// voting says that votes are meant, and not shares.
	voting bool
}

var (
	moreThanHalf = ownership.Share{Lower: ownership.Whole/2 + 1, Upper: ownership.Whole}
	everything   = ownership.Share{Lower: ownership.Whole, Upper: ownership.Whole}
	// parentMajority is what a parent has, as with GLEIF's consolidation.
	parentMajority = []holding{{ownership.Shareholding, moreThanHalf}, {ownership.VotingRights, moreThanHalf}}
	// possibleShares is what may be something or nothing.
	possibleShares = []holding{{ownership.Shareholding, ownership.UnknownShare}, {ownership.VotingRights, ownership.UnknownShare}}
	fullControl    = []holding{{ownership.Control, ownership.Share{}}}
)

const (
	parentNouns = `parent (?:company|entity|undertaking|organi[sz]ation|corporation|firm)|(?:ultimate|direct|immediate) parent|parent of|holding company|majority (?:owner|shareholder|stockholder|stake|shareholding)|controlling (?:interest|stake)`
	ownedNouns  = `subsidiary|subsidiaries|daughter company`
	// controlNouns are the roles that control; docs/registers.md says why.
	controlNouns = `general partner|managing member|sole (?:member|proprietor|trustee)|settlors?|grantor|trustor|protector|nominator|golden share|` +
		`(?:controlling|significant|effective|ultimate|beneficial) (?:shareholder|person|party|controller|owner and controller)|controlling owner|ultimate controlling party|` +
		`persons? (?:with|of) significant control|controls|controlled by`
	wholeNouns = `sole (?:beneficial )?(?:owner|shareholder|stockholder)|(?:wholly|fully) owned(?: by| subsidiary)?|(?:wholly|fully) owns`
	ownerNouns = `owners?|shareholders?|stockholders?|shareholding|stake|ownership|ubo|limited partner|beneficiary|beneficiaries|owned|owns|holds shares|parent`
	// eitherNouns may be a part of a board or of the staff as well.
	eitherNouns = `trustees?|controllers?|controlled`
)

var (
	// A role is certain where it stands first, with nothing before it but what
	// says more of it, and nothing behind it but where.
	before = `^ (?:(?:the|a|an|is|as|its|direct|indirect|directly|indirectly|ultimate|immediate|beneficial|main|principal|majority|minority|co|joint|jointly|current|active|registered|legal|managing|corporate|partly|partially|significant|real|actual|de facto|global|domestic|largest|major|[\d.]+|%|of|shares?) )*(?:`
	behind = `)(?: (?:of|in|by|directly|indirectly|jointly|with|through|via|since|from|company|entity|[\d.]+) .*| (?:company|entity|shares|stock|interest|by|of))? $`

	wholeRole   = regexp.MustCompile(before + wholeNouns + behind)
	parentRole  = regexp.MustCompile(before + parentNouns + `|` + ownedNouns + behind)
	controlRole = regexp.MustCompile(before + controlNouns + behind)
	ownerRole   = regexp.MustCompile(before + ownerNouns + behind)
	anyRole     = regexp.MustCompile(` (?:` + parentNouns + `|` + ownedNouns + `|` + controlNouns + `|` + wholeNouns + `|` + ownerNouns + `|` + eitherNouns + `) `)
	// otherRole are staff and things with such a word in their name.
	otherRole = regexp.MustCompile(` (?:(?:financial|finance|group|credit|quality|traffic|data|project|chief|general) controller|(?:product|process|data|project|system) owner|trustee in bankruptcy|bankruptcy trustee) `)

	mentionsRole = regexp.MustCompile(` (?:` + parentNouns + `|` + ownedNouns + `|(?:owned|controlled)(?: or controlled)? by|owner of|owns|wholly owned|shareholder of) `)
	parts        = regexp.MustCompile(`[,;/|()\n]| (?:and|&) `)

	ownedNoun    = regexp.MustCompile(` (?:` + ownedNouns + `) `)
	ownedByOther = regexp.MustCompile(` (?:` + ownedNouns + `) (?:company )?of | (?:owned|controlled|held) (?:.* )?by `)
	ownsOther    = regexp.MustCompile(` (?:parent|company|entity|undertaking|owner|owners|shareholder|shareholders|stockholder|controller|settlor|protector|trustee|partner|member|beneficiary|party|person|stake) (?:of|in) | (?:owns|controls|holds) `)

	exactPercentage = regexp.MustCompile(` ([\d.]+) % `)
	qualified       = regexp.MustCompile(` (?:than|least|most|to|about|approximately|approx|around|circa|ca|nearly|almost|over|under|above|below|minimum|maximum|between) [\d.]+ % `)
)

var (
	notAnymore = []string{"former", "formerly", "ex", "previous", "previously", "past", "resigned", "ceased", "no longer", "not", "never", "non"}
	doubtful   = []string{"or", "possible", "possibly", "potential", "potentially", "alleged", "allegedly", "presumed", "presumably", "suspected", "probable", "probably", "likely", "reportedly", "unconfirmed", "proposed", "may"}
)

// stems are in every text that says something of ownership. Most roles are jobs.
var stems = regexp.MustCompile(`(?i)own|hold|parent|subsid|daughter|member|proprietor|trust|settlor|grantor|protector|nominator|golden|ubo|stake|benefic|partner|appoint|influence|control|shar|vot|surplus|majority|direct(?:ly)?(?:\W|$)|indirect|immediate`)

// readRole reads what a text says of ownership.
func readRole(text string) role {
	if !stems.MatchString(norm.NFKC.String(cut.Prefix(text, maxWords))) {
		return role{}
	}
	w := wordsOf(text)
	r := role{
		direct: has(w, "direct", "directly", "immediate"), indirect: has(w, "indirect", "indirectly"),
		voting: has(w, "voting", "votes") && !has(w, "non voting"),
	}
	if has(w, "not", "non") {
		r.direct, r.indirect = true, true // it says what it is not
	}
	if all := natures(text); all != nil {
		r.claims, r.natures, r.mentions = []claim{{holdings: all}}, true, true
		return r
	}
	if has(w, notAnymore...) {
		return r
	}
	r.mentions = mentionsRole.MatchString(w)
	if has(w, doubtful...) {
		if anyRole.MatchString(w) {
			r.claims = []claim{{possibleShares, whichWay(w), ownedNoun.MatchString(w)}}
		}
		return r
	}
	for _, part := range parts.Split(cut.Prefix(text, maxWords), -1) {
		w := wordsOf(part)
		if holdings := claimed(w); holdings != nil {
			r.claims = append(r.claims, claim{holdings, whichWay(w), ownedNoun.MatchString(w)})
		}
	}
	return r
}

// claimed reads what somebody has by a role. A role that somebody else has ("lawyer
// of the owner"), and one that may be something else, is possible.
func claimed(w string) []holding {
	switch {
	case otherRole.MatchString(w):
		return nil
	case wholeRole.MatchString(w):
		return []holding{{ownership.Shareholding, everything}}
	case parentRole.MatchString(w):
		return parentMajority
	case controlRole.MatchString(w):
		return fullControl
	case ownerRole.MatchString(w):
		return []holding{{ownership.Shareholding, shareIn(w)}}
	case anyRole.MatchString(w):
		return possibleShares
	}
	return nil
}

func whichWay(w string) direction {
	back, forth := ownedByOther.MatchString(w), ownsOther.MatchString(w) && !ownedNoun.MatchString(w)
	switch {
	case back == forth:
		return unsaid
	case back:
		return backward
	default:
		return forward
	}
}

// shareIn reads the one percentage that stands among words, if it is exact.
func shareIn(w string) ownership.Share {
	if share, ok := bandIn(w); ok {
		return share
	}
	if m := exactPercentage.FindAllStringSubmatch(w, 2); len(m) == 1 && !qualified.MatchString(w) {
		if share, err := ownership.ParseShare(ownership.ShareText{Exact: m[0][1]}); err == nil {
			return share
		}
	}
	return ownership.UnknownShare
}

// ownershipNames are parts of names of properties that carry ownership.
var ownershipNames = [][]byte{
	[]byte("wner"), []byte("owned"), []byte("arent"), []byte("shareh"), []byte("Shareh"), []byte("ubsidiar"), []byte("olding"),
	[]byte("beneficial"), []byte("ontrol"),
}

// speaksOfOwnership says whether a name of a property that is not in the model
// looks as if it carried ownership.
func speaksOfOwnership(name []byte) bool {
	for _, part := range ownershipNames {
		if bytes.Contains(name, part) {
			return true
		}
	}
	return false
}
