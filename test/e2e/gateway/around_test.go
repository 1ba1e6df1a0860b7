package gateway

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// attack is a request that is written so that the gateway and the model server might read
// it in two ways.
type attack struct {
	reason  string
	request string
	// honest says that it has to be served, by those proxies that send bodies along.
	honest bool
}

// request is one with lines of headers of the attacker's own.
func request(line, body string, headers ...string) string {
	return line + " HTTP/1.1\r\nHost: api.example.org\r\n" + strings.Join(headers, "\r\n") +
		fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

const (
	chat     = "POST /v1/chat/completions"
	kindJSON = "Content-Type: application/json"
	wren     = "Authorization: Bearer " + wrenKey
	lantern  = "Authorization: Bearer " + lanternKey
	meridian = "Authorization: Bearer " + meridianKey
)

var body = `{"model":"` + older + `"}`

// identities are attacks on whose a request is.
var identities = []attack{
	{"honest", request(chat, body, wren, kindJSON), true},
	{"honest, and it says itself whose it is", request(chat, body, wren, kindJSON, "X-Domicile-Tenant: lantern"), true},
	{"it says so twice", request(chat, body, wren, kindJSON, "X-Domicile-Tenant: lantern", "x-domicile-tenant: meridian"), true},
	{"a restricted tenant says that it is another one", request(chat, body, lantern, kindJSON, "X-Domicile-Tenant: wren"), false},
	{"by a header with underscores", request(chat, body, wren, kindJSON, "X_Domicile_Tenant: lantern"), false},
	{"what the gateway answers", request(chat, body, lantern, kindJSON, "X-Domicile-Answer: {}", "X-Domicile-Reference: A", ":status: 200"), false},
	{"the headers of the check", request(chat, body, lantern, kindJSON, "X-Envoy-Auth-Partial-Body: false", "domicile-access-point: by-path", "X-Forwarded-Method: GET"), false},
	{"two keys, in two places", request(chat, body, wren, kindJSON, "X-Api-Key: "+lanternKey), false},
	{"the other way around", request(chat, body, lantern, kindJSON, "X-Api-Key: "+wrenKey), false},
	{"two keys, in one place", request(chat, body, wren, lantern, kindJSON), false},
	{"in two cases", request(chat, body, wren, "authorization: bearer "+lanternKey, kindJSON), false},
	{"folded with a comma", request(chat, body, wren+", Bearer "+lanternKey, kindJSON), false},
	{"folded over two lines", request(chat, body, wren+"\r\n Bearer "+lanternKey, kindJSON), false},
	{"a known key, and one in a place that is not a bearer's", request(chat, body, wren, "X-Api-Key: Bearer "+lanternKey, kindJSON), false},
	{"a key under a name with underscores", request(chat, body, wren, "X_Api_Key: "+lanternKey, kindJSON), false},
	{"a space before the colon", request(chat, body, wren, "X-Api-Key : "+lanternKey, kindJSON), false},
	{"a name with white space before it", request(chat, body, wren, "\tX-Api-Key: "+lanternKey, kindJSON), false},
	{"a key behind a NUL", request(chat, body, wren+"\x00"+lanternKey, kindJSON), false},
	{"a key behind a carriage return", request(chat, body, wren+"\rX-Api-Key: "+lanternKey, kindJSON), false},
	{"a header that is to be dropped", request(chat, body, wren, "X-Api-Key: "+lanternKey, "Connection: close, X-Api-Key", kindJSON), false},
	{"the key that counts is to be dropped", request(chat, body, wren, "X-Api-Key: "+lanternKey, "Connection: Authorization", kindJSON), false},
	{"the header that says whose it is is to be dropped", request(chat, body, wren, "Connection: close, X-Domicile-Tenant", kindJSON), false},
	{"another request inside of the body", request(chat, body+"\r\n"+request(chat, body, lantern), wren, kindJSON, "Transfer-Encoding: identity"), false},
	{"two lengths", request(chat, body+request(chat, body, lantern), wren, kindJSON, "Content-Length: 18"), false},
	{"a length and chunks", request(chat, "0\r\n\r\n"+request(chat, body, lantern), wren, kindJSON, "Transfer-Encoding: chunked"), false},
	{"chunks by another name", request(chat, "0\r\n\r\n"+request(chat, body, lantern), wren, kindJSON, "Transfer-Encoding: xchunked"), false},
	{"an absolute form", request("POST http://other.example.org/v1/chat/completions", body, lantern, kindJSON), false},
	{"a WebSocket", request("GET /v1/realtime", "", lantern, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), false},
	{"HTTP/2 by an upgrade", request(chat, body, lantern, "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQAAP__"), false},
	{"another method", request("BREW /v1/chat/completions", body, lantern, kindJSON), false},
	{"another method for what comes after", request(chat, body, lantern, kindJSON, "X-HTTP-Method-Override: OPTIONS"), false},
	{"OPTIONS, which some let pass", request("OPTIONS /v1/chat/completions", body, lantern, "Origin: https://example.org", "Access-Control-Request-Method: POST"), false},
	{"the place of the check itself", request("POST /domicile", body, lantern, kindJSON), false},
	{"a health check", request("GET /healthz", "", lantern), false},
	{"a key, and an empty one", request(chat, body, wren, "X-Api-Key:", kindJSON), false},
	{"an empty tenant", request(chat, body, lantern, "X-Domicile-Tenant:", kindJSON), false},
	{"a key in the query", request(chat+"?api_key="+wrenKey, body, lantern, kindJSON), false},
	{"a key before the host", request("POST http://"+wrenKey+"@api.example.org/v1/chat/completions", body, lantern, kindJSON), false},
	{"a key in a cookie", request(chat, body, lantern, "Cookie: api_key="+wrenKey, kindJSON), false},
	{"a key among the metadata of gRPC", request(chat, body, lantern, "Grpc-Metadata-Authorization: Bearer "+wrenKey, kindJSON), false},
	{"a key for the proxy", request(chat, body, lantern, "Proxy-Authorization: Bearer "+wrenKey, kindJSON), false},
	{"a key among the protocols of a WebSocket", request("GET /v1/realtime", "", lantern, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key."+wrenKey), false},
	{"a key in a trailer", withTrailer(body, wren, "X-Api-Key: "+lanternKey), false},
	{"the key that counts in a trailer", withTrailer(body, "X-A: a", lantern), false},
	{"a tenant in a trailer", withTrailer(body, lantern, "X-Domicile-Tenant: wren"), false},
	{"two hosts", request(chat, body, lantern, "Host: other.example.org", kindJSON), false},
	{"a host that is a path", strings.Replace(request(chat, body, lantern, kindJSON), "Host: api.example.org", "Host: api.example.org/healthz", 1), false},
	{"no host", strings.Replace(request(chat, body, lantern, kindJSON), "Host: api.example.org", "X-A: a", 1), false},
	{"HTTP/1.0", strings.Replace(request(chat, body, lantern, kindJSON), "HTTP/1.1", "HTTP/1.0", 1), false},
	{"HTTP/0.9", "GET /v1/models\r\n\r\n", false},
	{"HTTP of the future", strings.Replace(request(chat, body, lantern, kindJSON), "HTTP/1.1", "HTTP/1.9", 1), false},
	{"lines that end otherwise", strings.ReplaceAll(request(chat, body, lantern, kindJSON), "\r\n", "\n"), false},
	{"a request behind another one", plainly(wrenKey) + request(chat, body, lantern, kindJSON), false},
	{"a request behind one that stays", request(chat, body, wren, kindJSON) + request(chat, body, lantern, kindJSON), false},
	{"a length with a sign", behind("Content-Length: +0"), false},
	{"a length in other digits", behind("Content-Length: 0x0"), false},
	{"a length that is a list", behind("Content-Length: 0, 0"), false},
	{"no length but a blank", behind("Content-Length: "), false},
	{"chunks that a tab announces", behind("Transfer-Encoding:\tchunked"), false},
	{"chunks that a vertical tab announces", behind("Transfer-Encoding: \vchunked"), false},
	{"chunks that are announced on a second line", behind("Transfer-Encoding:\r\n chunked"), false},
	{"chunks that are announced twice", behind("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"), false},
	{"chunks in HTTP/1.0", strings.Replace(behind("Transfer-Encoding: chunked"), "HTTP/1.1", "HTTP/1.0", 1), false},
}

// behind is a request of somebody who is clear, which announces its body in some way, and
// one of somebody who is restricted where a reader of that might see the body or the next.
func behind(announced string) string {
	return chat + " HTTP/1.1\r\nHost: api.example.org\r\n" + wren + "\r\n" + kindJSON + "\r\n" + announced + "\r\n\r\n0\r\n\r\n" + request(chat, body, lantern, kindJSON)
}

// withTrailer is a request in one chunk, with a header behind it.
func withTrailer(body, header, trailer string) string {
	name, _, _ := strings.Cut(trailer, ":")
	return chat + " HTTP/1.1\r\nHost: api.example.org\r\n" + header + "\r\n" + kindJSON + "\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\nTrailer: " + name +
		fmt.Sprintf("\r\n\r\n%x\r\n%s\r\n0\r\n%s\r\n\r\n", len(body), body, trailer)
}

// models are attacks on which model a request is for, by a tenant that is refused only for
// the newest one.
var models = []attack{
	{"honest", request(chat, body, meridian, kindJSON), true},
	{"honest, with more around it", request(chat, `{"messages":[{"role":"user","content":"a \"model\" ok"}], "model": "TERN-2"}`, meridian, "Content-Type: application/json; charset=utf-8"), true},
	{"the newest", request(chat, `{"model":"tern-3"}`, meridian, kindJSON), false},
	{"in another case", request(chat, `{"model":"Tern-3"}`, meridian, kindJSON), false},
	{"by an escape", request(chat, `{"model":"tern\u002d3"}`, meridian, kindJSON), false},
	{"twice", request(chat, `{"model":"tern-2","model":"tern-3"}`, meridian, kindJSON), false},
	{"twice, the other way around", request(chat, `{"model":"tern-3","model":"tern-2"}`, meridian, kindJSON), false},
	{"a key in another case", request(chat, `{"model":"tern-2","Model":"tern-3"}`, meridian, kindJSON), false},
	{"an escaped key", request(chat, `{"model":"tern-2","mod\u0065l":"tern-3"}`, meridian, kindJSON), false},
	{"a Cyrillic letter", request(chat, "{\"model\":\"t\u0435rn-3\"}", meridian, kindJSON), false},
	{"a letter of full width", request(chat, "{\"model\":\"tern-\uff13\"}", meridian, kindJSON), false},
	{"a hyphen that does not break", request(chat, "{\"model\":\"tern\u20113\"}", meridian, kindJSON), false},
	{"white space around it", request(chat, `{"model":" tern-3"}`, meridian, kindJSON), false},
	{"nothing visible in it", request(chat, "{\"model\":\"tern-\u200b3\"}", meridian, kindJSON), false},
	{"no text", request(chat, `{"model":["tern-3"]}`, meridian, kindJSON), false},
	{"none", request(chat, `{}`, meridian, kindJSON), false},
	{"no body", request(chat, "", meridian, kindJSON), false},
	{"no JSON", request(chat, `{"model":"tern-2",}`, meridian, kindJSON), false},
	{"a comment", request(chat, `{"model":"tern-2"/*","model":"tern-3"*/}`, meridian, kindJSON), false},
	{"a second value", request(chat, `{"model":"tern-2"} {"model":"tern-3"}`, meridian, kindJSON), false},
	{"a byte-order mark", request(chat, "\ufeff"+`{"model":"tern-3"}`, meridian, kindJSON), false},
	{"UTF-16", request(chat, "{\x00\"\x00m\x00", meridian, kindJSON), false},
	{"UTF-7 by its type", request(chat, `{"model":"tern-2"}`, meridian, "Content-Type: application/json", "Content-Type: text/plain"), false},
	{"a form", request(chat, `model=tern-3&x={"model":"tern-2"}`, meridian, "Content-Type: application/x-www-form-urlencoded"), false},
	{"gRPC", request(chat, "\x00\x00\x00\x00\x08\n\x06tern-3", meridian, "Content-Type: application/grpc", "TE: trailers"), false},
	{"compressed", request(chat, zip(`{"model":"tern-3"}`), meridian, kindJSON, "Content-Encoding: gzip"), false},
	{"compressed, and it does not say so", request(chat, zip(`{"model":"tern-3"}`), meridian, kindJSON), false},
	{"not compressed, and it says so", request(chat, `{"model":"tern-2"}`, meridian, kindJSON, "Content-Encoding: br"), false},
	{"longer than is read", request(chat, `{"model":"tern-2","x":"`+strings.Repeat("x", 70_000)+`","model":"tern-3"}`, meridian, kindJSON), false},
	{"longer than is read, in chunks", chunked(`{"model":"tern-2","x":"`+strings.Repeat("x", 70_000)+`","model":"tern-3"}`, 9000), false},
	{"in chunks", chunked(`{"model":"tern-3"}`, 5), false},
	{"in chunks, twice", chunked(`{"model":"tern-2","model":"tern-3"}`, 18), false},
	{"in chunks with extensions", strings.Replace(chunked(`{"model":"tern-3"}`, 18), "\r\n12\r\n", "\r\n12;\"model\":\"tern-2\"\r\n", 1), false},
	{"the query", request("POST /v1/chat/completions?model=tern-3", `{"model":""}`, meridian, kindJSON), false},
	{"a body of a GET", request("GET /v1/chat/completions", `{"model":"tern-3"}`, meridian, kindJSON), false},
	{"a WebSocket", request("GET /v1/realtime?model=tern-3", "", meridian, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), false},
	{"in another character set", request(chat, `{"model":"tern-2","+AG0-odel":"tern-3"}`, meridian, "Content-Type: application/json; charset=utf-7"), false},
	{"parts of a form", request(chat, "--x\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ntern-3\r\n--x--\r\n", meridian, "Content-Type: multipart/form-data; boundary=x"), false},
	{"parts that are JSON", request(chat, `{"model":"tern-2"}`, meridian, "Content-Type: multipart/form-data; boundary=x"), false},
	{"lines of JSON", request(chat, `{"model":"tern-2"}`+"\n"+`{"model":"tern-3"}`, meridian, "Content-Type: application/x-ndjson"), false},
	{"a key with a NUL behind it", request(chat, `{"model":"tern-2","model\u0000":"tern-3"}`, meridian, kindJSON), false},
	{"behind what is deeper than anybody reads", request(chat, `{"model":"tern-2","x":`+strings.Repeat("[", 20_000)+strings.Repeat("]", 20_000)+`,"model":"tern-3"}`, meridian, kindJSON), false},
	{"behind a number that nobody can hold", request(chat, `{"model":"tern-2","x":1e99999999,"model":"tern-3"}`, meridian, kindJSON), false},
	{"in an encoding that has no name", request(chat, zip(`{"model":"tern-3"}`), meridian, kindJSON, "Content-Encoding:"), false},
	{"in an encoding of the transfer", strings.Replace(chunked(zip(`{"model":"tern-3"}`), 9000), "chunked", "gzip, chunked", 1), false},
	{"what the middleware says", request(chat, `{"model":"tern-3"}`, meridian, kindJSON, "X-Domicile-Body-Cut: false"), false},
}

// paths are attacks on an access point that reads the model in the path.
var paths = append([]attack{
	{"honest", request("POST /v1/models/tern-2/chat", body, meridian, kindJSON), true},
	{"the path in a header", request("POST /v1/models/tern-3/chat", body, meridian, kindJSON, "X-Original-Uri: /v1/models/tern-2/chat"), false},
	{"in another one", request("POST /v1/models/tern-3/chat", body, meridian, kindJSON, "X-Forwarded-Uri: /v1/models/tern-2/chat"), false},
	{"and another one", request("POST /v1/models/tern-3/chat", body, meridian, kindJSON, "X-Original-Url: http://a/v1/models/tern-2/chat"), false},
	{"and the one that Envoy knows", request("POST /v1/models/tern-3/chat", body, meridian, kindJSON, "X-Envoy-Original-Path: /v1/models/tern-2/chat", "X-Rewrite-Url: /v1/models/tern-2/chat"), false},
}, onPaths("/v1/models/tern-3/chat", "/v1/models/Tern-3/chat", "//v1/models/tern-3/chat", "/v1//models/tern-3/chat", "/v1/models//tern-3/chat",
	"/v1/models/tern-2/../tern-3/chat", "/v1/models/tern-2/chat/../../tern-3/chat", "/v1/models/tern-2%2f..%2ftern-3/chat",
	"/v1/models/tern-2/%2e%2e/tern-3/chat", "/v1/models/tern-2/..%2ftern-3/chat", "/v1/models/tern-2/..;/tern-3/chat", "/v1/models/tern%2d3/chat",
	"/v1/models/tern-3/chat.", "/v1/models/tern-3./chat", "/v1/models/tern-3/chat/", "/v1/models/tern-3;x=tern-2/chat", "/v1/models/tern-2\\..\\tern-3/chat",
	"/v1/models/tern-3/chat?/v1/models/tern-2/chat", "/v1/models/tern-3/chat#/v1/models/tern-2/chat", "/V1/models/tern-3/chat", "/v1/./models/tern-3/chat",
	"/v1/models/tern-2/chat/../../../../v1/models/tern-3/chat", "/v1/models/%74ern-3/chat", "/v1/models/tern-2%00/../tern-3/chat", "/v1/models/tern-2%252f..%252ftern-3/chat",
	"http://api.example.org/v1/models/tern-3/chat", "http://api.example.org//v1/models/tern-3/chat", "*", "v1/models/tern-3/chat")...)

func onPaths(all ...string) (attacks []attack) {
	for _, path := range all {
		attacks = append(attacks, attack{path, request("POST "+path, body, meridian, kindJSON), false})
	}
	return attacks
}

func zip(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(s))
	if err != nil || w.Close() != nil {
		panic("gzip cannot write into memory")
	}
	return b.String()
}

// chunked is a request whose body comes in chunks.
func chunked(body string, size int) string {
	var b strings.Builder
	b.WriteString(chat + " HTTP/1.1\r\nHost: api.example.org\r\nConnection: close\r\n" + meridian + "\r\n" + kindJSON + "\r\nTransfer-Encoding: chunked\r\n\r\n")
	for len(body) > 0 {
		n := min(size, len(body))
		fmt.Fprintf(&b, "%x\r\n%s\r\n", n, body[:n])
		body = body[n:]
	}
	b.WriteString("0\r\n\r\n")
	return b.String()
}

// TestWaysAround holds that the model server gets nothing, by any of these ways, that it
// might read as a request which is to be refused. What does reach it has lost what was
// wrong with it on the way.
func TestWaysAround(t *testing.T) {
	w := theWorld(t)
	for point, attacks := range map[string][]attack{"public": append(identities, models...), "by-path": paths} {
		for _, kind := range kinds {
			t.Run(kind+" "+point, func(t *testing.T) {
				p := w.front(t, kind, point)
				p.models.taken()
				for _, a := range attacks {
					p.tryAround(t, a, point)
				}
			})
		}
	}
}

func (p *proxy) tryAround(t *testing.T, a attack, point string) {
	t.Helper()
	status, header, text, err := p.send(within(t), a.request)
	served, wrong := p.models.taken()
	if len(wrong) > 0 {
		t.Errorf("%s gets through: %s", a.reason, strings.Join(wrong, "\n"))
	}
	// Refusals of gRPC have status 200, and say it in a header; HTTP/2 says it in its own way.
	if served == 0 && err == nil && status < 400 && status != http.StatusSwitchingProtocols && header.Get("Grpc-Status") != "7" {
		t.Errorf("%s: nobody has served it, and the client is told %d", a.reason, status)
	}
	if readable := withBodies[p.kind] || point == "by-path" || strings.Contains(a.request, wrenKey); a.honest && readable && status != http.StatusOK {
		t.Errorf("%s is not served: %d %s %v", a.reason, status, text, err)
	}
}

// TestAFloodOfUnknownKeys holds that keys that nobody knows take nothing away from others.
func TestAFloodOfUnknownKeys(t *testing.T) {
	w := theWorld(t)
	const clients, each = 8, 200
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			p := w.front(t, kind, "public")
			p.models.taken()
			ctx := within(t)
			var all sync.WaitGroup
			for range clients {
				all.Go(func() {
					for range each {
						if status, _, _, err := p.send(ctx, plainly(unknown())); status != http.StatusUnauthorized {
							t.Errorf("%d for a key that nobody knows: %v", status, err)
							return
						}
					}
				})
			}
			for range each {
				p.asWren(ctx, t)
			}
			all.Wait()
			if served, wrong := p.models.taken(); served != each || len(wrong) > 0 {
				t.Errorf("%d were served: %s", served, strings.Join(wrong, "\n"))
			}
		})
	}
}

// unknown is a key of nobody.
func unknown() string {
	var key [16]byte
	_, _ = rand.Read(key[:]) // it never fails
	return "sk-" + hex.EncodeToString(key[:])
}

// asWren holds that a customer is served.
func (p *proxy) asWren(ctx context.Context, t *testing.T) {
	t.Helper()
	if status, _, text, err := p.send(ctx, plainly(wrenKey)); status != http.StatusOK {
		t.Errorf("Wren is told %d %s %v", status, text, err)
	}
}
