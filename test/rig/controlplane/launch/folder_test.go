package launch

import (
	"os"
	"path/filepath"
	"testing"
)

func TestClaimTakesOnlyFoldersOfItsOwn(t *testing.T) {
	for name, test := range map[string]struct {
		reason  string
		files   []string
		refused bool
	}{
		"empty":    {reason: "a test's temporary folder is given, not created"},
		"leftover": {reason: "an earlier control plane was killed", files: []string{upPID, "etcd", "run"}},
		"foreign":  {reason: "somebody's files must not be mixed with ours", files: []string{"thesis.txt"}, refused: true},
		"lookalike": {reason: "a folder may have an entry of one of our names and still not be ours",
			files: []string{"etcd"}, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, file := range test.files {
				if err := os.WriteFile(filepath.Join(dir, file), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			lock, created, err := folder(dir).claim()
			if (err != nil) != test.refused {
				t.Fatalf("%s: claim: %v", test.reason, err)
			}
			if created {
				t.Errorf("%s: claim says that it created a folder that was there", test.reason)
			}
			if test.refused {
				for _, file := range test.files {
					if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
						t.Errorf("%s: %v", test.reason, err)
					}
				}
				return
			}
			if err := lock.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestClaimRefusesAFolderInUse(t *testing.T) {
	f := folder(filepath.Join(t.TempDir(), "data"))
	lock, created, err := f.claim()
	if err != nil || !created {
		t.Fatalf("claim: created %t, %v", created, err)
	}
	if _, _, err := f.claim(); err == nil {
		t.Fatal("two control planes claimed one folder")
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	lock, _, err = f.claim()
	if err != nil {
		t.Fatalf("claim after the first has ended: %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRemoveSparesWhatOthersPutThere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	lock, _, err := folder(dir).claim()
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close() //nolint:errcheck // the file is gone
	notes := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(notes, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := folder(dir).remove(true); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != "notes.txt" {
		t.Fatalf("left: %v, %v", entries, err)
	}
	if err := os.Remove(notes); err != nil {
		t.Fatal(err)
	}
	if err := folder(dir).remove(true); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}
