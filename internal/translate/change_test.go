package translate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhereAChangeIs(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		reason, old, updated string
		want                 string // the names of levels, and the text of the last one in both
	}{
		"an image": {
			"the container is looked into, and nothing else",
			`{"a":[1],"containers":[{"image":"a:1","name":"x"},{"image":"b:1"}],"z":{"y":1}}`, `{"a":[1],"containers":[{"image":"a:1","name":"x"},{"image":"b:2"}],"z":{"y":1}}`,
			`containers [1] {"image":"b:1"} {"image":"b:2"}`,
		},
		"a name that is longer": {"before what differs there is part of it", `{"a":{"b":{"ab":1}}}`, `{"a":{"b":{"abc":1}}}`, `a b {"ab":1} {"abc":1}`},
		"a member comes":        {"nothing differs in what was there", `{"a":{"b":1}}`, `{"a":{"b":1,"c":{}}}`, `a {"b":1} {"b":1,"c":{}}`},
		"an item goes":          {"as above", `{"a":[[1],[2],[3]]}`, `{"a":[[1],[3]]}`, `a [[1],[2],[3]] [[1],[3]]`},
		"the same again":        {"where the new one begins is anybody's guess", `{"a":[[{}]]}`, `{"a":[[{},{}]]}`, `a [0] [{}] [{},{}]`},
		"brackets in texts":     {"they open and close nothing", `{"a":{"]}\"":{"b":"[{\\"}}}`, `{"a":{"]}\"":{"b":"[{\\\\"}}}`, `a ]}" {"b":"[{\\"} {"b":"[{\\\\"}`},
		"white space":           {"nobody else writes it", "{\"a\" :\n[ 1, { \"b\" : 2 } ] }", "{\"a\" :\n[ 1, { \"b\" : 3 } ] }", `a [1] { "b" : 2 } { "b" : 3 }`},
		"a list is divided":     {"what ends as the new one does is no value", `{"a":[[1],[5,3],2]}`, `{"a":[[1,3],2]}`, `a [[1],[5,3],2] [[1,3],2]`},
		"two places":            {"all of it is between them", `{"a":{"b":1},"c":{"d":1}}`, `{"a":{"b":2},"c":{"d":2}}`, ""},
		"another type":          {"it is no object any more", `{"a":1}`, `{"a":{}}`, ""},
		"very deep": {
			"nobody nests so", `{"a":` + strings.Repeat("[", mostLevels) + `1` + strings.Repeat("]", mostLevels) + `}`,
			`{"a":` + strings.Repeat("[", mostLevels) + `2` + strings.Repeat("]", mostLevels) + `}`, "",
		},
	} {
		old, _, err := sift([]byte(`[{"spec":` + tc.updated + `},{"spec":` + tc.old + `}]`))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i, l := range old.Fields[0].Change {
			step := l.Name
			if step == "" {
				step = "[" + string(rune('0'+l.index)) + "]"
			}
			if got = append(got, step); i == len(old.Fields[0].Change)-1 {
				got = append(got, string(l.Text), string(l.Other))
			}
		}
		if diff := cmp.Diff(tc.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", name, tc.reason, diff)
		}
		checkSift(t, `{"spec":`+tc.old+`}`, `{"spec":`+tc.updated+`}`)
		checkSift(t, `{"spec":`+tc.updated+`}`, `{"spec":`+tc.old+`}`)
	}
}

// TestWhatIsKeptOfASmallChange changes what the walker looks at, and what stands beside it.
func TestWhatIsKeptOfASmallChange(t *testing.T) {
	t.Parallel()
	texts := []string{
		`1`, `{}`, `[]`, `"x"`, `null`, `{"annotations":{"domicile.dev/tenant":"a"}}`, `{"annotations":{"domicile.dev/tenant":"b"}}`, `{"annotations":{"a":"b"}}`,
		`{"secretName":"a"}`, `{"secretName":"b","template":{}}`, `{"secretRef":{"name":"a","x":1}}`, `{"secretRef":{"name":"b","x":1}}`, `{"imagePullSecrets":[{"name":"a"},"b"]}`,
		`{"imagePullSecrets":[{"name":"c"},"b"]}`, `{"imagePullSecrets":[{},"b"]}`, `{"template":{"metadata":{}}}`, `{"template":[]}`, `{"template":{"metadata":{"annotations":{"domicile.dev/tenant":"a"}}}}`,
		`[{"secretName":"a"},1,{"secretName":"b"}]`, `[{"secretName":"a"},1,{"x":"b"}]`, `[1,1,{"secretName":"b"}]`, `{"serviceAccountName":"a"}`, `{"labels":{"domicile.dev/x":"y"}}`,
	}
	for _, frame := range []string{`%`, `{"a":%}`, `[%]`, `{"b":[1,%,{"secretName":"z"}],"c":{"annotations":{"domicile.dev/owner":"LEI:1"}}}`, `{"template":{"spec":{"containers":[%]}}}`, `{"xPullSecrets":[{"name":"q"},%]}`, `{"secret":{"y":%}}`} {
		for _, before := range texts {
			for _, after := range texts {
				object := func(text string) string {
					return `{"apiVersion":"apps/v1","kind":"Deployment","spec":{"k":{"much":"` + strings.Repeat("x", 100) + `","v":` + strings.Replace(frame, "%", text, 1) + `}}}`
				}
				checkSift(t, object(before), object(after))
			}
		}
	}
}
