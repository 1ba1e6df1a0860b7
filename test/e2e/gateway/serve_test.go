package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// question is what an official client is told to ask.
type question struct {
	Client string `json:"client"`
	URL    string `json:"url"`
	Model  string `json:"model"`
	Key    string `json:"key"`
}

// told is what it was told.
type told struct {
	Error   string   `json:"error"`
	Message string   `json:"message"`
	Status  int      `json:"status"`
	Chunks  []string `json:"chunks"`
}

// TestOfficialClients holds that customers are served streams, and that whoever is refused
// gets to know it from the client that he uses.
func TestOfficialClients(t *testing.T) {
	w := theWorld(t)
	served := told{Status: http.StatusOK, Chunks: words}
	refused := told{Error: "PermissionDeniedError", Status: http.StatusForbidden, Chunks: []string{}}
	unknown := told{Error: "AuthenticationError", Status: http.StatusUnauthorized, Chunks: []string{}}
	var questions []question
	var names []string
	var want []told
	for _, kind := range kinds {
		for client, point := range map[string]string{"openai": "public", "anthropic": "messages"} {
			p := w.front(t, kind, point)
			forMeridian := served
			if !withBodies[kind] {
				forMeridian = refused // it is for every model
			}
			for key, answer := range map[string]told{wrenKey: served, lanternKey: refused, nobodysKey: unknown, meridianKey: forMeridian} {
				questions, want = append(questions, question{client, p.url(), older, key}), append(want, answer)
				names = append(names, kind+", "+client+", "+key)
			}
		}
	}
	for i, got := range ask(t, questions) {
		if got.Status == http.StatusForbidden && !strings.Contains(got.Message, "give this reference: ") {
			t.Errorf("%s: the refusal does not say what to do: %s", names[i], got.Message)
		}
		want[i].Message = got.Message
		if diff := cmp.Diff(want[i], got); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", names[i], got.Message, diff)
		}
	}
	for _, kind := range kinds {
		for _, point := range []string{"public", "messages"} {
			if served, wrong := w.front(t, kind, point).models.taken(); served == 0 || len(wrong) > 0 {
				t.Errorf("%s, %s: %d requests were served: %s", kind, point, served, strings.Join(wrong, "\n"))
			}
		}
	}
}

// ask asks with the official clients.
func ask(t *testing.T, questions []question) (all []told) {
	t.Helper()
	var in bytes.Buffer
	for _, q := range questions {
		if err := json.NewEncoder(&in).Encode(q); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.CommandContext(within(t), inProxies("python/bin/python"), "clients.py")
	command.Stdin = &in
	out, err := command.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		var one told
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if len(all) != len(questions) {
		t.Fatalf("%d questions, and the client says %s", len(questions), out)
	}
	return all
}

// TestCurl holds that whoever shows nothing is told so, and that a reseller has to say for
// whom he asks.
func TestCurl(t *testing.T) {
	w := theWorld(t)
	rows := []struct {
		reason, point string
		headers       []string
		want          string
	}{
		{"no key", "public", nil, "401"},
		{"a key in the other place", "public", []string{"X-Api-Key: " + wrenKey}, "200"},
		{"a reseller that says nothing", "messages", []string{"X-Api-Key: " + harbourKey}, "403"},
		{"a reseller for somebody who is clear", "messages", []string{"X-Api-Key: " + harbourKey, "X-End-Customer: wren"}, "200"},
		{"a reseller for somebody who is restricted", "messages", []string{"X-Api-Key: " + harbourKey, "X-End-Customer: lantern"}, "403"},
		{"a reseller for both", "messages", []string{"X-Api-Key: " + harbourKey, "X-End-Customer: wren", "X-End-Customer: lantern"}, "403"},
		{"a reseller for nobody who is known", "messages", []string{"X-Api-Key: " + harbourKey, "X-End-Customer: somebody"}, "403"},
	}
	curl, err := installed("curl")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds {
		for _, row := range rows {
			t.Run(kind+", "+row.reason, func(t *testing.T) {
				p := w.front(t, kind, row.point)
				args := []string{"-sS", "-o", "/dev/null", "-w", "%{http_code}", p.url() + "/v1/messages", "--json", `{"model":"tern-2"}`}
				for _, header := range row.headers {
					args = append(args, "-H", header)
				}
				out, err := exec.CommandContext(within(t), curl, args...).CombinedOutput()
				if err != nil || string(out) != row.want {
					t.Errorf("%s, want %s: %v", out, row.want, err)
				}
				if _, wrong := p.models.taken(); len(wrong) > 0 {
					t.Error(strings.Join(wrong, "\n"))
				}
			})
		}
	}
}

// plainly is an honest request.
func plainly(key string) string { return honest("/v1/chat/completions", key, `{"model":"`+older+`"}`) }

func honest(path, key, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: api.example.org\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", path, key, len(body), body)
}

// becomes waits until every proxy answers about a key so.
func (w *world) becomes(t *testing.T, what, key string, want func(kind string) int) {
	t.Helper()
	for _, kind := range kinds {
		p := w.front(t, kind, "public")
		err := cluster.Poll(within(t), what+" through "+kind, func(ctx context.Context) (bool, error) {
			for range 4 { // in a row: there are several replicas
				status, _, body, err := p.send(ctx, plainly(key))
				if err != nil || status != want(kind) {
					return false, fmt.Errorf("status %d (%s): %w", status, body, err)
				}
			}
			return true, nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func always(status int) func(string) int { return func(string) int { return status } }

// TestASaleOfSharesIsAnsweredAtOnce holds that answers change with the world, that no proxy
// goes on with an old one, and that nothing has to be restarted.
func TestASaleOfSharesIsAnsweredAtOnce(t *testing.T) {
	w := theWorld(t)
	w.becomes(t, "Wren is served", wrenKey, always(http.StatusOK))
	w.becomes(t, "Lantern is refused", lanternKey, always(http.StatusForbidden))
	if err := errors.Join(w.move(t.Context(), "wren", "CN"), w.move(t.Context(), "lantern", "GB")); err != nil {
		t.Fatal(err)
	}
	w.becomes(t, "Wren is refused", wrenKey, always(http.StatusForbidden))
	w.becomes(t, "Lantern is served", lanternKey, always(http.StatusOK))
	if err := errors.Join(w.move(t.Context(), "wren", "GB"), w.move(t.Context(), "lantern", "CN")); err != nil {
		t.Fatal(err)
	}
	w.becomes(t, "Wren is served again", wrenKey, always(http.StatusOK))
	w.becomes(t, "Lantern is refused again", lanternKey, always(http.StatusForbidden))
	for _, kind := range kinds { // the model servers do not know that companies moved
		w.front(t, kind, "public").models.taken()
	}
}

// TestWithoutAnyReplicaNobodyIsServed holds that every proxy fails closed, and comes back.
func TestWithoutAnyReplicaNobodyIsServed(t *testing.T) {
	w := theWorld(t)
	w.becomes(t, "Wren is served", wrenKey, always(http.StatusOK))
	for i := range w.gateway.Replicas() {
		w.gateway.KillReplica(i)
	}
	for _, kind := range kinds {
		w.front(t, kind, "public").models.taken()
	}
	closed := func(kind string) int {
		switch kind {
		case "caddy":
			return http.StatusBadGateway
		case "traefik":
			return http.StatusInternalServerError
		default:
			return http.StatusServiceUnavailable
		}
	}
	for _, key := range []string{wrenKey, lanternKey, nobodysKey} {
		w.becomes(t, key+" is not served", key, closed)
	}
	for _, kind := range kinds {
		if served, _ := w.front(t, kind, "public").models.taken(); served > 0 {
			t.Errorf("%s has let %d requests pass", kind, served)
		}
	}
	w.front(t, "nginx "+withACache, "public").lists(t, wrenKey, http.StatusServiceUnavailable, 0)
	if status, _, body, err := w.front(t, litellm, "public").send(within(t), plainly(wrenKey)); status != http.StatusServiceUnavailable {
		t.Errorf("LiteLLM answers %d %s %v", status, body, err)
	}
	for i := range w.gateway.Replicas() {
		if err := w.gateway.StartReplica(within(t), i); err != nil {
			t.Fatal(err)
		}
	}
	w.becomes(t, "Wren is served again", wrenKey, always(http.StatusOK))
}

// TestAWebSocketIsServed holds that whoever is clear gets one; that others do not, the ways
// around hold. What docs/gateway.md has for nginx passes none on.
func TestAWebSocketIsServed(t *testing.T) {
	w := theWorld(t)
	for _, kind := range []string{"envoy", "haproxy", "caddy", "traefik", "go"} {
		p := w.front(t, kind, "public")
		p.models.taken()
		status, _, _, err := p.send(within(t), request("GET /v1/realtime", "", wren,
			"Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="))
		if served, wrong := p.models.taken(); status != http.StatusSwitchingProtocols || served != 1 || len(wrong) > 0 {
			t.Errorf("%s: %d %v, %d were served: %q", kind, status, err, served, wrong)
		}
	}
}
