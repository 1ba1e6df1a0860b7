package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/domicile-dev/domicile/middleware"
	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/printed"
	"github.com/domicile-dev/domicile/test/rig/proxies"
)

// The API keys of test/demo/gateway.yaml.
const (
	meridianKey = "sk-demo-meridian"
	lanternKey  = "sk-demo-lantern"
)

// frontDoor is where API requests come in: a model server in Go, behind Envoy if that is
// installed. One of the two asks the gateway about each request.
type frontDoor struct {
	gateway *cluster.Manager
	models  *httptest.Server
	url     string
	// asks says who asks the gateway.
	asks string
}

// startGateway runs the gateway of the chart, and what asks it.
func (t *teller) startGateway(ctx context.Context) error {
	gateway, err := t.cluster.RunManager(ctx, namespace, "domicile-gateway")
	if err != nil {
		return err
	}
	if envoy, ok := proxies.Installed(".", "envoy"); ok {
		t.door, err = t.behindEnvoy(gateway, envoy)
	} else {
		t.door, err = inGo(gateway)
	}
	return err
}

// behindEnvoy runs Envoy with what docs/gateway.md prints.
func (t *teller) behindEnvoy(gateway *cluster.Manager, program string) (*frontDoor, error) {
	models := httptest.NewServer(http.HandlerFunc(serveWords))
	check, err := gateway.Address(0, "grpc")
	if err != nil {
		return nil, err
	}
	free := httptest.NewServer(http.NotFoundHandler())
	free.Close()
	config, err := printed.Code(filepath.Join("docs", "gateway.md"), "### Envoy", "yaml")
	if err != nil {
		return nil, err
	}
	socket := func(hostPort string) string {
		i := strings.LastIndexByte(hostPort, ':')
		return "address: " + hostPort[:i] + ", port_value: " + hostPort[i+1:]
	}
	here := free.Listener.Addr().String()
	config = strings.NewReplacer(
		"address: 0.0.0.0, port_value: 8080", socket(here),
		"address: model-server, port_value: 8000", socket(models.Listener.Addr().String()),
		"address: domicile-gateway.domicile-system, port_value: 9001", socket(check),
	).Replace(config)
	path := filepath.Join(t.cluster.Dir(), "envoy.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return nil, err
	}
	err = t.cluster.Beside(program).Start("--config-path", path, "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning")
	return &frontDoor{gateway, models, "http://" + here, "Envoy asks, as docs/gateway.md configures it."}, err
}

// inGo asks with the middleware.
func inGo(gateway *cluster.Manager) (*frontDoor, error) {
	address, err := gateway.Address(0, "http")
	if err != nil {
		return nil, err
	}
	ask, err := middleware.New(middleware.Options{Gateway: "http://" + address, AccessPoint: "public"})
	if err != nil {
		return nil, err
	}
	models := httptest.NewServer(ask(http.HandlerFunc(serveWords)))
	return &frontDoor{gateway, models, models.URL, "The model server asks, by the middleware for Go. After \"make bin/proxies\" Envoy does."}, nil
}

// serveWords streams an answer as OpenAI's API does.
func serveWords(w http.ResponseWriter, _ *http.Request) {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	for _, word := range []string{"Terns ", "fly ", "far."} {
		fmt.Fprintf(w, "data: {\"choices\":[{\"delta\":{\"content\":%q}}]}\n\n", word)
		_ = out.Flush() // the client is gone if that fails
	}
}

// serve shows that both tenants' keys are served while both are clear.
func (t *teller) serve(ctx context.Context) error {
	if t.door == nil {
		return nil // the image runs in a cluster that nobody can ask from here
	}
	t.narrator.chapter("Both tenants have keys for a shared model. The gateway is asked about each request.")
	t.narrator.answer(t.door.asks)
	if err := t.kubectl(ctx, admitted("accesspoint.domicile.dev/public created", "secret/lantern-model-key created"), "apply", "-f", "test/demo/gateway.yaml"); err != nil {
		return err
	}
	if err := t.served(ctx, meridianKey); err != nil {
		return err
	}
	return t.served(ctx, lanternKey)
}

// refuse shows that the key of a tenant that is restricted again is not, and that a sale of
// shares changes both answers.
func (t *teller) refuse(ctx context.Context) error {
	if t.door == nil {
		return nil
	}
	t.narrator.chapter("Lantern's key is still there. It is refused in the form that its client reads; Meridian is served.")
	if err := t.askBoth(ctx, t.served, t.denied); err != nil {
		return err
	}
	t.narrator.chapter("Lantern is sold once more, and its old owner buys Meridian. Both answers change; nothing was restarted.")
	if err := t.kubectl(ctx, admitted("lantern-singapore configured", "meridian-labs configured"), "apply", "-f", "test/demo/swapped.yaml"); err != nil {
		return err
	}
	if err := t.askBoth(ctx, t.denied, t.served); err != nil {
		return err
	}
	t.narrator.chapter("Both sales are undone, and so are the answers.")
	if err := t.kubectl(ctx, admitted("lantern-singapore configured", "meridian-labs configured"),
		"apply", "-f", "test/demo/lantern.yaml", "-f", "test/demo/meridian.yaml", "-l", "demo=ownership"); err != nil {
		return err
	}
	if err := t.askBoth(ctx, t.served, t.denied); err != nil {
		return err
	}
	t.narrator.chapter("Nor is Lantern served by another customer's key, as the end customer of a reseller.")
	if err := t.denied(ctx, meridianKey, "X-End-Customer: lantern"); err != nil {
		return err
	}
	t.door.models.Close()
	if err := t.door.gateway.StopReplica(0); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("deleted"), "delete", "-f", "test/demo/gateway.yaml"); err != nil {
		return err
	}
	if err := t.verdict(ctx, "meridian-labs", "Clear"); err != nil {
		return err
	}
	return t.verdict(ctx, "lantern", "Restricted")
}

// askBoth asks with both keys.
func (t *teller) askBoth(ctx context.Context, meridian, lantern func(ctx context.Context, key string, headers ...string) error) error {
	if err := meridian(ctx, meridianKey); err != nil {
		return err
	}
	return lantern(ctx, lanternKey)
}

// served expects an answer of the model, and denied a refusal in OpenAI's format.
func (t *teller) served(ctx context.Context, key string, headers ...string) error {
	return t.ask(ctx, key, http.StatusOK, "Terns ", headers)
}

func (t *teller) denied(ctx context.Context, key string, headers ...string) error {
	return t.ask(ctx, key, http.StatusForbidden, "tenant_not_served", headers)
}

// ask asks for a model with a key and more headers, until the answer is as expected, and
// shows it.
func (t *teller) ask(ctx context.Context, key string, status int, says string, headers []string) error {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	url, body := t.door.url+"/v1/chat/completions", `{"model":"tern-2"}`
	command := []string{url, "-H", "Authorization: Bearer " + key, "--json", body}
	for _, header := range headers {
		command = append(command, "-H", header)
	}
	t.narrator.command("curl " + quote(command))
	var said string
	err := cluster.Poll(ctx, fmt.Sprintf("status %d for %s", status, key), func(ctx context.Context) (bool, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
		if err != nil {
			return false, err
		}
		request.Header.Set("Authorization", "Bearer "+key)
		request.Header.Set("Content-Type", "application/json")
		for _, header := range headers {
			name, value, _ := strings.Cut(header, ": ")
			request.Header.Add(name, value)
		}
		response, err := t.door.models.Client().Do(request)
		if err != nil {
			return false, err
		}
		defer func() { _ = response.Body.Close() }() // it was only read
		text, err := io.ReadAll(response.Body)
		said = string(text)
		return response.StatusCode == status && strings.Contains(said, says), err
	})
	t.narrator.answer(said)
	return err
}
