package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx"
	"github.com/spdx/tools-golang/spdxlib"
)

func TestArchivesAreTheSameEveryTime(t *testing.T) {
	for _, name := range []string{"a.tar.gz", "a.zip"} {
		var made [2][]byte
		for i := range made {
			folder := t.TempDir()
			program, licence := filepath.Join(folder, "kubectl-domicile"), filepath.Join(folder, "LICENSE")
			for _, path := range []string{program, licence} {
				if err := os.WriteFile(path, []byte("content"), os.FileMode(0o600+i*0o100)); err != nil {
					t.Fatal(err)
				}
			}
			files := []string{program, licence}
			if i == 1 {
				files = []string{licence, program}
			}
			out := filepath.Join(folder, name)
			if err := archive(out, "1700000000", files); err != nil {
				t.Fatal(err)
			}
			var err error
			if made[i], err = os.ReadFile(out); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(made[0], made[1]) {
			t.Errorf("%s depends on the order, the mode or the time of the files", name)
		}
	}
}

func TestABillOfMaterialsListsWhatAProgramWasLinkedFrom(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bill := func(format string) string {
		var first, second strings.Builder
		for _, out := range []*strings.Builder{&first, &second} {
			if err := sbom(out, format, "v1.2.3", "1700000000", program); err != nil {
				t.Fatal(err)
			}
		}
		if first.String() != second.String() {
			t.Errorf("%s: it is another one each time", format)
		}
		for _, want := range []string{"pkg:golang/sigs.k8s.io/yaml@v", "pkg:golang/stdlib@1.", "2023-11-14T22:13:20Z"} {
			if !strings.Contains(first.String(), want) {
				t.Errorf("%s: no %q in\n%s", format, want, first.String())
			}
		}
		return first.String()
	}
	bill("cyclonedx")
	var document spdx.Document
	if err := json.ReadInto(strings.NewReader(bill("spdx")), &document); err != nil {
		t.Fatalf("nobody can read it: %v", err)
	}
	if err := spdxlib.ValidateDocument(&document); err != nil {
		t.Errorf("it refers to what is not there: %v", err)
	}
}

func TestKrewFindsEveryArchive(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"linux_amd64.tar.gz", "windows_arm64.zip"} {
		if err := os.WriteFile(filepath.Join(folder, "kubectl-domicile_v1.2.3_"+name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	if err := krew(&out, "v1.2.3", "https://example.org", folder); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"uri: https://example.org/kubectl-domicile_v1.2.3_windows_arm64.zip", "bin: kubectl-domicile.exe", "arch: amd64", "sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if err := krew(&out, "v9.9.9", "https://example.org", folder); err == nil {
		t.Error("a manifest without archives is accepted")
	}
}
