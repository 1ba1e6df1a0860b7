// Package observe counts what the gateway answers, and logs what it refuses.
package observe

import (
	"fmt"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/gateway"
	"github.com/domicile-dev/domicile/internal/residency"
)

// logged is how many refusals are logged a second: a flood of them must not be one of
// log lines.
const logged = 20

// Observer is told of every answer.
type Observer struct {
	answered [gateway.Served + 1]prometheus.Counter // by outcome
	limit    *rate.Limiter
	log      logr.Logger
}

// New makes an observer. Keys counts the API keys that are known.
func New(r prometheus.Registerer, keys func() int, log logr.Logger) (*Observer, error) {
	o := &Observer{limit: rate.NewLimiter(logged, logged), log: log}
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "domicile_gateway_requests_total", Help: "API requests that the gateway was asked about, by what it answered.",
	}, []string{"outcome"})
	known := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "domicile_gateway_keys", Help: "API keys that the gateway knows.",
	}, func() float64 { return float64(keys()) })
	for _, c := range []prometheus.Collector{requests, known} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	for outcome := range o.answered {
		o.answered[outcome] = requests.WithLabelValues(gateway.Outcome(outcome).String())
	}
	return o, nil
}

// Observe counts and logs an answer.
func (o *Observer) Observe(a gateway.Answer) {
	o.answered[a.Outcome].Inc()
	if a.Outcome == gateway.Served || a.Outcome == gateway.Unauthenticated || !o.limit.Allow() {
		return
	}
	point := ""
	if a.Point != nil {
		point = a.Point.Name
	}
	if a.Err != nil {
		o.log.Info("Cannot know", "accessPoint", point, "reason", a.Err.Error())
		return
	}
	why := ""
	for _, d := range a.Decisions {
		if d.Action <= residency.Warn {
			why = explain.Sentence(d)
			break
		}
	}
	o.log.Info("Refused or warned", "accessPoint", point, "outcome", a.Outcome.String(), "tenant", a.Tenant,
		"reference", a.Reference().String(), "reason", why)
}
