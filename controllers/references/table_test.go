package references

import (
	"fmt"
	"runtime"
	"testing"

	"k8s.io/apimachinery/pkg/types"
)

// BenchmarkSecrets measures the memory of a million Secrets that are nobody's.
func BenchmarkSecrets(b *testing.B) {
	const secrets = 1_000_000
	name := func(i int) types.NamespacedName {
		return types.NamespacedName{Namespace: fmt.Sprint("namespace-", i%1000), Name: fmt.Sprint("secret-", i)}
	}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for b.Loop() {
		before, t := heap(), newTable[string]()
		for i := range secrets {
			t.set(name(i), nil)
		}
		b.ReportMetric(float64(heap()-before)/secrets, "bytes/Secret")
		if _, ok := t.get(name(secrets - 1)); !ok {
			b.Fatal("a Secret is not known")
		}
	}
}
