package register_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/internal/register"
)

// TestProgressEndsWhereTheFilesEnd holds that at the end as many bytes have been
// worked through as the files have, packed or not, and every record.
func TestProgressEndsWhereTheFilesEnd(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&text, `{"id":"c%d","schema":"Company","properties":{"name":["Company %d"]}}`+"\n", i, i)
	}
	var bods strings.Builder
	for i := range 100 {
		fmt.Fprintf(&bods, `{"statementId":"s%d","recordId":"r%d","recordType":"entity","declarationSubject":"r%d","recordDetails":{"entityType":{"type":"registeredEntity"},"name":"Company"}}`+"\n", i, i, i)
	}
	for _, tc := range []struct {
		reason   string
		format   register.Format
		data     []byte
		records  int64
		readings int64
	}{
		{"text", register.FollowTheMoney, []byte(text.String()), 5000, 1},
		{"gzip", register.FollowTheMoney, gzipped(t, text.String()), 5000, 1},
		{"an archive is copied first, and then read", register.FollowTheMoney, zipped(t, text.String()), 5000, 1},
		{"statements are read twice", register.BODS, []byte(bods.String()), 100, 2},
	} {
		progress := &register.Progress{}
		file := register.File{Name: "a", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(tc.data)), nil }}
		if _, _, err := register.Read(context.Background(), []register.File{file}, register.Options{Format: tc.format, Progress: progress}); err != nil {
			t.Errorf("%s: %v", tc.reason, err)
		}
		// The table of contents of an archive is read besides.
		if got, size := progress.Bytes.Load(), int64(len(tc.data)); got < size*95/100 || got > size+1024 {
			t.Errorf("%s: %d bytes of %d", tc.reason, got, size)
		}
		if progress.Records.Load() != tc.records || progress.Reading.Load() != tc.readings {
			t.Errorf("%s: %d records in %d readings", tc.reason, progress.Records.Load(), progress.Reading.Load())
		}
	}
}

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	w, err := archive.Create("data.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
