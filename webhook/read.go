package webhook

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
)

// refusal is why a request is answered with an HTTP error. The API server takes that
// for a failed call: with failurePolicy Fail it refuses what it asked about.
type refusal struct {
	status int
	reason error
}

func (r refusal) Error() string { return r.reason.Error() }

func refused(status int, reason string) error { return refusal{status, errors.New(reason)} }

var (
	errTooLong = refusal{http.StatusRequestEntityTooLarge, fmt.Errorf("the body is longer than %d bytes", maxBody)}
	// errTooLarge and errBusy come of the budget.
	errTooLarge = refusal{http.StatusRequestEntityTooLarge, errors.New("the review has more parts than may be read at a time (see --review-memory)")}
	errBusy     = refusal{http.StatusServiceUnavailable, errors.New("too many large reviews are being read: try again")}
)

// refuse answers a request that is no review, or that there is no room for.
func (h *Handler) refuse(w http.ResponseWriter, err error) {
	status := http.StatusBadRequest
	var r refusal
	if errors.As(err, &r) {
		status = r.status
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	h.metrics.unread.WithLabelValues(unreadReason(status)).Inc()
	h.dependencies.Log.Info("Refused a review that cannot be read", "status", status, "reason", err.Error())
	http.Error(w, err.Error(), status)
}

// read reads a review as soon as there is room for it. The room is to be released
// when it is answered.
func (h *Handler) read(ctx context.Context, w http.ResponseWriter, r *http.Request) (_ *request, room *lease, err error) {
	if err := checkHeader(r); err != nil {
		return nil, nil, err
	}
	length := r.ContentLength
	if length < 0 {
		length = maxBody
	}
	if room, err = h.budget.take(ctx, length); err != nil {
		return nil, nil, err
	}
	req, err := readReview(w, r, length, room)
	if err != nil {
		room.release()
		return nil, nil, err
	}
	return req, room, nil
}

// readReview reads a review. A request refers to its body, until that is forgotten.
func readReview(w http.ResponseWriter, r *http.Request, length int64, room *lease) (req *request, err error) {
	b := newBody(length)
	defer func() {
		if err != nil {
			b.forget()
		}
	}()
	if err := b.read(http.MaxBytesReader(w, r.Body, length), length); err != nil {
		return nil, err
	}
	if err := room.grow(decodedSize(b.text)); err != nil {
		return nil, err
	}
	if req, err = decodeReview(b.text); err != nil {
		return nil, err
	}
	req.body = b
	return req, nil
}

// checkHeader refuses what cannot be a review.
func checkHeader(r *http.Request) error {
	if r.Method != http.MethodPost {
		return refused(http.StatusMethodNotAllowed, "the method must be POST")
	}
	if !isJSON(r.Header.Get("Content-Type")) {
		return refused(http.StatusUnsupportedMediaType, "the content type must be application/json")
	}
	if r.ContentLength > maxBody {
		return errTooLong
	}
	return nil
}

func isJSON(contentType string) bool {
	const is = "application/json"
	if contentType == is { // as API servers say it
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && mediaType == is
}
