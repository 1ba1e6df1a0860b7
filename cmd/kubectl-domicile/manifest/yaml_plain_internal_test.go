package manifest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// FuzzPlainly holds that what is read without kubectl's YAML library is what that
// library reads.
func FuzzPlainly(f *testing.F) {
	for _, seed := range append(manifests(f),
		"a: [1, -2, 0, true, null, ~, '', \"\\x41\", 100m, 10.0.0.1, .5, 1e3, 010, 0x1F, 1_000, 2026-01-02]\n",
		"a: {b: no, c: Yes, d: on, e: TRUE, f: \"null\", g: 'no', h: NULL, i: y}\n",
		"yes: 1\n1: 2\n'1': 3\ntrue: 4\n? x\n: y\n",
		"# a\na: # b\n  - # c\n    - d # e\n  # f\n#g\nh: 'i'#j\n",
		"a: |2-\n   b\n  c\nd: >+\n  e\n   f\n\ng: \"h\n  i\\\n  j\"\nk: l\n  m\n\n  n\n",
		"a: &a {b: c}\nd: *a\ne: {<<: *a}\nf: ! \"5\"\ng: !!str 5\n",
		"a: \u00fcber\u0085b\u2028c\nd:\te\nf: '\tg'\r\nh: {i:j, k: [l:m], \"n\":o}\n",
		"a: b\n...\n", "[a]\n", "a\n", "a:\n- b\n-\n- c:\n", "{a, b: , c: {}, d: []}\n", "\"\\ud800\": \"\\0\"\n",
	) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { readsAsKubectlDoes(t, text) })
}

// readsAsKubectlDoes says whether all of a text was read the fast way.
func readsAsKubectlDoes(t *testing.T, text string) (sure bool) {
	t.Helper()
	documents, err := split("in", []byte(text))
	if err != nil {
		return false
	}
	for _, d := range documents {
		p := readYAML(d, DefaultLimits)
		if p.err != nil || p.decoded || len(p.values) == 0 {
			return false
		}
		want, err := decodeYAML(d.text)
		if err != nil {
			t.Fatalf("kubectl reads nothing of %q: %v", d.text, err)
		}
		if diff := cmp.Diff(want, p.values[0]); diff != "" {
			t.Errorf("(-kubectl +this) of %q:\n%s", d.text, diff)
		}
		if disagreement(p.values[0], p.nodes[0]) != nil {
			t.Errorf("positions of something else: %q", d.text)
		}
	}
	return true
}

// manifests are the samples, and those that an API server was asked
// about.
func manifests(tb testing.TB) (texts []string) {
	tb.Helper()
	root := filepath.Join("..", "..", "..")
	samples, err := filepath.Glob(filepath.Join(root, "config", "samples", "*.yaml"))
	if err != nil || len(samples) == 0 {
		tb.Fatalf("no samples: %v", err)
	}
	for _, path := range samples {
		text, err := os.ReadFile(path) //nolint:gosec // a file of the repository
		if err != nil {
			tb.Fatal(err)
		}
		texts = append(texts, string(text))
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
				texts = append(texts, string(file.Data))
			}
		}
	}
	return texts
}

// export is what kubectl get -o yaml prints, in which every sort of value is.
func export(n int) string {
	var text strings.Builder
	text.WriteString("apiVersion: v1\nitems:\n")
	for i := range n {
		fmt.Fprintf(&text, `- apiVersion: domicile.dev/v1alpha1
  kind: LegalEntity
  metadata:
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: |
        {"apiVersion":"domicile.dev/v1alpha1","kind":"LegalEntity","metadata":{"name":"e%[1]d"}}
    creationTimestamp: "2026-01-02T03:04:05Z"
    generation: 1
    name: e%[1]d
    uid: 8b0d1f0e-0000-4000-8000-00000000%04[1]d
  spec:
    displayName: E %[1]d
    interests:
    - holder: {name: 'e%[2]d'} # the next
      kind: Shareholding
      share: {exact: "100"}
    type: Company
`, i, i+1)
	}
	text.WriteString("kind: List\nmetadata:\n  resourceVersion: \"\"\n")
	return text.String()
}

// TestKubectlsLibraryIsRarelyNeeded holds that what users have takes the fast way.
func TestKubectlsLibraryIsRarelyNeeded(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"export": export(100), "pod": "kind: Pod\nmetadata: {creationTimestamp: null}\nspec: {containers: [{resources: {limits: {cpu: 100m, memory: 1Gi}}, ports: [{containerPort: 80}], tty: true}]}\n"} {
		documents, err := split(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parseAll(documents, DefaultLimits) {
			if p.err != nil || p.decoded {
				t.Errorf("%s: decoded %v, error %v", name, p.decoded, p.err)
			}
		}
	}
}

// TestRandomTextIsReadAsKubectlDoes puts pieces of YAML together at random.
func TestRandomTextIsReadAsKubectlDoes(t *testing.T) {
	t.Parallel()
	pieces := []string{
		"a", "b c", "no", "y", "null", "~", "true", "True", "1", "-1", "01", "1.5", "1e3", "0x1", "100m", "1.2.3", "2026-01-02", "<<", "\u00fc", "\u0085", "\u2028",
		": ", ":", ":\n", "- ", "-", "? ", ", ", ",", "{", "}", "[", "]", "\n", "\n", "\n  ", "\n    ", "\n- ", "\na: ", "\nb:\n  ", " ", "  ",
		"'", "''", "\"", "\\", "\\n", "\\x41", "#", " # c\n", "#c\n  ", "|\n", "|2-\n", ">\n  ", ">+\n", "&a ", "*a", "! ", "%", "@", "`", "=",
	}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // no secret
	sure := 0
	for range randomTexts {
		text := "a: "
		for range 1 + random.IntN(12) {
			text += pieces[random.IntN(len(pieces))]
		}
		if readsAsKubectlDoes(t, text) {
			sure++
		}
	}
	if sure < randomTexts/20 {
		t.Errorf("only %d of %d texts were read the fast way", sure, randomTexts)
	}
}

const randomTexts = 20_000
