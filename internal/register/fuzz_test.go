package register_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register"
)

// FuzzReadBODS, FuzzReadGLEIF and FuzzReadFollowTheMoney read anything: there is
// no panic, the same is read twice, and two files are read as well as one.
func FuzzReadBODS(f *testing.F) { fuzz(f, register.BODS) }

func FuzzReadGLEIF(f *testing.F) { fuzz(f, register.GLEIF) }

func FuzzReadFollowTheMoney(f *testing.F) { fuzz(f, register.FollowTheMoney) }

func fuzz(f *testing.F, format register.Format) {
	for _, path := range corpus(f) {
		w := parse(f, path)
		if w.options.Format != format {
			continue
		}
		for _, input := range w.inputs {
			f.Add(input.Data, w.inputs[0].Data)
		}
	}
	options := register.Options{Format: format, MaxRefused: ownership.Whole, MaxBytes: 1 << 28}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		a, b := file("a", first), file("b", second)
		layer, report, err := register.Read(t.Context(), []register.File{a, b}, options)
		if len(report.Refusals) > 10 || report.Refused > report.Records {
			t.Fatalf("%+v", report)
		}
		for _, r := range told(report) {
			if len(r.String()) > 2000 {
				t.Fatalf("a message of %d bytes", len(r.String()))
			}
		}
		if err != nil {
			return
		}
		swapped, again, err := register.Read(t.Context(), []register.File{b, a}, options)
		if err != nil {
			t.Fatalf("in one order only: %v", err)
		}
		if again.Refused != report.Refused || again.Remarked() != report.Remarked() {
			t.Errorf("%+v and, in the other order, %+v", report, again)
		}
		if !bytes.Equal(encoded(t, layer), encoded(t, swapped)) {
			t.Errorf("the order of files makes a difference:\n%s\n%s", graph(layer), graph(swapped))
		}
	})
}

// told are all refusals and remarks that a report lists.
func told(report register.Report) []register.Refusal {
	all := report.Refusals
	for _, of := range report.Remarks {
		all = append(all, of.First...)
	}
	return all
}

// FuzzReadCompiled reads what begins like a compiled register.
func FuzzReadCompiled(f *testing.F) {
	w := parse(f, "testdata/gleif-relationships.txtar")
	layer, report, err := register.Read(f.Context(), w.files(), w.options)
	if err != nil {
		f.Fatal(err)
	}
	var compiled bytes.Buffer
	if err := register.Compile(&compiled, layer, report, w.options); err != nil {
		f.Fatal(err)
	}
	f.Add(compiled.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		options := register.Options{Format: register.GLEIF, MaxBytes: 1 << 24}
		layer, report, err := register.Read(t.Context(), []register.File{file("a", data)}, options)
		if (layer == nil) != (err != nil) {
			t.Errorf("%v, %v", layer, err)
		}
		for _, r := range told(report) {
			if len(r.String()) > 2000 || strings.ContainsAny(r.String(), "\x00") {
				t.Fatalf("%q", r)
			}
		}
	})
}
