package register

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership"
)

func TestRoles(t *testing.T) {
	const (
		majority = "Shareholding 50.0000001-100, VotingRights 50.0000001-100"
		possible = "Shareholding 0-100, VotingRights 0-100"
		some     = "Shareholding 0-100"
		whole    = "Shareholding 100-100"
		control  = "Control"
	)
	for _, test := range []struct{ reason, text, want string }{
		{"a parent has a majority", "Parent company", majority + " unsaid"},
		{"a direction", "parent company of", majority + " forward"},
		{"a direction", "ultimate parent of", majority + " forward"},
		{"another direction", "Subsidiary of Lantern Group (1 High Street)", majority + " backward owned"},
		{"another word for it", "Daughter company", majority + " unsaid owned"},
		{"more is said", "wholly-owned subsidiary of", whole + " backward owned"},
		{"a holding company", "Holding company", majority + " unsaid"},
		{"a word that families have", "parent", some + " unsaid"},
		{"a majority", "Majority shareholder", majority + " unsaid"},
		{"a minority", "Minority shareholder", some + " unsaid"},
		{"all of it", "sole shareholder", whole + " unsaid"},
		{"one of two parts", "Sole Director & Shareholder", some + " unsaid"},
		{"two parts", "Director, beneficial owner", some + " unsaid"},
		{"a percentage", "51 % owner", "Shareholding 51-51 unsaid"},
		{"a percentage behind", "shareholder - 34%", "Shareholding 34-34 unsaid"},
		{"a percentage with a bound", "owner of about 34%", some + " forward"},
		{"a verb", "owns", some + " forward"},
		{"a participle", "Owned by", some + " backward"},
		{"a participle with an adverb", "owned indirectly by", some + " backward"},
		{"control", "controlled by", control + " backward"},
		{"either", "Owned or Controlled By", possible + " backward"},
		{"either", "Owns, controls, or operates", possible + " forward"},
		{"a partner who runs it", "general partner", control + " unsaid"},
		{"a partner who does not", "limited partner", some + " unsaid"},
		{"control that is declared", "Person with significant control", control + " unsaid"},
		{"control that is declared", "Ultimate controlling party", control + " unsaid"},
		{"a trust's maker", "Settlor", control + " unsaid"},
		{"a member of a board, or not", "Trustee", possible + " unsaid"},
		{"an accountant", "Group Financial Controller", ""},
		{"an accountant, or not", "Controller", possible + " unsaid"},
		{"somebody of the owner's", "Lawyer of the owner", possible + " unsaid"},
		{"somebody of the parent's", "Director of parent company", possible + " unsaid"},
		{"it is over", "former shareholder", ""},
		{"it is denied", "Not the parent company", ""},
		{"it is only believed", "Allegedly the owner", possible + " unsaid"},
		{"a seat", "Chairman of the board of directors", ""},
		{"a seat", "Sole director", ""},
		{"a job", "Managing partner", ""},
		{"a relation", "affiliate", ""},
		{"another thing", "Product owner", ""},
		{"nothing", " ", ""},
	} {
		t.Run(test.text, func(t *testing.T) {
			var got []string
			for _, c := range readRole(test.text).claims {
				var all []string
				for _, h := range c.holdings {
					text := h.kind.String()
					if h.kind != ownership.Control {
						text += " " + h.share.Lower.String() + "-" + h.share.Upper.String()
					}
					all = append(all, text)
				}
				text := strings.Join(all, ", ") + " " + [...]string{unsaid: "unsaid", forward: "forward", backward: "backward"}[c.said]
				if c.owned {
					text += " owned"
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "; ")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func TestShareClasses(t *testing.T) {
	for text, want := range map[string]string{
		"A": "A", "Class A": "A", "CLASS-A SHARES": "A", "A ordinary": "A", "Ordinary A shares": "A", "ClassB": "B",
		"Series 2": "2", "Ordinary": "ordinary", "ordinary shares of £1 each": "ordinary", "Common Stock": "ordinary",
		"Preferred": "preference", "cumulative redeemable preference shares": "preference", "B Preferred": "B preference",
		"Non-voting": "non-voting", "voting shares": "voting", "Deferred": "deferred", "Shares": "", "10": "", "Genussscheine": "",
	} {
		got, understood := shareClass([]string{text, " "})
		if got != want || understood != (want != "") {
			t.Errorf("%q: %q, %t; want %q", text, got, understood, want)
		}
	}
	if got, understood := shareClass([]string{"A", "B"}); got != "" || !understood {
		t.Errorf("several classes: %q, %t", got, understood)
	}
}
