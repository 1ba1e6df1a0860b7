package envoy

import (
	"context"
	"testing"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc/metadata"
)

// TestWhichAccessPointIsMeant holds that only the proxy says so, and once.
func TestWhichAccessPointIsMeant(t *testing.T) {
	t.Parallel()
	for reason, tc := range map[string]struct {
		extension string
		metadata  []string // names and values
		header    string
		want      string
	}{
		"nobody says":                       {"", nil, "", ""},
		"the route says":                    {"public", nil, "", "public"},
		"the listener says":                 {"", []string{accessPointMetadata, "public"}, "", "public"},
		"the route, before the listener":    {"strict", []string{accessPointMetadata, "public"}, "", "strict"},
		"twice is not once":                 {"", []string{accessPointMetadata, "public", accessPointMetadata, "lax"}, "", ""},
		"the client says, and nobody hears": {"", nil, "public", ""},
	} {
		in := &authv3.CheckRequest{Attributes: &authv3.AttributeContext{
			ContextExtensions: map[string]string{AccessPointExtension: tc.extension},
			Request:           &authv3.AttributeContext_Request{Http: &authv3.AttributeContext_HttpRequest{Headers: map[string]string{accessPointMetadata: tc.header}}},
		}}
		ctx := metadata.NewIncomingContext(context.Background(), metadata.Pairs(tc.metadata...))
		if got := accessPoint(ctx, in); got != tc.want {
			t.Errorf("%s: %q, want %q", reason, got, tc.want)
		}
	}
}

// TestWhatEnvoyTells holds what is read of a check: what does not agree with itself is not
// certain.
func TestWhatEnvoyTells(t *testing.T) {
	t.Parallel()
	type said struct {
		path, key     string
		keys          int
		cut, claiming bool
	}
	raw := func(pairs ...string) *corev3.HeaderMap {
		m := &corev3.HeaderMap{}
		for i := 0; i < len(pairs); i += 2 {
			m.Headers = append(m.Headers, &corev3.HeaderValue{Key: pairs[i], RawValue: []byte(pairs[i+1])})
		}
		return m
	}
	for reason, tc := range map[string]struct {
		http *authv3.AttributeContext_HttpRequest
		want said
	}{
		"one by one": {
			&authv3.AttributeContext_HttpRequest{Path: "/a", HeaderMap: raw(":path", "/a", "authorization", "a")}, said{path: "/a", key: "a", keys: 1},
		},
		"joined": {
			&authv3.AttributeContext_HttpRequest{Path: "/a", Headers: map[string]string{"authorization": "a,b"}}, said{path: "/a", key: "a,b", keys: 1},
		},
		"two of a name": {
			&authv3.AttributeContext_HttpRequest{HeaderMap: raw("authorization", "a", "Authorization", "b")}, said{key: "a", keys: 2},
		},
		"one that is empty, and one that is not": {
			&authv3.AttributeContext_HttpRequest{HeaderMap: raw("authorization", "", "authorization", "b")}, said{keys: 2},
		},
		"another path": {
			&authv3.AttributeContext_HttpRequest{Path: "/a", HeaderMap: raw(":path", "/b")}, said{},
		},
		"two paths": {
			&authv3.AttributeContext_HttpRequest{Path: "/a", HeaderMap: raw(":path", "/a", ":path", "/a")}, said{},
		},
		"a body that is cut off": {
			&authv3.AttributeContext_HttpRequest{RawBody: []byte("a"), HeaderMap: raw(partialBody, "true")}, said{cut: true},
		},
		"a body of which the client says that it is whole": {
			&authv3.AttributeContext_HttpRequest{RawBody: []byte("a"), Size: 2, HeaderMap: raw(partialBody, "false")}, said{cut: true},
		},
		"a body of which somebody says that it is cut off, and somebody not": {
			&authv3.AttributeContext_HttpRequest{RawBody: []byte("a"), Size: 1, HeaderMap: raw(partialBody, "false", partialBody, "true")}, said{cut: true},
		},
		"whose it is, by what no proxy takes out": {
			&authv3.AttributeContext_HttpRequest{HeaderMap: raw("x_domicile-tenant", "wren")}, said{claiming: true},
		},
		"whose it is, by what every proxy takes out": {
			&authv3.AttributeContext_HttpRequest{HeaderMap: raw("x-domicile-tenant", "wren")}, said{},
		},
	} {
		r := &request{}
		r.read(context.Background(), &authv3.CheckRequest{Attributes: &authv3.AttributeContext{Request: &authv3.AttributeContext_Request{Http: tc.http}}})
		got := said{path: r.Path, cut: r.BodyCut, claiming: r.Claimed}
		if got.key, got.keys = r.Headers.Get("authorization"); got != tc.want {
			t.Errorf("%s: %+v, want %+v", reason, got, tc.want)
		}
	}
}
