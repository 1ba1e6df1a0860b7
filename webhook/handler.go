package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/internal/explain"
)

const (
	// defaultTimeout is how long a request may take when the API server does
	// not say, and maxTimeout the longest that a webhook may be given.
	defaultTimeout = 10 * time.Second
	maxTimeout     = 30 * time.Second
)

// Handler admits workloads, Namespaces, Secrets and scale subresources.
type Handler struct {
	dependencies Dependencies
	metrics      *metrics
	budget       *budget
}

var _ http.Handler = (*Handler)(nil)

// NewHandler makes a Handler. It is an error to leave a dependency out.
func NewHandler(d Dependencies) (*Handler, error) {
	if d.Snapshots == nil || d.Lookup == nil || d.Access == nil || d.Refresher == nil || d.Registerer == nil {
		return nil, errors.New("a dependency is missing")
	}
	m, err := newMetrics(d.Registerer)
	if err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	size := d.ReviewMemory
	if size == 0 {
		size = DefaultReviewMemory
	}
	return &Handler{dependencies: d, metrics: m, budget: newBudget(size)}, nil
}

// ServeHTTP answers one AdmissionReview. What is not one is answered with an
// HTTP error, which the API server takes for a failed call: with failurePolicy
// Fail that refuses the request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := h.dependencies.clock()()
	ctx, cancel := context.WithTimeout(r.Context(), timeoutOf(r))
	defer cancel()
	req, room, err := h.read(ctx, w, r)
	if err != nil {
		h.refuse(w, err)
		return
	}
	defer room.release()

	o := h.admitSafely(ctx, req)
	h.metrics.observe(req, o, h.dependencies.clock()().Sub(start))
	h.log(req, o)
	if errors.As(o.failure, new(oldWorld)) {
		h.sendAway(w, o.failure)
		return
	}
	h.write(w, answer(req, o, h.dependencies.tell()))
}

// timeoutOf is nine tenths of the time that the API server waits: an answer
// that says what is wrong is worth more than a call that fails.
func timeoutOf(r *http.Request) time.Duration {
	timeout, err := time.ParseDuration(r.URL.Query().Get("timeout"))
	if err != nil || timeout <= 0 {
		timeout = defaultTimeout
	}
	timeout = min(timeout, maxTimeout)
	return timeout - timeout/10
}

// admitSafely turns a panic into a refusal. Its value is not told to anybody,
// because it could quote the object.
func (h *Handler) admitSafely(ctx context.Context, req *request) (o outcome) {
	defer func() {
		if cause := recover(); cause != nil {
			h.dependencies.Log.Error(errPanic, "Recovered from a panic", "type", fmt.Sprintf("%T", cause), "stack", string(debug.Stack()))
			o = outcome{failure: errPanic}
		}
	}()
	o, err := h.admit(ctx, req)
	if err != nil {
		return outcome{failure: err}
	}
	return o
}

// errPanic stands for a bug in Domicile.
var errPanic = errors.New("the request could not be decided because of an internal error")

func (h *Handler) write(w http.ResponseWriter, response *admissionv1.AdmissionResponse) {
	review := admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: "AdmissionReview"},
		Response: response,
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(review); err != nil {
		h.dependencies.Log.V(1).Info("Could not write an answer", "reason", err.Error())
	}
}

// log tells the operator of everything that is not simply admitted.
func (h *Handler) log(req *request, o outcome) {
	log := h.dependencies.Log.WithValues(
		"operation", req.Operation, "resource", req.Resource.Resource, "subresource", req.SubResource,
		"namespace", req.Namespace, "name", req.Name, "snapshotRevision", o.revision)
	if o.failure != nil {
		log.Error(o.failure, "Could not decide")
		return
	}
	for _, d := range o.decisions {
		logDecision(log, d)
	}
}

func (d Dependencies) tell() teller {
	if d.ShortRefusals {
		return explain.Brief
	}
	return explain.Sentence
}

func (d Dependencies) clock() func() time.Time {
	if d.Clock != nil {
		return d.Clock
	}
	return time.Now
}
