package forward

import (
	"crypto/x509"
	"io"
	"net/http"
	"strings"

	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/gateway"
)

const (
	// Path is where requests are asked about; the name of the access point follows.
	Path = "/check/"
	// bodyCut is the header with which the middleware says that a body is not whole.
	bodyCut = "X-Domicile-Body-Cut"
)

// originals are the headers in which proxies tell the path and query of the request.
var originals = []string{"X-Forwarded-Uri", "X-Original-Uri", "X-Original-Url"}

// NewHandler answers as a gateway does. Names are those in a certificate.
func NewHandler(g *gateway.Gateway, names func(*x509.Certificate) []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		point, ok := strings.CutPrefix(in.URL.Path, Path)
		if !ok || strings.Contains(point, "/") {
			http.NotFound(w, in)
			return
		}
		a := g.Check(point, requestOf(in, g.MaxBody(point), names))
		answer(w, &a)
	})
}

func answer(w http.ResponseWriter, a *gateway.Answer) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if a.Allowed() {
		// Proxies copy it over what the client says, also if it is empty.
		h.Set(gateway.TenantHeader, a.Tenant)
		if a.Outcome == gateway.Warned {
			h.Set(gateway.WarningHeader, a.Message())
			h.Set(gateway.ReferenceHeader, a.Reference().String())
		}
		w.WriteHeader(http.StatusOK)
		return
	}
	contentType, body := a.Body()
	h.Set("Content-Type", contentType)
	h.Set(gateway.ReferenceHeader, a.Reference().String())
	h.Set(gateway.AnswerHeader, strings.TrimSpace(string(body)))
	if a.Outcome == gateway.Unavailable {
		h.Set("Retry-After", "1")
	}
	w.WriteHeader(a.Outcome.Status())
	_, _ = w.Write(body) // the client is gone if that fails
}

func requestOf(in *http.Request, maxBody int, names func(*x509.Certificate) []string) *call.Request {
	r := &call.Request{Path: original(in.Header), Headers: call.HeaderMap(in.Header)}
	if in.TLS != nil && len(in.TLS.VerifiedChains) > 0 {
		r.Proxy = names(in.TLS.VerifiedChains[0][0])
	}
	for name := range in.Header {
		r.Claimed = r.Claimed || call.ClaimsTenant(name)
	}
	r.BodyCut = in.Header.Get(bodyCut) != ""
	if maxBody > 0 && in.Body != nil {
		body, err := io.ReadAll(io.LimitReader(in.Body, int64(maxBody)+1))
		r.Body, r.BodyCut = body, r.BodyCut || err != nil
	}
	return r
}

// original is the path and query of the request. What proxies tell differently is
// nothing that is certain.
func original(h http.Header) string {
	path := ""
	for _, name := range originals {
		for _, value := range h.Values(name) {
			if i := strings.Index(value, "://"); i > 0 && !strings.HasPrefix(value, "/") {
				_, rest, _ := strings.Cut(value[i+len("://"):], "/")
				value = "/" + rest
			}
			if path != "" && path != value {
				return ""
			}
			path = value
		}
	}
	return path
}
