package synthetic_test

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/register/synthetic"
)

// TestReadersMakeOfTheFilesWhatBuildDeclares reads what was written: as BODS it
// is the very layer that Build makes. The other formats have other sources, no
// votes, and both shares and votes for consolidation.
func TestReadersMakeOfTheFilesWhatBuildDeclares(t *testing.T) {
	t.Parallel()
	for name, r := range registers {
		r = r.Sized(5000)
		var b ownership.Builder
		r.Build(&b)
		built := b.Layer()
		var bods, ftm bytes.Buffer
		if err := r.WriteBODS(&bods); err != nil {
			t.Fatal(err)
		}
		if err := r.WriteFollowTheMoney(&ftm); err != nil {
			t.Fatal(err)
		}
		layer := read(t, register.BODS, &bods)
		if r.Shape != synthetic.Consolidation && layer.Revision() != built.Revision() {
			t.Errorf("%s: BODS is read as %d parties and %d interests that are not the %d and %d that were built",
				name, layer.Parties(), layer.Interests(), built.Parties(), built.Interests())
		}
		if layer := read(t, register.FollowTheMoney, &ftm); layer.Parties() != built.Parties() {
			t.Errorf("%s: FollowTheMoney is read as %d parties, built were %d", name, layer.Parties(), built.Parties())
		}
	}
	gleif := registers["GLEIF"].Sized(5000)
	var files [3]bytes.Buffer
	if err := gleif.WriteGLEIF(&files[0], &files[1], &files[2]); err != nil {
		t.Fatal(err)
	}
	layer := read(t, register.GLEIF, &files[0], &files[1], &files[2])
	if layer.Parties() < gleif.Parties || layer.Interests() < gleif.Interests {
		t.Errorf("GLEIF is read as %d parties and %d interests, written were %d and %d", layer.Parties(), layer.Interests(), gleif.Parties, gleif.Interests)
	}
}

// read reads files of which not a single record may be refused or remarked upon.
func read(t *testing.T, format register.Format, texts ...*bytes.Buffer) *ownership.Layer {
	t.Helper()
	var files []register.File
	for _, text := range texts {
		files = append(files, register.File{Name: format.String(), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(text.Bytes())), nil
		}})
	}
	layer, report, err := register.Read(t.Context(), files, register.Options{Format: format})
	// Companies that hold each other in a loop have two parents.
	contradicts := func(r register.Remarks) bool { return r.Kind == register.ConflictingDuplicate }
	if err != nil || slices.ContainsFunc(report.Remarks, func(r register.Remarks) bool { return !contradicts(r) || format != register.GLEIF }) {
		t.Fatalf("%s: %v: %v", format, err, report.Remarks)
	}
	return layer
}
