package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrintsBesideThePreviousRunAndTheAims(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	Print(&out, []Row{
		{Name: "new", Value: 1500, Unit: Count},
		{Name: "slower", Value: 2e9, Unit: Nanoseconds, Aim: 1e9},
		{Name: "smaller", Value: 3 << 20, Unit: Bytes, Aim: 4 << 20},
		{Name: "from nothing → something", Value: 50, Unit: Percent},
		{Name: "more", Value: 2.5, Unit: Ratio, Aim: 2},
	}, map[string]float64{"slower": 1e9, "smaller": 6 << 20, "from nothing → something": 0})
	var got []string
	for line := range strings.Lines(out.String()) {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"now previous change aim",
		"new 1500 - -",
		"slower 2.00 s 1.00 s +100 % ≤ 1.00 s missed",
		"smaller 3.0 MiB 6.0 MiB -50 % ≤ 4.0 MiB",
		"from nothing → something 50.0 % 0.0 % -",
		"more 2.50x - - ≤ 2.00x missed",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table (-want +got):\n%s", diff)
	}
}

func TestKeepsWhatWasMeasured(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "bin", "bench.json")
	first, err := Read(file)
	if err != nil || len(first) != 0 {
		t.Fatalf("before the first run there is %v (%v)", first, err)
	}
	first["small"] = Values([]Row{{Name: "a", Value: 1}, {Name: "b", Value: 2}})
	if err := first.Write(file); err != nil {
		t.Fatal(err)
	}
	second, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the next run reads (-want +got):\n%s", diff)
	}
	if err := os.WriteFile(file, []byte("no JSON"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(file); err == nil || !strings.Contains(err.Error(), "begin anew") {
		t.Errorf("a damaged file: %v", err)
	}
}
