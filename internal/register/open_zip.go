package register

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/cut"
)

const (
	// maxMembers bounds how many files an archive has.
	maxMembers = 10_000
	// maxSpool bounds an archive, which has its table of contents at the end and
	// has to be there as a whole.
	maxSpool = 64 << 30
)

// unzip reads the data files of an archive, by their names: what an archive has
// besides, such as a licence, is not read.
func (o opener) unzip(name string, r io.Reader, inside func(io.Reader) io.Reader, packed *int64, nesting int, read func(string, *bufio.Reader) error) error {
	spool, err := os.CreateTemp("", "register-*.zip")
	if err != nil {
		return fmt.Errorf("%s: unpack: %w", name, err)
	}
	defer func() {
		_ = spool.Close()
		_ = os.Remove(spool.Name())
	}()
	size, err := io.Copy(spool, io.LimitReader(r, maxSpool+1))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if size > maxSpool {
		return fmt.Errorf("%s: more than %d bytes are too many for an archive", name, int64(maxSpool))
	}
	// What has been copied has not been worked through, unless it is packed in
	// something else.
	from := countedAt{ReaderAt: spool}
	if nesting == 1 {
		o.progress.bytes(-size)
		from.progress = o.progress
	}
	archive, err := zip.NewReader(from, size)
	if err != nil {
		return fmt.Errorf("%s: zip: %w", name, err)
	}
	members, err := dataFiles(archive.File)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, member := range members {
		err := func() error {
			z, err := member.Open()
			if err != nil {
				return fmt.Errorf("%s: %s: %w", name, member.Name, err)
			}
			defer z.Close()
			return o.unpack(name+"/"+cut.Prefix(member.Name, maxQuoted), inside(named{"zip", z}), packed, nesting, read)
		}()
		if err != nil {
			return err
		}
	}
	return nil
}

// dataFiles are the members that look like data; if none does, all files.
func dataFiles(all []*zip.File) ([]*zip.File, error) {
	if len(all) > maxMembers {
		return nil, fmt.Errorf("an archive of more than %d files", maxMembers)
	}
	var files, data []*zip.File
	for _, f := range all {
		base := path.Base(f.Name)
		if f.FileInfo().IsDir() || strings.HasPrefix(base, ".") || strings.HasPrefix(f.Name, "__MACOSX/") {
			continue
		}
		files = append(files, f)
		if slices.Contains(dataSuffixes, strings.ToLower(path.Ext(base))) {
			data = append(data, f)
		}
	}
	if len(data) > 0 {
		return data, nil
	}
	if len(files) == 0 {
		return nil, errors.New("the archive is empty")
	}
	return files, nil
}

var dataSuffixes = []string{".csv", ".json", ".xml", ".jsonl", ".ndjson", ".gz", ".zst", ".zip"}
