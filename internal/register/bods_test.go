package register_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/register"
)

// TestBODSHoweverWritten writes every statement of testdata in other ways, with
// members, statements and files in another order: nothing else is read.
func TestBODSHoweverWritten(t *testing.T) {
	for _, path := range corpus(t) {
		w := parse(t, path)
		if w.options.Format != register.BODS {
			continue
		}
		layer, report, err := register.Read(t.Context(), w.files(), w.options)
		if err != nil {
			continue
		}
		var statements []string
		for _, f := range w.inputs {
			statements = append(statements, split(t, f.Data)...)
		}
		want := encoded(t, layer)
		for seed := range uint64(8) {
			random := rand.New(rand.NewPCG(seed, 1))
			files := rewritten(statements, random)
			again, got, err := register.Read(t.Context(), files, w.options)
			if err != nil {
				t.Fatalf("%s, seed %d: %v", path, seed, err)
			}
			if !bytes.Equal(want, encoded(t, again)) {
				t.Fatalf("%s, seed %d (-want +got):\n%s", path, seed, cmp.Diff(graph(layer), graph(again)))
			}
			if diff := cmp.Diff(counts(report), counts(got)); diff != "" {
				t.Errorf("%s, seed %d: counts (-want +got):\n%s", path, seed, diff)
			}
		}
	}
}

// TestBODSTwice reads every statement of testdata twice, written differently: that
// is as once, and no tie.
func TestBODSTwice(t *testing.T) {
	for _, path := range corpus(t) {
		w := parse(t, path)
		layer, report, err := register.Read(t.Context(), w.files(), w.options)
		if w.options.Format != register.BODS || err != nil {
			continue
		}
		var statements []string
		for _, f := range w.inputs {
			statements = append(statements, split(t, f.Data)...)
		}
		files := rewritten(slices.Concat(statements, statements), rand.New(rand.NewPCG(1, 1)))
		twice, got, err := register.Read(t.Context(), files, w.options)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if !bytes.Equal(encoded(t, layer), encoded(t, twice)) {
			t.Errorf("%s (-want +got):\n%s", path, cmp.Diff(graph(layer), graph(twice)))
		}
		if want, got := counts(report)["Tie"], counts(got)["Tie"]; want != got {
			t.Errorf("%s: %d ties; want %d", path, got, want)
		}
	}
}

// counts are how many there are of everything in a report.
func counts(r register.Report) map[string]int64 {
	all := map[string]int64{"records": r.Records, "refused": r.Refused}
	for _, of := range r.Remarks {
		all[of.Kind.String()] = of.Count
	}
	return all
}

// split gives the statements of a file: of an array, or the lines.
func split(t *testing.T, data []byte) []string {
	t.Helper()
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var values []json.RawMessage
	if json.Unmarshal(data, &values) != nil {
		return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	}
	var all []string
	for _, v := range values {
		all = append(all, string(v))
	}
	return all
}

// rewritten writes statements in another order and form, as lines of one file and
// the elements of an array in another. What is no value of JSON stays on its line.
func rewritten(statements []string, random *rand.Rand) []register.File {
	var lines, elements []string
	for _, i := range random.Perm(len(statements)) {
		text, ok := again(statements[i], random)
		switch {
		case !ok || random.IntN(2) == 0:
			lines = append(lines, strings.ReplaceAll(text, "\n", " "))
		default:
			elements = append(elements, text)
		}
	}
	// A file begins with a record that is one.
	slices.SortStableFunc(lines, func(a, b string) int { return compareTruth(json.Valid([]byte(b)), json.Valid([]byte(a))) })
	var files []register.File
	if len(lines) > 0 {
		files = append(files, file(fmt.Sprintf("%d.json", random.IntN(100)), []byte(strings.Join(lines, "\n"))))
	}
	if len(elements) > 0 {
		files = append(files, file(fmt.Sprintf("%d.json", random.IntN(100)), []byte("["+strings.Join(elements, ",\n")+"]")))
	}
	random.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	return files
}

// again writes a value anew; false if it is none, or has a member twice.
func again(text string, random *rand.Rand) (string, bool) {
	if !jsontext.Value(text).IsValid() {
		return text, false
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return text, false
	}
	var b strings.Builder
	write(&b, value, random)
	return b.String(), true
}

func write(b *strings.Builder, value any, random *rand.Rand) {
	blank := func() { b.WriteString([]string{"", "", " ", "\t", "  ", "\n"}[random.IntN(6)]) }
	blank()
	switch v := value.(type) {
	case map[string]any:
		b.WriteByte('{')
		names := slices.Sorted(maps.Keys(v))
		random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		for i, name := range names {
			if i > 0 {
				b.WriteByte(',')
			}
			write(b, name, random)
			b.WriteByte(':')
			write(b, v[name], random)
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, element := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			write(b, element, random)
		}
		b.WriteByte(']')
	case string:
		b.WriteByte('"')
		for _, c := range v {
			if c < 0x10000 && (c < ' ' || c == '"' || c == '\\' || random.IntN(8) == 0) {
				fmt.Fprintf(b, `\u%04x`, c)
				continue
			}
			b.WriteRune(c)
		}
		b.WriteByte('"')
	default:
		text, _ := json.Marshal(v)
		b.Write(text)
	}
	blank()
}
