package gateway

import (
	"io"
	"net/http"
	"testing"
)

// TestAStreamEndsByItsBound holds that the proxies that can bound how long an answer may
// outlive a verdict do so, also while it goes on.
func TestAStreamEndsByItsBound(t *testing.T) {
	w := theWorld(t)
	w.becomes(t, "Wren is served", wrenKey, always(http.StatusOK))
	for _, kind := range []string{"envoy", "caddy", "traefik"} {
		t.Run(kind, func(t *testing.T) {
			p := w.front(t, kind+" "+briefly, "public")
			request, err := http.NewRequestWithContext(within(t), http.MethodGet, p.url()+endless, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", "Bearer "+wrenKey)
			response, err := (&http.Client{Timeout: patience}).Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }() // it was only read
			n, err := io.Copy(io.Discard, response.Body)
			if response.StatusCode != http.StatusOK || n == 0 || err == nil || request.Context().Err() != nil {
				t.Errorf("status %d, %d bytes, and then: %v", response.StatusCode, n, err)
			}
		})
	}
}
