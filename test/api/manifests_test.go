package api

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// TestAPIServerSaysWhatIsWrong applies every manifest of testdata and compares
// what the API server says, word for word.
func TestAPIServerSaysWhatIsWrong(t *testing.T) {
	archives, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	cases := 0
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		topic := strings.TrimSuffix(filepath.Base(path), ".txtar")
		answers := txtar.Archive{Comment: archive.Comment}
		for name, c := range manifestsOf(t, archive) {
			cases++
			var got string
			t.Run(topic+"/"+name, func(t *testing.T) {
				if !bytes.HasPrefix(c.manifest, []byte("# ")) {
					t.Error("the manifest does not begin with the reason why it is here")
				}
				got = dryRun(t, c.manifest)
				if diff := cmp.Diff(c.want, got); diff != "" && !*update {
					t.Errorf("the API server's answer (-want +got):\n%s\n%s", diff, c.manifest)
				}
			})
			answers.Files = append(answers.Files, txtar.File{Name: name + ".yaml", Data: c.manifest})
			if got != "" {
				answers.Files = append(answers.Files, txtar.File{Name: name + ".error", Data: []byte(got)})
			}
		}
		if *update {
			if err := os.WriteFile(path, txtar.Format(&answers), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if cases < 60 {
		t.Errorf("testdata has %d manifests; 60 are the least", cases)
	}
}

type manifest struct {
	manifest []byte
	want     string // "" if the API server admits it
}

// manifestsOf yields the manifests of an archive in order.
func manifestsOf(t *testing.T, archive *txtar.Archive) func(yield func(string, manifest) bool) {
	t.Helper()
	var names []string
	byName := map[string]manifest{}
	for _, file := range archive.Files {
		if name, ok := strings.CutSuffix(file.Name, ".yaml"); ok {
			if _, twice := byName[name]; twice {
				t.Fatalf("%s is there twice", file.Name)
			}
			names = append(names, name)
			byName[name] = manifest{manifest: file.Data}
			continue
		}
		name, ok := strings.CutSuffix(file.Name, ".error")
		if _, known := byName[name]; !ok || !known {
			t.Fatalf("%s is neither a manifest nor the error of one that stands before it", file.Name)
		}
		byName[name] = manifest{manifest: byName[name].manifest, want: string(file.Data)}
	}
	return func(yield func(string, manifest) bool) {
		for _, name := range names {
			if !yield(name, byName[name]) {
				return
			}
		}
	}
}

// dryRun creates a manifest as kubectl does, without keeping it, and returns
// what the API server says against it, one complaint a line.
func dryRun(t *testing.T, manifest []byte) string {
	t.Helper()
	err := client.WithFieldValidation(server, "Strict").Create(t.Context(), decode(t, manifest), client.DryRunAll)
	if err == nil {
		return ""
	}
	return complaints(err)
}

// complaints gives an error of the API server as kubectl prints it: a complaint
// a line. It leaves out the API server's standing remark that rules are not
// evaluated on an object of the wrong shape.
func complaints(err error) string {
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Details == nil || len(status.Status().Details.Causes) == 0 {
		return err.Error() + "\n"
	}
	var lines strings.Builder
	for _, cause := range status.Status().Details.Causes {
		if strings.Contains(cause.Message, "some validation rules were not checked") {
			continue
		}
		fmt.Fprintf(&lines, "%s: %s\n", cause.Field, cause.Message)
	}
	return lines.String()
}

func decode(t *testing.T, manifest []byte) *unstructured.Unstructured {
	t.Helper()
	object := &unstructured.Unstructured{}
	if err := yaml.UnmarshalStrict(manifest, &object.Object); err != nil {
		t.Fatalf("%v in\n%s", err, manifest)
	}
	return object
}
