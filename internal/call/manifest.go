package call

import (
	"encoding/json"
	"fmt"
	"strings"
)

// ManifestKind is the kind of a manifest that describes a request. No API server
// knows it: kubectl domicile check and cases read it.
const ManifestKind = "APIRequest"

// Manifest is a request as it is written down for a check.
type Manifest struct {
	// AccessPoint names where it comes in.
	AccessPoint string `json:"accessPoint"`
	// Path is the path and query.
	Path string `json:"path,omitempty"`
	// Headers have one value, or a list of several.
	Headers map[string]Values `json:"headers,omitempty"`
	// Body is the body, and BodyCut says that it goes on.
	Body    string `json:"body,omitempty"`
	BodyCut bool   `json:"bodyCut,omitempty"`
	// TLSSANs are names in the client's certificate, Proxy those in the proxy's.
	TLSSANs []string `json:"tlsSANs,omitempty"`
	Proxy   []string `json:"proxy,omitempty"`
	// Metadata is what the proxy has found out, by namespace and key.
	Metadata map[string]map[string]any `json:"metadata,omitempty"`
	// Tokens are those that are taken for verified, with their claims.
	Tokens map[string]map[string]any `json:"tokens,omitempty"`
}

// Values are the values of one header.
type Values []string

// UnmarshalJSON reads a string or a list of strings.
func (v *Values) UnmarshalJSON(text []byte) error {
	var one string
	if err := json.Unmarshal(text, &one); err == nil {
		*v = Values{one}
		return nil
	}
	var several []string
	if err := json.Unmarshal(text, &several); err != nil {
		return fmt.Errorf("a header is a string or a list of strings: %w", err)
	}
	*v = several
	return nil
}

// Request is the request that the manifest describes.
func (m *Manifest) Request() *Request {
	headers, claimed := HeaderMap{}, false
	for name, values := range m.Headers {
		name = strings.ToLower(name)
		headers[name] = append(headers[name], values...)
		claimed = claimed || ClaimsTenant(name)
	}
	return &Request{
		Path: m.Path, Headers: headers, Body: []byte(m.Body), BodyCut: m.BodyCut,
		SANs: m.TLSSANs, Proxy: m.Proxy, Claimed: claimed, Metadata: m.Metadata,
	}
}
