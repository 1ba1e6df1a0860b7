package controllers

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	reviewv1 "k8s.io/api/admission/v1"
)

// calls counts what the API server asks, as "resource/name".
type calls struct {
	mu   sync.Mutex
	seen map[string]int
}

func (c *calls) count(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen[what]
}

// answer listens where the configuration says, with the certificate of the
// store, and admits everything. Nothing here decides: what is tested is who is
// asked, and whether the API server trusts the one who answers.
func answer(t *testing.T, store *CertificateStore) *calls {
	t.Helper()
	c := &calls{seen: map[string]int{}}
	address := fmt.Sprintf("%s:%d", serviceIP, testOptionsLive.Port)
	listener, err := tls.Listen("tcp", address, &tls.Config{GetCertificate: store.GetCertificate, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
		w.Header().Set("Connection", "close") // so that every call is a handshake
		if err := json.NewEncoder(w).Encode(review); err != nil {
			t.Errorf("answer: %v", err)
		}
	})}
	go func() {
		if err := s.Serve(listener); err != http.ErrServerClosed {
			t.Errorf("serve: %v", err)
		}
	}()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("stop serving: %v", err)
		}
	})
	return c
}
