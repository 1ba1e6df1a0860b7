package webhook

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// readReason is why admission reads something from the API server.
type readReason string

const (
	// These are not known to a watch, or what it knows may be too old.
	readNamespace      readReason = "Namespace"
	readSecret         readReason = "Secret"
	readServiceAccount readReason = "ServiceAccount"
	readTenant         readReason = "Tenant"
	// readOther: what a subresource belongs to, or what another object refers to, is
	// always read as it stands.
	readOther readReason = "Object"
	// readDefinition: another replica may know already that a kind holds Pods.
	readDefinition readReason = "CustomResourceDefinition"
	// readPods: how many Pods an owner has is counted before one more is made for it.
	readPods readReason = "Pods"
)

// LiveReads counts what admission reads from the API server before it answers. Most
// requests cause none. The zero value and nil count nothing.
type LiveReads struct{ total *prometheus.CounterVec }

// NewLiveReads registers the counter.
func NewLiveReads(r prometheus.Registerer) (*LiveReads, error) {
	total := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "domicile_admission_live_reads_total",
		Help: "What admission read from the API server before it could answer: a Namespace, Secret, ServiceAccount, Tenant or CustomResourceDefinition that no watch had told of, an Object that a request is about, or the Pods of an owner.",
	}, []string{"reason", "result"})
	for _, reason := range []readReason{readNamespace, readSecret, readServiceAccount, readTenant, readDefinition, readOther, readPods} {
		for _, result := range []string{"success", "error"} { // alerts want to see the first increase
			total.WithLabelValues(string(reason), result)
		}
	}
	if err := r.Register(total); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	return &LiveReads{total}, nil
}

// add counts a read. That there is no such object is an answer.
func (l *LiveReads) add(reason readReason, err error) {
	if l == nil || l.total == nil {
		return
	}
	result := "success"
	if _, err := found(err); err != nil {
		result = "error"
	}
	l.total.WithLabelValues(string(reason), result).Inc()
}
