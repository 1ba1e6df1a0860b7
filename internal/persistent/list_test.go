package persistent_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/persistent"
)

// TestListIsWhatASliceIs changes a List and a slice in the same way, and looks
// whether earlier ones stay what they were.
func TestListIsWhatASliceIs(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for _, length := range []int{0, 1, 63, 64, 65, 128, 1000} {
		want := []int{}
		for i := range length {
			want = append(want, i)
		}
		lists, wants := []persistent.List[int]{persistent.ListOf(slices.Clone(want))}, [][]int{slices.Clone(want)}
		for range 50 {
			changes := map[int]int{}
			for range random.IntN(5) {
				changes[random.IntN(len(want)+100)] = random.IntN(1000)
			}
			for i, value := range changes {
				for i >= len(want) {
					want = append(want, 0)
				}
				want[i] = value
			}
			lists, wants = append(lists, lists[len(lists)-1].With(changes)), append(wants, slices.Clone(want))
		}
		for i := range lists {
			got := make([]int, lists[i].Len())
			for at := range got {
				got[at] = *lists[i].At(at)
			}
			if diff := cmp.Diff(wants[i], got); diff != "" {
				t.Errorf("version %d of %d values (-want +got):\n%s", i, length, diff)
			}
		}
	}
}
