package register_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register"
)

var update = flag.Bool("update", false, "write what is read into testdata, to be looked at")

// TestCorpus reads each register of testdata: files, with the format and the
// reason in the comment, and what the readers make of them.
func TestCorpus(t *testing.T) {
	for _, path := range corpus(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a := parse(t, path)
			got := describe(register.Read(t.Context(), a.files(), a.options))
			if *update {
				a.archive.Files = append(a.archive.Files[:len(a.inputs)], txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(path, txtar.Format(a.archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(a.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func corpus(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d registers: %v", len(paths), err)
	}
	return paths
}

// world is one file of testdata.
type world struct {
	archive *txtar.Archive
	options register.Options
	inputs  []txtar.File
	want    string
}

func parse(t testing.TB, path string) world {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w := world{archive: archive, options: register.Options{MaxRefused: ownership.Whole}}
	for line := range strings.Lines(string(archive.Comment)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "format":
			if w.options.Format, err = register.ParseFormat(value); err != nil {
				t.Fatal(err)
			}
		case "consolidation":
			if value != register.Ignored.String() {
				t.Fatal(value)
			}
			w.options.Consolidation = register.Ignored
		case "branches":
			if value != register.BranchesIgnored.String() {
				t.Fatal(value)
			}
			w.options.Branches = register.BranchesIgnored
		case "maxRefused":
			if w.options.MaxRefused, err = ownership.ParsePercentDown(value); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, f := range archive.Files {
		if f.Name == "want" {
			w.want = string(f.Data)
			continue
		}
		w.inputs = append(w.inputs, f)
	}
	return w
}

func (w world) files() []register.File {
	var files []register.File
	for _, f := range w.inputs {
		files = append(files, file(f.Name, f.Data))
	}
	return files
}

func file(name string, data []byte) register.File {
	return register.File{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

// describe writes all that was read, in the order of the graph.
func describe(layer *ownership.Layer, report register.Report, err error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "records: %d, refused: %d, remarks: %d\n", report.Records, report.Refused, report.Remarked())
	for _, r := range report.Refusals {
		fmt.Fprintf(&b, "refused %s\n", r)
	}
	for _, of := range report.Remarks {
		for _, r := range of.First {
			fmt.Fprintf(&b, "remark %s %s\n", of.Kind, r)
		}
	}
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
		return b.String()
	}
	describeGraph(&b, ownership.NewGraph(layer, nil))
	return b.String()
}

// today is the day on which holdings are looked at.
var today = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// saying is what a record says besides its share.
func saying(g *ownership.Graph, r ownership.Record) string {
	text := ""
	for _, one := range []struct{ name, value string }{{"", r.Directness.String()}, {"class ", r.Class}, {"joint ", r.Joint}} {
		if one.value != "" {
			text += " " + one.name + one.value + ","
		}
	}
	var through []string
	for _, n := range r.Through {
		through = append(through, g.Label(n))
	}
	if len(through) > 0 {
		text += " through " + strings.Join(through, " and ") + ","
	}
	return text
}

func describeGraph(b *strings.Builder, g *ownership.Graph) {
	for n := range ownership.Node(g.Len()) {
		p := g.Party(n)
		fmt.Fprintf(b, "party %s", g.Label(n))
		if !g.Loaded(n) {
			b.WriteString(": not loaded\n")
			continue
		}
		fmt.Fprintf(b, ": %q %s", p.Name, partyTypes[p.Type])
		j := p.Jurisdictions
		for _, basis := range []struct {
			name  string
			codes []jurisdiction.Code
		}{
			{"incorporation", slices.Concat([]jurisdiction.Code{j.Incorporation}, j.OtherIncorporation)},
			{"headquarters", slices.Concat([]jurisdiction.Code{j.Headquarters}, j.OtherHeadquarters)},
			{"nationality", j.Nationality}, {"residence", j.Residence},
		} {
			if codes := slices.DeleteFunc(basis.codes, func(c jurisdiction.Code) bool { return c == "" }); len(codes) > 0 {
				fmt.Fprintf(b, ", %s %v", basis.name, codes)
			}
		}
		for _, u := range j.Unread {
			fmt.Fprintf(b, ", %s not understood: %q %v", u.Basis, u.Text, u.Candidates)
		}
		if len(p.Identifiers) > 0 {
			fmt.Fprintf(b, ", known as %v", p.Identifiers)
		}
		fmt.Fprintf(b, " (%s)\n", p.Source)
	}
	view := g.At(today)
	for n := range ownership.Node(g.Len()) {
		for _, h := range view.Holdings(n) {
			fmt.Fprintf(b, "%s has %s of %s", g.Label(h.Holder), h.Kind, g.Label(n))
			if h.Kind != ownership.Control {
				fmt.Fprintf(b, ": %s to %s %%", h.Share.Lower, h.Share.Upper)
			}
			b.WriteByte('\n')
			for _, r := range h.Records {
				fmt.Fprintf(b, "  %s to %s,%s since %s until %s (%s)\n", r.Share.Lower, r.Share.Upper, saying(g, r), date(r.Since), date(r.Until), r.Source)
			}
		}
	}
	for _, p := range g.Problems() {
		fmt.Fprintf(b, "problem %s: %s\n", p.Reason, p.Message)
	}
}

func date(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.DateOnly)
}

var partyTypes = map[ownership.PartyType]string{
	ownership.UnknownType: "party", ownership.Company: "company", ownership.Person: "person",
	ownership.State: "state", ownership.Arrangement: "arrangement",
}
