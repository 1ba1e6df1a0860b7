package register_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register"
)

func TestOrderAndFilesMakeNoDifference(t *testing.T) {
	for _, path := range corpus(t) {
		w := parse(t, path)
		layer, report, err := register.Read(t.Context(), w.files(), w.options)
		if err != nil {
			continue
		}
		want, wantBytes := graph(layer), encoded(t, layer)
		for seed := range uint64(5) {
			files := shuffled(w, rand.New(rand.NewPCG(seed, 0)))
			layer, again, err := register.Read(t.Context(), files, w.options)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if diff := cmp.Diff(want, graph(layer)); diff != "" {
				t.Fatalf("%s, seed %d (-want +got):\n%s", path, seed, diff)
			}
			if !bytes.Equal(wantBytes, encoded(t, layer)) {
				t.Errorf("%s, seed %d: the layer is written differently", path, seed)
			}
			if again.Refused != report.Refused || again.Remarked() != report.Remarked() || again.Records != report.Records {
				t.Errorf("%s, seed %d: %+v, want %+v", path, seed, again, report)
			}
		}
	}
}

func encoded(t testing.TB, layer *ownership.Layer) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := layer.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func graph(layer *ownership.Layer) string {
	var b strings.Builder
	describeGraph(&b, ownership.NewGraph(layer, nil))
	return b.String()
}

// shuffled splits what stands on lines of its own into other files, in another
// order; what is one value stays whole.
func shuffled(w world, random *rand.Rand) []register.File {
	var files []register.File
	var lines []string
	for _, f := range w.inputs {
		text := string(f.Data)
		switch {
		case strings.HasPrefix(strings.TrimSpace(text), "["), w.options.Format == register.GLEIF && strings.ContainsAny(text[:1], "<{"):
			files = append(files, file(f.Name, f.Data))
		case w.options.Format == register.GLEIF:
			heading, rows, _ := strings.Cut(text, "\n")
			all := strings.SplitAfter(strings.TrimSuffix(rows, "\n"), "\n")
			for i, row := range all {
				all[i] = strings.TrimSuffix(row, "\n") + "\n"
			}
			random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			cut := random.IntN(len(all) + 1)
			files = append(files, file("1-"+f.Name, []byte(heading+"\n"+strings.Join(all[:cut], ""))),
				file("2-"+f.Name, []byte(heading+"\n"+strings.Join(all[cut:], ""))))
		default:
			lines = append(lines, strings.Split(strings.TrimSuffix(text, "\n"), "\n")...)
		}
	}
	// A file begins with a record that is one.
	slices.SortFunc(lines, strings.Compare)
	random.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	slices.SortStableFunc(lines, func(a, b string) int { return compareTruth(json.Valid([]byte(b)), json.Valid([]byte(a))) })
	if len(lines) > 0 {
		var parts [2][]string
		for i, line := range lines {
			part := random.IntN(2)
			if i < 2 {
				part = i
			}
			parts[part] = append(parts[part], line)
		}
		for i, part := range parts {
			files = append(files, file(fmt.Sprintf("%d.json", i), []byte(strings.Join(part, "\n")+"\n")))
		}
	}
	random.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	return files
}

// compareTruth orders false before true.
func compareTruth(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}

func TestCompiledRegisters(t *testing.T) {
	w := parse(t, "testdata/gleif-relationships.txtar")
	layer, report, err := register.Read(t.Context(), w.files(), w.options)
	if err != nil {
		t.Fatal(err)
	}
	var compiled bytes.Buffer
	if err := register.Compile(&compiled, layer, report, w.options); err != nil {
		t.Fatal(err)
	}
	if !register.IsCompiled(compiled.Bytes()) {
		t.Error("a compiled register is not seen to be one")
	}
	again, got, err := register.Read(t.Context(), []register.File{file("a.oreg", compiled.Bytes())}, w.options)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(graph(layer), graph(again)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	report.Compiled = true
	if diff := cmp.Diff(report, got); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	heading := bytes.Replace(compiled.Bytes(), []byte(`"GLEIF"`), []byte(`"BODS" `), 1)
	for _, test := range []struct {
		reason  string
		data    []byte
		options register.Options
		want    string
	}{
		{"another format", compiled.Bytes(), register.Options{Format: register.BODS}, `compiled from a register of format "GLEIF"; expected BODS`},
		{"another consolidation", compiled.Bytes(), register.Options{Format: register.GLEIF, Consolidation: register.Ignored}, `consolidation: "CountsAsMajority"; expected Ignored`},
		{"another rule for branches", compiled.Bytes(), register.Options{Format: register.GLEIF, Branches: register.BranchesIgnored}, `branches: "SameParty"; expected Ignored`},
		{"the version before", version1(compiled.Bytes()), w.options, "compile the register's files again"},
		{"a heading that was changed", heading, register.Options{Format: register.BODS}, "checksum of its heading"},
		{"nothing behind the magic number", compiled.Bytes()[:24], w.options, "no heading"},
		{"no layer", compiled.Bytes()[:bytes.LastIndexByte(compiled.Bytes()[:400], '}')+2], w.options, "a.oreg: "},
		{"a layer without a heading", encoded(t, layer), w.options, "does not say of which format"},
	} {
		if _, _, err := register.Read(t.Context(), []register.File{file("a.oreg", test.data)}, test.options); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v; want %q", test.reason, err, test.want)
		}
	}
}

// version1 is a compiled register as the version before wrote it: it knew nothing
// of branches, and its layer had less in it.
func version1(compiled []byte) []byte {
	parts := bytes.SplitN(compiled, []byte("\n"), 3)
	line := bytes.Replace(parts[1], []byte(`,"branches":"SameParty"`), nil, 1)
	return fmt.Appendf(nil, "DOMICILE-REGISTER 1 %08x\n%s\n%s", crc32.ChecksumIEEE(line), line, parts[2])
}

func TestReadFails(t *testing.T) {
	person := `{"id":"a","schema":"Person","properties":{"name":["` + strings.Repeat("x", 400) + `"]}}`
	bods := func(record string) string {
		return `{"statementId":"s","recordId":"` + record + `","recordType":"entity","statementDate":"2025-01-01","recordDetails":{}}` + "\n"
	}
	opened := 0
	changing := register.File{Name: "a.json", Open: func() (io.ReadCloser, error) {
		// Open is called once to see whether the file was compiled.
		opened++
		return io.NopCloser(strings.NewReader(strings.Repeat(bods("r"), opened))), nil
	}}
	missing := register.File{Name: "a.json", Open: func() (io.ReadCloser, error) { return nil, errors.New("no such file") }}
	for _, test := range []struct {
		reason  string
		files   []register.File
		options register.Options
		want    string
	}{
		{"no file", nil, register.Options{}, "at least one file"},
		{"a file that is not there", []register.File{missing}, register.Options{}, "a.json: no such file"},
		{"an empty file", []register.File{file("a.json", nil)}, register.Options{}, "a.json: the file is empty"},
		{"a file that changes", []register.File{changing}, register.Options{}, "changed while they were read"},
		{"another format", []register.File{file("a.json", []byte(person))}, register.Options{}, "no recordType: not a statement of BODS"},
		{"a format that is none", []register.File{file("a.json", []byte(person))}, register.Options{Format: 9}, "Format(9)"},
		{"more than there is room for", []register.File{file("a.json", []byte(person))}, register.Options{Format: register.FollowTheMoney, MaxBytes: 100}, "more than 100 bytes of memory"},
		{"not UTF-8", []register.File{file("a.json", []byte("\xff\xfe{"))}, register.Options{}, "not UTF-8"},
		{"a comma too many", []register.File{file("a.json", []byte("["+person+",]"))}, register.Options{Format: register.FollowTheMoney}, "ends after a comma"},
		{"no comma", []register.File{file("a.json", []byte("["+person+person+"]"))}, register.Options{Format: register.FollowTheMoney}, "where a comma"},
		{"something behind the array", []register.File{file("a.json", []byte("["+person+"]x"))}, register.Options{Format: register.FollowTheMoney}, "after the end of the array"},
		{"a text as a record", []register.File{file("a.json", []byte(`["x"]`))}, register.Options{Format: register.FollowTheMoney}, "where a record should begin"},
		{"a record without an end", []register.File{file("a.json", []byte(`[{"id":`))}, register.Options{Format: register.FollowTheMoney}, "has no end"},
	} {
		t.Run(test.reason, func(t *testing.T) {
			layer, _, err := register.Read(t.Context(), test.files, test.options)
			if layer != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v; want %q", err, test.want)
			}
		})
	}
}

func TestRecordsThatAreTooLong(t *testing.T) {
	long := `{"id":"a","schema":"Person","x":"` + strings.Repeat("x", 17<<20) + `"}`
	short := `{"id":"b","schema":"Person"}`
	for name, data := range map[string]string{
		"on lines": short + "\n" + long + "\n" + short + "\n", "in an array": "[" + short + ",\n" + long + ",\n" + short + "]",
		"one after the other": "{\n" + short[1:] + long + short,
	} {
		options := register.Options{Format: register.FollowTheMoney, MaxRefused: ownership.Whole}
		_, report, err := register.Read(t.Context(), []register.File{file("a.json", []byte(data))}, options)
		if err != nil || report.Records != 3 || report.Refused != 1 || report.Refusals[0].Line != 2 {
			t.Errorf("%s: %+v, %v", name, report, err)
		}
	}
	heading := "LEI,Entity.LegalName\n"
	for name, data := range map[string]string{
		"a quote without an end": heading + `x,"` + strings.Repeat("x\n", 17<<20),
		"a heading":              strings.Repeat("x", 17<<20),
	} {
		_, _, err := register.Read(t.Context(), []register.File{file("a.csv", []byte(data))}, register.Options{Format: register.GLEIF})
		if err == nil || !strings.Contains(err.Error(), "more than 16 MiB") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheFirstRefusalsAreKept(t *testing.T) {
	var b strings.Builder
	for range 100 {
		b.WriteString("{}\n")
	}
	files := []register.File{file("a.json", []byte(b.String())), file("b.json", []byte(b.String()))}
	_, report, err := register.Read(t.Context(), files, register.Options{Format: register.FollowTheMoney})
	if err == nil || !strings.Contains(err.Error(), "and 190 more") {
		t.Errorf("%v", err)
	}
	if len(report.Refusals) != 10 || report.Refusals[9].Line != 10 || report.Refusals[9].File != "a.json" {
		t.Errorf("%+v", report.Refusals)
	}
}
