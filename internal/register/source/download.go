package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/domicile-dev/domicile/internal/register"
)

// folder is where downloads go.
type folder struct {
	path  string
	left  int64 // bytes that are left
	files int
}

func newFolder(r Request) *folder { return &folder{path: r.Folder, left: r.MaxBytes} }

// room is an error if so many bytes more would be too many; fewer than 0 are
// not known.
func (f *folder) room(bytes int64) error {
	if bytes > f.left {
		return fmt.Errorf("%d bytes are more than the %d that are left in the folder for downloads", bytes, max(f.left, 0))
	}
	return nil
}

// save writes all that a reader has into the next file and returns it with the
// checksum of its content.
func (f *folder) save(name string, from io.Reader) (_ register.File, checksum string, err error) {
	path := filepath.Join(f.path, strconv.Itoa(f.files))
	f.files++
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return register.File{}, "", fmt.Errorf("save %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(to, hash), io.LimitReader(from, f.left+1))
	if err != nil {
		return register.File{}, "", fmt.Errorf("fetch %s: %w", name, withoutQuery(err))
	}
	if err := f.room(n); err != nil {
		return register.File{}, "", fmt.Errorf("fetch %s: %w", name, err)
	}
	f.left -= n
	open := func() (io.ReadCloser, error) { return os.Open(path) }
	return register.File{Name: name, Open: open}, "sha256:" + hex.EncodeToString(hash.Sum(nil)), nil
}
