package proxies_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/domicile-dev/domicile/test/rig/proxies"
)

func TestWhatCanRun(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text   string
		mode   os.FileMode
		want   bool
		reason string
	}{
		"a program":          {"\x7fELF", 0o755, true, "it needs nobody else"},
		"a script":           {"#!/bin/sh -e\n", 0o755, true, "its interpreter is there"},
		"a script that came": {"#!/nowhere/bin/python3\n", 0o755, false, "its interpreter stayed behind"},
		"no name":            {"#!\n", 0o755, false, "nothing would run it"},
		"a file":             {"#!/bin/sh\n", 0o644, false, "it may not be run"},
	} {
		path := filepath.Join(t.TempDir(), "program")
		if err := os.WriteFile(path, []byte(tc.text), tc.mode); err != nil {
			t.Fatal(err)
		}
		if got := proxies.Executable(path); got != tc.want {
			t.Errorf("%s: got %v: %s", name, got, tc.reason)
		}
	}
}
