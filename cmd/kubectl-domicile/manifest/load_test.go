package manifest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

// named is a Pod of a name.
func named(name string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + "}\n"
}

func TestLoadsFilesFoldersAndStandardInput(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for path, text := range map[string]string{
		"b.yaml":          named("b"),
		"a/z.yml":         named("a-z"),
		"a/deeper/x.json": `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a-deeper-x"}}`,
		"a/README.md":     "no manifest",
		"c.txt":           named("c"),
		"broken.txt":      "a: [",
		"empty/README.md": "no manifest",
	} {
		write(t, filepath.Join(dir, path), text)
	}
	if err := os.Symlink(dir, filepath.Join(dir, "a", "loop")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "c.txt"), filepath.Join(dir, "a", "y.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "empty", "dangling.yaml")); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, reason string
		args         []string
		limits       func(*manifest.Limits)
		want, errs   []string
	}{{
		name:   "Folder",
		reason: "all subfolders in lexical order, links to files but not to folders, manifests only",
		args:   []string{"."},
		want:   []string{"a-deeper-x", "c", "a-z", "b"},
		errs:   []string{"empty/dangling.yaml: stat: no such file or directory"},
	}, {
		name:   "InTheOrderThatIsGiven",
		reason: "a file that is named is read, whatever its name ends in",
		args:   []string{"c.txt", "-", "b.yaml"},
		want:   []string{"c", "stdin", "b"},
	}, {
		name:   "Twice",
		reason: "a file in a folder that is named, too, is one file",
		args:   []string{"a/z.yml", "a", "./a", "-", "-"},
		want:   []string{"a-z", "a-deeper-x", "c", "stdin"},
	}, {
		name:   "Missing",
		reason: "a slip of the pen",
		args:   []string{"d.yaml", "b.yaml"},
		want:   []string{"b"},
		errs:   []string{"d.yaml: no such file or folder"},
	}, {
		name:   "NothingInFolder",
		reason: "an answer about nothing is a misunderstanding",
		args:   []string{"empty"},
		errs:   []string{"empty/dangling.yaml: stat: no such file or directory", "empty: no manifests in this folder: *.yaml, *.yml and *.json are read"},
	}, {
		name:   "Address",
		reason: "nothing here goes to the network",
		args:   []string{"https://example.com/a.yaml"},
		errs:   []string{"https://example.com/a.yaml: addresses are not read: download it, or pipe it to -f -"},
	}, {
		name:   "Broken",
		reason: "the position has the file's name",
		args:   []string{"broken.txt"},
		errs:   []string{"broken.txt:1: did not find expected node content"},
	}, {
		name:   "TooManyFiles",
		reason: "a folder that is not of manifests",
		args:   []string{"a"},
		limits: func(l *manifest.Limits) { l.Files = 1 },
		want:   []string{"a-deeper-x"},
		errs:   []string{"a/y.yaml: more than 1 files"},
	}, {
		name:   "TooManyBytes",
		reason: "many files that are small enough each",
		args:   []string{"a", "b.yaml"},
		limits: func(l *manifest.Limits) { l.TotalBytes = 80 },
		want:   []string{"a-deeper-x", "c"},
		errs:   []string{"a/y.yaml: more than 80 bytes in all"},
	}, {
		name:   "TooManyObjects",
		reason: "the bound is for all files together",
		args:   []string{"a"},
		limits: func(l *manifest.Limits) { l.Objects = 2 },
		want:   []string{"a-deeper-x", "c"},
		errs:   []string{"a/z.yml:1: more than 2 objects in all"},
	}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			args := make([]string, 0, len(tc.args))
			for _, arg := range tc.args {
				if arg != "-" && !strings.Contains(arg, "://") {
					arg = filepath.Join(dir, arg)
				}
				args = append(args, arg)
			}
			limits := manifest.DefaultLimits
			if tc.limits != nil {
				tc.limits(&limits)
			}
			objects, problems := manifest.Load(args, strings.NewReader(named("stdin")), limits)
			var got, errs []string
			for _, o := range objects {
				got = append(got, o.Name())
			}
			for _, err := range problems {
				errs = append(errs, strings.TrimPrefix(err.Error(), dir+"/"))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: objects (-want +got):\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.errs, errs); diff != "" {
				t.Errorf("%s: errors (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
