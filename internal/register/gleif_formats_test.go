package register_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/register"
)

// TestFormatsOfGLEIFSayTheSame writes the files of each register of testdata in
// another order as CSV, as XML and as JSON, and each file in a format of its own.
func TestFormatsOfGLEIFSayTheSame(t *testing.T) {
	read := 0
	for _, path := range corpus(t) {
		w := parse(t, path)
		if w.options.Format != register.GLEIF {
			continue
		}
		written := func(form int, random *rand.Rand) []register.File {
			var files []register.File
			for _, f := range w.inputs {
				heading, rows, ok := rowsOf(f.Data)
				if !ok {
					continue
				}
				write := []func([]golden, *rand.Rand) []byte{asCSV(heading), asXML, asJSON}
				if form == 3 {
					write = write[random.IntN(3):]
				} else {
					write = write[form:]
				}
				if form > 0 {
					random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
				}
				files = append(files, file(f.Name, write[0](rows, random)))
			}
			random.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
			return files
		}
		want, wantReport, err := register.Read(t.Context(), written(0, rand.New(rand.NewPCG(0, 0))), w.options)
		if err != nil {
			continue
		}
		read++
		for seed := range uint64(12) {
			files := written(int(seed%4), rand.New(rand.NewPCG(seed, 1)))
			got, report, err := register.Read(t.Context(), files, w.options)
			if err != nil {
				t.Fatalf("%s, seed %d: %v", path, seed, err)
			}
			if diff := cmp.Diff(graph(want), graph(got)); diff != "" {
				t.Errorf("%s, seed %d (-CSV +others):\n%s", path, seed, diff)
			}
			if !bytes.Equal(encoded(t, want), encoded(t, got)) {
				t.Errorf("%s, seed %d: the layer is written differently", path, seed)
			}
			if report.Remarked() != wantReport.Remarked() || report.Records != wantReport.Records || report.Refused != wantReport.Refused {
				t.Errorf("%s, seed %d: %+v; want %+v", path, seed, report, wantReport)
			}
		}
	}
	if read < 10 {
		t.Errorf("only %d registers", read)
	}
}

// golden is a record as elements that lie in each other.
type golden struct {
	name, text string
	attributes [][2]string
	in         []*golden
	row        []string // of the CSV
}

// child is the nth element of a name, which is made if it is not there.
func (g *golden) child(name string, n int) *golden {
	for _, e := range g.in {
		if e.name == name {
			if n--; n == 0 {
				return e
			}
		}
	}
	g.in = append(g.in, &golden{name: name})
	return g.in[len(g.in)-1]
}

// rowsOf are the records of a file of CSV that is one of GLEIF's.
func rowsOf(data []byte) (heading []string, rows []golden, ok bool) {
	table := csv.NewReader(bytes.NewReader(data))
	heading, err := table.Read()
	if err != nil || len(heading) < 3 {
		return nil, nil, false
	}
	record, header := "LEIRecord", strings.Join(heading, ",")
	switch {
	case strings.Contains(header, "Relationship."):
		record = "RelationshipRecord"
	case strings.Contains(header, "Exception."):
		record = "Exception"
	}
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			return heading, rows, true
		}
		if err != nil {
			continue
		}
		g := golden{name: record, row: row}
		for i, value := range row {
			if value != "" {
				g.put(heading[i], value)
			}
		}
		rows = append(rows, g)
	}
}

// put puts down what a column of CSV has.
func (g *golden) put(column, value string) {
	column = strings.Replace(column, "Relationship.Period.", "Relationship.RelationshipPeriods.RelationshipPeriod.", 1)
	column = strings.NewReplacer("Exception.Category", "ExceptionCategory", "Exception.Reason", "ExceptionReason", "Exception.Reference", "ExceptionReference",
		".periodType", ".PeriodType", ".startDate", ".StartDate", ".endDate", ".EndDate").Replace(column)
	at := g
	parts := strings.Split(column, ".")
	for i := 0; i < len(parts); i++ {
		name, n := parts[i], 1
		if name == "type" || name == "xmllang" {
			at.attributes = append(at.attributes, [2]string{strings.Replace(name, "xmllang", "xml:lang", 1), value})
			return
		}
		if i+1 < len(parts) {
			if number, err := strconv.Atoi(parts[i+1]); err == nil {
				n, i = number, i+1
			}
		}
		at = at.child(name, n)
	}
	at.text = value
}

// asCSV writes rows with blanks around some of their values.
func asCSV(heading []string) func([]golden, *rand.Rand) []byte {
	return func(rows []golden, random *rand.Rand) []byte {
		var b bytes.Buffer
		out := csv.NewWriter(&b)
		_ = out.Write(heading)
		for _, g := range rows {
			row := slices.Clone(g.row)
			for i := range row {
				if random.IntN(8) == 0 {
					row[i] = " " + row[i] + " "
				}
			}
			_ = out.Write(row)
		}
		out.Flush()
		return b.Bytes()
	}
}

var namespaces = map[string][3]string{
	"LEIRecord":          {"LEIData", "leidata/2016", "LEIRecords"},
	"RelationshipRecord": {"RelationshipData", "rr/2016", "RelationshipRecords"},
	"Exception":          {"ReportingExceptionData", "repex/2016", "ReportingExceptions"},
}

// asXML writes records with any prefix, and with what GLEIF has beside them.
func asXML(rows []golden, random *rand.Rand) []byte {
	record := "LEIRecord"
	if len(rows) > 0 {
		record = rows[0].name
	}
	n := namespaces[record]
	prefix, declared := "x:", "xmlns:x"
	if random.IntN(2) == 0 {
		prefix, declared = "", "xmlns"
	}
	var b bytes.Buffer
	b.WriteString("\ufeff<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- <" + prefix + record + "> -->\n")
	fmt.Fprintf(&b, "<%s%s %s=\"http://www.gleif.org/data/schema/%s\">\n<%sHeader><%s%s/></%sHeader>\n<%s%s>\n", prefix, n[0], declared, n[1], prefix, prefix, record, prefix, prefix, n[2])
	for i := range rows {
		rows[i].writeXML(&b, prefix, random)
	}
	fmt.Fprintf(&b, "</%s%s>\n</%s%s>\n", prefix, n[2], prefix, n[0])
	return b.Bytes()
}

func (g *golden) writeXML(b *bytes.Buffer, prefix string, random *rand.Rand) {
	b.WriteString("<" + prefix + g.name)
	for _, a := range g.attributes {
		b.WriteString(" " + a[0] + `="`)
		_ = xml.EscapeText(b, []byte(a[1]))
		b.WriteString(`"`)
	}
	b.WriteString(">")
	switch {
	case g.text != "" && random.IntN(3) == 0:
		b.WriteString("<!-- a -->\n <![CDATA[" + g.text + "]]> ")
	default:
		_ = xml.EscapeText(b, []byte(g.text))
	}
	for _, e := range g.in {
		e.writeXML(b, prefix, random)
	}
	if namespaces[g.name][0] != "" {
		fmt.Fprintf(b, `<%sExtension><o:Entity xmlns:o="urn:other"><o:LegalJurisdiction>CN</o:LegalJurisdiction></o:Entity></%sExtension>`, prefix, prefix)
	}
	b.WriteString("</" + prefix + g.name + ">\n")
}

// asJSON writes records as GLEIF does: an element is an object, with its text as $
// and its attributes with @; what is there several times is a list.
func asJSON(rows []golden, random *rand.Rand) []byte {
	list := map[string]string{"LEIRecord": "records", "RelationshipRecord": "relations", "Exception": "exceptions"}
	all := []any{}
	name := "records"
	for i := range rows {
		value := rows[i].value(random)
		if name = list[rows[i].name]; name == "relations" {
			value = map[string]any{rows[i].name: value}
		}
		all = append(all, value)
	}
	text, err := json.MarshalIndent(map[string]any{name: all}, "", " ")
	if err != nil {
		panic(err)
	}
	return text
}

func (g *golden) value(random *rand.Rand) any {
	members := map[string]any{}
	if g.text != "" {
		members["$"] = g.text
	}
	for _, a := range g.attributes {
		members["@"+a[0]] = a[1]
	}
	times := map[string]int{}
	for _, e := range g.in {
		value := e.value(random)
		switch times[e.name]++; {
		case times[e.name] == 1 && random.IntN(2) == 0:
			members[e.name] = value
		case times[e.name] == 1:
			members[e.name] = []any{value}
		default:
			before, ok := members[e.name].([]any)
			if !ok {
				before = []any{members[e.name]}
			}
			members[e.name] = append(before, value)
		}
	}
	return members
}

// TestFilesThatAreNotGLEIFs ends with an error that says what is wrong, and takes
// neither memory nor time for what somebody wrote to take it.
func TestFilesThatAreNotGLEIFs(t *testing.T) {
	const ns = `xmlns="http://www.gleif.org/data/schema/leidata/2016"`
	records := func(text string) string { return "<LEIData " + ns + "><LEIRecords>" + text + "</LEIRecords></LEIData>" }
	for _, test := range []struct{ reason, text, want string }{
		{"a page of HTML", "<html lang='en'><body></body></html>", `the element "html" of namespace "", which is none of GLEIF's`},
		{"another file of XML", `<LEIData xmlns="urn:other"/>`, `namespace "urn:other"`},
		{"no element", "<?xml version='1.0'?>", "there is no element in it"},
		{"another encoding", "<?xml version='1.0' encoding='ISO-8859-1'?><LEIData/>", "ISO-8859-1"},
		{"cut off", strings.TrimSuffix(records("<LEIRecord/>"), "</LEIData>"), "line 1: the file is cut off: 1 elements have no end"},
		{"cut off in a record", "<LEIData " + ns + "><LEIRecords>\n<LEIRecord><LEI>", "line 2: the file is cut off: 4 elements have no end"},
		{"not balanced", records("<LEIRecord><LEI></LEIRecord></LEI>"), "not XML"},
		{"an entity that is not defined", records("<LEIRecord><LEI>&a;</LEI></LEIRecord>"), "not XML"},
		{"entities that unpack to each other", `<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>` + records(""), "a document type"},
		{"deeper than anything", records("<LEIRecord>" + strings.Repeat("<a>", 100)), "more than 64 deep"},
		{"a text without an end", records("<LEIRecord><LEI>" + strings.Repeat("a", 20<<20)), "16 MiB"},
		{"a name without an end", "<" + strings.Repeat("a", 20<<20), "16 MiB"},
		{"something after the end", records("<LEIRecord/>") + "<more/>", `"more" after the end of the root`},
		{"not one record", records(""), "there is not one record of GLEIF in it"},
		{"records of other elements", records("<Record/>"), "there is not one record of GLEIF in it"},
		{"another list", `{"data":[{"type":"lei-records"}]}`, `a list "data", and GLEIF's are records, relations, exceptions`},
		{"the list is cut off", `{"records":[{}`, "cut off"},
		{"the object is cut off", `{"records":[{}]`, "line 1: the file is cut off: the object has no end"},
		{"something after the list", `{"records":[{}],"relations":[]}`, `"," after the end of the array`},
		{"something after the object", `{"records":[{}]}{}`, `"{" after the end of the array`},
		{"nothing but blanks", " \n ", "the file is empty"},
	} {
		options := register.Options{Format: register.GLEIF, MaxRefused: 0}
		_, _, err := register.Read(t.Context(), []register.File{file("a", []byte(test.text))}, options)
		if err == nil || !strings.Contains(err.Error(), test.want) || len(err.Error()) > 1000 {
			t.Errorf("%s: %.300v; want %q", test.reason, err, test.want)
		}
	}
}
