package translate

import (
	"bytes"
	gojson "encoding/json"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/json"

	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/residency"
)

// sift reads a list of two objects.
func sift(text []byte) (old, updated *Sifted, err error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(text), AsTheAPIServer)
	if _, err := d.ReadToken(); err != nil {
		return nil, nil, err
	}
	if updated, err = Sift(d, text, nil); err != nil {
		return nil, nil, err
	}
	if old, err = Sift(d, text, updated); err != nil {
		return nil, nil, err
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, nil, err
	}
	if _, err := d.ReadToken(); err != io.EOF { //nolint:errorlint // nothing else is the end
		return nil, nil, io.ErrUnexpectedEOF
	}
	for _, o := range []*Sifted{old, updated} {
		if err := o.Complete(); err != nil {
			return nil, nil, err
		}
	}
	return old, updated, nil
}

// whole reads it the plain way.
func whole(text []byte) (old, updated map[string]any, ok bool) {
	var both []map[string]any
	twice, err := json.UnmarshalStrict(text, &both, json.DisallowDuplicateFields)
	if err != nil || len(twice) > 0 || len(both) != 2 || both[0] == nil || both[1] == nil {
		return nil, nil, false
	}
	return both[1], both[0], true
}

// beyondLimits says whether only a part has been read, and which one is chance.
func beyondLimits(r Reading) bool {
	return slices.ContainsFunc(r.Object.Claims.Problems, func(p residency.ClaimProblem) bool { return p.Reason == residency.LimitExceeded })
}

// sameReading compares what is read of an object with what is read of the whole.
func sameReading(t *testing.T, sifted *Sifted, raw map[string]any) {
	t.Helper()
	if sifted.IsSecret() != isSecret(Read(map[string]any{"kind": raw["kind"], "apiVersion": raw["apiVersion"]}).Object) {
		t.Fatalf("a Secret, or none: %s", sifted.Text)
	}
	if sifted.IsSecret() {
		return // is read as a whole
	}
	got, want := sifted.Read(func() map[string]any { return raw }), Read(raw)
	if beyondLimits(got) && beyondLimits(want) {
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s\nis read otherwise (-want +got):\n%s", sifted.Text, cmp.Diff(want, got, cmp.AllowUnexported(Mark{})))
	}
}

func sameFields(t *testing.T, sifted *Sifted, raw map[string]any) {
	t.Helper()
	if len(sifted.Fields) != len(raw) {
		t.Fatalf("%d fields of %d: %s", len(sifted.Fields), len(raw), sifted.Text)
	}
	for _, f := range sifted.Fields {
		var value any
		if err := json.UnmarshalCaseSensitivePreserveInts(f.Text, &value); err != nil {
			t.Fatalf("%s: %v", f.Text, err)
		}
		if !reflect.DeepEqual(value, raw[f.Name]) {
			t.Fatalf("%s is %s: %v and %v", f.Name, f.Text, raw[f.Name], value)
		}
	}
}

// siftedCases are objects, and why they are here.
var siftedCases = []struct{ reason, object string }{
	{"nothing", `{}`},
	{"a Pod", `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"app":"x","domicile.dev/suspended":"yes"},"annotations":{"domicile.dev/tenant":"lantern-sg","b":"c"}},` +
		`"spec":{"serviceAccountName":"web","imagePullSecrets":[{"name":"pull"}],"containers":[{"name":"c","image":"i"},{"env":[{"name":"A"},{"valueFrom":{"secretKeyRef":{"name":"key","key":"a"}}}]}],"volumes":[{"secret":{"secretName":"s"}}]}}`},
	{"a template that says nothing", `{"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{}}}`},
	{"a template that claims", `{"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"metadata":{"annotations":{"domicile.dev/tenant":1}}}}}`},
	{"a template that is none", `{"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":"x"}}`},
	{"a CronJob", `{"apiVersion":"batch/v1","kind":"CronJob","spec":{"jobTemplate":{"spec":{"template":{"spec":{}}}}}}`},
	{"keys with escapes", `{"metadata":{"\u0061nnotations":{"domicile.dev\/tenant":"a\u002db"}},"s\u0070ec":{"\u0073ecretName":"\u0061"}}`},
	{"invalid UTF-8", "{\"metadata\":{\"annotations\":{\"domicile.dev/ten\xffant\":\"a\",\"domicile.dev/tenant\":\"\xff\"}},\"secretName\":\"\xff\"}"},
	{"half a surrogate", `{"metadata":{"annotations":{"domicile.dev/tenant\ud800":"\ud800\u0041","domicile.dev/owner":"\udc00\ud800\udc00"}}}`},
	{"invisible letters", `{"metadata":{"annotations":{"domicile.dev/ten\u00adant":"a","\u200bdomicile.dev/owner":"b"," domicile.dev/x":"c","DOMICILE.dev/Tenant":"d"}}}`},
	{"letters that fold", `{"metadata":{"annotations":{"dom\u0131cile.dev/tenant":"a","domicile.dev/on-behalf-of":"x","domicile.dev/\u212A":"y"},"labels":{"domicile.dev/api-\u212Aey":"true"}}}`},
	{"claims that are no text", `{"metadata":{"annotations":{"domicile.dev/tenant":{"a":[1]},"domicile.dev/owner":null,"domicile.dev/on-behalf-of":true},"labels":{"a":1,"domicile.dev/api-key":true}}}`},
	{"annotations that are none", `{"metadata":{"annotations":["domicile.dev/tenant"],"labels":"x"},"podAnnotations":1}`},
	{"annotations anywhere", `{"spec":{"a":[{"podAnnotations":{"domicile.dev/tenant":"a"}},[{"podLabels":{"domicile.dev/b":"c"}}]],"matchLabels":{"domicile.dev/x":"y"}}}`},
	{"in the status", `{"status":{"annotations":{"domicile.dev/tenant":"a"},"secretName":"s","deep":{"status":{"annotations":{}}}},"spec":{"status":{"annotations":{"domicile.dev/tenant":"b"}}}}`},
	{"in managedFields", `{"metadata":{"managedFields":[{"annotations":{"domicile.dev/tenant":"a"},"secretName":"s"}],"x":{"managedFields":{"secretName":"t"}}},"managedFields":{"secretName":"u"}}`},
	{"metadata that is none", `{"metadata":[{"managedFields":{"secretName":"a"},"labels":{"domicile.dev/x":"y"}}]}`},
	{"references", `{"a":{"secretRef":{"name":"a","namespace":"b"}},"tlsSecretName":"c","xSecretRef":"d","secret":{"name":"e","secretName":"f","namespace":5},"serviceAccount":{"name":"g"},"xPullSecrets":["h",{"name":"i"},[{"name":"j"}]]}`},
	{"references of another type", `{"secretRef":["a"],"secretName":1,"serviceAccountName":["x"],"imagePullSecrets":{"name":"a","secretName":"b"},"secret":null}`},
	{"annotations that refer", `{"metadata":{"annotations":{"serviceAccountName":"a","x/secretName":"b","domicile.dev/tlsSecretName":"c"},"labels":{"secretName":"d"}}}`},
	{"data that refer", `{"kind":"ConfigMap","apiVersion":"v1","data":{"secretName":"a","annotations":{"domicile.dev/tenant":"b"}},"stringData":[{"serviceAccountName":"c"}]}`},
	{"a Secret of another group", `{"kind":"Secret","apiVersion":"example.com/v1","data":{"secretName":"a"}}`},
	{"a Secret", `{"kind":"Secret","apiVersion":"v1","data":{"secretName":"YQ=="}}`},
	{"of no version", `{"kind":"Secret","data":{"secretName":"YQ=="}}`},
	{"numbers", `{"a":[0,-0,1e5,1.5,9223372036854775807,9223372036854775808,1e308],"status":{"b":2e-999}}`},
	{"a number too large", `{"a":1e999}`},
	{"one in the status", `{"status":[{"a":-1e400}]}`},
	{"one in managedFields", `{"metadata":{"managedFields":[1e400]}}`},
	{"one in data", `{"data":{"a":1e400}}`},
	{"a key twice", `{"a":{"b":1,"b":2}}`},
	{"a key twice in the status", `{"status":{"b":1,"\u0062":2}}`},
	{"what becomes a key twice", "{\"\xff\":1,\"\ufffd\":2}"},
	{"white space", " { \"metadata\" :\t{ \"annotations\"\n:\r{ \"domicile.dev/tenant\" : \"a\" } } , \"spec\" : [ ] } "},
	{"as deep as may be", `{"a":` + strings.Repeat(`[`, maxDepth-1) + `{"annotations":{"domicile.dev/tenant":"a"}}` + strings.Repeat(`]`, maxDepth-1) + `}`},
	{"too deep", `{"a":` + strings.Repeat(`{"a":`, maxDepth) + `{"annotations":{"domicile.dev/tenant":"a"}}` + strings.Repeat(`}`, maxDepth) + `}`},
	{"deeper than readers go", `{"a":` + strings.Repeat(`[`, 10_000) + strings.Repeat(`]`, 10_000) + `}`},
	{"just not", `{"a":` + strings.Repeat(`[`, 9_998) + strings.Repeat(`]`, 9_998) + `}`},
	{"much to keep", `{"a":[` + strings.Repeat(`{"template":{}},`, MaxKept) + `{"annotations":{"domicile.dev/tenant":"a"}}]}`},
	{"many fields", `{` + manyFields(MaxKept+10) + `"spec":{"annotations":{"domicile.dev/tenant":"a"}}}`},
	{"a control character", "{\"a\":\"\x01\"}"},
	{"a number", `0`},
	{"a list", `[]`},
	{"null", `null`},
	{"no JSON", `{"a":01}`},
	{"a name that is no string", `{1:2}`},
	{"one that is an object", `{{}:2}`},
}

func manyFields(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`"f` + strconv.Itoa(i) + `":{"x":1},`)
	}
	return b.String()
}

func TestASiftedObjectIsReadLikeTheWhole(t *testing.T) {
	t.Parallel()
	for i, tc := range siftedCases {
		for _, other := range []int{i, 1, max(i-1, 0)} { // the same, a Pod, and any other
			t.Run(tc.reason+", "+siftedCases[other].reason, func(t *testing.T) {
				t.Parallel()
				checkSift(t, tc.object, siftedCases[other].object)
				checkSift(t, siftedCases[other].object, tc.object)
			})
		}
	}
}

// checkSift compares both ways to read two objects.
func checkSift(t *testing.T, old, updated string) {
	t.Helper()
	text := []byte(`[` + updated + `,` + old + `]`)
	was, is, ok := whole(text)
	siftedOld, sifted, err := sift(text)
	if ok != (err == nil) {
		t.Fatalf("%s\ncan be read as a whole: %v; but %v", text, ok, err)
	}
	if !ok {
		return
	}
	for _, o := range []struct {
		sifted *Sifted
		raw    map[string]any
	}{{siftedOld, was}, {sifted, is}} {
		if o.sifted.IsWhole() {
			sameFields(t, o.sifted, o.raw)
		}
		sameReading(t, o.sifted, o.raw)
	}
}

// TestPodTemplatesOfAllKindsAreSifted has a template without anything in it.
func TestPodTemplatesOfAllKindsAreSifted(t *testing.T) {
	t.Parallel()
	for _, k := range kinds.Workloads() {
		for _, pods := range k.Pods {
			path := strings.Split(strings.TrimSuffix(pods.Spec, ".spec"), ".")
			var value any = map[string]any{}
			for _, step := range slices.Backward(path[1:]) {
				if strings.HasSuffix(step, "[]") {
					value = []any{value}
				}
				value = map[string]any{strings.TrimSuffix(step, "[]"): value}
			}
			object, err := gojson.Marshal(map[string]any{"apiVersion": strings.TrimPrefix(k.Group+"/v1", "/"), "kind": k.Kind, path[0]: value})
			if err != nil {
				t.Fatal(err)
			}
			checkSift(t, `{}`, string(object))
		}
	}
}

// FuzzSift reads any two objects both ways.
func FuzzSift(f *testing.F) {
	for _, tc := range siftedCases {
		if len(tc.object) < 10_000 {
			f.Add(tc.object, tc.object)
		}
	}
	f.Fuzz(func(t *testing.T, old, updated string) { checkSift(t, old, updated) })
}
