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
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/register"
)

// TestFormatsOfGLEIFSayTheSame writes the files of each register of testdata as
// XML and as JSON, too, and each file of one register in a format of its own.
func TestFormatsOfGLEIFSayTheSame(t *testing.T) {
	for _, path := range corpus(t) {
		w := parse(t, path)
		if w.options.Format != register.GLEIF {
			continue
		}
		var forms [3][]register.File
		for _, f := range w.inputs {
			rows, ok := rowsOf(f.Data)
			if !ok {
				continue
			}
			for n, write := range []func([]golden, *rand.Rand) []byte{asCSV(f.Data), asXML, asJSON} {
				forms[n] = append(forms[n], file(f.Name, write(rows, rand.New(rand.NewPCG(uint64(n), 0)))))
			}
		}
		want, wantReport, err := register.Read(t.Context(), forms[0], w.options)
		if err != nil {
			continue
		}
		for seed := range uint64(8) {
			random := rand.New(rand.NewPCG(seed, 0))
			var files []register.File
			for n := range forms[0] {
				form := int(seed)
				if seed > 2 {
					form = random.IntN(3)
				}
				files = append(files, forms[form][n])
			}
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
}

// golden is a record as elements that lie in each other.
type golden struct {
	name, text string
	attributes [][2]string
	in         []*golden
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
func rowsOf(data []byte) ([]golden, bool) {
	table := csv.NewReader(bytes.NewReader(data))
	heading, err := table.Read()
	if err != nil || len(heading) < 3 {
		return nil, false
	}
	record, header := "LEIRecord", strings.Join(heading, ",")
	switch {
	case strings.Contains(header, "Relationship."):
		record = "RelationshipRecord"
	case strings.Contains(header, "Exception."):
		record = "Exception"
	}
	var rows []golden
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			return rows, true
		}
		if err != nil {
			continue
		}
		g := golden{name: record}
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

// asCSV writes the rows that are whole as they were.
func asCSV(data []byte) func([]golden, *rand.Rand) []byte {
	return func([]golden, *rand.Rand) []byte {
		table := csv.NewReader(bytes.NewReader(data))
		var b bytes.Buffer
		out := csv.NewWriter(&b)
		for {
			row, err := table.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err == nil {
				_ = out.Write(row)
			}
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
	if len(rows) == 0 {
		rows = []golden{{name: "LEIRecord"}}[:0]
	}
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
