package webhook

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestValuesOfSecretsAreOverwritten(t *testing.T) {
	t.Parallel()
	const resource = `"kind":{"group":"","version":"v1","kind":"Secret"},"resource":{"group":"","version":"v1","resource":"secrets"},`
	for _, row := range []struct{ reason, body, want string }{
		{"a new one", resource + `"object":{"data":{"a":"c2VjcmV0","b":""},"stringData":{"c":"secret"}}`,
			resource + `"object":{"data":{"a":"xxxxxxxx","b":""},"stringData":{"c":"xxxxxx"}}`},
		{"what is the same stays the same, what is not does not", resource + `"object":{"data":{"a":"c2VjcmV0","b":"bmV3ZXI=","c":"YQ=="}},"oldObject":{"data":{"a":"c2VjcmV0","b":"b2xkZXI=","c":"bG9uZ2Vy"}}`,
			resource + `"object":{"data":{"a":"xxxxxxxx","b":"yyyyyyyy","c":"yyyy"}},"oldObject":{"data":{"a":"xxxxxxxx","b":"xxxxxxxx","c":"xxxxxxxx"}}`},
		{"a value that moves to another field is another one", resource + `"object":{"stringData":{"a":"c2VjcmV0"}},"oldObject":{"data":{"a":"c2VjcmV0"}}`,
			resource + `"object":{"stringData":{"a":"xxxxxxxx"}},"oldObject":{"data":{"a":"xxxxxxxx"}}`},
		{"placeholders are everybody's, and have to be known", resource + `"object":{"data":{"a":"aGVsZA==","b":"e30="}},"oldObject":{"data":{"a":"c2VjcmV0","b":"e30="}}`,
			resource + `"object":{"data":{"a":"aGVsZA==","b":"e30="}},"oldObject":{"data":{"a":"xxxxxxxx","b":"e30="}}`},
		{"what kubectl applied, with escapes", resource + `"object":{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"a\":\"b\"}","x":"kept"}}}`,
			resource + `"object":{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"xxxxxxxxxxxxx","x":"kept"}}}`},
		{"the object says that it is one, whatever else is said", `"resource":{"resource":"pods"},"kind":{"kind":"Pod"},"object":{"data":{"a":"c2VjcmV0"},"kind":"Secret","apiVersion":"v1"}`,
			`"resource":{"resource":"pods"},"kind":{"kind":"Pod"},"object":{"data":{"a":"xxxxxxxx"},"kind":"Secret","apiVersion":"v1"}`},
		{"what it is stands behind it", `"object":{"data":{"a":"c2VjcmV0"}},` + resource[:len(resource)-1],
			`"object":{"data":{"a":"xxxxxxxx"}},` + resource[:len(resource)-1]},
		{"values that are none are for others to refuse", resource + `"object":{"data":{"a":1,"b":null,"c":["d"]},"stringData":null}`,
			resource + `"object":{"data":{"a":1,"b":null,"c":["d"]},"stringData":null}`},
		{"another kind", `"kind":{"group":"example.com","kind":"Secret"},"resource":{"group":"example.com","resource":"secrets"},"object":{"data":{"a":"c2VjcmV0"}}`,
			`"kind":{"group":"example.com","kind":"Secret"},"resource":{"group":"example.com","resource":"secrets"},"object":{"data":{"a":"c2VjcmV0"}}`},
		{"what is no review", resource + `"object":[`, resource + `"object":[`},
	} {
		const head = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"DELETE",`
		body := []byte(head + row.body + `}}`)
		_, _ = decodeReview(body) // What cannot be read is for others to refuse.
		if diff := cmp.Diff(head+row.want+`}}`, string(body)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, diff)
		}
	}
}

// Whatever the body: its structure and its length stay.
func FuzzBlank(f *testing.F) {
	for _, request := range []string{
		`{"uid":"u","operation":"CREATE","resource":{"resource":"secrets"},"object":{"data":{"a":"c2VjcmV0"}}}`,
		`{"uid":"u","operation":"UPDATE","resource":{"resource":"x"},"object":{"kind":"Secret","apiVersion":"v1","data":{"a":"\u0061\n"}},"oldObject":{"data":{"a":"\u0061\n"}}}`,
	} {
		f.Add(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":` + request + `}`)
	}
	f.Fuzz(func(t *testing.T, text string) {
		body := []byte(text)
		_, was := decodeReview(body)
		size, objects := structure(body)
		if s, o := structure([]byte(text)); s != size || o != objects || len(body) != len(text) || strings.Count(string(body), `"`) > strings.Count(text, `"`) {
			t.Errorf("%q has become %q", text, body)
		}
		if _, is := decodeReview(body); (is == nil) != (was == nil) {
			t.Errorf("%q: %v, and then %v", text, was, is)
		}
	})
}
