package register

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"
)

// ftmModel is the extract of the model that internal/tools/ftm-model.py writes.
type ftmModel struct {
	Version  string
	Schemata map[string]struct {
		Extends   []string
		Pointers  map[string]struct{ Range, Reverse string }
		Countries []string
	}
}

func readModel(t *testing.T) ftmModel {
	t.Helper()
	text, err := os.ReadFile("testdata/ftm-model.json")
	if err != nil {
		t.Fatal(err)
	}
	var m ftmModel
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	if len(m.Schemata) < 60 {
		t.Fatalf("only %d schemata", len(m.Schemata))
	}
	return m
}

// is says whether a schema is another one, or extends it.
func (m ftmModel) is(name, other string) bool {
	return name == other || slices.ContainsFunc(m.Schemata[name].Extends, func(e string) bool { return m.is(e, other) })
}

// has says whether a schema has a property that points to an entity.
func (m ftmModel) has(name, property string) bool {
	s := m.Schemata[name]
	_, ok := s.Pointers[property]
	return ok || slices.ContainsFunc(s.Extends, func(e string) bool { return m.has(e, property) })
}

var backticked = regexp.MustCompile("`([^`]+)`")

// rowNames are the names in the first cells of a table of docs/registers.md.
func rowNames(t *testing.T, comment string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for cell := range docs(t, comment) {
		for _, m := range backticked.FindAllStringSubmatch(cell, -1) {
			if all[m[1]] {
				t.Errorf("%s stands twice in the table %s", m[1], comment)
			}
			all[m[1]] = true
		}
	}
	return all
}

// TestModel: each schema of the model, each property that points to an entity and
// each that says a country has a row in docs/registers.md, and the reader knows it.
func TestModel(t *testing.T) {
	m := readModel(t)
	rows := rowNames(t, "internal/register/ftm_model.go: schemata")
	pointed := rowNames(t, "internal/register/ftm_model.go: pointers")
	countries := rowNames(t, "internal/register/ftm_party.go: countries")
	for name, s := range m.Schemata {
		_, used := schemata[name]
		if used == unusedSchemata[name] {
			t.Errorf("schema %s has to be either in schemata or in unusedSchemata", name)
		}
		if !rows[name] {
			t.Errorf("schema %s has no row in docs/registers.md", name)
		}
		// Whatever extends a party is one: its ownership would be lost.
		if (m.is(name, "LegalEntity") || m.is(name, "Asset")) && schemata[name].use != asParty {
			t.Errorf("schema %s is a party, and not read as one", name)
		}
		if m.is(name, "Interest") && !used && len(s.Pointers) > 0 {
			if !slices.Contains([]string{"ContractAward", "CourtCaseParty", "Documentation", "ProjectParticipant"}, name) {
				t.Errorf("schema %s is a link that is not read", name)
			}
		}
		for property, p := range s.Pointers {
			if full := name + "." + property; !pointed[full] {
				t.Errorf("property %s has no row in docs/registers.md", full)
			}
			if back, ok := reverses[p.Reverse]; ok && back != property {
				t.Errorf("%s leads back to %s, not to %s", p.Reverse, property, back)
			}
		}
		for _, property := range s.Countries {
			if full := name + "." + property; !countries[full] {
				t.Errorf("property %s has no row in docs/registers.md", full)
			}
		}
	}
	for name := range rows {
		if _, ok := m.Schemata[name]; !ok {
			t.Errorf("docs/registers.md has the schema %s, which is not in the model", name)
		}
	}
	for name, s := range schemata {
		if s.from != "" && (!m.has(name, s.from) || !m.has(name, s.to)) {
			t.Errorf("%s does not have the ends %s and %s", name, s.from, s.to)
		}
	}
}

// TestReverses: every end of a link that is read, and every property of a party
// that is read, is found below the other party as well.
func TestReverses(t *testing.T) {
	m := readModel(t)
	back := func(schema, property string) string {
		return m.Schemata[schema].Pointers[property].Reverse
	}
	for name, s := range schemata {
		for _, end := range []string{s.from, s.to} {
			if end != "" && reverses[back(name, end)] != end {
				t.Errorf("%s.%s is not found below %s", name, end, back(name, end))
			}
		}
	}
	for _, p := range [][2]string{
		{"LegalEntity", parentProperty}, {"Vehicle", ownerProperty}, {"CryptoWallet", holderProperty}, {"Security", issuerProperty}, {"Thing", addressProperty},
	} {
		if reverses[back(p[0], p[1])] != p[1] {
			t.Errorf("%s.%s is not found below %s", p[0], p[1], back(p[0], p[1]))
		}
	}
}
