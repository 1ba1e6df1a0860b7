package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-logr/logr"
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
	defer req.body.forget()

	o := h.admitSafely(ctx, req)
	s := summarize(&o)
	h.metrics.observe(req, &o, s, h.dependencies.clock()().Sub(start))
	h.log(req, o)
	if errors.As(o.failure, new(oldWorld)) {
		h.sendAway(w, o.failure)
		return
	}
	h.write(w, req, o, s)
}

// timeoutOf is nine tenths of the time that the API server waits: an answer
// that says what is wrong is worth more than a call that fails.
func timeoutOf(r *http.Request) time.Duration {
	said, alone := strings.CutPrefix(r.URL.RawQuery, "timeout=") // as API servers say it
	if !alone || strings.ContainsAny(said, "&;%+") {
		said = r.URL.Query().Get("timeout")
	}
	timeout, err := time.ParseDuration(said)
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

func (h *Handler) write(w http.ResponseWriter, r *request, o outcome, s summary) {
	if o.allows() {
		h.send(w, appendYes(make([]byte, 0, usualAnswer), r, o, s, h.dependencies.tell()), nil)
		return
	}
	review := admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: "AdmissionReview"},
		Response: answer(r, o, s, h.dependencies.tell()),
	}
	text, err := json.Marshal(review)
	h.send(w, text, err)
}

func (h *Handler) send(w http.ResponseWriter, text []byte, err error) {
	w.Header()["Content-Type"] = contentType
	if err == nil {
		_, err = w.Write(text)
	}
	if err != nil {
		h.dependencies.Log.V(1).Info("Could not write an answer", "reason", err.Error())
	}
}

// contentType is that of all answers.
var contentType = []string{"application/json"}

// log tells the operator of everything that is not simply admitted, and of that if it is
// asked for.
func (h *Handler) log(req *request, o outcome) {
	about := func(log logr.Logger) logr.Logger {
		return log.WithValues(
			"operation", req.Operation, "resource", req.Resource.Resource, "subresource", req.SubResource,
			"namespace", req.Namespace, "name", req.Name, "snapshotRevision", o.revision)
	}
	if o.failure != nil {
		about(h.dependencies.Log).Error(o.failure, "Could not decide")
		return
	}
	for _, d := range o.decisions {
		if log := h.dependencies.Log.V(levelOf(d)); log.Enabled() {
			about(log).Info("Decided", "policy", d.Policy, "tenant", d.Tenant,
				"verdict", d.Verdict.String(), "reason", string(d.Reason), "action", d.Action.String())
		}
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
