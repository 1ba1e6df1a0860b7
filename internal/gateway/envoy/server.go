package envoy

import (
	"context"
	"crypto/x509"
	"sync"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/gateway"
)

const (
	// AccessPointExtension is the context extension that names the access point.
	AccessPointExtension = "domicile.dev/access-point"
	// accessPointMetadata does the same as initial metadata of the call.
	accessPointMetadata = "domicile-access-point"
	// partialBody is the header with which Envoy says that a body is not whole.
	partialBody = "x-envoy-auth-partial-body"
)

// Server is an ext_authz server.
type Server struct {
	authv3.UnimplementedAuthorizationServer
	gateway *gateway.Gateway
	// requests are used again, so that reading one allocates nothing.
	requests sync.Pool
}

// NewServer makes a server that answers as a gateway does.
func NewServer(g *gateway.Gateway) *Server {
	return &Server{gateway: g, requests: sync.Pool{New: func() any { return &request{} }}}
}

// Check implements authv3.AuthorizationServer. What cannot be known is a refusal with
// status 503, and not an error of the check, which a proxy might be told to let pass.
func (s *Server) Check(ctx context.Context, in *authv3.CheckRequest) (*authv3.CheckResponse, error) {
	a := s.ask(ctx, in)
	if a.Allowed() {
		return allowed(&a), nil
	}
	contentType, body := a.Body()
	headers := []*corev3.HeaderValueOption{
		header("content-type", contentType), header("cache-control", "no-store"),
		header(gateway.ReferenceHeader, a.Reference().String()),
	}
	if a.Outcome == gateway.Unavailable {
		headers = append(headers, header("retry-after", "1"))
	}
	return &authv3.CheckResponse{
		Status: &status.Status{Code: int32(codes.PermissionDenied)},
		HttpResponse: &authv3.CheckResponse_DeniedResponse{DeniedResponse: &authv3.DeniedHttpResponse{
			Status:  &typev3.HttpStatus{Code: typev3.StatusCode(a.Outcome.Status())},
			Headers: headers, Body: string(body),
		}},
	}, nil
}

// ask asks the gateway. Nothing of the request stays.
func (s *Server) ask(ctx context.Context, in *authv3.CheckRequest) gateway.Answer {
	r, _ := s.requests.Get().(*request)
	defer s.requests.Put(r)
	defer func() { *r = request{} }()
	r.read(ctx, in)
	return s.gateway.Check(accessPoint(ctx, in), &r.Request)
}

func allowed(a *gateway.Answer) *authv3.CheckResponse {
	ok := &authv3.OkHttpResponse{}
	if a.Tenant == "" {
		ok.HeadersToRemove = []string{gateway.TenantHeader}
	} else {
		ok.Headers = []*corev3.HeaderValueOption{header(gateway.TenantHeader, a.Tenant)}
	}
	if a.Outcome == gateway.Warned {
		ok.ResponseHeadersToAdd = []*corev3.HeaderValueOption{
			header(gateway.WarningHeader, a.Message()), header(gateway.ReferenceHeader, a.Reference().String()),
		}
	}
	return &authv3.CheckResponse{Status: &status.Status{}, HttpResponse: &authv3.CheckResponse_OkResponse{OkResponse: ok}}
}

// header takes the place of any other of its name.
func header(name, value string) *corev3.HeaderValueOption {
	return &corev3.HeaderValueOption{
		Header:       &corev3.HeaderValue{Key: name, Value: value},
		AppendAction: corev3.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
	}
}

func accessPoint(ctx context.Context, in *authv3.CheckRequest) string {
	if name := in.GetAttributes().GetContextExtensions()[AccessPointExtension]; name != "" {
		return name
	}
	if names := metadata.ValueFromIncomingContext(ctx, accessPointMetadata); len(names) == 1 {
		return names[0]
	}
	return ""
}

// request is one as Envoy tells of it.
type request struct {
	call.Request
	headers headers
}

func (r *request) read(ctx context.Context, in *authv3.CheckRequest) {
	attributes := in.GetAttributes()
	h := attributes.GetRequest().GetHttp()
	r.headers = headers{joined: h.GetHeaders(), raw: h.GetHeaderMap().GetHeaders()}
	r.Request = call.Request{Path: h.GetPath(), Headers: &r.headers, Body: h.GetRawBody(), Proxy: shownBy(ctx)}
	if len(r.Body) == 0 {
		r.Body = []byte(h.GetBody())
	}
	if pseudo, n := r.headers.Get(":path"); n > 1 || n == 1 && pseudo != r.Path {
		r.Path = "" // nobody knows which one counts
	}
	r.headers.each(gateway.TenantHeader, func(header, _ string) { r.Claimed = r.Claimed || call.ClaimsTenant(header) })
	r.BodyCut = h.GetSize() > int64(len(r.Body))
	r.headers.each(partialBody, func(_, cut string) { r.BodyCut = r.BodyCut || cut != "false" })
	if principal := attributes.GetSource().GetPrincipal(); principal != "" {
		r.SANs = []string{principal}
	}
	for name, values := range attributes.GetMetadataContext().GetFilterMetadata() {
		if r.Metadata == nil {
			r.Metadata = map[string]map[string]any{}
		}
		r.Metadata[name] = values.AsMap()
	}
}

// shownBy are the names in the certificate of whoever calls.
func shownBy(ctx context.Context) []string {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return nil
	}
	info, ok := p.AuthInfo.(credentials.TLSInfo)
	if !ok || len(info.State.VerifiedChains) == 0 {
		return nil
	}
	return NamesOf(info.State.VerifiedChains[0][0])
}

// NamesOf are the names in a certificate.
func NamesOf(c *x509.Certificate) []string {
	names := append([]string(nil), c.DNSNames...)
	for _, uri := range c.URIs {
		names = append(names, uri.String())
	}
	return names
}

// headers are those of a check: joined by Envoy, or one by one.
type headers struct {
	joined map[string]string
	raw    []*corev3.HeaderValue
}

// Get implements call.Headers.
func (h *headers) Get(name string) (value string, n int) {
	h.each(name, func(_, one string) {
		if n == 0 {
			value = one
		}
		n++
	})
	return value, n
}

// All implements call.Headers.
func (h *headers) All(name string) (values []string) {
	h.each(name, func(_, one string) { values = append(values, one) })
	return values
}

// each tells of each header of a name.
func (h *headers) each(name string, tell func(header, value string)) {
	for header, joined := range h.joined {
		if call.SameHeader(header, name) {
			tell(header, joined)
		}
	}
	for _, one := range h.raw {
		if call.SameHeader(one.GetKey(), name) {
			tell(one.GetKey(), rawValue(one))
		}
	}
}

func rawValue(h *corev3.HeaderValue) string {
	if raw := h.GetRawValue(); len(raw) > 0 {
		return string(raw)
	}
	return h.GetValue()
}
