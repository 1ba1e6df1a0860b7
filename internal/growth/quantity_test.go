package growth_test

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/domicile-dev/domicile/internal/growth"
)

// limitRaised is what growth says of a limit, with the quantities of Kubernetes.
func limitRaised(old, updated string) bool {
	before, ok := read(old)
	after, ok2 := read(updated)
	return old != updated && (!ok || !ok2 || after.Cmp(before) > 0)
}

// read leaves out what is too long, and powers of ten.
func read(text string) (resource.Quantity, bool) {
	if len(text) > 32 || strings.ContainsAny(strings.TrimRight(text, "Ei"), "eE") {
		return resource.Quantity{}, false
	}
	q, err := resource.ParseQuantity(text)
	return q, err == nil
}

func limitOf(amount any) map[string]any {
	return pod.object(map[string]any{"spec": map[string]any{"resources": map[string]any{"limits": map[string]any{"memory": amount}}}})
}

// quantities are written in every way, and in some that are no way at all.
func quantities() []string {
	all := []string{
		"1024", "9223372036854775807", "9223372036854775808", "1e3", "1E3", "1E", "1EE", "1e", "1E+", "1i", "1 ", " 1", "1.2.3", "--1", "1-", "1+",
		"-1Ki", "-8Ei", "-9E", "-0.1n", "0x1", "1_000", "½", "1m5", "0.0000000000000000000000000000001", "0.00000000000000000000000000000001",
		"999999999999999999999999999999Ei", "9999999999999999999999999999999E", "7.99Ei", "8Ei", "9Ei", "9.3E", "1023Pi", "8192Pi",
	}
	for _, number := range []string{"", ".", "0", "00", "1", "1.", ".5", "1.5", "0.1", "+1", "-1", "+", "-", "+.", "1.0000000001", "1234567890123456789"} {
		for _, unit := range []string{"", "n", "u", "m", "k", "K", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "mi"} {
			all = append(all, number+unit)
		}
	}
	return all
}

func TestQuantitiesAreThoseOfKubernetes(t *testing.T) {
	all := quantities()
	for _, old := range all {
		for _, updated := range all {
			if got := growth.Object(limitOf(old), limitOf(updated)); got != limitRaised(old, updated) {
				t.Errorf("%q to %q: got growth %v", old, updated, got)
			}
		}
	}
}

func TestNumbersAreQuantities(t *testing.T) {
	for name, tc := range map[string]struct {
		reason   string
		old, new any
		want     bool
	}{
		"less":          {"a number is an amount", int64(2), int64(1), shrinks},
		"more":          {"a number is an amount", int64(1), int64(2), growing},
		"as text":       {"the same amount", int64(1), "1000m", shrinks},
		"a little less": {"the same amount, and a billionth", "1.000000001", int64(1), shrinks},
		"a little more": {"the same amount, and a billionth", int64(1), "1.000000001", growing},
		"a fraction":    {"not a number that can be compared", int64(2), 1.5, growing},
		"from nothing":  {"what cannot be compared is growth", nil, int64(1), growing},
	} {
		t.Run(name, func(t *testing.T) {
			if got := growth.Object(limitOf(tc.old), limitOf(tc.new)); got != tc.want {
				t.Errorf("%s: got growth %v", tc.reason, got)
			}
		})
	}
}

func FuzzQuantities(f *testing.F) {
	all := quantities()
	for i, text := range all {
		f.Add(text, all[len(all)-1-i])
	}
	f.Fuzz(func(t *testing.T, old, updated string) {
		if got := growth.Object(limitOf(old), limitOf(updated)); got != limitRaised(old, updated) {
			t.Errorf("%q to %q: got growth %v", old, updated, got)
		}
	})
}
