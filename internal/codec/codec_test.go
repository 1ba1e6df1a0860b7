package codec_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/runtime/serializer/streaming"
	"k8s.io/apimachinery/pkg/watch"
	restwatch "k8s.io/client-go/rest/watch"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/codec"
)

var (
	kind   = v1alpha1.GroupVersion.WithKind("Tenant")
	scheme = func() *runtime.Scheme {
		s := runtime.NewScheme()
		if err := v1alpha1.AddToScheme(s); err != nil {
			panic(err)
		}
		metav1.AddToGroupVersion(s, v1alpha1.GroupVersion)
		return s
	}()
	own      = codec.New(scheme, kind, func() codec.Object { return &v1alpha1.Tenant{} })
	clientGo = serializer.NewCodecFactory(scheme).WithoutConversion()
)

// event is what a watch gives.
type event struct {
	Type   watch.EventType
	Object runtime.Object
	Err    string
}

// read reads a stream to its end or to its first fault, as rest.Request does.
func read(t testing.TB, s runtime.NegotiatedSerializer, stream io.Reader) (events []event) {
	t.Helper()
	objects, eventSerializer, framer, err := runtime.NewClientNegotiator(s, v1alpha1.GroupVersion).StreamDecoder("application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	d := restwatch.NewDecoder(streaming.NewDecoder(framer.NewFrameReader(io.NopCloser(stream)), eventSerializer), objects)
	for {
		kind, object, err := d.Decode()
		switch {
		case errors.Is(err, io.EOF):
			return events
		case errors.Is(err, io.ErrUnexpectedEOF):
			return append(events, event{Err: "the stream ends within an event"})
		case err != nil:
			return append(events, event{Err: "something else is wrong"})
		}
		if tenant, ok := object.(*v1alpha1.Tenant); ok {
			tenant.ManagedFields = nil
		}
		events = append(events, event{Type: kind, Object: object})
	}
}

// tenant is a Tenant with a status, as the API server writes it.
func tenant(name string) string {
	return fmt.Sprintf(`{"apiVersion":"domicile.dev/v1alpha1","kind":"Tenant","metadata":{"creationTimestamp":"2026-07-01T10:00:00Z","generation":3,`+
		`"labels":{"tier":"free"},"managedFields":[{"apiVersion":"domicile.dev/v1alpha1","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:displayName":{}}},`+
		`"manager":"kubectl","operation":"Apply","time":"2026-07-01T10:00:00Z"}],"name":%q,"resourceVersion":"812","uid":"6f1b5c1e-3c1b-4c8e-9d0e-0d6f4f1f9f10"},`+
		`"spec":{"annualValue":{"amount":"1200.50","currency":"EUR"},"displayName":"L\u00e4ntern \"Cloud\" \u2028","namespaces":{"names":["a"]},"parties":[{"entity":{"name":"lantern"},"role":"Customer"},`+
		`{"entity":{"identifier":{"id":"529900T8BM49AURSDO55","scheme":"LEI"}},"role":"Reseller"}]},"status":{"conditions":[{"lastTransitionTime":"2026-07-01T10:00:01Z",`+
		`"message":"Clear under 3 policies","observedGeneration":3,"reason":"Clear","status":"True","type":"Clear"}],"observedGeneration":3,"verdicts":[{"action":"Allow",`+
		`"policy":"no-cn","reason":"NotRestricted","since":"2026-07-01T10:00:01Z","verdict":"Clear","next":{"at":"2027-01-01T00:00:00Z","cause":"Ownership","verdict":"Restricted","action":"Deny"}}]}}`, name)
}

func added(object string) string { return `{"type":"ADDED","object":` + object + "}\n" }

const expired = `{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old","reason":"Expired","code":410}}`

// TestReadsAsClientGo reads streams with both codecs.
func TestReadsAsClientGo(t *testing.T) {
	large := strings.Replace(tenant("large"), `"tier":"free"`, `"tier":"`+strings.Repeat("x", 300_000)+`"`, 1)
	for name, tc := range map[string]struct {
		reason, stream string
		events         int
	}{
		"nothing":                 {"a watch that ends", "", 0},
		"some tenants":            {"the common case", added(tenant("a")) + added(tenant("b")), 2},
		"a large one":             {"it needs more than one read", added(large) + added(tenant("b")), 2},
		"the end of a list":       {"a bookmark with an annotation", strings.Replace(added(`{"apiVersion":"domicile.dev/v1alpha1","kind":"Tenant","metadata":{"resourceVersion":"9","annotations":{"k8s.io/initial-events-end":"true"}}}`), "ADDED", "BOOKMARK", 1), 1},
		"an error":                {"the object is a Status", expired + "\n" + added(tenant("a")), 2},
		"without a line feed":     {"at the end of the stream", strings.TrimSpace(added(tenant("a"))), 1},
		"two in one line":         {"the API server writes one, but JSON says so", strings.TrimSpace(added(tenant("a"))) + added(tenant("b")), 2},
		"over many lines":         {"client-go's framer takes over", added(tenant("a")) + "{\n \"type\": \"ADDED\",\n \"object\": " + tenant("b") + "\n}\n" + added(tenant("c")), 3},
		"empty lines":             {"they are white space", "\n\n" + added(tenant("a")) + " \n" + added(tenant("b")) + "\n", 2},
		"object before type":      {"client-go's decoder reads it", `{"object":` + tenant("a") + `,"type":"ADDED"}` + "\n", 1},
		"more than an object":     {"as above", `{"type":"ADDED","object":` + tenant("a") + `,"more":1}` + "\n", 1},
		"cut off":                 {"the connection broke", added(tenant("a")) + added(tenant("b"))[:200], 2},
		"cut off after an object": {"as above", added(tenant("a")) + `{"type":"ADDED","object":{}`, 2},
		"unknown type":            {"it is no event", strings.Replace(added(tenant("a")), "ADDED", "GIVEN", 1), 1},
		"no JSON":                 {"it is no event", added(`{"kind":}`), 1},
		"another kind":            {"client-go's decoder reads it", added(`{"apiVersion":"domicile.dev/v1alpha1","kind":"LegalEntity","metadata":{"name":"x"}}`), 1},
		"a kind of nobody":        {"it is refused", added(`{"apiVersion":"example.com/v1","kind":"Thing"}`), 1},
		"a name twice":            {"the last one counts, for client-go", added(strings.Replace(tenant("a"), `"generation":3`, `"generation":3,"generation":4`, 1)), 1},
		"unknown field":           {"of a later version", added(strings.Replace(tenant("a"), `"displayName"`, `"colour":"red","displayName"`, 1)), 1},
		"field in another case":   {"it is another field", added(strings.Replace(tenant("a"), `"displayName"`, `"displayname"`, 1)), 1},
		"not a time":              {"it is refused", added(strings.Replace(tenant("a"), `"2026-07-01T10:00:00Z"`, `"yesterday"`, 1)), 1},
		"null for a time":         {"it is none", added(strings.Replace(tenant("a"), `"2026-07-01T10:00:00Z"`, `null`, 1)), 1},
		"a number for a string":   {"it is refused", added(strings.Replace(tenant("a"), `"EUR"`, `7`, 1)), 1},
		"bytes that are no text":  {"client-go puts a mark in their place", added(strings.Replace(tenant("a"), "free", "fr\xff", 1)), 1},
	} {
		t.Run(name, func(t *testing.T) {
			want := read(t, clientGo, strings.NewReader(tc.stream))
			for how, stream := range map[string]io.Reader{
				"at once": strings.NewReader(tc.stream), "byte by byte": iotest.OneByteReader(strings.NewReader(tc.stream)),
			} {
				if diff := cmp.Diff(want, read(t, own, stream)); diff != "" {
					t.Errorf("%s: -client-go +own (%s):\n%s", how, tc.reason, diff)
				}
			}
			if len(want) != tc.events {
				t.Errorf("%d events, want %d: the case is not what it says", len(want), tc.events)
			}
		})
	}
}

// FuzzObject reads whatever the API server may send with both codecs.
func FuzzObject(f *testing.F) {
	f.Add([]byte(tenant("a")))
	f.Add([]byte(`{"kind":"Tenant","apiVersion":"domicile.dev/v1alpha1","spec":null,"metadata":{"labels":null}}`))
	f.Add([]byte(`{"kind":"Status"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) || bytes.ContainsAny(data, "\n\r") {
			return // the API server sends JSON, each in a line
		}
		stream := added(string(data))
		want := read(t, clientGo, strings.NewReader(stream))
		if len(want) == 1 && want[0].Err != "" && bytes.Contains(data, []byte("anagedFields")) {
			return // what is wrong with those is skipped with them
		}
		if diff := cmp.Diff(want, read(t, own, strings.NewReader(stream))); diff != "" {
			t.Errorf("-client-go +own:\n%s", diff)
		}
	})
}

// BenchmarkRead reads the same events with both codecs.
func BenchmarkRead(b *testing.B) {
	stream := strings.Repeat(added(tenant("tenant-0000001")), 1000)
	for name, s := range map[string]runtime.NegotiatedSerializer{"client-go": clientGo, "own": own} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if n := len(read(b, s, strings.NewReader(stream))); n != 1000 {
					b.Fatalf("%d events", n)
				}
			}
		})
	}
}
