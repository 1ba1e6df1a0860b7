package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// field is one of a request as HTTP/2 has it, pseudo-headers included.
type field = hpack.HeaderField

// behindBody begins the name of a field that is sent behind the body.
const behindBody = "behind the body, "

// fields are those of an honest request with others in their places, or behind them.
func fields(key string, others ...string) (all []field) {
	given := map[string]string{":method": "POST", ":scheme": "http", ":authority": "api.example.org", ":path": "/v1/chat/completions", "authorization": "Bearer " + key}
	for _, name := range []string{":method", ":scheme", ":authority", ":path", "authorization"} {
		all = append(all, field{Name: name, Value: given[name]})
	}
	for i := 0; i < len(others); i += 2 {
		all = append(all, field{Name: others[i], Value: others[i+1]})
	}
	return append(all, field{Name: "content-type", Value: "application/json"})
}

// TestWaysAroundByHTTP2 holds that what HTTP/1 cannot say gets nobody through: HTTP/2 has the
// line of a request in headers of its own.
func TestWaysAroundByHTTP2(t *testing.T) {
	rows := []struct {
		reason string
		fields []field
		body   string
		honest bool
	}{
		{"honest", fields(wrenKey), body, true},
		{"a restricted tenant", fields(lanternKey), body, false},
		{"two paths", fields(lanternKey, ":path", "/healthz"), body, false},
		{"two methods", fields(lanternKey, ":method", "OPTIONS"), body, false},
		{"two authorities", fields(lanternKey, ":authority", "other.example.org"), body, false},
		{"a host that differs", fields(lanternKey, "host", "other.example.org"), body, false},
		{"a pseudo-header of an answer", fields(lanternKey, ":status", "200"), body, false},
		{"a pseudo-header that nobody knows", fields(lanternKey, ":tenant", "wren"), body, false},
		{"an extended CONNECT", fields(lanternKey, ":protocol", "websocket"), body, false},
		{"two keys", fields(wrenKey, "authorization", "Bearer "+lanternKey), body, false},
		{"a name in capitals", fields(wrenKey, "X-Api-Key", lanternKey), body, false},
		{"a header inside of a value", fields(wrenKey, "x-a", "a\r\nx-api-key: "+lanternKey), body, false},
		{"a header inside of a name", fields(wrenKey, "x-a: b\r\nx-api-key", lanternKey), body, false},
		{"a request inside of the path", replaced(fields(wrenKey), ":path", "/ HTTP/1.1\r\nauthorization: Bearer "+lanternKey+"\r\n\r\n"), body, false},
		{"a request inside of the method", replaced(fields(wrenKey), ":method", "POST /v1/x HTTP/1.1\r\nauthorization: Bearer "+lanternKey+"\r\n\r\nGET"), body, false},
		{"chunks, which HTTP/2 has not", fields(wrenKey, "transfer-encoding", "chunked"), "0\r\n\r\n" + request(chat, body, lantern), false},
		{"a length that is not the body's", fields(wrenKey, "content-length", "3"), body + request(chat, body, lantern), false},
		{"a key in a trailer", fields(wrenKey, "te", "trailers", "trailer", "x-api-key", behindBody+"x-api-key", lanternKey), body, false},
		{"a tenant in a trailer", fields(lanternKey, "trailer", "x-domicile-tenant", behindBody+"x-domicile-tenant", "wren"), body, false},
		{"a path in a trailer", fields(lanternKey, behindBody+":path", "/healthz"), body, false},
		{"another path by way of the authority", replaced(fields(lanternKey), ":authority", "api.example.org/healthz?"), body, false},
		{"a key by way of the authority", replaced(fields(lanternKey), ":authority", wrenKey+"@api.example.org"), body, false},
		{"another scheme", replaced(fields(lanternKey), ":scheme", "https"), body, false},
		{"a scheme that is none", replaced(fields(lanternKey), ":scheme", "http://api.example.org/healthz?"), body, false},
		{"an empty path", replaced(fields(lanternKey), ":path", ""), body, false},
		{"a path with two slashes", replaced(fields(lanternKey), ":path", "//v1/chat/completions"), body, false},
		{"the newest model without a length", fields(meridianKey), `{"model":"tern-3"}`, false},
		{"the model twice without a length", fields(meridianKey), `{"model":"tern-2","model":"tern-3"}`, false},
		{"an older model without a length", fields(meridianKey), body, true},
	}
	w := theWorld(t)
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			p := w.front(t, kind, "public")
			p.models.taken()
			for _, row := range rows {
				status, err := p.sendHTTP2(within(t), row.fields, row.body)
				served, wrong := p.models.taken()
				if len(wrong) > 0 {
					t.Errorf("%s gets through: %s", row.reason, strings.Join(wrong, "\n"))
				}
				// Who sends bodies along knows how long this one is, but for HAProxy.
				readable := withBodies[kind] && kind != "haproxy" || !strings.Contains(row.reason, "without a length")
				if row.honest && readable && (served != 1 || status != "200") {
					t.Errorf("%s is not served: %s %v", row.reason, status, err)
				}
				if !row.honest && status == "" && err == nil {
					t.Errorf("%s: the client is told nothing", row.reason)
				}
			}
		})
	}
}

func replaced(all []field, name, value string) []field {
	for i := range all {
		if all[i].Name == name {
			all[i].Value = value
		}
	}
	return all
}

// sendHTTP2 sends a request frame by frame, and is the status of the answer. An error is a
// stream or connection that was ended.
func (p *proxy) sendHTTP2(ctx context.Context, all []field, body string) (status string, err error) {
	address := p.address
	if p.kind == "nginx" {
		address = p.http2
	}
	connection, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return "", err
	}
	defer func() { _ = connection.Close() }() // nothing more is asked
	if err := connection.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return "", err
	}
	var blocks [2]bytes.Buffer // before the body, and behind it
	var encoded bytes.Buffer
	encoder := hpack.NewEncoder(&encoded)
	for i, behind := range []bool{false, true} {
		for _, f := range all {
			name, after := strings.CutPrefix(f.Name, behindBody)
			if after != behind {
				continue
			}
			if err := encoder.WriteField(field{Name: name, Value: f.Value}); err != nil {
				return "", err
			}
		}
		_, _ = encoded.WriteTo(&blocks[i]) // into memory
	}
	last := blocks[1].Len() == 0
	if _, err := connection.Write([]byte(http2.ClientPreface)); err != nil {
		return "", err
	}
	framer := http2.NewFramer(connection, connection)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	err = errors.Join(framer.WriteSettings(),
		framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: blocks[0].Bytes(), EndHeaders: true}),
		framer.WriteData(1, last, []byte(body)))
	if !last {
		err = errors.Join(err, framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: blocks[1].Bytes(), EndHeaders: true, EndStream: true}))
	}
	if err != nil {
		return "", err
	}
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return "", err
		}
		switch frame := frame.(type) {
		case *http2.MetaHeadersFrame:
			return frame.PseudoValue("status"), nil
		case *http2.RSTStreamFrame:
			return "", fmt.Errorf("the stream was ended: %s", frame.ErrCode)
		case *http2.GoAwayFrame:
			return "", fmt.Errorf("the connection was ended: %s", frame.ErrCode)
		}
	}
}
