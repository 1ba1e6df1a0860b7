// Package middleware asks Domicile's gateway about every request of a server that is
// written in Go. It serves nothing that the gateway does not allow: not while the
// gateway does not answer, either.
package middleware

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	defaultTimeout = 2 * time.Second
	defaultMaxBody = 64 << 10
	maxAnswer      = 64 << 10
	// TenantHeader tells the handler whose a request is.
	TenantHeader = "X-Domicile-Tenant"
	bodyCut      = "X-Domicile-Body-Cut"
)

// Options say how the gateway is asked.
type Options struct {
	// Gateway is its address, such as https://domicile-gateway.domicile-system.svc:8444.
	Gateway string
	// AccessPoint names the AccessPoint.
	AccessPoint string
	// Client calls it; without one, a client that waits for two seconds.
	Client *http.Client
	// MaxBody is how many bytes of a body the gateway gets; 65536 if it is 0. It should
	// be the AccessPoint's spec.model.maxBodyBytes.
	MaxBody int64
}

// New returns a middleware.
func New(o Options) (func(http.Handler) http.Handler, error) {
	address, err := url.Parse(o.Gateway)
	if err != nil || address.Host == "" || o.AccessPoint == "" {
		return nil, errors.New("the address of the gateway and the name of the access point are needed")
	}
	target := address.JoinPath("check", o.AccessPoint).String()
	if o.Client == nil {
		o.Client = &http.Client{Timeout: defaultTimeout}
	}
	if o.MaxBody == 0 {
		o.MaxBody = defaultMaxBody
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.serve(w, r, target, next) })
	}, nil
}

func (o *Options) serve(w http.ResponseWriter, r *http.Request, target string, next http.Handler) {
	answer, err := o.ask(r, target)
	if err != nil {
		http.Error(w, "It cannot be found out now whether this request may be served. Try again.", http.StatusServiceUnavailable)
		return
	}
	defer func() { _ = answer.Body.Close() }() // nothing is lost
	for _, name := range []string{"Content-Type", "Retry-After", "X-Domicile-Reference", "X-Domicile-Warning"} {
		if value := answer.Header.Get(name); value != "" && (answer.StatusCode != http.StatusOK || name[0] == 'X') {
			w.Header().Set(name, value)
		}
	}
	if answer.StatusCode != http.StatusOK {
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, io.LimitReader(answer.Body, maxAnswer)) // the client is gone if that fails
		return
	}
	arrive(r.Header)
	r.Header.Del(TenantHeader)
	if tenant := answer.Header.Get(TenantHeader); tenant != "" {
		r.Header.Set(TenantHeader, tenant)
	}
	next.ServeHTTP(w, withoutTrailer(r))
}

// withoutTrailer is a request of which the handler does not get what comes behind the body:
// nobody was asked about that, and a server might take it for headers.
func withoutTrailer(r *http.Request) *http.Request {
	served := *r
	served.Trailer = nil
	return &served
}

// arrive sees to it that no proxy behind this drops the tenant: a client may name it among
// the headers that are for the next hop alone.
func arrive(h http.Header) {
	for i, list := range h["Connection"] {
		names := slices.DeleteFunc(strings.Split(list, ","), func(name string) bool {
			return strings.EqualFold(strings.TrimSpace(name), TenantHeader)
		})
		h["Connection"][i] = strings.Join(names, ",")
	}
}

// ask asks the gateway. The request can be read as before.
func (o *Options) ask(r *http.Request, target string) (*http.Response, error) {
	var begin []byte
	if r.Body != nil {
		var err error
		if begin, err = io.ReadAll(io.LimitReader(r.Body, o.MaxBody+1)); err != nil {
			return nil, fmt.Errorf("read the body: %w", err)
		}
		r.Body = rest{io.MultiReader(bytes.NewReader(begin), r.Body), r.Body}
	}
	question, err := http.NewRequestWithContext(r.Context(), http.MethodPost, target, bytes.NewReader(begin))
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	question.Header = r.Header.Clone()
	for _, name := range []string{
		"Connection", "Upgrade", "Te", "Trailer", "Transfer-Encoding", "Keep-Alive", "Proxy-Connection", "Expect", "Accept-Encoding",
		"Content-Length", "X-Original-Uri", "X-Original-Url", bodyCut,
	} {
		question.Header.Del(name)
	}
	question.Header.Set("X-Forwarded-Uri", r.URL.RequestURI())
	question.Header.Set("X-Forwarded-Method", r.Method)
	if int64(len(begin)) > o.MaxBody {
		question.Header.Set(bodyCut, "true")
	}
	answer, err := o.Client.Do(question)
	if err != nil {
		return nil, fmt.Errorf("ask the gateway: %w", err)
	}
	return answer, nil
}

// rest is a body of which the beginning was read.
type rest struct {
	io.Reader
	io.Closer
}
