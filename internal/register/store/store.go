// Package store keeps registers on disk as they were last loaded: compiled, with
// what is to be known about them. Memory then has them once, as part of the
// merged graph, and a restart neither fetches nor reads them again.
package store

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// Entry is what is known about a register that was loaded.
type Entry struct {
	// Owner and Spec identify the register and what it declared when it was
	// loaded.
	Owner, Spec string
	// Version is what its source calls the data.
	Version string
	// Revision identifies the compiled data.
	Revision string
	// LoadedAt is when the source last gave this data, changed or not.
	LoadedAt time.Time

	Parties, Interests, Problems int64
	// Memory is about how many bytes the layer takes.
	Memory int64
}

// Store is a folder with registers, which nobody else writes to. Scratch, Room
// and Write may be called while another method is.
type Store struct {
	folder   string
	maxBytes int64
}

const (
	layers  = "layers"
	scratch = "scratch"
)

// New is a store in a folder that takes at most so many bytes. Its folders are made when
// something is kept: the disk may be full now, and have room later.
func New(folder string, maxBytes int64) *Store { return &Store{folder: folder, maxBytes: maxBytes} }

// Tidy removes what an earlier use left half-done.
func (s *Store) Tidy() error {
	if err := os.RemoveAll(filepath.Join(s.folder, scratch)); err != nil {
		return fmt.Errorf("tidy the register cache: %w", err)
	}
	return nil
}

// A register's name is a DNS subdomain, so it is a file's name as well.
func (s *Store) layer(name string) string { return filepath.Join(s.folder, layers, name+".layer") }
func (s *Store) note(name string) string  { return filepath.Join(s.folder, layers, name+".json") }

// Scratch makes an empty folder; whoever asked for it removes it.
func (s *Store) Scratch() (string, error) {
	for _, sub := range []string{layers, scratch} {
		if err := os.MkdirAll(filepath.Join(s.folder, sub), 0o700); err != nil {
			return "", fmt.Errorf("make the register cache: %w", err)
		}
	}
	folder, err := os.MkdirTemp(filepath.Join(s.folder, scratch), "")
	if err != nil {
		return "", fmt.Errorf("make a folder in the register cache: %w", err)
	}
	return folder, nil
}

// Room is how many bytes are left.
func (s *Store) Room() (int64, error) {
	left := s.maxBytes
	err := filepath.WalkDir(s.folder, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var info fs.FileInfo
			if info, err = d.Info(); err == nil {
				left -= info.Size()
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("measure the register cache: %w", err)
	}
	return max(left, 0), nil
}

// Write compiles a layer into a file of a scratch folder, and adds to the entry
// what the layer says about itself. Nothing is kept before Keep.
func (s *Store) Write(folder string, l *ownership.Layer, e Entry) (_ string, _ Entry, err error) {
	room, err := s.Room()
	if err != nil {
		return "", e, err
	}
	path := filepath.Join(folder, "layer")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", e, fmt.Errorf("write a compiled register: %w", err)
	}
	hash := sha256.New()
	buffered := bufio.NewWriterSize(&limited{file, room}, 1<<20)
	err = l.Encode(io.MultiWriter(buffered, hash))
	if err = errors.Join(err, buffered.Flush(), file.Close()); err != nil {
		return "", e, fmt.Errorf("write a compiled register: %w", err)
	}
	e.Revision = hex.EncodeToString(hash.Sum(nil))
	e.Parties, e.Interests, e.Memory = int64(l.Parties()), int64(l.Interests()), l.Memory()
	e.Problems = int64(len(l.Problems()) + l.ProblemsLeftOut())
	return path, e, nil
}

// Keep puts what Write wrote in the place of the register's earlier layer. Nothing has
// changed when there is no room.
func (s *Store) Keep(name, path string, e Entry) error {
	note, err := s.prepare(name, e)
	if err != nil {
		return err
	}
	// Without its note a layer is not there: a crash in between loses it, and
	// never has one note speak about another layer.
	if err := remove(s.note(name)); err != nil {
		return err
	}
	if err := place(name, path, s.layer(name)); err != nil {
		return err
	}
	return place(name, note, s.note(name))
}

// Note notes what is known about a register, and leaves its layer as it is.
func (s *Store) Note(name string, e Entry) error {
	note, err := s.prepare(name, e)
	if err != nil {
		return err
	}
	return place(name, note, s.note(name))
}

// prepare writes a note that is not in its place yet.
func (s *Store) prepare(name string, e Entry) (path string, err error) {
	text, err := json.Marshal(e)
	path = filepath.Join(s.folder, scratch, "note")
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		return "", fmt.Errorf("note register %s: %w", name, err)
	}
	return path, nil
}

func place(name, path, at string) error {
	if err := os.Rename(path, at); err != nil {
		return fmt.Errorf("keep register %s: %w", name, err)
	}
	return nil
}

// Entry is what is known about a register; false if there is none.
func (s *Store) Entry(name string) (Entry, bool) {
	var e Entry
	text, err := os.ReadFile(s.note(name))
	if err != nil || json.Unmarshal(text, &e) != nil {
		return Entry{}, false
	}
	return e, true
}

// Layer reads a register's layer, which may take so many bytes of memory.
func (s *Store) Layer(name string, maxBytes int64) (*ownership.Layer, error) {
	file, err := os.Open(s.layer(name))
	if err != nil {
		return nil, fmt.Errorf("read register %s from the cache: %w", name, err)
	}
	l, err := ownership.Decode(file, maxBytes)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("read register %s from the cache: %w", name, err)
	}
	return l, nil
}

// Delete forgets a register.
func (s *Store) Delete(name string) error {
	return errors.Join(remove(s.note(name)), remove(s.layer(name)))
}

// Names lists the registers.
func (s *Store) Names() ([]string, error) {
	files, err := os.ReadDir(filepath.Join(s.folder, layers))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list the register cache: %w", err)
	}
	var names []string
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), ".layer"); ok {
			names = append(names, name)
		}
	}
	return names, nil
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("tidy the register cache: %w", err)
	}
	return nil
}

// limited writes no more than so many bytes.
type limited struct {
	io.Writer
	left int64
}

func (l *limited) Write(p []byte) (int, error) {
	if int64(len(p)) > l.left {
		return 0, errors.New("the register cache is full")
	}
	l.left -= int64(len(p))
	return l.Writer.Write(p)
}
