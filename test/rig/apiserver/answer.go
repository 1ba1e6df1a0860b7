package apiserver

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	reviewv1 "k8s.io/api/admission/v1"
)

// Calls counts what the API server asks, as "resource/name".
type Calls struct {
	mu   sync.Mutex
	seen map[string]int
}

// Count is how often the API server asked about an object.
func (c *Calls) Count(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen[what]
}

// Answer listens where the Service leads, with a certificate, and admits everything. Nothing here decides: what is tested is who is
// asked, and whether the API server trusts the one who answers.
func (s *Server) Answer(t *testing.T, certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *Calls {
	t.Helper()
	c := &Calls{seen: map[string]int{}}
	address := fmt.Sprintf("%s:%d", serviceIP, s.Port)
	listener, err := tls.Listen("tcp", address, &tls.Config{GetCertificate: certificate, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	serving := &http.Server{ReadHeaderTimeout: time.Minute, Handler: c}
	go func() {
		if err := serving.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	}()
	t.Cleanup(func() {
		if err := serving.Close(); err != nil {
			t.Errorf("stop serving: %v", err)
		}
	})
	return c
}

// ServeHTTP admits what is asked about, and counts it.
func (c *Calls) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var review reviewv1.AdmissionReview
	if err := json.NewDecoder(r.Body).Decode(&review); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	c.seen[review.Request.RequestResource.Resource+"/"+review.Request.Name]++
	c.mu.Unlock()
	review.Response = &reviewv1.AdmissionResponse{UID: review.Request.UID, Allowed: true}
	review.Request = nil
	answer, err := json.Marshal(review)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Connection", "close") // so that every call is a handshake
	if _, err := w.Write(answer); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
