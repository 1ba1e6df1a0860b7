package webhook

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// oldWorld is why nothing can be known while the world may be too old.
type oldWorld struct{ error }

// Unwrap returns what has made it old.
func (o oldWorld) Unwrap() error { return o.error }

func (d Dependencies) fresh() error {
	if d.Fresh == nil {
		return nil
	}
	return d.Fresh()
}

// sendAway answers a review with an HTTP error. Other replicas may know more: the API
// server's client tries again after a second, with another connection, for as long as the
// webhook's timeout lets it. An AdmissionReview would end the matter.
func (h *Handler) sendAway(w http.ResponseWriter, err error) {
	w.Header().Set("Connection", "close")
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	status := failure(err)
	status.Kind, status.APIVersion = "Status", "v1"
	w.WriteHeader(int(status.Code))
	if err := json.NewEncoder(w).Encode(status); err != nil {
		h.dependencies.Log.V(1).Info("Could not write an answer", "reason", err.Error())
	}
}

// leaving ends the connection after every answer while the world may be too old, or the
// replica is going: the API server keeps its connections to a replica that is not ready
// any more. What was asked before the server stops is answered to its end.
func (d Dependencies) leaving(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.fresh() != nil || d.Leaving != nil && d.Leaving() {
			w.Header().Set("Connection", "close")
		}
		// The server's context ends when it is told to stop.
		handler.ServeHTTP(w, r.WithContext(context.WithoutCancel(r.Context())))
	})
}

// within bounds how long a handler takes that has no bound of its own.
func within(timeout time.Duration, handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		handler.ServeHTTP(w, r.WithContext(ctx))
	})
}
