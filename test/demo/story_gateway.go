package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/domicile-dev/domicile/middleware"
	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// The API keys of test/demo/gateway.yaml.
const (
	meridianKey = "sk-demo-meridian"
	lanternKey  = "sk-demo-lantern"
)

// startGateway runs the gateway of the chart, and a model server in Go that asks it.
func (t *teller) startGateway(ctx context.Context) error {
	var err error
	if t.gateway, err = t.cluster.RunManager(ctx, namespace, "domicile-gateway"); err != nil {
		return err
	}
	address, err := t.gateway.Address(0, "http")
	if err != nil {
		return err
	}
	ask, err := middleware.New(middleware.Options{Gateway: "http://" + address, AccessPoint: "public"})
	if err != nil {
		return err
	}
	t.models = httptest.NewServer(ask(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		out := http.NewResponseController(w)
		w.Header().Set("Content-Type", "text/event-stream")
		for _, word := range []string{"Terns ", "fly ", "far."} {
			fmt.Fprintf(w, "data: {\"choices\":[{\"delta\":{\"content\":%q}}]}\n\n", word)
			_ = out.Flush() // the client is gone if that fails
		}
	})))
	return nil
}

// serve shows that both tenants' keys are served while both are clear.
func (t *teller) serve(ctx context.Context) error {
	if t.models == nil {
		return nil // the image runs in a cluster that nobody can ask from here
	}
	t.narrator.chapter("Both tenants have keys for a shared model. Its server asks the gateway about each request.")
	if err := t.kubectl(ctx, admitted("accesspoint.domicile.dev/public created", "secret/lantern-model-key created"), "apply", "-f", "test/demo/gateway.yaml"); err != nil {
		return err
	}
	for _, key := range []string{meridianKey, lanternKey} {
		if err := t.ask(ctx, key, http.StatusOK, "Terns "); err != nil {
			return err
		}
	}
	return nil
}

// refuse shows that the key of a tenant that is restricted again is not.
func (t *teller) refuse(ctx context.Context) error {
	if t.models == nil {
		return nil
	}
	t.narrator.chapter("Lantern's key is still there. It is refused in the form that its client reads; nothing was restarted.")
	if err := t.ask(ctx, lanternKey, http.StatusForbidden, "tenant_not_served"); err != nil {
		return err
	}
	if err := t.ask(ctx, meridianKey, http.StatusOK, "Terns "); err != nil {
		return err
	}
	t.narrator.chapter("Nor is Lantern served by another customer's key, as the end customer of a reseller.")
	if err := t.ask(ctx, meridianKey, http.StatusForbidden, "tenant_not_served", "X-End-Customer: lantern"); err != nil {
		return err
	}
	t.models.Close()
	if err := t.gateway.StopReplica(0); err != nil {
		return err
	}
	return t.kubectl(ctx, admitted("deleted"), "delete", "-f", "test/demo/gateway.yaml")
}

// ask asks for a model with a key and more headers, until the answer is as expected, and
// shows it.
func (t *teller) ask(ctx context.Context, key string, status int, says string, headers ...string) error {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	url, body := t.models.URL+"/v1/chat/completions", `{"model":"tern-2"}`
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
		response, err := t.models.Client().Do(request)
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
