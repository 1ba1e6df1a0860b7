package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"

func TestReadsObjectsWithTheirLines(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, reason, text string
		want               []string
	}{{
		name:   "OneDocument",
		reason: "the shortest file",
		text:   pod,
		want:   []string{"in:1 v1 Pod web"},
	}, {
		name:   "SeveralDocuments",
		reason: "lines count from the beginning of the file, not of the document",
		text:   "# a comment\n" + pod + "---\n\n" + pod + "--- # another\n" + pod,
		want:   []string{"in:2 v1 Pod web", "in:7 v1 Pod web", "in:11 v1 Pod web"},
	}, {
		name:   "EmptyDocuments",
		reason: "a template that renders to nothing leaves them behind",
		text:   "---\n# nothing\n---\n---\nnull\n---\n" + pod + "---\n",
		want:   []string{"in:7 v1 Pod web"},
	}, {
		name:   "ByteOrderMark",
		reason: "some editors write one",
		text:   "\ufeff" + pod,
		want:   []string{"in:1 v1 Pod web"},
	}, {
		name:   "CarriageReturns",
		reason: "files from Windows",
		text:   strings.ReplaceAll(pod+"---\n"+pod, "\n", "\r\n"),
		want:   []string{"in:1 v1 Pod web", "in:5 v1 Pod web"},
	}, {
		name:   "Separator in a block of text",
		reason: "a line of --- that is indented separates nothing",
		text:   "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: text}\ndata:\n  a: |\n    ---\n    b\n---\n" + pod,
		want:   []string{"in:1 v1 ConfigMap text", "in:9 v1 Pod web"},
	}, {
		name:   "JSON",
		reason: "kubectl get -o json",
		text:   "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"Pod\",\n  \"metadata\": {\"name\": \"web\"}\n}\n",
		want:   []string{"in:1 v1 Pod web"},
	}, {
		name:   "SeveralJSONObjects",
		reason: "a stream of JSON has no separators",
		text:   `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}` + "\n" + `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}`,
		want:   []string{"in:1 v1 Pod a", "in:2 v1 Pod b"},
	}, {
		name:   "JSONInYAMLDocuments",
		reason: "both ways to separate may be mixed",
		text:   `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}` + "\n---\n" + pod,
		want:   []string{"in:1 v1 Pod a", "in:3 v1 Pod web"},
	}, {
		name:   "FlowStyle",
		reason: "YAML that begins as JSON does",
		text:   "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n",
		want:   []string{"in:1 v1 Pod web"},
	}, {
		name:   "List",
		reason: "kubectl get -o yaml",
		text:   "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}\n",
		want:   []string{"in:4 v1 Pod a", "in:7 v1 Pod b"},
	}, {
		name:   "TypedList",
		reason: "the items of a TenantList need not say that they are Tenants",
		text:   "apiVersion: domicile.dev/v1alpha1\nkind: TenantList\nitems:\n- metadata: {name: a}\n-\n  metadata: {name: b}\n",
		want:   []string{"in:4 domicile.dev/v1alpha1 Tenant a", "in:6 domicile.dev/v1alpha1 Tenant b"},
	}, {
		name:   "ListInAList",
		reason: "kubectl flattens it, too",
		text:   `{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"List","items":[` + "\n" + `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}]}]}`,
		want:   []string{"in:2 v1 Pod a"},
	}, {
		name:   "Anchors",
		reason: "aliases and merge keys are read as kubectl reads them",
		text:   "apiVersion: v1\nkind: Pod\nmetadata: &m\n  name: web\nspec:\n  copy: *m\n  more:\n    <<: *m\n    x: y\n",
		want:   []string{"in:1 v1 Pod web"},
	}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			objects, errs := manifest.Read("in", strings.NewReader(tc.text), manifest.DefaultLimits)
			for _, err := range errs {
				t.Error(err)
			}
			var got []string
			for _, o := range objects {
				got = append(got, fmt.Sprint(o.Position(), " ", o.APIVersion(), " ", o.Kind(), " ", o.Name()))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestSaysWhereAndWhatIsWrong(t *testing.T) {
	t.Parallel()
	small := manifest.DefaultLimits
	small.Bytes, small.Objects, small.Depth, small.Expansion, small.Values = 1<<12, 2, 20, 1<<10, 1000
	for _, tc := range []struct {
		name, reason, text string
		want               []string
	}{{
		name:   "Syntax",
		reason: "the line of the mistake, not of the block around it",
		text:   pod + "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n   labels: {}\nspec: {}\n",
		want:   []string{"in:9: mapping values are not allowed in this context"},
	}, {
		name:   "Unclosed",
		reason: "a bracket that is never closed is reported where it opens",
		text:   "apiVersion: v1\nkind: Pod\nmetadata: {name: web\nspec:\n  a: b\n",
		want:   []string{"in:3: did not find expected ',' or '}'"},
	}, {
		name:   "Tab",
		reason: "a favourite",
		text:   "apiVersion: v1\nkind: Pod\nmetadata:\n\tname: web\n",
		want:   []string{"in:4: found character that cannot start any token"},
	}, {
		name:   "EveryDocument",
		reason: "one mistake does not hide another",
		text:   "a: [\n---\n" + pod + "---\nb: ]\n",
		want:   []string{"in:1: did not find expected node content", "in:7: did not find expected node content"},
	}, {
		name:   "DuplicateKey",
		reason: "two readers could take different ones",
		text:   pod + "spec: {}\nkind: Job\n",
		want:   []string{`in:5: key "kind" is already set on line 2`},
	}, {
		name:   "DuplicateKeyInJSON",
		reason: "JSON readers take the last one in silence",
		text:   "{\"apiVersion\": \"v1\",\n\"kind\": \"Pod\",\n\"kind\": \"Job\"}",
		want:   []string{`in:3: key "kind" is already set on line 2`},
	}, {
		name:   "DuplicateKeyInOtherWords",
		reason: "both keys become the string true",
		text:   pod + "data:\n  yes: a\n  on: b\n",
		want:   []string{"in:4: YAML that can be read in more than one way: two keys that mean the same, or a tag"},
	}, {
		name:   "EscapedDuplicateKeyInJSON",
		reason: "the key is the same, however it is written",
		text:   `{"apiVersion":"v1","kind":"Pod","metadata":{},"\u006dEtadata":1,"\u006detadata":{}}`,
		want:   []string{`in:1: key "metadata" is already set on line 1`},
	}, {
		name:   "NotAnObject",
		reason: "a list is no object",
		text:   "- a\n- b\n",
		want:   []string{"in:1: not a Kubernetes object: a map with apiVersion and kind is"},
	}, {
		name:   "NoKind",
		reason: "the API server would not know what to do with it",
		text:   "apiVersion: v1\nmetadata: {name: web}\n",
		want:   []string{"in:1: not a Kubernetes object: kind must be a string that is not empty"},
	}, {
		name:   "NumberForVersion",
		reason: "the position is that of the field",
		text:   "kind: Pod\napiVersion: 1\n",
		want:   []string{`in:2: not a Kubernetes object: apiVersion: 1 without quotes is a number, not text: quote it, as in "1"`},
	}, {
		name:   "ItemOfAList",
		reason: "an item of an untyped list has to say what it is",
		text:   "apiVersion: v1\nkind: List\nitems:\n- metadata: {}\n- 5\n",
		want: []string{
			"in:4: not a Kubernetes object: apiVersion must be a string that is not empty",
			"in:5: not a Kubernetes object: a map with apiVersion and kind is",
		},
	}, {
		name:   "JSONSyntax",
		reason: "text that is neither JSON nor YAML",
		text:   "{\"apiVersion\": \"v1\",\n\"kind\" \"Pod\"}",
		want:   []string{"in:2: did not find expected ',' or '}'"},
	}, {
		name:   "SeparatorWithText",
		reason: "kubectl refuses it, other tools read the text as part of the document",
		text:   pod + "--- {apiVersion: v1}\n",
		want:   []string{"in:4: nothing but a comment may follow --- on its line"},
	}, {
		name:   "SecondDocumentAfterDots",
		reason: "kubectl would leave the second document out in silence",
		text:   pod + "...\n" + pod,
		want:   []string{"in:5: did not find expected <document start>"},
	}, {
		name:   "NotText",
		reason: "UTF-16 and binary files",
		text:   "apiVersion: v1\nkind: \xff\xfe\n",
		want:   []string{"in:2: not UTF-8 text"},
	}, {
		name:   "AliasToItself",
		reason: "it would never end",
		text:   "a: &a\n  b: *a\n",
		want:   []string{`in:1: anchor "a" contains itself`},
	}, {
		name:   "UnknownAlias",
		reason: "the parser does not say where",
		text:   pod + "spec:\n  a: *nobody\n",
		want:   []string{"in:5: unknown anchor 'nobody' referenced"},
	}, {
		name:   "AliasBomb",
		reason: "few lines that would fill the memory",
		text: "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n" +
			"d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n",
		want: []string{"in:3: too large once its aliases are expanded"},
	}, {
		name:   "BombOfMergeKeys",
		reason: "merge keys expand, too",
		text:   "a: &a {x: " + strings.Repeat("x", 900) + "}\nb: [" + strings.Repeat("{<<: *a},", 200) + "]\n",
		want:   []string{"in:2: too large once its aliases are expanded"},
	}, {
		name:   "TooDeep",
		reason: "nesting costs stack",
		text:   "a: " + strings.Repeat("[", 30) + strings.Repeat("]", 30) + "\n",
		want:   []string{"in:1: nested more than 20 deep"},
	}, {
		name:   "TooDeepJSON",
		reason: "nesting costs stack",
		text:   `{"a":` + strings.Repeat("[", 30) + strings.Repeat("]", 30) + "}",
		want:   []string{"in:1: nested more than 20 deep"},
	}, {
		name:   "TooLarge",
		reason: "a file that is not a manifest is not read to its end",
		text:   strings.Repeat("# a comment\n", 400),
		want:   []string{"in: larger than 4096 bytes"},
	}, {
		name:   "TooManyValues",
		reason: "values take far more memory than their text",
		text:   pod + "spec: [" + strings.Repeat("a,", 1000) + "]\n",
		want:   []string{"in:1: a document of more than 1000 values"},
	}, {
		name:   "TooManyValuesInJSON",
		reason: "the same in JSON",
		text:   "{\"a\":\n[" + strings.Repeat("1,", 1000) + "1]}",
		want:   []string{"in:2: a document of more than 1000 values"},
	}, {
		name:   "TooManyObjects",
		reason: "objects are kept in memory",
		text:   pod + "---\n" + pod + "---\n" + pod,
		want:   []string{"in:9: more than 2 objects in all"},
	}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, errs := manifest.Read("in", strings.NewReader(tc.text), small)
			var got []string
			for _, err := range errs {
				got = append(got, err.Error())
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestReadsValuesAsKubectlDoes(t *testing.T) {
	t.Parallel()
	text := pod + "spec: {a: yes, b: 010, c: 1.0, d: 2024-01-01, e: ~, f: \"1\", g: 12345678901234567890, 1: x, h: !!str 5, i: 0x10}\n"
	objects, errs := manifest.Read("in", strings.NewReader(text), manifest.DefaultLimits)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	want := map[string]any{
		"a": true, "b": int64(8), "c": int64(1), "d": "2024-01-01", "e": nil, "f": "1",
		"g": float64(12345678901234567890), "1": "x", "h": "5", "i": int64(16),
	}
	if diff := cmp.Diff(want, objects[0].Content["spec"]); diff != "" {
		t.Errorf("YAML 1.1 as in sigs.k8s.io/yaml (-want +got):\n%s", diff)
	}
}

func TestFindsThePositionOfAField(t *testing.T) {
	t.Parallel()
	text := `apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    example.com/team: a
    tier: b
spec:
  containers:
  - name: a
    env:
    - &e {name: X}
  - name: b
    env:
    - *e
`
	objects, errs := manifest.Read("in", strings.NewReader(text), manifest.DefaultLimits)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for path, want := range map[string]int{
		"":                                  1,
		"kind":                              2,
		"metadata.labels":                   5,
		"metadata.labels[example.com/team]": 6,
		"metadata.labels.example.com/team":  6,
		"metadata.labels.tier":              7,
		"spec.containers":                   9,
		"spec.containers[1]":                13,
		"spec.containers[1].name":           13,
		"spec.containers[0].env[0].name":    12,
		"spec.containers[1].env[0]":         15,
		"spec.containers[1].image":          13,
		"spec.containers[7].image":          9,
		"spec.nothing.here":                 8,
		"status":                            1,
		"metadata.labels[":                  5,
	} {
		if got := objects[0].PositionOf(path); got.Line != want {
			t.Errorf("PositionOf(%q) = %v, want line %d", path, got, want)
		}
	}
}
