package gateway

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// upstream is a model server. It serves whatever comes in, and suspects it.
type upstream struct {
	*httptest.Server
	// byPath says that the model is in the path, and not in the body.
	byPath bool
	// anonymous says that requests come with a key of whoever is in front of it.
	anonymous bool

	mu     sync.Mutex
	served int
	wrong  []string
	models []string // that requests might be for
}

// words are what it streams, whatever it is asked.
var words = []string{"Terns ", "fly ", "far."}

func newUpstream(byPath bool) *upstream {
	u := &upstream{byPath: byPath}
	u.Server = httptest.NewServer(u)
	return u
}

// port is where it listens.
func (u *upstream) port() string {
	_, port, _ := net.SplitHostPort(u.Listener.Addr().String())
	return port
}

// taken is how many requests it has served since it was asked last, and what is wrong with
// them.
func (u *upstream) taken() (served int, wrong []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	served, wrong = u.served, u.wrong
	u.served, u.wrong = 0, nil
	return served, wrong
}

// askedFor are the models that requests since the last time might have been for.
func (u *upstream) askedFor() (models []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	models, u.models = u.models, nil
	return models
}

// ServeHTTP serves a request as OpenAI or Anthropic do.
func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	wrong := u.suspect(r, body)
	if err != nil {
		wrong = append(wrong, err.Error())
	}
	u.mu.Lock()
	u.served++
	u.wrong = append(u.wrong, wrong...)
	u.models = append(u.models, modelsIn(r.Header, body)...)
	u.mu.Unlock()
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		upgrade(w)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	if r.URL.Path == endless {
		goOn(w, r)
		return
	}
	out := http.NewResponseController(w)
	for _, event := range events(r.URL.Path) {
		fmt.Fprint(w, event, "\n\n")
		if out.Flush() != nil {
			return
		}
	}
}

// endless is the path of an answer that never ends.
const endless = "/v1/endless"

// goOn streams until nobody listens.
func goOn(w http.ResponseWriter, r *http.Request) {
	out, ticker := http.NewResponseController(w), time.NewTicker(20*time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-ticker.C:
			if _, err := fmt.Fprint(w, "data: {}\n\n"); err != nil || out.Flush() != nil {
				return
			}
		}
	}
}

// events are an answer as it is streamed.
func events(path string) (events []string) {
	if !strings.HasSuffix(path, "/messages") {
		for _, word := range words {
			events = append(events, fmt.Sprintf(`data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"tern","choices":[{"index":0,"delta":{"content":%q},"finish_reason":null}]}`, word))
		}
		return append(events, "data: [DONE]")
	}
	event := func(kind, rest string) {
		events = append(events, fmt.Sprintf("event: %s\ndata: {\"type\":%q%s}", kind, kind, rest))
	}
	event("message_start", `,"message":{"id":"1","type":"message","role":"assistant","model":"tern","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}`)
	event("content_block_start", `,"index":0,"content_block":{"type":"text","text":""}`)
	for _, word := range words {
		event("content_block_delta", fmt.Sprintf(`,"index":0,"delta":{"type":"text_delta","text":%q}`, word))
	}
	event("content_block_stop", `,"index":0`)
	event("message_delta", `,"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":3}`)
	event("message_stop", "")
	return events
}

func upgrade(w http.ResponseWriter) {
	connection, out, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	// The key is that of RFC 6455, section 1.3, and so is what is accepted.
	fmt.Fprint(out, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nterns")
	_ = out.Flush()        // the client is gone if that fails
	_ = connection.Close() // nothing more is said
}

// suspect is what is wrong with a request that has come this far.
func (u *upstream) suspect(r *http.Request, body []byte) (wrong []string) {
	if u.anonymous {
		return nil
	}
	headers := r.Header.Clone()
	for name, values := range r.Trailer { // some add them to the headers
		headers[name] = append(headers[name], values...)
	}
	keys := keysIn(headers)
	complain := func(format string, args ...any) {
		wrong = append(wrong, fmt.Sprintf("%s %s with the keys %q: %s", r.Method, r.RequestURI, keys, fmt.Sprintf(format, args...)))
	}
	if len(keys) != 1 {
		complain("whose it is can be read in %d ways", len(keys))
		return wrong
	}
	tenant, ok := map[string]string{wrenKey: "wren", meridianKey: "meridian", harbourKey: "harbour"}[keys[0]]
	if !ok {
		complain("nobody may be served with that")
	}
	if said := valuesOf(headers, "X-Domicile-Tenant"); !slices.Equal(said, []string{tenant}) {
		complain("it is said to be of %q", said)
	}
	if said := strings.Join(valuesOf(headers, "X-End-Customer"), ","); strings.Contains(said, "lantern") {
		complain("it is on behalf of %q", said)
	}
	if tenant == "harbour" && len(valuesOf(headers, "X-End-Customer")) == 0 {
		complain("a reseller does not say for whom")
	}
	if tenant != "meridian" {
		return wrong
	}
	if u.byPath && r.RequestURI != "/v1/models/"+older+"/chat" {
		complain("the path may be one of another model")
	}
	if models := modelsIn(r.Header, body); !u.byPath && !slices.Equal(models, []string{older}) {
		complain("the model can be any of %q", models)
	}
	return wrong
}

// valuesOf are the values of a header, also under names that some servers take for the
// same, and apart where they are folded.
func valuesOf(h http.Header, name string) (values []string) {
	for other, said := range h {
		if !strings.EqualFold(strings.ReplaceAll(strings.TrimSpace(other), "_", "-"), name) {
			continue
		}
		for _, one := range said {
			for part := range strings.SplitSeq(one, ",") {
				values = append(values, strings.TrimSpace(part))
			}
		}
	}
	return values
}

// keysIn are all keys that a server might find in headers.
func keysIn(h http.Header) (keys []string) {
	for _, value := range append(valuesOf(h, "Authorization"), valuesOf(h, "X-Api-Key")...) {
		fields := strings.Fields(value)
		if len(fields) == 0 {
			continue
		}
		if key := fields[len(fields)-1]; !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

var (
	member = regexp.MustCompile(`(?i)("(?:[^"\\]|\\.)*")\s*:\s*("(?:[^"\\]|\\.)*"|[^,}\s]+)`)
	magic  = []byte{0x1f, 0x8b}
)

// modelsIn are all models that a server might find in a body.
func modelsIn(h http.Header, body []byte) (models []string) {
	if bytes.HasPrefix(body, magic) {
		if unpacked, err := gzip.NewReader(bytes.NewReader(body)); err == nil {
			body, _ = io.ReadAll(unpacked) // what can be read counts
		}
		models = append(models, "compressed")
	}
	kind := strings.ToLower(h.Get("Content-Type"))
	_, charset, other := strings.Cut(kind, "charset")
	if other = other && !strings.HasPrefix(charset, "=utf-8"); other || !strings.HasPrefix(kind, "application/json") && kind != "" {
		models = append(models, kind)
	}
	for _, pair := range member.FindAllSubmatch(body, -1) {
		if text(pair[1]) != "model" {
			continue
		}
		models = append(models, text(pair[2]))
	}
	return models
}

// text is a string of JSON in lower case, up to a NUL, or what is there instead of one.
func text(quoted []byte) string {
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		s = string(quoted)
	}
	s, _, _ = strings.Cut(s, "\x00")
	return strings.ToLower(s)
}

// read is what a proxy answers on a connection.
func read(connection net.Conn) (status int, header http.Header, body string, err error) {
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return 0, nil, "", err
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	all, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, string(all), err
}
