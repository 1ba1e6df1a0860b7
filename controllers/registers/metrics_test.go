package registers

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/domicile-dev/domicile/internal/register/store"
	"github.com/domicile-dev/domicile/test/rig/series"
)

// hostile is a name that nobody would look for among the metrics.
const hostile = "hostile-name"

func TestNoLabelHasANameThatUsersChoose(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	m, err := newMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	for reason := range results {
		m.load(results[reason], time.Second)
	}
	m.states(map[string]*state{
		hostile: {name: hostile}, hostile + "-stale": {name: hostile, inUse: &store.Entry{}, failure: &failure{reason: hostile}},
	})
	got := series.Of(t, registry, "")
	for name := range got {
		if strings.Contains(name, hostile) {
			t.Errorf("%s", name)
		}
	}
	if got["domicile_registers state=Stale"] != 1 || got["domicile_registers state=Missing"] != 1 {
		t.Errorf("too little happened for this test to mean anything: %v", got)
	}
}
