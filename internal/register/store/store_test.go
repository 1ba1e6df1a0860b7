package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership"
)

func layer(names ...string) *ownership.Layer {
	var b ownership.Builder
	for _, name := range names {
		b.AddParty(ownership.Party{Key: name, Name: name, Type: ownership.Company})
	}
	return b.Layer()
}

func open(t *testing.T, folder string, maxBytes int64) *Store {
	t.Helper()
	s := New(folder, maxBytes)
	if err := s.Tidy(); err != nil {
		t.Fatal(err)
	}
	return s
}

func keep(t *testing.T, s *Store, name string, l *ownership.Layer, e Entry) Entry {
	t.Helper()
	folder, err := s.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	path, e, err := s.Write(folder, l, e)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Keep(name, path, e); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestWhatIsKeptIsThereAfterARestart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := open(t, folder, 1<<20)
	want := keep(t, s, "uk.psc", layer("a", "b"), Entry{Owner: "1", Spec: "2", Version: "3", LoadedAt: time.Unix(1, 0).UTC()})
	if want.Parties != 2 || want.Revision == "" || want.Memory <= 0 {
		t.Errorf("the layer's own words are missing: %+v", want)
	}
	if _, err := s.Scratch(); err != nil {
		t.Fatal(err)
	}
	s = open(t, folder, 1<<20)
	got, ok := s.Entry("uk.psc")
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("there: %t (-want +got):\n%s", ok, diff)
	}
	if l, err := s.Layer("uk.psc", 1<<20); err != nil || l.Parties() != 2 {
		t.Errorf("the layer is not what was kept: %v", err)
	}
	if left, err := os.ReadDir(filepath.Join(folder, "scratch")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was left half-done is still there: %v (%v)", left, err)
	}
	if names, err := s.Names(); err != nil || len(names) != 1 || names[0] != "uk.psc" {
		t.Errorf("names %v (%v)", names, err)
	}
	if err := s.Delete("uk.psc"); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Entry("uk.psc"); ok {
		t.Error("a register that was deleted is still there")
	}
	if err := s.Delete("uk.psc"); err != nil {
		t.Errorf("twice: %v", err)
	}
}

func TestTheRevisionIsThatOfTheData(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), 1<<20)
	a, b := keep(t, s, "a", layer("x", "y"), Entry{Version: "1"}), keep(t, s, "b", layer("y", "x"), Entry{Version: "2"})
	if a.Revision != b.Revision {
		t.Error("the same data has two revisions")
	}
	if c := keep(t, s, "a", layer("x"), Entry{Version: "1"}); c.Revision == a.Revision {
		t.Error("other data has the same revision")
	}
}

func TestTheStoreIsBounded(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), 200)
	folder, err := s.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Write(folder, layer(strings.Repeat("a", 1000)), Entry{}); err == nil || !strings.Contains(err.Error(), "full") {
		t.Errorf("more than there is room was written: %v", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "download"), make([]byte, 150), 0o600); err != nil {
		t.Fatal(err)
	}
	if room, err := s.Room(); err != nil || room > 50 {
		t.Errorf("with a download of 150 bytes %d of 200 are left (%v)", room, err)
	}
}

func TestWithoutItsNoteALayerIsNotThere(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := open(t, folder, 1<<20)
	keep(t, s, "a", layer("x"), Entry{})
	if err := os.WriteFile(filepath.Join(folder, "layers", "a.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if e, ok := s.Entry("a"); ok {
		t.Errorf("a note that cannot be read says %+v", e)
	}
	if err := os.WriteFile(filepath.Join(folder, "layers", "a.layer"), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Layer("a", 1<<20); err == nil {
		t.Error("a damaged layer is read")
	}
}

// TestWithoutRoomNothingChanges: a disk that is full when the manager starts may have room
// later, and what is kept stays what it was.
func TestWithoutRoomNothingChanges(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "cache")
	if err := os.WriteFile(folder, nil, 0o600); err != nil { // nothing can be made below a file
		t.Fatal(err)
	}
	s := New(folder, 1<<20)
	if _, err := s.Scratch(); err == nil {
		t.Error("there is no room, and a folder is made")
	}
	if e, ok := s.Entry("a"); ok {
		t.Errorf("there is an entry: %+v", e)
	}
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	if names, err := s.Names(); err != nil || len(names) > 0 {
		t.Errorf("an empty disk has %v (%v)", names, err)
	}
	want := keep(t, s, "a", layer("x"), Entry{Version: "1"})

	scratch, err := s.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	path, e, err := s.Write(scratch, layer("y", "z"), Entry{Version: "2"})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, "scratch", "note"), 0o700); err != nil { // no note can be written
		t.Fatal(err)
	}
	if err := s.Keep("a", path, e); err == nil {
		t.Error("there is no room for a note, and it is kept")
	}
	got, ok := s.Entry("a")
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("there: %t (-want +got):\n%s", ok, diff)
	}
	if l, err := s.Layer("a", 1<<20); err != nil || l.Parties() != 1 {
		t.Errorf("the layer is another one: %v", err)
	}
}
