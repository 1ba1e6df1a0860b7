package schema

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// FuzzValid holds that nothing is valid which the API server's code refuses or
// would store otherwise. What is tried is an object, changed in some places.
func FuzzValid(f *testing.F) {
	objects := corpus(f)
	for i := range objects {
		for changes := range 4 {
			f.Add(i, uint64(i), changes)
		}
	}
	schemas, m := loaded(f), newMutator(objects)
	f.Fuzz(func(t *testing.T, which int, seed uint64, changes int) {
		content := runtime.DeepCopyJSON(objects[uint(which)%uint(len(objects))])
		m.mutate(content, seed, min(max(changes, 0), 8))
		compare(t, schemas, content)
	})
}

// compare says whether the fast way was taken.
func compare(t *testing.T, schemas *Schemas, content map[string]any) bool {
	t.Helper()
	kind, _ := content["kind"].(string)
	k := schemas.kinds[kind]
	if k == nil {
		return false
	}
	before := runtime.DeepCopyJSON(content)
	got, valid := k.valid(t.Context(), content)
	if diff := cmp.Diff(before, content); diff != "" {
		t.Fatalf("the content was changed (-before +after):\n%s", diff)
	}
	if !valid {
		return false
	}
	want, errs := k.create(t.Context(), content, nil)
	if len(errs) > 0 {
		t.Errorf("valid, but the API server says %v of\n%v", errs, content)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-stored +got) of\n%v:\n%s", content, diff)
	}
	if _, again := k.valid(t.Context(), content); !again {
		t.Errorf("not valid when asked again: %v", content)
	}
	return true
}

// TestTheAPIServersCodeIsRarelyNeeded holds that what is valid takes the fast way.
func TestTheAPIServersCodeIsRarelyNeeded(t *testing.T) {
	t.Parallel()
	schemas := loaded(t)
	tried := map[string]int{}
	for _, content := range append(corpus(t), entity(256)) {
		kind, _ := content["kind"].(string)
		k := schemas.kinds[kind]
		if k == nil {
			continue
		}
		if _, errs := k.create(t.Context(), content, nil); len(errs) > 0 || hasNull(content) {
			continue
		}
		tried[kind]++
		if !compare(t, schemas, content) {
			t.Errorf("took the slow way: %v", content)
		}
	}
	for _, kind := range schemas.Kinds() {
		if tried[kind] < 3 {
			t.Errorf("%d valid objects of kind %s were tried", tried[kind], kind)
		}
	}
}

// TestCreateTakesTheFastWay holds that Create asks the API server's code about no
// object of a large manifest.
func TestCreateTakesTheFastWay(t *testing.T) {
	t.Parallel()
	schemas := loaded(t)
	for range 50 {
		if _, errs := schemas.Create(t.Context(), "LegalEntity", entity(256)); len(errs) > 0 {
			t.Fatal(errs)
		}
	}
	if n := schemas.unsure.Load(); n > 0 {
		t.Errorf("%d of 50 objects took the slow way", n)
	}
}

// TestNeverSpendsMoreThanTheAPIServer holds that an object which is too dear for
// the API server is not valid.
func TestNeverSpendsMoreThanTheAPIServer(t *testing.T) {
	t.Parallel()
	root := loaded(t).kinds["LegalEntity"].root
	for _, again := range []string{"new", "known"} {
		spent := int64(1 << 40)
		if !root.obeys(t.Context(), entity(256), &spent) {
			t.Fatal("not valid")
		}
		spent = 1<<40 - spent
		for _, tc := range []struct {
			budget int64
			want   bool
		}{{spent + 1, true}, {spent, false}, {spent / 2, false}, {1, false}} {
			if got := root.obeys(t.Context(), entity(256), &tc.budget); got != tc.want {
				t.Errorf("%s values: %d of what costs %d: got %v", again, tc.budget, spent, got)
			}
		}
	}
}

func entity(interests int) map[string]any {
	list := make([]any, interests)
	for i := range list {
		list[i] = map[string]any{
			"holder": map[string]any{"name": fmt.Sprint("e", i)}, "kind": "Shareholding",
			"share": map[string]any{"minimum": "0.1", "maximum": fmt.Sprintf("%d.5", i%50+1)}, "since": "2020-01-01",
		}
	}
	return map[string]any{
		"apiVersion": "domicile.dev/v1alpha1", "kind": "LegalEntity", "metadata": map[string]any{"name": "e"},
		"spec": map[string]any{"displayName": "E", "type": "Company", "interests": list},
	}
}

func hasNull(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		for _, field := range value {
			if hasNull(field) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(value, hasNull)
	}
	return value == nil
}

func loaded(tb testing.TB) *Schemas {
	tb.Helper()
	schemas, err := Load("v1alpha1")
	if err != nil {
		tb.Fatal(err)
	}
	return schemas
}

// corpus are the samples, and what an API server was asked about.
func corpus(tb testing.TB) (objects []map[string]any) {
	tb.Helper()
	root := filepath.Join("..", "..", "..", "..")
	add := func(text []byte) {
		for document := range strings.SplitSeq(string(text), "\n---") {
			var content map[string]any
			if err := yaml.Unmarshal([]byte(document), &content); err != nil {
				tb.Fatal(err)
			}
			objects = append(objects, content)
		}
	}
	samples, err := filepath.Glob(filepath.Join(root, "config", "samples", "*.yaml"))
	if err != nil || len(samples) == 0 {
		tb.Fatalf("no samples: %v", err)
	}
	for _, path := range samples {
		text, err := os.ReadFile(path) //nolint:gosec // a file of the repository
		if err != nil {
			tb.Fatal(err)
		}
		add(text)
	}
	archives, err := filepath.Glob(filepath.Join(root, "test", "api", "testdata", "*.txtar"))
	if err != nil || len(archives) == 0 {
		tb.Fatalf("no manifests of the API's tests: %v", err)
	}
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".yaml") {
				add(file.Data)
			}
		}
	}
	return objects
}
