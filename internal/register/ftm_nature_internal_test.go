package register

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// band is one of the bands in a code and in a description of the United Kingdom's
// register.
type band struct{ code, description string }

// TestNaturesOfControl reads all codes of the register, which are made of the same
// few parts, and its short descriptions, in all spellings that were seen.
func TestNaturesOfControl(t *testing.T) {
	read := 0
	for _, n := range naturesOfControl() {
		for _, text := range n.texts {
			for how, spelling := range spellings(text) {
				read++
				got := readRole(spelling)
				if !got.natures || len(got.claims) != 1 {
					t.Errorf("%s: %q is no nature of control: %+v", how, spelling, got)
					continue
				}
				if diff := cmp.Diff([]holding{n.want}, got.claims[0].holdings, cmp.AllowUnexported(holding{})); diff != "" {
					t.Errorf("%s: %q (-want +got):\n%s", how, spelling, diff)
				}
			}
		}
	}
	if read < 2000 {
		t.Errorf("only %d texts were read", read)
	}
}

type natureTexts struct {
	want  holding
	texts []string
}

func naturesOfControl() []natureTexts {
	bands := map[band]ownership.ShareText{
		{"25-to-50-percent", "More than 25% but not more than 50%"}: {ExclusiveMinimum: "25", Maximum: "50"},
		{"50-to-75-percent", "More than 50% but less than 75%"}:     {ExclusiveMinimum: "50", ExclusiveMaximum: "75"},
		{"75-to-100-percent", "75% or more"}:                        {Minimum: "75"},
		{"more-than-25-percent", "More than 25%"}:                   {ExclusiveMinimum: "25"},
	}
	kinds := map[[2]string]ownership.Kind{
		{"ownership-of-shares", "Ownership of shares"}:                      ownership.Shareholding,
		{"right-to-share-surplus-assets", "Right to surplus assets"}:        ownership.Shareholding,
		{"part-right-to-share-surplus-assets", "Right to surplus assets"}:   ownership.Shareholding,
		{"voting-rights", "Ownership of voting rights"}:                     ownership.VotingRights,
		{"voting-rights", "Holds voting rights"}:                            ownership.VotingRights,
		{"right-to-appoint-and-remove-directors", ""}:                       ownership.Control,
		{"right-to-appoint-and-remove-members", ""}:                         ownership.Control,
		{"right-to-appoint-and-remove-person", ""}:                          ownership.Control,
		{"significant-influence-or-control", ""}:                            ownership.Control,
		{"", "Right to appoint or remove directors"}:                        ownership.Control,
		{"", "Right to appoint or remove members"}:                          ownership.Control,
		{"", "Right to appoint or remove persons"}:                          ownership.Control,
		{"", "Has significant influence or control"}:                        ownership.Control,
		{"", "Has significant influence over a trust which has control"}:    ownership.Control,
		{"", "Has significant influence over a firm which controls it all"}: ownership.Control,
	}
	through := []string{"", "-as-trust", "-as-firm", "-as-control-over-trust", "-as-control-over-firm"}
	of := []string{"", "-limited-liability-partnership", "-registered-overseas-entity"}
	described := []string{"", " with control over the trustees of a trust", " as a member of a firm", " as trustees of a trust"}
	var all []natureTexts
	for words, kind := range kinds {
		add := func(want holding, code, description string) {
			n := natureTexts{want: want}
			for _, a := range through {
				for _, b := range of {
					if code != "" {
						n.texts = append(n.texts, code+a+b)
					}
				}
			}
			for _, a := range described {
				if description != "" {
					n.texts = append(n.texts, description+a)
				}
			}
			all = append(all, n)
		}
		if kind == ownership.Control {
			add(holding{kind: kind}, words[0], words[1])
			continue
		}
		for b, bounds := range bands {
			share, err := ownership.ParseShare(bounds)
			if err != nil {
				panic(err)
			}
			add(holding{kind, share}, words[0]+"-"+b.code, words[1]+" – "+b.description)
		}
		over := ownership.Share{Lower: ownership.Whole/4 + 1, Upper: ownership.Whole}
		if kind == ownership.Shareholding {
			all = append(all, natureTexts{holding{kind, over}, []string{"Has significant influence over a trust which holds more than 25% of the shares in the entity"}})
		} else {
			all = append(all, natureTexts{holding{kind, over}, []string{"Has significant influence over a firm which has more than 25% of the voting rights in the entity"}})
		}
	}
	return all
}

// spellings are those in which publishers write a text.
func spellings(text string) map[string]string {
	blanks := strings.ReplaceAll(text, "-", " ")
	capital := strings.ToUpper(blanks[:1]) + blanks[1:]
	noTo := strings.NewReplacer("25-to-50", "25–50", "50-to-75", "50–75", "75-to-100", "75–100")
	return map[string]string{
		"as it is":                  text,
		"blanks":                    blanks,
		"blanks and a capital":      capital,
		"all capitals":              strings.ToUpper(text),
		"underscores":               strings.ReplaceAll(text, "-", "_"),
		"en dash in the band":       noTo.Replace(text),
		"percent sign":              strings.ReplaceAll(noTo.Replace(text), "-percent", "%"),
		"or for and":                strings.ReplaceAll(text, "appoint-and-remove", "appoint-or-remove"),
		"and for or":                strings.ReplaceAll(capital, "appoint or remove", "appoint and remove"),
		"space around":              "  " + text + "\u00a0",
		"space that does not break": strings.ReplaceAll(blanks, " ", "\u00a0"),
		"hyphen for en dash":        strings.ReplaceAll(text, "–", "-"),
		"em dash":                   strings.ReplaceAll(text, "–", "—"),
		"full width":                strings.NewReplacer("%", "％", "2", "２", "5", "５", "7", "７", "0", "０").Replace(text),
		"percent in words":          strings.ReplaceAll(text, "%", " per cent"),
		"camel case":                strings.ReplaceAll(titled(blanks), " ", ""),
		"a point behind it":         text + ".",
	}
}

// titled begins each word with a capital.
func titled(text string) string {
	all := strings.Fields(text)
	for i, w := range all {
		all[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(all, " ")
}

func TestSeveralNaturesInOneText(t *testing.T) {
	for text, want := range map[string]int{
		"ownership-of-shares-75-to-100-percent, voting-rights-75-to-100-percent, right-to-appoint-and-remove-directors":                                  3,
		"Ownership of shares – 75% or more; Ownership of voting rights - More than 50% but less than 75%":                                                2,
		"Ownership of shares – 75% or more and right to appoint or remove directors":                                                                     2,
		"ownership-of-shares-and-voting-rights-75-to-100-percent":                                                                                        2,
		"More than 25% and not more than 50% of the shares":                                                                                              1,
		"The person holds, directly or indirectly, more than 50% but not more than 75% of the shares in the company.":                                    1,
		"The person exercises significant influence or control over a trust, and its trustees hold, directly or indirectly, more than 25% of the shares": 1,
	} {
		got := readRole(text)
		if !got.natures || len(got.claims[0].holdings) != want {
			t.Errorf("%q: %+v, want %d", text, got, want)
		}
	}
}

func TestWhatIsNoNatureOfControl(t *testing.T) {
	for text, reason := range map[string]string{
		"Does not have the right to appoint or remove directors": "it is denied",
		"No significant influence or control":                    "it is denied",
		"Former significant influence or control":                "it is over",
		"Ownership of shares":                                    "it has no band",
		"ownership-of-shares-percent":                            "it has no band",
		"director":                                               "a director",
		"":                                                       "nothing",
	} {
		got := readRole(text)
		if got.natures {
			t.Errorf("%q (%s): %+v", text, reason, got)
		}
	}
}
