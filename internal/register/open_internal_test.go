package register

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func TestFilesAreUnpackedByWhatTheyBeginWith(t *testing.T) {
	const text = "{\"id\": 1}\n"
	for _, test := range []struct {
		reason string
		data   []byte
		want   string
	}{
		{"plain", []byte(text), text},
		{"with a byte order mark", []byte("\xef\xbb\xbf" + text), text},
		{"gzip", gzipped(t, text), text},
		{"gzip of several members", append(gzipped(t, "a"), gzipped(t, "b")...), "ab"},
		{"zstd", zstandard(t, text), text},
		{"zip, all members in order", zipped(t, "a.json", "a", "b.json", "b"), "a|b"},
		{"zip, only what is data", zipped(t, "LICENSE.txt", "x", "__MACOSX/a.json", "x", ".b.json", "x", "dir/", "", "c.csv", "c"), "c"},
		{"zip without anything that looks like data", zipped(t, "LICENSE", "x", "data", "y"), "x|y"},
		{"zip of gzip with a byte order mark", zipped(t, "a.json.gz", string(gzipped(t, "\xef\xbb\xbf"+text))), text},
		{"empty", nil, ""},
		{"shorter than any magic number", []byte("[]"), "[]"},
	} {
		t.Run(test.reason, func(t *testing.T) {
			got, err := unpacked(t.Context(), test.data, freeSize)
			if err != nil || got != test.want {
				t.Errorf("%q, %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestFilesThatCannotBeUnpacked(t *testing.T) {
	packed := string(gzipped(t, "x"))
	for range maxNesting {
		packed = string(gzipped(t, packed))
	}
	long := strings.Repeat("lantern ", 1<<10)
	for _, test := range []struct {
		reason string
		data   []byte
		want   string
	}{
		{"gzip that is cut off", gzipped(t, long)[:30], "data.bin: gzip: the file is cut off"},
		{"gzip with a wrong checksum", flipped(gzipped(t, long)), "gzip: invalid checksum"},
		{"zstd that is cut off", zstandard(t, long)[:20], "data.bin: zstd: the file is cut off"},
		{"zip that is cut off", zipped(t, "a.json", long)[:60], "data.bin: zip: "},
		{"an empty zip with a file before it", append(zipped(t, ".hidden", ""), 0), "data.bin: "},
		{"packed again and again", []byte(packed), "data.bin: packed more than 3 times"},
		{"gzip that unpacks to more than it may", gzipped(t, strings.Repeat("0", 4<<20)), "unpacks to more than 200 times its size"},
		{"zstd that unpacks to more than it may", zstandard(t, strings.Repeat("0", 4<<20)), "unpacks to more than 200 times its size"},
		{"zip that unpacks to more than it may", zipped(t, "a.json", strings.Repeat("0", 4<<20)), "unpacks to more than 200 times its size"},
	} {
		t.Run(test.reason, func(t *testing.T) {
			if _, err := unpacked(t.Context(), test.data, 1<<20); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v; want %q", err, test.want)
			}
		})
	}
}

func TestReadingEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := unpacked(ctx, []byte("{}"), freeSize); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func unpacked(ctx context.Context, data []byte, free int64) (string, error) {
	var parts []string
	f := File{Name: "data.bin", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
	err := opener{ctx: ctx, free: free}.each(f, func(_ string, r *bufio.Reader) error {
		b, err := io.ReadAll(r)
		parts = append(parts, string(b))
		return err
	})
	return strings.Join(parts, "|"), err
}

func gzipped(t testing.TB, text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstandard(t testing.TB, text string) []byte {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll([]byte(text), nil)
}

func zipped(t testing.TB, namesAndTexts ...string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(namesAndTexts); i += 2 {
		f, err := w.Create(namesAndTexts[i])
		if err == nil {
			_, err = io.WriteString(f, namesAndTexts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// flipped changes one bit of the checksum at the end.
func flipped(data []byte) []byte {
	data[len(data)-6] ^= 1
	return data
}

func TestEveryTypeOfInterestIsInTheDocs(t *testing.T) {
	rows := docs(t, "internal/register/bods_codes.go: meanings")
	names := map[meaning]string{nothing: "nothing", shares: "`Shareholding`", votes: "`VotingRights`", control: "`Control`", possible: "possible `Shareholding` and `VotingRights`"}
	if len(meanings) != 23 {
		t.Errorf("%d types; BODS 0.4 has 23", len(meanings))
	}
	for code, m := range meanings {
		cells, ok := rows["`"+code+"`"]
		switch {
		case !ok:
			t.Errorf("docs/registers.md has no row for %s", code)
		case cells[0] != names[m]:
			t.Errorf("docs/registers.md says that %s is %s; want %s", code, cells[0], names[m])
		case cells[1] == "":
			t.Errorf("docs/registers.md has no reason for %s", code)
		}
		delete(rows, "`"+code+"`")
	}
	for code := range rows {
		t.Errorf("docs/registers.md has a row for %s, which is no type", code)
	}
}

func TestEveryReasonOfAnExceptionIsInTheDocs(t *testing.T) {
	rows := docs(t, "internal/register/gleif_exception.go: exceptionReasons")
	for _, r := range exceptionReasons {
		if cells := rows["`"+r.code+"`"]; len(cells) < 1 || cells[0] != "undisclosed parent" {
			t.Errorf("docs/registers.md: %s: %v", r.code, cells)
		}
		delete(rows, "`"+r.code+"`")
	}
	if cells := rows["`NO_KNOWN_PERSON`"]; len(rows) != 1 || len(cells) < 1 || cells[0] != "nothing" {
		t.Errorf("docs/registers.md has further rows: %v", rows)
	}
}
