package webhook

import (
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// TestDecodedSizeIsEnough decodes the worst of each kind.
func TestDecodedSizeIsEnough(t *testing.T) {
	const bytes = 1 << 20
	fill := func(part string) string { return strings.TrimSuffix(strings.Repeat(part, bytes/len(part)), ",") }
	fields := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(`"f` + strconv.Itoa(i) + `":{},`)
		}
		return b.String()
	}
	for name, object := range map[string]string{
		"empty objects":      `{"a":[` + fill(`{},`) + `]}`,
		"small objects":      `{"a":[` + fill(`{"a":0},`) + `]}`,
		"objects of objects": `{"a":[` + fill(strings.Repeat(`{"a":`, 100)+`0`+strings.Repeat(`}`, 100)+`,`) + `]}`,
		"objects of nine":    `{"a":[` + fill(`{"a":0,"b":0,"c":0,"d":0,"e":0,"f":0,"g":0,"h":0,"i":0},`) + `]}`,
		"empty arrays":       `{"a":[` + fill(`[],`) + `]}`,
		"arrays of arrays":   `{"a":[` + fill(strings.Repeat(`[`, 100)+strings.Repeat(`]`, 100)+`,`) + `]}`,
		"numbers":            `{"a":[` + fill(`0,`) + `]}`,
		"large numbers":      `{"a":[` + fill(`1000,`) + `]}`,
		"fractions":          `{"a":[` + fill(`0.5,`) + `]}`,
		"strings":            `{"a":[` + fill(`"",`) + `]}`,
		"short strings":      `{"a":[` + fill(`"x",`) + `]}`,
		"booleans":           `{"a":[` + fill(`true,`) + `]}`,
		"one long string":    `{"a":"` + fill("x") + `"}`,
		"what is kept":       `{"a":[` + fill(`{"template":{}},`) + `]}`,
		"what is named":      `{"a":[` + fill(`{"secret":{"name":"a"}},`) + `]}`,
		"fields":             `{` + fields(bytes/12) + `"a":0}`,
		"what is escaped":    `{"a":"` + fill(`\u003c`) + `"}`,
		"what grows":         `{"a":"` + fill(`\u20ac`) + `"}`,
	} {
		body := []byte(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","operation":"CREATE",` +
			`"resource":{"group":"","version":"v1","resource":"pods"},"object":` + object + `}}`)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		r, err := decodeReview(body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		r.object.content()
		runtime.ReadMemStats(&after)
		taken := int64(after.TotalAlloc-before.TotalAlloc) + int64(len(body))
		if size := decodedSize(body); taken > size {
			t.Errorf("%s: %d bytes take %d, and %d were expected at most", name, len(body), taken, size)
		} else {
			t.Logf("%s: %d of %d", name, taken, size)
		}
	}
}
