package call

import (
	"strings"
	"testing"
)

const (
	older  = `{"model":"tern-2"}`
	asJSON = "application/json"
)

// TestWhichModelABodyIsFor holds that a name which somebody else might read otherwise is not
// certain: not in another place, not in another character set, and not by another reader of
// JSON.
func TestWhichModelABodyIsFor(t *testing.T) {
	t.Parallel()
	m := &Model{Pointer: []string{"model"}, MaxBody: 64 << 10}
	for reason, tc := range map[string]struct {
		kind, body, want string // no want is one that is not certain
	}{
		"as clients write it":                   {asJSON, `{"messages":[{"model":"tern-3"}],"model":"tern-2","n":1}`, "tern-2"},
		"with white space":                      {asJSON, " {\r\n\t\"model\" : \"tern-2\" }\n", "tern-2"},
		"by an escape":                          {asJSON, `{"mod\u0065l":"tern\u002d3"}`, "tern-3"},
		"of the type that it is":                {"application/json; charset=utf-8", older, "tern-2"},
		"quoted, in capitals":                   {`Application/JSON;Charset="UTF-8"`, older, "tern-2"},
		"of a type of JSON":                     {"application/vnd.api+json; profile=x", older, "tern-2"},
		"in UTF-7, where it is there twice":     {"application/json; charset=utf-7", `{"model":"tern-2","+AG0-odel":"tern-3"}`, ""},
		"in EBCDIC":                             {"application/json; charset=cp037", older, ""},
		"in two character sets":                 {"application/json; charset=utf-8; charset=utf-7", older, ""},
		"in one with a space before it":         {"application/json; charset =utf-7", older, ""},
		"in one that is there in parts":         {"application/json; charset*0=utf; charset*1=-7", older, ""},
		"in one that seems to be quoted":        {`application/json; x="; charset=utf-7"`, older, ""},
		"in one that is escaped":                {"application/json; charset*=us-ascii''utf-7", older, ""},
		"of two types":                          {"application/json; x=1, text/plain", older, ""},
		"parts of a form":                       {"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ntern-3\r\n--x--", ""},
		"a form that is JSON":                   {"multipart/form-data; boundary=x", older, ""},
		"a type that ends as JSON does":         {"+json", older, ""},
		"lines of JSON":                         {"application/x-ndjson", older + "\n" + older, ""},
		"twice":                                 {asJSON, `{"model":"tern-2","model":"tern-2"}`, ""},
		"in two cases":                          {asJSON, `{"model":"tern-2","MODEL":"tern-3"}`, ""},
		"twice, once escaped":                   {asJSON, `{"model":"tern-2","\u006dodel":"tern-3"}`, ""},
		"twice, once with a NUL behind it":      {asJSON, `{"model":"tern-2","model\u0000x":"tern-3"}`, ""},
		"twice elsewhere":                       {asJSON, `{"model":"tern-2","n":{"a":1,"a":2}}`, ""},
		"in a list":                             {asJSON, `[` + older + `]`, ""},
		"as text":                               {asJSON, `"{\"model\":\"tern-3\"}"`, ""},
		"in a value that is no text":            {asJSON, `{"model":{"id":"tern-3"}}`, ""},
		"not at all":                            {asJSON, `{"model":null}`, ""},
		"behind a byte-order mark":              {asJSON, "\ufeff" + older, ""},
		"behind a NUL":                          {asJSON, "\x00" + older, ""},
		"before a NUL":                          {asJSON, older + "\x00", ""},
		"before another one":                    {asJSON, older + `{"model":"tern-3"}`, ""},
		"with a comma too much":                 {asJSON, `{"model":"tern-2",}`, ""},
		"with a comment":                        {asJSON, `{"model":"tern-2"/*"*/}`, ""},
		"in single quotes":                      {asJSON, `{'model':'tern-2'}`, ""},
		"with what is no number":                {asJSON, `{"model":"tern-2","n":NaN}`, ""},
		"with half of a letter":                 {asJSON, `{"model":"tern-2","n":"\ud800"}`, ""},
		"with a byte that is no letter":         {asJSON, "{\"model\":\"tern-2\",\"n\":\"\xff\"}", ""},
		"with a line break in a text":           {asJSON, "{\"model\":\"tern-2\",\"n\":\"\n\"}", ""},
		"beside a number that nobody can hold":  {asJSON, `{"model":"tern-2","n":1` + strings.Repeat("0", 5000) + `e99999}`, "tern-2"},
		"deeper than anybody reads":             {asJSON, `{"model":"tern-2","n":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`, ""},
		"as deep as is read":                    {asJSON, `{"model":"tern-2","n":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, "tern-2"},
		"longer than a name is":                 {asJSON, `{"model":"` + strings.Repeat("\\u0074", MaxModelName+1) + `"}`, ""},
		"in a body that is longer than is read": {asJSON, older + strings.Repeat(" ", 64<<10), ""},
	} {
		name, ok := m.Read(&Request{Headers: HeaderMap{"Content-Type": {tc.kind}}, Body: []byte(tc.body)}, nil)
		if got := string(name); ok != (tc.want != "") || got != tc.want {
			t.Errorf("%s: %q, certain: %t; want %q", reason, got, ok, tc.want)
		}
	}
}

// TestABodyIsNotKept holds that nothing of a body stays for the next one.
func TestABodyIsNotKept(t *testing.T) {
	m := &Model{Pointer: []string{"model"}, MaxBody: 64 << 10}
	read := func(body string) string {
		name, _ := m.Read(&Request{Headers: HeaderMap{}, Body: []byte(body)}, nil)
		return string(name)
	}
	for range 100 {
		if got := read(older); got != "tern-2" {
			t.Fatalf("%q", got)
		}
		if got := read(`{}`); got != "" {
			t.Fatalf("%q is of the body before", got)
		}
		if got := read(`{"model":`); got != "" {
			t.Fatalf("%q is of the body before", got)
		}
	}
}
