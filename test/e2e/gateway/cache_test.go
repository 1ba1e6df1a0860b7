package gateway

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// list is a request whose answer nginx keeps. A reseller has to say for whom it is.
func list(key string) string {
	return request("GET /v1/models", "", "Authorization: Bearer "+key, "X-End-Customer: wren")
}

// lists asks for the list, and holds what the answer is and how often the model server was
// asked for it.
func (p *proxy) lists(t *testing.T, key string, want, asked int) {
	t.Helper()
	status, _, body, err := p.send(within(t), list(key))
	served, wrong := p.models.taken()
	if status != want || served != asked || len(wrong) > 0 || err != nil {
		t.Errorf("%s is told %d, want %d, and the model server was asked %d times, want %d: %v %v %s", key, status, want, served, asked, wrong, err, body)
	}
}

// TestACacheServesNobodyWhoIsRefused holds that nginx asks before it looks into its cache: an
// answer that is there is for nobody who is refused, is not somebody else's, and does not
// outlive a verdict.
func TestACacheServesNobodyWhoIsRefused(t *testing.T) {
	w := theWorld(t)
	w.becomes(t, "Wren is served", wrenKey, always(http.StatusOK))
	p := w.front(t, "nginx "+withACache, "public")
	p.models.taken()
	p.lists(t, wrenKey, http.StatusOK, 1)
	p.lists(t, wrenKey, http.StatusOK, 0)
	p.lists(t, lanternKey, http.StatusForbidden, 0)
	p.lists(t, nobodysKey, http.StatusUnauthorized, 0)
	p.lists(t, meridianKey, http.StatusForbidden, 0) // for some model it would be
	p.lists(t, harbourKey, http.StatusOK, 1)
	p.lists(t, harbourKey, http.StatusOK, 0)
	if err := w.move(t.Context(), "wren", "CN"); err != nil {
		t.Fatal(err)
	}
	p.becomes(t, wrenKey, http.StatusForbidden)
	p.lists(t, wrenKey, http.StatusForbidden, 0)
	p.lists(t, harbourKey, http.StatusOK, 0)
	if err := w.move(t.Context(), "wren", "GB"); err != nil {
		t.Fatal(err)
	}
	p.becomes(t, wrenKey, http.StatusOK)
	p.lists(t, wrenKey, http.StatusOK, 0) // it was there all the time
	w.becomes(t, "Wren is served again", wrenKey, always(http.StatusOK))
	for _, kind := range kinds { // the model servers do not know that companies moved
		w.front(t, kind, "public").models.taken()
	}
}

// becomes waits until the answer about a list is this one, from all replicas, and holds that
// the model server is not asked meanwhile.
func (p *proxy) becomes(t *testing.T, key string, want int) {
	t.Helper()
	err := cluster.Poll(within(t), fmt.Sprintf("%s to be told %d", key, want), func(ctx context.Context) (bool, error) {
		for range 4 {
			if status, _, _, err := p.send(ctx, list(key)); err != nil || status != want {
				return false, fmt.Errorf("status %d: %w", status, err)
			}
		}
		return true, nil
	})
	served, wrong := p.models.taken()
	if err != nil || served > 0 || len(wrong) > 0 {
		t.Errorf("%v; the model server was asked %d times: %s", err, served, strings.Join(wrong, "\n"))
	}
}
