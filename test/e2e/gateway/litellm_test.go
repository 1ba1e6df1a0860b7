package gateway

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// TestLiteLLMAsOfficialClientsDo holds who is served through LiteLLM's proxy, and that whoever
// is refused gets to know it in OpenAI's format, and from one request to the next.
func TestLiteLLMAsOfficialClientsDo(t *testing.T) {
	w := theWorld(t)
	w.becomes(t, "Wren is served", wrenKey, always(http.StatusOK))
	p := w.front(t, litellm, "public")
	served := told{Status: http.StatusOK, Chunks: words}
	refused := told{Error: "PermissionDeniedError", Status: http.StatusForbidden, Chunks: []string{}}
	rows := []struct {
		key, model string
		want       told
	}{
		{wrenKey, older, served}, {wrenKey, newest, served}, {lanternKey, older, refused}, {meridianKey, older, served}, {meridianKey, newest, refused},
		{nobodysKey, older, told{Error: "AuthenticationError", Status: http.StatusUnauthorized, Chunks: []string{}}},
	}
	questions := make([]question, len(rows))
	for i, row := range rows {
		questions[i] = question{"openai", p.url(), row.model, row.key}
	}
	for i, got := range ask(t, questions) {
		if got.Status == http.StatusForbidden && !strings.Contains(got.Message, "give this reference: ") {
			t.Errorf("%v: the refusal does not say what to do: %s", questions[i], got.Message)
		}
		message := got.Message
		got.Message = ""
		got.Chunks = withText(got.Chunks)
		if diff := cmp.Diff(rows[i].want, got); diff != "" {
			t.Errorf("%v: %s (-want +got):\n%s", questions[i], message, diff)
		}
	}
	if diff := cmp.Diff([]string{older, newest, older}, p.models.askedFor()); diff != "" {
		t.Errorf("what the model server was asked for (-want +got):\n%s", diff)
	}
	if err := w.move(t.Context(), "wren", "CN"); err != nil {
		t.Fatal(err)
	}
	p.tells(t, wrenKey, http.StatusForbidden)
	if err := w.move(t.Context(), "wren", "GB"); err != nil {
		t.Fatal(err)
	}
	p.tells(t, wrenKey, http.StatusOK)
	w.becomes(t, "Wren is served again", wrenKey, always(http.StatusOK))
	for _, kind := range kinds { // the model servers do not know that companies moved
		w.front(t, kind, "public").models.taken()
	}
}

// withText are the chunks that have any: LiteLLM ends a stream with one that has none.
func withText(chunks []string) []string {
	some := []string{}
	for _, chunk := range chunks {
		if chunk != "" {
			some = append(some, chunk)
		}
	}
	return some
}

// tells waits until an honest request is answered so.
func (p *proxy) tells(t *testing.T, key string, want int) {
	t.Helper()
	err := cluster.Poll(within(t), fmt.Sprintf("%s to be told %d", key, want), func(ctx context.Context) (bool, error) {
		for range 4 {
			if status, _, _, err := p.send(ctx, honest("/v1/chat/completions", key, streamed(older))); err != nil || status != want {
				return false, fmt.Errorf("status %d: %w", status, err)
			}
		}
		return true, nil
	})
	if err != nil {
		t.Error(err)
	}
}

// streamed is a body as LiteLLM wants it, with more members.
func streamed(model string, more ...string) string {
	return `{"model":"` + model + `","stream":true,"messages":[{"role":"user","content":"Hello"}]` + strings.Join(append([]string{""}, more...), ",") + `}`
}

// TestWaysAroundThroughLiteLLM holds that what LiteLLM has besides OpenAI's API gets nobody a
// model that is refused, nor in.
func TestWaysAroundThroughLiteLLM(t *testing.T) {
	w := theWorld(t)
	p := w.front(t, litellm, "public")
	p.models.askedFor()
	attacks := append([]attack{
		{"honest", request(chat, streamed(older), meridian, kindJSON), true},
		{"honest, and it says itself whose it is", request(chat, streamed(older), wren, kindJSON, "X-Domicile-Tenant: lantern"), true},
		{"a key where LiteLLM takes one before others", request(chat, streamed(older), lantern, kindJSON, "X-Litellm-Api-Key: "+wrenKey), false},
		{"as Azure does", request(chat, streamed(older), lantern, kindJSON, "Api-Key: "+wrenKey), false},
		{"the query names the model", request(chat+"?model="+newest, streamed(older), meridian, kindJSON), false},
		{"the path does", request("POST /openai/deployments/"+newest+"/chat/completions", streamed(older), meridian, kindJSON), false},
		{"so does an older one", request("POST /engines/"+newest+"/chat/completions", streamed(older), meridian, kindJSON), false},
		{"another path for the same", request("POST /chat/completions", streamed(newest), meridian, kindJSON), false},
		{"with a slash", request("POST /v1/chat/completions/", streamed(newest), meridian, kindJSON), false},
		{"another API", request("POST /v1/responses", `{"model":"`+newest+`","input":"Hello"}`, meridian, kindJSON), false},
		{"what LiteLLM passes through", request("POST /openai/v1/chat/completions", streamed(newest), meridian, kindJSON), false},
		{"a form", request(chat, "model="+newest+"&stream=true", meridian, "Content-Type: application/x-www-form-urlencoded"), false},
		{"a header that chooses", request(chat, streamed(older), meridian, kindJSON, "X-Litellm-Tags: "+newest, "X-Litellm-Model-Group: "+newest), false},
		{"who manages keys", request("POST /key/generate", `{"models":[]}`, wren, kindJSON), false},
		{"who manages models", request("POST /model/new", `{"model_name":"`+older+`","litellm_params":{"model":"openai/`+newest+`"}}`, wren, kindJSON), false},
		{"what it is configured with", request("GET /model/info", "", wren), false},
	}, modelsOfLiteLLM(`"fallbacks":["`+newest+`"],"mock_testing_fallbacks":true`, `"extra_body":{"model":"`+newest+`"}`, `"extra_query":{"model":"`+newest+`"}`,
		`"metadata":{"tags":["`+newest+`"]}`, `"litellm_metadata":{"model_group":"`+newest+`"}`, `"model_list":[{"model_name":"`+older+`","litellm_params":{"model":"openai/`+newest+`"}}]`,
		`"user_config":{"model_list":[{"model_name":"`+older+`","litellm_params":{"model":"openai/`+newest+`"}}]}`, `"api_base":"http://127.0.0.1:1"`,
		`"router_settings_override":{"model_group_alias":{"`+older+`":"`+newest+`"}}`, `"deployment_id":"`+newest+`"`, `"base_model":"`+newest+`"`, `"custom_llm_provider":"openai"`)...)
	for _, a := range append(attacks, models...) {
		status, _, text, err := p.send(within(t), a.request)
		asked := p.models.askedFor()
		if strings.Contains(a.request, meridianKey) && strings.Contains(strings.Join(asked, " "), newest) || strings.Contains(a.request, lanternKey) && len(asked) > 0 {
			t.Errorf("%s gets through: %q", a.reason, asked)
		}
		// What has a slash too much is redirected.
		if streams := strings.Contains(a.request, `"stream":true`); a.honest && streams && status != http.StatusOK || !a.honest && err == nil && status < 300 {
			t.Errorf("%s is told %d %s", a.reason, status, text)
		}
	}
}

// modelsOfLiteLLM are requests for the older model with something of LiteLLM's own.
func modelsOfLiteLLM(all ...string) (attacks []attack) {
	for _, more := range all {
		attacks = append(attacks, attack{more, request(chat, streamed(older, more), meridian, kindJSON), false})
	}
	return attacks
}
