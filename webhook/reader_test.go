package webhook

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	kubejson "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"sigs.k8s.io/json"

	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/test/decisions"
)

// sameReview holds that a body is read as the plain reader and the API server read it.
func sameReview(t *testing.T, body []byte) {
	t.Helper()
	want, err := readPlainly(body)
	got, gotErr := decodeReview(bytes.Clone(body))
	switch {
	case err != nil && gotErr == nil:
		t.Fatalf("%s\nis read, and is not to be read: %v", body, err)
	case err == nil && gotErr != nil:
		var value any // The plain reader skips what it does not decode.
		if twice, err := json.UnmarshalStrict(body, &value, json.DisallowDuplicateFields); err != nil || len(twice) == 0 {
			t.Fatalf("%s\nis not read: %v", body, gotErr)
		}
	case err == nil:
		sameRequest(t, body, want, got)
		sameAsTheAPIServer(t, body, got)
	}
}

func sameRequest(t *testing.T, body []byte, want *plainRequest, got *request) {
	t.Helper()
	head, wantHead := *got, *want.plainly()
	head.object, head.oldObject, head.secretDataChanged = object{}, object{}, false
	wantHead.object, wantHead.oldObject = object{}, object{}
	if !reflect.DeepEqual(wantHead, head) {
		t.Fatalf("%s\nis read as %+v, want %+v", body, head, wantHead)
	}
	if !got.isSecret() {
		sameObject(t, body, &got.object, want.Object)
		sameObject(t, body, &got.oldObject, want.OldObject)
		if want.Object != nil && want.OldObject != nil && growth.Object(different(&got.oldObject, &got.object)) != growth.Object(want.OldObject, want.Object) {
			t.Fatalf("%s\ngrows, or does not", body)
		}
		return
	}
	if growth.SecretData(want.OldObject, want.Object) && !got.secretDataChanged {
		t.Fatalf("%s\nhas a value that is not seen", body)
	}
	for _, o := range []struct {
		got  *object
		want map[string]any
	}{{&got.object, want.Object}, {&got.oldObject, want.OldObject}} {
		if o.want != nil {
			translate.RedactSecret(o.want)
		}
		if !reflect.DeepEqual(o.want, o.got.content()) {
			t.Fatalf("%s\nis another Secret (-want +got):\n%s", body, cmp.Diff(o.want, o.got.content()))
		}
	}
}

// sameObject compares what is read of an object, first without the whole of it.
func sameObject(t *testing.T, body []byte, got *object, want map[string]any) {
	t.Helper()
	reading := got.read()
	if !reflect.DeepEqual(want, got.content()) {
		t.Fatalf("%s\nhas another object (-want +got):\n%s", body, cmp.Diff(want, got.content()))
	}
	wanted := translate.Read(want)
	if limited(wanted) && limited(reading) {
		return
	}
	if !reflect.DeepEqual(wanted, reading) {
		t.Fatalf("%s\nis read as (-want +got):\n%s", body, cmp.Diff(wanted.Object, reading.Object))
	}
}

// limited says whether an object is too large to be read to its end.
func limited(r translate.Reading) bool {
	for _, p := range r.Object.Claims.Problems {
		if p.Reason == residency.LimitExceeded {
			return true
		}
	}
	return false
}

// apiServer decodes as the API server does.
var apiServer = func() runtime.Decoder {
	scheme := runtime.NewScheme()
	if err := admissionv1.AddToScheme(scheme); err != nil {
		panic(err)
	}
	return kubejson.NewSerializerWithOptions(kubejson.DefaultMetaFactory, scheme, scheme, kubejson.SerializerOptions{})
}()

func sameAsTheAPIServer(t *testing.T, body []byte, got *request) {
	t.Helper()
	var review admissionv1.AdmissionReview
	if _, _, err := apiServer.Decode(body, nil, &review); err != nil || review.Request == nil {
		return // It reads more of it, which we do not.
	}
	r := review.Request
	same := []any{r.UID, r.Kind, r.Resource, r.SubResource, r.RequestKind, r.RequestResource, r.RequestSubResource, r.Name, r.Namespace, r.Operation, r.UserInfo, r.DryRun}
	ours := []any{got.UID, got.Kind, got.Resource, got.SubResource, got.RequestKind, got.RequestResource, got.RequestSubResource, got.Name, got.Namespace, got.Operation, got.UserInfo, got.DryRun}
	if !reflect.DeepEqual(same, ours) {
		t.Fatalf("%s\nis read as %+v, and the API server reads %+v", body, ours, same)
	}
	if got.isSecret() {
		return // Its values are gone.
	}
	for _, o := range []struct {
		raw []byte
		got *object
	}{{r.Object.Raw, &got.object}, {r.OldObject.Raw, &got.oldObject}} {
		var u unstructured.Unstructured
		if _, _, err := unstructured.UnstructuredJSONScheme.Decode(o.raw, nil, &u); err != nil {
			continue // Objects without a kind are none.
		}
		if !reflect.DeepEqual(u.Object, o.got.content()) {
			t.Fatalf("%s\nhas another object (-API server +ours):\n%s", body, cmp.Diff(u.Object, o.got.content()))
		}
	}
}

// corpusReviews are those of the corpus: what is created, and what one object becomes
// another by.
func corpusReviews(t testing.TB) (bodies [][]byte) {
	t.Helper()
	cases, err := decisions.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		in, err := c.Read()
		if err != nil {
			t.Fatal(err)
		}
		var last []byte
		for i := range in.Objects {
			if decisions.IsRequest(&in.Objects[i]) {
				continue
			}
			body := reviewFor(t, &in.Objects[i], "ann")
			bodies = append(bodies, body)
			object := body[bytes.Index(body, []byte(`"object":`)):bytes.Index(body, []byte(`,"oldObject":null`))]
			if last != nil {
				updated := bytes.Replace(body, []byte(`"CREATE"`), []byte(`"UPDATE"`), 1)
				bodies = append(bodies, bytes.Replace(updated, []byte(`"oldObject":null`), bytes.Replace(last, []byte(`"object"`), []byte(`"oldObject"`), 1), 1))
			}
			last = object
		}
	}
	return bodies
}

// oddReviews are such as no API server sends.
func oddReviews() []string {
	const head = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":`
	create := func(object string) string {
		return head + `{"uid":"u","operation":"CREATE","resource":{"version":"v1","resource":"pods"},"object":` + object + `}}`
	}
	update := func(old, updated string) string {
		return head + `{"uid":"u","operation":"UPDATE","resource":{"version":"v1","resource":"pods"},"oldObject":` + old + `,"object":` + updated + `}}`
	}
	secret := func(kind, old, updated string) string {
		return head + `{"uid":"u","oldObject":` + old + `,"object":` + updated + `,"operation":"UPDATE","resource":{"version":"v1","resource":"` + kind + `"}}}`
	}
	return []string{
		``, ` `, `null`, `[]`, `"x"`, `{}`, `{"request":null}`, head + `[]}`, head + `null}`, create(`null`), create(`[]`), create(`{}`), create(`{}`) + ` {}`, create(`{}`) + `x`,
		update(`{"spec":{"a":1}}`, `{"spec":{"a":1}}`), update(`{"spec":{"a":1}}`, `{"spec":{"a":2}}`), update(`{"a":1}`, `{"a":12}`), update(`{"a":[1]}`, `{"a":[1],"b":[1]}`),
		update(`{"metadata":{"x":1},"status":{"y":1}}`, `{"metadata":{"x":2},"status":{"y":2}}`),
		update(`{"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":2}}`, `{"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":1}}`),
		update(`{"kind":"Pod","spec":{"a":{"b":[{"c":{"d":[{"e":{"f":{"g":1}}}]}}]}}}`, `{"kind":"Pod","spec":{"a":{"b":[{"c":{"d":[{"e":{"f":{"g":2}}}]}}]}}}`),
		update(`{"kind":"Pod","spec":{"a":{"b":[{"c":1},{ "d" : [ ] }]},"e":null}}`, `{"kind":"Pod","spec":{"e":null,"a":{"b":[{"c":1},{"d":[]}]}}}`),
		update(`{"kind":"Pod","apiVersion":"v1","spec":{"containers":[{"resources":{"limits":{"cpu":"1"}}}]}}`, `{"kind":"Pod","apiVersion":"v1","spec":{"containers":[{"resources":{"limits":{"cpu":"500m"}}}]}}`),
		update(`{"kind":"Job","apiVersion":"batch/v1","spec":{"a":[1,2]}}`, `{"kind":"Job","apiVersion":"batch/v1","spec":{"a":[1],"suspend":true}}`),
		update(`{"kind":"Job","apiVersion":"batch/v1","spec":{"a":[1,2]}}`, `{"kind":"Job","apiVersion":"batch/v1","spec":{"a":[1,2],"suspend":true}}`),
		update(`{"spec":{"secretName":"a"}}`, `{ "spec" : {"secretName":"a"} }`), update(`{"spec":{"a":{}}}`, `{"spec":{"a":{}},"spec":{}}`),
		secret("secrets", `{"data":{"a":"YQ=="}}`, `{"data":{"a":"\u0059Q=="}}`), secret("secrets", `{"data":{"a":"YQ=="}}`, `{"data":{"a":"YQ=="},"stringData":{"secretName":"b"}}`),
		secret("pods", `{"kind":"Secret","apiVersion":"v1","data":{"a":"YQ=="}}`, `{"kind":"Secre\u0074","apiVersion":"v1","data":{"a":"Yg=="}}`),
		secret("secrets", `{"data":[1]}`, `{"data":{"a":{"b":"c"}},"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}}}`),
		strings.Replace(create(`{}`), `"uid"`, `"UID":"x","options":{"a":1,"a":2},"uid"`, 1),
		strings.Replace(create(`{}`), `"uid":"u"`, `"uid":"\ud800\u0041"`, 1), strings.Replace(create(`{}`), `"uid":"u"`, "\"uid\":\"\xff\"", 1),
		strings.Replace(create(`{}`), `"uid":"u"`, `"uid":5`, 1), strings.Replace(create(`{}`), `"uid"`, `"dryRun":"x","uid"`, 1),
		strings.Replace(create(`{}`), `"uid"`, `"userInfo":{"groups":[null,"a"],"extra":{"b":["c"],"d":null}},"requestKind":null,"name":null,"dryRun":null,"uid"`, 1),
		strings.Replace(create(`{}`), `"uid"`, `"userInfo":{"groups":["a"],"groups":["b"]},"uid"`, 1), strings.Replace(create(`{}`), `"uid"`, `"userInfo":{"username":1e999},"uid"`, 1),
		create(`{"a":1e999}`), create(`{"metadata":{"managedFields":[1e999]}}`), create(`{"kind":"Secret","apiVersion":"v1","data":{"a":1e999}}`),
		create("{\"a\":\"\xed\xa0\x80\",\"\xff\":1}"), create("{\"\xff\":1,\"\ufffd\":2}"), create(`{"a":` + strings.Repeat(`[`, 9_998) + strings.Repeat(`]`, 9_998) + `}`),
		create(`{"a":` + strings.Repeat(`[`, 9_997) + strings.Repeat(`]`, 9_997) + `}`), create("\ufeff{}"), create(`{"a":tru}`), create(`{"a":1,}`),
	}
}

func TestAReviewIsReadAsTheAPIServerReadsIt(t *testing.T) {
	t.Parallel()
	for _, body := range corpusReviews(t) {
		sameReview(t, body)
	}
	for i, body := range oddReviews() {
		t.Run(fmt.Sprint(i), func(t *testing.T) { sameReview(t, []byte(body)) })
	}
}

// FuzzReaders reads any body both ways.
func FuzzReaders(f *testing.F) {
	for _, body := range corpusReviews(f) {
		f.Add(body)
	}
	for _, body := range oddReviews() {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) { sameReview(t, body) })
}
