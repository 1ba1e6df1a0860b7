package report

import (
	"testing"
	"time"
)

func TestQuantiles(t *testing.T) {
	t.Parallel()
	hundred := make(Samples, 100)
	for i := range hundred {
		hundred[(i*37)%100] = time.Duration(i + 1)
	}
	for _, row := range []struct {
		reason  string
		samples Samples
		p       float64
		want    time.Duration
	}{
		{"the median of a hundred is the 50th", hundred, 0.5, 50},
		{"one in a hundred is above p99", hundred, 0.99, 99},
		{"the last one is the most", hundred, 1, 100},
		{"of a few p99 is the most", Samples{3, 1, 2}, 0.99, 3},
		{"the median of two is the smaller one", Samples{2, 1}, 0.5, 1},
		{"without samples there is nothing to say", nil, 0.99, 0},
	} {
		if got := row.samples.Quantile(row.p); got != row.want {
			t.Errorf("%s: got %d, expected %d", row.reason, got, row.want)
		}
	}
}
