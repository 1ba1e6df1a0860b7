package metric

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Register registers metrics.
func Register(r prometheus.Registerer, all ...prometheus.Collector) error {
	for _, c := range all {
		if err := r.Register(c); err != nil {
			return fmt.Errorf("register metrics: %w", err)
		}
	}
	return nil
}

// Timestamp is a time as Prometheus writes it.
func Timestamp(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
